"""What a viewer of the animatic must be able to see."""

from __future__ import annotations

import numpy as np
import pytest

from shotplan.staging.staged import Line
from shotplan.vocabulary import CHARACTER_KINDS, PLACES, PROP_KINDS, STYLES, TIMES, WEATHERS
from tests.video_core import puppets
from video_core.animatic import draw
from video_core.animatic.lettering import measure, undrawable, wrap
from video_core.backends.animatic import AnimaticBackend
from video_core.backends.backend import BACKENDS
from video_core.rasterise import condition

SMALL = (120, 208)


def _near(frame: np.ndarray, box: np.ndarray, pad: int = 4) -> np.ndarray:
    x0, y0, x1, y1 = (int(v) for v in box)
    return frame[max(y0 - pad, 0) : y1 + pad, max(x0 - pad, 0) : x1 + pad]


def test_equal_bundles_give_equal_bytes() -> None:
    bundle = condition(puppets.fox_jump(6, weather="rain"), size=SMALL)
    assert np.array_equal(draw(bundle), draw(bundle))
    assert np.array_equal(draw(bundle)[3:4], draw(bundle, frames=[3]))


def test_the_fox_is_drawn_where_its_instance_map_says() -> None:
    bundle = condition(puppets.fox_jump(8, time="day"), size=(240, 416))
    frame = draw(bundle, frames=[4])[0].astype(int)
    mask = bundle.instance_ids[4] == 1
    orange = (frame[..., 0] > frame[..., 1] + 50) & (frame[..., 0] > frame[..., 2] + 70)
    assert orange[mask].mean() > 0.4
    y, x = np.mgrid[0:240, 0:416]
    ys, xs = np.nonzero(orange)
    assert abs(np.median(xs) - np.median(x[mask])) < 25
    assert abs(np.median(ys) - np.median(y[mask])) < 25


def test_a_talking_mouth_changes_and_a_silent_one_does_not() -> None:
    cam = puppets.camera(10, (0.0, 1.5, 1.3), (0.0, 1.5, 0.0), 60)
    box = (slice(100, 235), slice(150, 266))
    for talk, moves in ((True, True), (False, False)):
        anna = puppets.actor("anna", "woman", 10, talk=talk)
        frames = draw(condition(puppets.shot(10, cam, (anna,), place="room"), size=(240, 416)), frames=[0, 3])
        changed = np.abs(frames[0][box].astype(int) - frames[1][box].astype(int)).max(axis=-1) > 40
        assert bool(changed.sum() > 30) is moves


def test_brows_and_eyelids_follow_the_expression() -> None:
    cam = puppets.camera(1, (0.0, 1.53, 1.2), (0.0, 1.53, 0.0), 60)
    faces = [
        draw(
            condition(
                puppets.shot(1, cam, (puppets.actor("a", "woman", 1, expression=e),), place="room"), size=(240, 416)
            )
        )[0]
        for e in ((0.0, 0.0, 0.0, 0.8), (0.0, 0.0, 0.0, 0.0), (0.0, -0.6, -1.0, 0.8), (0.7, 0.9, 0.6, 1.0))
    ]
    for other in faces[1:]:
        assert (np.abs(faces[0].astype(int) - other.astype(int)).max(axis=-1) > 40).sum() > 150


def test_a_face_seen_from_behind_has_no_eyes() -> None:
    cam = puppets.camera(1, (0.0, 1.53, 1.4), (0.0, 1.53, 0.0), 60)
    front, back = (
        draw(
            condition(
                puppets.shot(1, cam, (puppets.actor("a", "man", 1, heading=turn),), place="room"), size=(240, 416)
            )
        )[0]
        for turn in (0.0, np.pi)
    )
    white = [((f > 238).all(axis=-1)).sum() for f in (front[60:200, 140:280], back[60:200, 140:280])]
    assert white[0] > 60
    assert white[1] < 10


