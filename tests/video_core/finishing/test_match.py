"""One look for shots of one set."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from tests.video_core import puppets
from tests.video_core.finishing.films import PLACE, bundle_of, drawn, shot_on_disk
from video_core.animatic.draw import draw
from video_core.conditioning import Conditioning
from video_core.finishing.colour import lab_of, rgb_of
from video_core.finishing.match import GAIN, SHIFT, Grade, Look, Match, grade_between, look_of
from video_core.finishing.settings import MatchSettings
from video_core.finishing.stage import Bytes, FinishingShot, Told


def tinted(frames: Bytes, shift: tuple[float, float, float]) -> Bytes:
    return np.stack([rgb_of(lab_of(f) + np.array(shift, np.float32)) for f in frames])


def run(shots: list[FinishingShot], frames: dict[str, Bytes], **settings: object) -> tuple[dict[str, Bytes], dict[str, Told]]:
    stage = Match(MatchSettings.model_validate(settings))
    stage.survey(shots)
    told = {shot.name: Told() for shot in shots}
    return {s.name: np.stack(list(stage.apply(iter(frames[s.name]), s.form, s, told[s.name]))) for s in shots}, told


def others(count: int = 8) -> tuple[Bytes, Conditioning]:
    """The same forest from nearer by."""
    staged = puppets.fox_jump(count)
    near = replace(staged, camera=puppets.camera(count, (0.8, 1.0, 4.6), (0.4, 0.75, 0.0), 38))
    bundle = bundle_of(near, "s02")
    return draw(bundle, captions=False), bundle


def test_a_tinted_shot_is_brought_back_to_its_neighbours(tmp_path: Path) -> None:
    true, bundle = drawn(name="s01")
    near, other = others()
    wrong = tinted(true, (6, 5, -7))
    third = shot_on_disk(tmp_path, "s03", near, replace(other, scene=other.scene.model_copy(update={"shot": "s03"})))
    shots = [shot_on_disk(tmp_path, "s01", wrong, bundle), shot_on_disk(tmp_path, "s02", near, other), third]
    out, told = run(shots, {"s01": wrong, "s02": near, "s03": near})
    before, after = (float(np.abs(f.astype(int) - true).mean()) for f in (wrong, out["s01"]))
    assert after < 0.35 * before
    (finding,) = told["s01"].findings
    assert finding.before is not None
    assert finding.before > 5
    assert finding.after < 0.3 * finding.before
    assert finding.unit == "CIEDE2000"
    assert "brought to s02 by its ground" in finding.text
    np.testing.assert_array_equal(out["s02"], near)


def test_a_red_actor_does_not_tint_the_wall(tmp_path: Path) -> None:
    """Everything the actors and props cover turns bright red in one shot: the grade found is the same as without."""
    frames, bundle = drawn()
    red = frames.copy()
    red[bundle.instance_ids > 0] = (255, 0, 0)
    near, other = others()
    looks = [look_of(iter(f), shot_on_disk(tmp_path / n, "s01", f, bundle)) for n, f in (("plain", frames), ("red", red))]
    reference = look_of(iter(near), shot_on_disk(tmp_path, "s02", near, other))
    plain, with_red = (grade_between(look, reference) for look in looks)
    assert plain is not None
    assert with_red is not None
    assert np.abs(plain.shift - with_red.shift).max() < 0.6
    naive = [lab_of(f[0]).reshape(-1, 3).mean(0) for f in (frames, red)]
    assert np.abs(naive[0] - naive[1]).max() > 5, "a mean over the whole frame would have been misled"


def test_shots_of_another_place_or_time_are_left_alone(tmp_path: Path) -> None:
    frames, bundle = drawn()
    near, other = others()
    night = tinted(near, (-10, 0, -8))
    shots = [shot_on_disk(tmp_path, "s01", frames, bundle), shot_on_disk(tmp_path, "s02", night, other, place=("forest", "night", "clear"))]
    out, told = run(shots, {"s01": frames, "s02": night})
    np.testing.assert_array_equal(out["s02"], night)
    assert "no other shot" in told["s02"].findings[0].text
    assert shots[0].place == PLACE


def test_a_grade_is_bounded_however_far_shots_are_apart(tmp_path: Path) -> None:
    frames, bundle = drawn()
    near, other = others()
    looks = [look_of(iter(near), shot_on_disk(tmp_path, "s02", near, other))]
    looks.append(look_of(iter(frames // 5), shot_on_disk(tmp_path, "s01", frames // 5, bundle)))
    grade = grade_between(looks[1], looks[0])
    assert grade is not None
    assert (np.abs(grade.shift) <= SHIFT).all()
    assert ((grade.gain >= GAIN[0]) & (grade.gain <= GAIN[1])).all()


def test_shots_that_are_alike_are_not_touched(tmp_path: Path) -> None:
    frames, bundle = drawn()
    shots = [shot_on_disk(tmp_path, n, frames, replace(bundle, scene=bundle.scene.model_copy(update={"shot": n}))) for n in ("s01", "s02")]
    out, told = run(shots, {"s01": frames, "s02": frames})
    np.testing.assert_array_equal(out["s01"], frames)
    np.testing.assert_array_equal(out["s02"], frames)
    assert "left as it is" in told["s02"].findings[0].text


def test_shots_that_show_other_things_in_the_same_colours_are_not_tinted() -> None:
    stage = Match(MatchSettings())
    light, dark, other, side = (np.linspace([low, 2, 4], [low + 10, 2, 4], 5) for low in (65, 25, 68, 60))
    apart = {"s01": Look({1: (0.5, light), 2: (0.3, dark)}), "s02": Look({1: (0.5, other), 2: (0.3, side)})}
    stage._decide("s02", apart, "s01")
    grade = grade_between(apart["s02"], apart["s01"])
    assert grade is not None
    before, after = (look.distance(apart["s01"]) for look in (apart["s02"], grade.look(apart["s02"])))
    assert before is not None
    assert after is not None
    assert 0.75 * before < after < before
    assert stage._said["s02"] == ("left as it is: one grade cannot bring it clearly nearer to s01", before, before)
    assert not stage._grades


def test_the_first_shot_can_be_the_reference_and_half_the_way_be_gone(tmp_path: Path) -> None:
    true, bundle = drawn()
    near, other = others()
    wrong = tinted(near, (0, 0, 8))
    shots = [shot_on_disk(tmp_path, "s01", true, bundle), shot_on_disk(tmp_path, "s02", wrong, other)]
    whole, _ = run(shots, {"s01": true, "s02": wrong}, reference="first")
    half, told = run(shots, {"s01": true, "s02": wrong}, reference="first", strength=0.5)
    assert "brought to s01" in told["s02"].findings[0].text
    moved = [float(np.abs(f["s02"].astype(int) - wrong).mean()) for f in (whole, half)]
    assert 0.35 < moved[1] / moved[0] < 0.65


def test_a_grade_does_what_it_says() -> None:
    grade = Grade(np.array([50.0, 0, 0]), np.array([1.1, 1, 1]), np.array([2.0, -3, 4]))
    np.testing.assert_allclose(grade.of(np.array([60.0, 1, 1])), [63.0, -2, 5])
