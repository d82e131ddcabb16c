"""Wan-Animate: segments, channels, pose and face videos."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from shotplan.errors import ConditioningError
from tests.video_core.adapters import shots
from tests.video_core.adapters.models import animate, encode, noise_picture, noise_video
from tests.video_core.adapters.patience import patient
from video_core.adapters import (
    Grid,
    animate_face_video,
    animate_pose_video,
    animate_reference,
    animate_segment,
    animate_segments,
    padded_frames,
    video_pixels,
)
from video_core.adapters.animate_face import face_box
from video_core.adapters.heads import face_landmarks, head_of

SIZE = (32, 48)


@pytest.mark.parametrize("size", [(32, 48), (40, 40), (20, 90), (99, 30)])
def test_the_reference_is_bit_for_bit_diffusers_fill(size: tuple[int, int]) -> None:
    picture = noise_picture(size)
    theirs = animate().vae_image_processor.preprocess(
        Image.fromarray(picture), height=SIZE[0], width=SIZE[1], resize_mode="fill"
    )
    assert np.array_equal(animate_reference(picture, SIZE)[:, 0], theirs[0].numpy())


@pytest.mark.parametrize("case", ["first", "later", "replace", "replace later"])
def test_the_20_channels_are_bit_for_bit_those_of_diffusers(case: str) -> None:
    pipe, frames, cpu = animate(), 9, torch.device("cpu")
    reference = animate_reference(noise_picture(SIZE), SIZE)
    previous = np.random.default_rng(5).random((3, 5, *SIZE)).astype(np.float32) * 2 - 1 if "later" in case else None
    background = replaced = back = mask = None
    if "replace" in case:
        background, replaced = noise_video(frames, SIZE, 7), noise_video(frames, SIZE, 8)[..., 0]
        back = pipe.video_processor.preprocess_video([Image.fromarray(f) for f in background], *SIZE)
        mask = pipe.video_processor_for_mask.preprocess_video([Image.fromarray(f) for f in replaced], *SIZE)
    with torch.no_grad():
        first = pipe.prepare_reference_image_latents(torch.from_numpy(reference)[None], device=cpu)
        rest = pipe.prepare_prev_segment_cond_latents(
            None if previous is None else torch.from_numpy(previous)[None],
            background_video=back,
            mask_video=mask,
            segment_frame_length=frames,
            start_frame=0 if previous is None else 4,
            height=SIZE[0],
            width=SIZE[1],
            prev_segment_cond_frames=5,
            task="replace" if "replace" in case else "animate",
            device=cpu,
        )
    ours = animate_segment(Grid.of(frames, SIZE), previous=previous, background=background, replaced=replaced)
    channels = ours.channels(encode(reference), encode(ours.pixels))
    assert channels.shape == (1, 20, 4, 4, 6)
    assert torch.equal(channels, torch.cat([first, rest], dim=2))


def test_pose_latents_are_the_encoded_pose_video() -> None:
    pose = noise_video(5, SIZE)
    pixels = animate().video_processor.preprocess_video([Image.fromarray(f) for f in pose], *SIZE)
    with torch.no_grad():
        theirs = animate().prepare_pose_latents(pixels, device=torch.device("cpu"))
    assert torch.equal(encode(video_pixels(pose)), theirs)


@patient
@given(st.integers(2, 60), st.integers(1, 150))
def test_padding_goes_back_and_forth_as_in_diffusers(frames: int, total: int) -> None:
    assert list(padded_frames(frames, total)) == animate().pad_video_frames(list(range(frames)), total)


def test_segments_by_hand() -> None:
    # 77 frames that share 1: 76 new ones each. 100 frames: (100 - 1) / 76 = 1.3 -> 2 segments, 153 frames in all
    assert [(s.start, s.stop) for s in animate_segments(100)] == [(0, 77), (76, 153)]
    assert [(s.start, s.stop) for s in animate_segments(77)] == [(0, 77)]
    assert [(s.start, s.stop) for s in animate_segments(20, length=9, overlap=5)] == [
        (0, 9),
        (4, 13),
        (8, 17),
        (12, 21),
    ]


@patient
@given(st.integers(6, 400), st.sampled_from([9, 13, 77]), st.sampled_from([1, 5]))
def test_segments_cover_every_frame_once_besides_what_they_share(frames: int, length: int, overlap: int) -> None:
    segments = animate_segments(frames, length=length, overlap=overlap)
    assert segments[0].start == 0
    assert segments[-1].stop >= frames
    assert segments[-1].stop - frames < length - overlap
    assert all(b.start == a.stop - overlap for a, b in pairwise(segments))
    assert {s.stop - s.start for s in segments} == {length}


def test_the_pose_video_is_one_persons_and_says_who_is_left_out() -> None:
    video, report = animate_pose_video(shots.people(), "ann")
    assert video.shape == (5, *shots.SIZE, 3)
    uses = {use.control: use for use in report}
    assert uses["other actors"].reason.startswith("Bob")
    assert uses["joints"].use == "honoured"
    left = shots.people().boxes[0, 0]
    assert video[:, :, : int(left[2])].any()
    assert not video[:, :, int(left[2]) + 8 :].any()


def test_the_face_video_shows_the_face_and_black_where_none_is_seen() -> None:
    bundle, driving = shots.people(), noise_video(5, shots.SIZE)
    ann, report = animate_face_video(driving, bundle, "ann", side=32)
    assert ann.shape == (5, 32, 32, 3)
    assert ann.std() > 20
    assert report[0].use == "approximated"
    assert "5 of 5 frames" in report[0].reason
    bob, report = animate_face_video(driving, bundle, "bob", side=32)
    assert not bob.any()
    assert report[0].use == "ignored"
    fox, report = animate_face_video(noise_video(5, shots.SIZE), shots.fox(), "fox")
    assert fox.shape == (5, 512, 512, 3)
    assert not fox.any()
    assert "no human face" in report[0].reason


def test_a_face_box_by_hand() -> None:
    # landmarks over 100x100 px from (100, 100); 1.3 times the area: 114.0175 wide and high, so 7.0088 to each side;
    # 14.0175 / 4 = 3.5044 below and three times that, 10.5132, above
    square = np.array([[100.0, 100.0], [200.0, 200.0]])
    assert face_box(square, (480, 832)) == (92, 207, 89, 203)
    assert face_box(square, (150, 203)) == (92, 203, 89, 150)


def test_landmarks_are_68_in_a_faces_order_and_follow_the_expression() -> None:
    calm, wide = face_landmarks(np.array([[0.0, 0.0, 0.0, 0.8], [1.0, 0.0, 1.0, 0.8]]))
    assert calm.shape == (68, 3)
    assert calm[0, 0] < -1 < 1 < calm[16, 0]  # the jaw begins at the right ear, -x being the face's own right
    assert calm[8, 1] == calm[:, 1].min()  # the chin
    assert calm[17:22, 1].min() > calm[36:48, 1].max()  # brows above eyes
    assert calm[36:42, 0].max() < 0 < calm[42:48, 0].min()
    assert wide[66, 1] < calm[66, 1] - 0.3  # lower lip
    assert wide[19, 1] > calm[19, 1]  # brow
    assert np.allclose(calm[48:60:6, 1], calm[48:60:6, 1][::-1])


def test_landmarks_sit_around_the_joints_of_the_face() -> None:
    bundle = shots.people()
    head = head_of(bundle, 0)
    assert head.seen.all()
    assert not head_of(bundle, 1).seen.any()
    right_eye, left_eye = bundle.joints_2d[0, 0, 14, :2], bundle.joints_2d[0, 0, 15, :2]
    apart = float(np.linalg.norm(right_eye - left_eye))
    assert np.linalg.norm(head.face[0, 36:42].mean(axis=0) - right_eye) < 0.4 * apart
    assert np.linalg.norm(head.face[0, 42:48].mean(axis=0) - left_eye) < 0.4 * apart


def test_bad_requests_are_errors() -> None:
    grid = Grid.of(9, SIZE)
    with pytest.raises(ConditioningError, match="'eve' is not in shot"):
        animate_pose_video(shots.people(), "eve")
    with pytest.raises(ConditioningError, match="same conditioning"):
        animate_face_video(noise_video(4, shots.SIZE), shots.people(), "ann")
    with pytest.raises(ConditioningError, match="both, or neither"):
        animate_segment(grid, background=noise_video(9, SIZE))
    with pytest.raises(ConditioningError, match="handed over"):
        animate_segment(grid, previous=np.zeros((3, 9, *SIZE), np.float32))
    with pytest.raises(ConditioningError, match="background"):
        animate_segment(grid, background=noise_video(8, SIZE), replaced=noise_video(8, SIZE)[..., 0])
    for frames, length, overlap in ((100, 80, 1), (100, 77, 2), (1, 77, 1)):
        with pytest.raises(ConditioningError, match=r"Wan-Animate|too short"):
            animate_segments(frames, length=length, overlap=overlap)