def test_the_nearer_of_two_people_is_drawn_over_the_other() -> None:
    cam = puppets.camera(1, (0.0, 1.2, 5.0), (0.0, 1.2, 0.0))
    near, far = puppets.actor("near", "girl", 1, z=1.0), puppets.actor("far", "robot", 1, z=-1.0)
    bundle = condition(puppets.shot(1, cam, (near, far), place="room"), size=(240, 416))
    frame = draw(bundle)[0].astype(int)
    x, y, _ = bundle.joints_2d[0, 0, 1]
    chest = frame[int(y) + 10 : int(y) + 18, int(x) - 4 : int(x) + 4]
    assert (chest[..., 0] > chest[..., 1] + 40).mean() > 0.6, "the girl's pink dress"


@pytest.mark.parametrize("text", ["Hello there", "你好，世界", "狐が丸太を飛び越えた"])
def test_a_caption_draws_ink_while_its_line_is_spoken(text: str) -> None:
    line = (Line("anna", text, 0.5, 1.0),)
    bundle = condition(puppets.talk(24, lines=line), size=(240, 416))
    bare = draw(bundle, captions=False, frames=[0, 12])
    told = draw(bundle, frames=[0, 12])
    assert np.array_equal(bare[0], told[0])
    difference = np.abs(bare[1].astype(int) - told[1].astype(int)).max(axis=-1) > 60
    assert difference[190:].sum() > 150
    assert not difference[:150].any()


def test_letters_without_a_shape_are_reported_instead_of_drawn_as_boxes() -> None:
    assert undrawable("Hello 你好 驚く") == ""
    assert undrawable("\U00012000")
    bundle = condition(puppets.talk(8, lines=(Line("anna", "\U00012000\U00012001", 0.0, 0.5),)), size=(240, 416))
    assert np.array_equal(draw(bundle), draw(bundle, captions=False))
    report = {u.control: u for u in AnimaticBackend().report(bundle)}
    assert report["dialogue"].use == "ignored"
    assert "letter shapes" in report["dialogue"].reason


def test_long_captions_are_wrapped_within_their_width() -> None:
    for text in (
        "This is a rather long line that nobody could read in one row",
        "这是一句很长很长的台词谁也不可能在一行里读完它所以要换行",
    ):
        rows = wrap(text, 20, 300, lines=4)
        assert len(rows) > 1
        assert all(measure(r, 20) <= 330 for r in rows)


def test_styles_look_different() -> None:
    frames = [draw(condition(puppets.fox_jump(4, style=s), size=SMALL), frames=[2])[0].astype(int) for s in STYLES]
    for i, a in enumerate(frames):
        for b in frames[i + 1 :]:
            assert np.abs(a - b).mean() > 8
    ink = frames[list(STYLES).index("ink")]
    assert (ink.max(axis=-1) - ink.min(axis=-1)).mean() < 25, "ink has no colours"


def test_night_is_darker_than_day_and_fog_hides_the_distance() -> None:
    day, night = (
        draw(condition(puppets.fox_jump(2, time=t), size=SMALL), frames=[0])[0].mean() for t in ("day", "night")
    )
    assert night < day * 0.75
    clear, fog = (
        draw(condition(puppets.fox_jump(2, time="day", weather=w), size=SMALL), frames=[0])[0].astype(float)
        for w in ("clear", "fog")
    )
    assert fog[:50].std() < clear[:50].std() * 0.7


def test_rain_and_snow_fall() -> None:
    for weather in ("rain", "snow"):
        frames = draw(
            condition(
                puppets.shot(3, puppets.camera(3, (0, 1.4, 6), (0, 1, 0)), place="street", weather=weather), size=SMALL
            )
        ).astype(int)
        assert (np.abs(frames[0] - frames[1]).max(axis=-1) > 12).mean() > 0.004


