"""A shot whose clip fails a check is rendered again in another way, when that was asked for, and the best take is kept."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.shotplan.films import film
from tests.video_core import puppets
from video_core.backends import make_backend
from video_core.backends.backend import BACKENDS, Clip, Progress, Retakes
from video_core.checks import Measure
from video_core.conditioning import Conditioning
from video_core.production.production import Production
from video_core.production.report import report_text
from video_core.production.retake_with import RetakeWith
from video_core.production.shot_jobs import ShotJob, render_shot
from video_core.production.takes import STRENGTHS, Way, next_way
from video_core.rasterise import condition


@dataclass
class Unlucky:
    """Draws like the animatic, but puts a black frame into the takes whose seed is on its list."""

    name: str = "unlucky"
    bad: set[int] = field(default_factory=set)
    seeds: list[int] = field(default_factory=list)

    def check(self) -> None:
        """It can always draw."""

    def version(self) -> str:
        return "1"

    def render(self, conditioning: Conditioning, *, progress: Progress | None = None) -> Clip:
        seed = conditioning.scene.seed
        self.seeds.append(seed)
        clip = make_backend("animatic").render(conditioning)
        frames = clip.frames.copy()
        if seed in self.bad:
            frames[3] = 0
        return Clip(frames, clip.fps, clip.report, clip.seconds)


@dataclass
class Straying:
    """Draws everything mirrored unless its control is strong enough."""

    name: str = "straying"
    obeys_at: float = 1.3
    possible: Retakes = field(default_factory=lambda: Retakes(control=True))
    drawn: list[tuple[int, float]] = field(default_factory=list)

    def check(self) -> None:
        """It can always draw."""

    def version(self) -> str:
        return "1"

    def retakes(self, conditioning: Conditioning) -> Retakes:
        return self.possible

    def render(self, conditioning: Conditioning, *, progress: Progress | None = None) -> Clip:
        scene = conditioning.scene
        self.drawn.append((scene.seed, scene.control_strength))
        clip = make_backend("animatic").render(conditioning)
        frames = clip.frames if scene.control_strength >= self.obeys_at else np.ascontiguousarray(clip.frames[:, :, ::-1])
        return Clip(frames, clip.fps, clip.report, clip.seconds)


class Heard:
    def __init__(self) -> None:
        self.checked_takes: list[tuple[str, int, bool, list[str]]] = []

    def started(self, *args: Any) -> None: ...
    def progressed(self, *args: Any) -> None: ...
    def finished(self, *args: Any) -> None: ...

    def checked(self, shot: str, take: int, seed: int, kept: bool, measures: Any, changed: str) -> None:
        self.checked_takes.append((shot, take, kept, [m.check for m in measures if m.failed and m.severity == "error"]))


@pytest.fixture
def unlucky(monkeypatch: pytest.MonkeyPatch) -> Unlucky:
    backend = Unlucky()
    monkeypatch.setitem(BACKENDS, "unlucky", lambda: backend)
    return backend


def _first_shot_only() -> Any:
    whole = film()
    return whole.model_copy(update={"shots": whole.shots[:1]})


def test_a_failed_take_is_made_again_and_the_good_one_is_kept(unlucky: Unlucky, tmp_path: Path) -> None:
    unlucky.bad = {0}
    heard = Heard()
    Production(_first_shot_only(), tmp_path, backend="unlucky", report=heard, size=(96, 160), retakes=2).run()
    first, *others = unlucky.seeds
    assert first == 0
    assert 0 not in others
    assert ("s01", 1, False, ["temporal.black", "temporal.flash"]) in [
        (s, t, k, sorted(c)) for s, t, k, c in heard.checked_takes
    ]
    kept = [t for t in heard.checked_takes if t[2]]
    assert len(kept) == 1
    assert not kept[0][3]
    note = json.loads((tmp_path / "clips/unlucky/s01.json").read_text())
    assert note["take"] > 1
    assert note["seed"] in others


def test_without_being_asked_nothing_is_made_again_and_the_report_says_what_failed(unlucky: Unlucky, tmp_path: Path) -> None:
    unlucky.bad = {0}
    Production(_first_shot_only(), tmp_path, backend="unlucky", report=Heard(), size=(96, 160)).run()
    assert unlucky.seeds == [0]
    assert "temporal.black, frame 3" in (tmp_path / "report.txt").read_text()


def test_when_every_take_fails_the_least_bad_one_is_kept_and_told(unlucky: Unlucky, tmp_path: Path) -> None:
    unlucky.bad = {k * 7919 for k in range(9)}
    heard = Heard()
    Production(_first_shot_only(), tmp_path, backend="unlucky", report=heard, size=(96, 160), retakes=1).run()
    assert len(unlucky.seeds) == 2
    assert [t[2] for t in heard.checked_takes] == [False, True]
    assert np.all([t[3] for t in heard.checked_takes])


def test_a_film_that_is_up_to_date_is_not_rendered_again_but_its_findings_are_told_again(unlucky: Unlucky, tmp_path: Path) -> None:
    unlucky.bad = {0}
    for _ in range(2):
        heard = Heard()
        Production(_first_shot_only(), tmp_path, backend="unlucky", report=heard, size=(96, 160)).run()
    assert unlucky.seeds == [0]
    assert [t[2] for t in heard.checked_takes] == [True]
    assert "temporal.black" in heard.checked_takes[0][3]


@pytest.fixture
def straying() -> Straying:
    return Straying()


@pytest.fixture(scope="module")
def planned() -> Conditioning:
    return condition(puppets.fox_jump(16), size=(120, 208))


def _note(backend: Straying, planned: Conditioning, retake_with: RetakeWith, retakes: int = 2) -> dict[str, Any]:
    job = ShotJob("s01", Path("s01.safetensors"), "digest", checked=True, retakes=retakes, retake_with=retake_with)
    return render_shot(backend, job, planned, lambda *heard: None).note


def test_a_clip_that_strays_from_its_plan_is_taken_with_another_seed_and_then_with_a_stronger_control(
    straying: Straying, planned: Conditioning, tmp_path: Path
) -> None:
    note = _note(straying, planned, "both")
    (first, plain), (other, _), (again, stronger) = straying.drawn
    assert (plain, stronger) == (1.0, STRENGTHS[1])
    assert first != other == again
    assert (note["take"], note["control_strength"], note["changed"]) == (3, 1.3, "the control 1.3 times as strong")
    (tmp_path / "s01.json").write_text(json.dumps(note))
    said = report_text("straying", [tmp_path / "s01.mp4"], [], [])
    assert "s01: 3 takes, shown is the 3. (the control 1.3 times as strong)" in said
    assert f"take 1 (seed {first}, as planned) is not shown: adherence." in said
    assert f"take 2 (seed {other}, another seed) is not shown: adherence." in said


def test_a_stronger_control_may_be_asked_for_at_once_or_never(straying: Straying, planned: Conditioning) -> None:
    assert _note(straying, planned, "control")["take"] == 2
    assert [strength for _, strength in straying.drawn] == [1.0, 1.3]
    straying.drawn.clear()
    assert _note(straying, planned, "seed")["takes"] == 3
    assert [strength for _, strength in straying.drawn] == [1.0, 1.0, 1.0]
    assert len({seed for seed, _ in straying.drawn}) == 3


def test_where_there_is_no_stronger_control_the_report_says_so_and_seeds_are_tried(straying: Straying, planned: Conditioning) -> None:
    straying.possible = Retakes(why="no field for it")
    note = _note(straying, planned, "both")
    assert [strength for _, strength in straying.drawn] == [1.0, 1.0, 1.0]
    said = {"control": "stronger control", "use": "ignored", "reason": "no field for it; re-takes had another seed"}
    assert said in note["controls"]


def test_no_take_is_wasted_where_every_take_would_be_the_same(straying: Straying, planned: Conditioning) -> None:
    straying.possible = Retakes(seed=False, why="every take would be the same")
    note = _note(straying, planned, "both", retakes=5)
    assert len(straying.drawn) == 1
    assert {"control": "re-takes", "use": "ignored", "reason": "every take would be the same"} in note["controls"]


def test_the_animatic_is_drawn_once_whatever_the_checks_say() -> None:
    assert not next_way([Way()], [_failed("adherence.place")], "both", make_backend("animatic").retakes(None))  # type: ignore[attr-defined]


def _failed(check: str, severity: Any = "warning") -> Measure:
    return Measure(check, "fox", 0.1, 0.4, "IoU", "more", severity, "it is not there")


@pytest.mark.parametrize("check", ["temporal.flicker", "identity.drift", "joins.flash"])
def test_what_chance_did_is_mended_by_another_seed_at_the_strength_that_was_set(check: str) -> None:
    way = next_way([Way(), Way(level=1)], [_failed(check)], "control", Retakes(control=True))
    assert way is not None
    assert (way.seed, way.strength, way.changed) == (1, 1.0, "another seed, the control as it was set")


def test_an_error_is_mended_before_the_control_is_touched() -> None:
    way = next_way([Way()], [_failed("temporal.black", "error"), _failed("adherence.place")], "control", Retakes(control=True))
    assert way is not None
    assert (way.seed, way.level) == (1, 0)


def test_no_two_takes_are_the_same_and_the_control_has_a_limit() -> None:
    tried = [Way()]
    for _ in range(20):
        way = next_way(tried, [_failed("adherence.motion")], "both", Retakes(control=True))
        assert way is not None
        tried.append(way)
    assert len({(way.seed, way.level) for way in tried}) == len(tried)
    assert max(way.strength for way in tried) == STRENGTHS[-1]
    only = [Way()]
    while (way := next_way(only, [_failed("adherence.motion")], "control", Retakes(seed=False, control=True))) is not None:
        only.append(way)
    assert [way.strength for way in only] == list(STRENGTHS)


def test_when_retakes_are_asked_for_later_only_shots_that_failed_a_check_are_drawn_again(unlucky: Unlucky, tmp_path: Path) -> None:
    whole = film()
    unlucky.bad = {1}
    for retakes in (0, 2):
        Production(whole, tmp_path, backend="unlucky", report=Heard(), size=(96, 160), retakes=retakes).run()
    assert unlucky.seeds == [*range(len(whole.shots)), 1, 1 + 7919]


class PowerCut(BaseException):
    """What nobody catches."""


def test_takes_that_were_finished_before_a_run_was_killed_are_not_drawn_again(
    unlucky: Unlucky, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made(folder: Path) -> tuple[list[tuple[str, int, bool, list[str]]], bytes, dict[str, Any]]:
        heard = Heard()
        Production(_first_shot_only(), folder, backend="unlucky", report=heard, size=(96, 160), retakes=3).run()
        clip = folder / "clips/unlucky/s01.mp4"
        return heard.checked_takes, clip.read_bytes(), json.loads(clip.with_suffix(".json").read_text()) | {"seconds": 0}

    unlucky.bad = {0, 7919, 2 * 7919}
    draw = Unlucky.render

    def cut(self: Unlucky, conditioning: Conditioning, *, progress: Progress | None = None) -> Clip:
        if len(self.seeds) == 2:
            raise PowerCut
        return draw(self, conditioning, progress=progress)

    monkeypatch.setattr(Unlucky, "render", cut)
    with pytest.raises(PowerCut):
        made(tmp_path / "cut")
    monkeypatch.setattr(Unlucky, "render", draw)
    resumed = made(tmp_path / "cut")
    assert unlucky.seeds == [0, 7919, 2 * 7919, 3 * 7919]
    unlucky.seeds.clear()
    assert resumed == made(tmp_path / "whole")
    assert unlucky.seeds == [0, 7919, 2 * 7919, 3 * 7919]
    assert not (tmp_path / "cut/clips/unlucky/takes/s01").exists()


def test_a_take_that_was_cut_while_it_was_written_or_is_of_another_plan_is_drawn_again(
    unlucky: Unlucky, planned: Conditioning, tmp_path: Path
) -> None:
    unlucky.bad = {planned.scene.seed}
    job = ShotJob("s01", Path("s01.safetensors"), "digest", checked=True, retakes=1, keep=tmp_path / "takes")
    render_shot(unlucky, job, planned, lambda *heard: None)
    render_shot(unlucky, job, planned, lambda *heard: None)
    assert len(unlucky.seeds) == 2
    (tmp_path / "takes/1.mp4").write_bytes(b"half")
    render_shot(unlucky, job, planned, lambda *heard: None)
    assert len(unlucky.seeds) == 3
    render_shot(unlucky, replace(job, digest="another"), planned, lambda *heard: None)
    assert len(unlucky.seeds) == 5
