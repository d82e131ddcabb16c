"""A camera's motion is read from its path: right for every move of the vocabulary, blind to labels, deaf to jitter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.score.camera_path import classify, classify_path, subject_size, subject_track
from evals.score.shot_size import shown_sizes
from shotplan.plan import CameraSpec
from shotplan.staging.staged import StagedShot
from shotplan.vocabulary import CHARACTER_KINDS, MOVES, SHOT_SIZES
from tests.shotplan.hand_made import actor, shot

OPPOSITE = {"left": "right", "right": "left", "up": "down", "down": "up", "in": "out", "out": "in"}
SIZES = ("extreme_long", "long", "full", "medium_close", "close_up", "big_close_up")


def filmed(move: str, size: str, kind: str = "woman", frames: int = 48) -> StagedShot:
    """Somebody who stands, or is followed over a way of three times its height."""
    end = (3.0 * CHARACTER_KINDS[kind].height, 0.0, 0.0) if move == "follow" else None
    return shot(CameraSpec(size=size, move=move), [actor("ann", kind, end=end, frames=frames)])


def named(staged: StagedShot, c2w: np.ndarray, focal: np.ndarray) -> str:
    return classify_path(c2w, focal, subject_track(staged), staged.fps, sizes=subject_size(staged)).name


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("move", list(MOVES))
def test_every_move_of_the_vocabulary_is_recognised_from_its_staged_path(move, size):
    for kind in ("woman", "giant"):
        assert classify(filmed(move, size, kind)).name == move.replace("_", " ")


@pytest.mark.parametrize("move", [m for m in MOVES if m not in ("static", "follow", "handheld")])
def test_a_path_played_backwards_goes_the_other_way(move):
    staged = filmed(move, "long")
    forth = classify(staged).name
    back = named(staged, staged.camera.c2w[::-1], staged.camera.focal_mm[::-1])
    kind, way = forth.rsplit(" ", 1)
    assert back == f"{kind} {OPPOSITE[way]}"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(list(MOVES)), st.sampled_from(("long", "full", "close_up")), st.integers(0, 10_000))
def test_a_trembling_hand_does_not_change_what_a_move_is(move, size, seed):
    staged = filmed(move, size)
    rng = np.random.default_rng(seed)
    c2w = staged.camera.c2w.copy()
    distance = np.linalg.norm(subject_track(staged)[0] - c2w[0, :3, 3])
    c2w[:, :3, 3] += 0.001 * distance * rng.standard_normal((len(c2w), 3))
    for f, (yaw, pitch) in enumerate(np.radians(0.04) * rng.standard_normal((len(c2w), 2))):
        forward = c2w[f, :3, 2] + yaw * c2w[f, :3, 0] + pitch * c2w[f, :3, 1]
        c2w[f, :3, 2] = forward / np.linalg.norm(forward)
    assert named(staged, c2w, staged.camera.focal_mm) == classify(staged).name


def test_the_label_is_never_read():
    staged = filmed("truck_left", "full")
    lying = staged.camera.spec.model_copy(update={"move": "zoom_in"})
    camera = type(staged.camera)(
        lying, staged.camera.subject, staged.camera.c2w, staged.camera.focal_mm, staged.camera.aspect
    )
    relabelled = type(staged)(**{**staged.__dict__, "camera": camera})
    assert classify(relabelled).name == "truck left"


def test_a_camera_that_turns_after_a_walker_pans():
    staged = shot(CameraSpec(size="full", move="pan_right"), [actor("ann", "woman", end=(2.5, 0.0, 0.0))])
    assert classify(staged).name == "pan right"


@pytest.mark.parametrize("kind", ["woman", "giant", "fox"])
@pytest.mark.parametrize("size", list(SHOT_SIZES))
def test_a_shot_size_is_measured_from_the_picture(size, kind):
    staged = filmed("static", size, kind)
    assert size in shown_sizes(staged, staged.actors[0])


def test_a_size_that_was_asked_but_not_framed_is_not_believed():
    staged = filmed("static", "long")
    lying = staged.camera.spec.model_copy(update={"size": "close_up"})
    camera = type(staged.camera)(
        lying, staged.camera.subject, staged.camera.c2w, staged.camera.focal_mm, staged.camera.aspect
    )
    relabelled = type(staged)(**{**staged.__dict__, "camera": camera})
    assert set(shown_sizes(relabelled, relabelled.actors[0])) == {"long"}