@pytest.mark.parametrize("kind", list(CHARACTER_KINDS))
def test_every_kind_of_character_can_be_seen_from_all_sides(kind: str) -> None:
    h = CHARACTER_KINDS[kind].height
    cam = puppets.camera(1, (0.0, h * 0.7, h * 4), (0.0, h * 0.5, 0.0))
    bare = draw(condition(puppets.shot(1, cam, place="snowfield"), size=SMALL))[0].astype(int)
    for turn in (0.0, 0.8, np.pi / 2, np.pi, -np.pi / 2):
        bundle = condition(
            puppets.shot(1, cam, (puppets.actor("a", kind, 1, heading=turn),), place="snowfield"), size=SMALL
        )
        frame = draw(bundle)[0].astype(int)
        changed = np.abs(frame - bare).max(axis=-1) > 25
        mask = bundle.instance_ids[0] == 1
        assert mask.sum() > 150
        assert changed[mask].mean() > 0.55


@pytest.mark.parametrize("place", list(PLACES))
def test_every_place_time_and_weather_can_be_drawn(place: str) -> None:
    cam = puppets.camera(1, (0.5, 1.5, 6.5), (0.0, 1.0, 0.0), 30)
    seen = set()
    for k, (time, weather) in enumerate(zip(list(TIMES) * 2, [*WEATHERS, "clear", "rain"], strict=True)):
        style = list(STYLES)[k % 3]
        frame = draw(
            condition(puppets.shot(1, cam, place=place, time=time, weather=weather, style=style), size=(72, 128))
        )[0]
        assert frame.std() > 4
        seen.add(frame.tobytes())
    assert len(seen) == 8


@pytest.mark.parametrize("kind", list(PROP_KINDS))
def test_every_prop_is_drawn_where_its_instance_map_says(kind: str) -> None:
    size = PROP_KINDS[kind].size
    reach = max(size)
    cam = puppets.camera(1, (reach * 0.5, max(size[1] * 0.8, reach * 0.5), reach * 2.6), (0.0, size[1] / 2, 0.0), 45)
    bare = draw(condition(puppets.shot(1, cam, place="hall"), size=SMALL))[0].astype(int)
    bundle = condition(puppets.shot(1, cam, (), (puppets.prop("it", kind, 1),), place="hall"), size=SMALL)
    changed = np.abs(draw(bundle)[0].astype(int) - bare).max(axis=-1) > 10
    mask = bundle.instance_ids[0] == 1
    assert mask.sum() > 40
    assert changed[mask].mean() > 0.5


def test_a_door_opens() -> None:
    cam = puppets.camera(2, (0.0, 1.4, 4.0), (0.0, 1.0, 0.0))
    door = puppets.prop("door", "door", 2, openness=np.array([0.0, 1.0]))
    frames = draw(condition(puppets.shot(2, cam, (), (door,), place="room"), size=SMALL)).astype(int)
    assert (np.abs(frames[0] - frames[1]).max(axis=-1) > 30).sum() > 300


def test_a_camera_in_the_middle_of_things_draws_without_garbage() -> None:
    people = (
        puppets.actor("a", "man", 1, x=0.1, z=0.1),
        puppets.actor("b", "dragon", 1, x=0.5),
        puppets.actor("c", "owl", 1, x=-0.2, z=0.3),
    )
    things = tuple(puppets.prop(k, k, 1, 0.2 * i - 1, 0.1) for i, k in enumerate(PROP_KINDS))
    for target in ((0.0, 0.0, -3.0), (4.0, 1.0, 0.5), (0.0, 5.0, 0.2)):
        cam = puppets.camera(1, (0.0, 1.2, 0.15), target, 24)
        frame = draw(condition(puppets.shot(1, cam, people, things), size=SMALL))[0]
        assert frame.shape == (*SMALL, 3)


def test_the_backend_is_registered_and_reports_every_control() -> None:
    backend = BACKENDS["animatic"]()
    steps: list[tuple[int, int]] = []
    clip = backend.render(
        condition(puppets.talk(3), size=SMALL), progress=lambda done, total: steps.append((done, total))
    )
    assert clip.frames.shape == (3, *SMALL, 3)
    assert clip.fps == 16
    assert steps[-1] == (3, 3)
    uses = {u.control: u.use for u in clip.report}
    assert uses["joints"] == "honoured"
    assert uses["tracks"] == "ignored"
    assert uses["dialogue"] == "ignored"
    assert all(u.reason for u in clip.report)
