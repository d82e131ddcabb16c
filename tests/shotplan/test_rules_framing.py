"""What the picture shows, measured from the camera."""

from dataclasses import replace

import numpy as np
import pytest

from shotplan.plan import CameraSpec
from shotplan.rules.registry import RULES, Take
from shotplan.staging import camera_measure as measure
from tests.shotplan.films import changed, film, findings, only
from tests.shotplan.hand_made import actor, prop, shot


def problems(rule, staged):
    plan = film()
    return list(RULES[rule].check(Take(plan, 0, staged)))


def test_a_runner_leaves_a_still_close_frame_and_following_is_offered():
    plan = changed(film(), shots__0__camera={"size": "medium", "subject": "girl", "move": "static"})
    found = only(plan, "framing.in_frame")
    assert found.measured < 95.0
    assert (found.limit, found.raised_by, found.owners[0]) == (95.0, "camera", "camera")
    assert found.remedies[0].patch[0]["value"] == "follow"


def test_a_long_shot_holds_the_same_walk():
    assert findings(film(), "framing.in_frame") == []


def test_the_share_of_the_shot_is_the_share_of_frames_that_show_the_subject():
    staged = shot(CameraSpec(size="medium", subject="ann"), [actor()])
    c2w = staged.camera.c2w.copy()
    c2w[:24, 0, 3] += 30.0  # for the first half the camera stands far aside
    (found,) = problems("framing.in_frame", replace(staged, camera=replace(staged.camera, c2w=c2w)))
    assert found.measured == pytest.approx(50.0)


def test_a_wrong_size_says_asked_and_measured():
    staged = shot(CameraSpec(size="full"), [actor()])
    wrong = replace(staged.camera, spec=CameraSpec(size="medium"))
    (found,) = problems("framing.size", replace(staged, camera=wrong))
    assert found.limit == 0.78
    assert found.measured == pytest.approx(0.72 * 0.52, abs=0.02)
    assert problems("framing.size", staged) == []


def test_two_people_too_far_apart_for_the_size_are_reported_and_a_wider_size_is_offered():
    plan = changed(film(), shots__0__camera={"size": "medium"})
    found = only(plan, "framing.size")
    assert found.measured < 0.6
    assert "wide" not in found.text
    assert any(r.patch[0]["path"] in ("/shots/0/camera/size", "/shots/0/camera/subject") for r in found.remedies)


def test_a_cut_head_and_too_much_air_are_measured_in_parts_of_the_frame():
    staged = shot(CameraSpec(size="medium", subject="ann"), [actor()])
    for rise, sign in ((0.45, 1), (-0.15, -1)):
        c2w = staged.camera.c2w.copy()
        c2w[:, 1, 3] += rise
        tilted = replace(staged, camera=replace(staged.camera, c2w=c2w))
        room = measure.head_room(tilted, tilted.actors[0])[0]
        fired = list(RULES["framing.head_room"].check(Take(film(), 0, replace(tilted, shot=tilted.shot))))
        # the rule speaks only where the subject is in frame; a bigger error has its own rule
        assert bool(fired) == (not 0.01 <= room <= 0.40 and measure.frame_coverage(tilted, tilted.actors[0])[0] >= 0.8)
        assert (room > 0.1) == (sign > 0)


def test_head_room_of_a_solved_camera_is_no_problem():
    assert findings(film(), "framing.head_room") == []
    for size in ("medium_long", "medium", "medium_close", "close_up"):
        staged = shot(CameraSpec(size=size, subject="ann"), [actor()])
        assert 0.06 <= measure.head_room(staged, staged.actors[0])[0] <= 0.14


def test_a_wall_before_the_subject_is_an_occlusion_and_names_what_hides():
    staged = shot(CameraSpec(size="full", subject="ann"), [actor()])
    wall = prop("wall", "wall", 0.0, 1.5, yaw=90.0)
    (found,) = problems("framing.occlusion", replace(staged, props=(wall,)))
    assert found.measured < 50.0
    assert "wall hides" in found.text


def test_the_solver_looks_past_a_wall_by_itself():
    staged = shot(CameraSpec(size="full", subject="ann"), [actor()], [prop("wall", "wall", 0.0, 1.5, yaw=90.0)])
    assert problems("framing.occlusion", staged) == []


def test_a_camera_inside_a_house_says_how_deep():
    staged = shot(CameraSpec(size="full", subject="ann"), [actor()])
    eye = staged.camera.c2w[0, :3, 3]
    house = prop("house", "house", float(eye[0]), float(eye[2]))
    (found,) = problems("framing.camera_inside", replace(staged, props=(house,)))
    assert found.measured == pytest.approx(min(eye[1], 2.0), abs=0.05)
    assert found.limit == 0.0
    assert problems("framing.camera_inside", staged) == []


def test_a_whip_of_the_camera_is_measured_in_degrees_per_second():
    staged = shot(CameraSpec(size="full", subject="ann"), [actor()])
    c2w = staged.camera.c2w.copy()
    turn = np.radians(10.0)
    c2w[1:, :3, :3] = (
        np.array([[np.cos(turn), 0, np.sin(turn)], [0, 1, 0], [-np.sin(turn), 0, np.cos(turn)]]) @ c2w[1:, :3, :3]
    )
    (found,) = problems("framing.camera_speed", replace(staged, camera=replace(staged.camera, c2w=c2w)))
    assert (found.measured, found.limit) == (pytest.approx(160.0, abs=1.0), 60.0)
    assert problems("framing.camera_speed", staged) == []


def test_a_short_lens_on_a_face_is_reported_in_millimetres():
    plan = changed(
        film(), shots__2__camera={"size": "close_up", "subject": "boy", "side": "audience_left", "lens": "ultra_wide"}
    )
    found = only(plan, "framing.lens")
    assert (found.measured, found.limit, found.unit) == (pytest.approx(18.0, abs=0.5), 32.0, "mm")
    assert any(r.patch[0]["value"] == "normal" for r in found.remedies)
    assert findings(film(), "framing.lens") == []


def test_a_speaker_seen_from_behind_is_reported_and_a_side_that_shows_the_face_is_offered():
    close = {"size": "medium", "subject": "girl", "side": "back", "move": "follow"}
    plan = changed(film(), beats__0__line="Wait for me!", shots__0__camera=close)
    found = only(plan, "framing.face")
    assert found.measured > found.limit == 110.0
    assert (found.severity, found.owners) == ("warning", ("camera",))
    assert found.remedies[0].patch[0]["value"].startswith("three_quarter")


def test_a_face_toward_the_camera_and_a_silent_back_are_no_problem():
    close = {"size": "medium", "subject": "girl", "move": "follow"}
    assert findings(changed(film(), beats__0__line="Wait!", shots__0__camera=close | {"side": "front"}), "framing.face") == []
    assert findings(changed(film(), shots__0__camera=close | {"side": "back"}), "framing.face") == []
