"""VACE: what the model reads, against diffusers' own preparation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from shotplan.errors import ConditioningError
from tests.video_core.adapters import shots
from tests.video_core.adapters.models import encode, noise_picture, noise_video, vace
from video_core.adapters import Grid, VaceInputs, fold_vace_mask, letterbox_reference, vace_channels, vace_inputs
from video_core.adapters.vace_edits import GREY

SIZE = (32, 48)


def _inputs(frames: int = 9, references: int = 2) -> VaceInputs:
    mask = np.where(np.random.default_rng(3).random((frames, *SIZE)) < 0.5, 255, 0).astype(np.uint8)
    pictures = tuple(noise_picture(size, k) for k, size in enumerate([(24, 24), (50, 21), (32, 48)][:references]))
    return VaceInputs(noise_video(frames, SIZE), mask, pictures, "pose", Grid.of(frames, SIZE), ())


def _theirs(inputs: VaceInputs) -> torch.Tensor:
    """The control that `WanVACEPipeline` builds from the same video, mask and references."""
    pipe, device = vace(), torch.device("cpu")
    video, mask, references = pipe.preprocess_conditions(
        [Image.fromarray(frame) for frame in inputs.video],
        [Image.fromarray(np.repeat(frame[..., None], 3, axis=2)) for frame in inputs.mask],
        [Image.fromarray(picture) for picture in inputs.pictures] or None,
        1,
        *SIZE,
        len(inputs.video),
        torch.float32,
        device,
    )
    for ours, reference in zip(inputs.references, references[0], strict=True):
        assert np.array_equal(ours, reference.numpy())
    with torch.no_grad():
        latents = pipe.prepare_video_latents(video, mask, references, None, device)
    return torch.cat([latents, pipe.prepare_masks(mask, references)], dim=1)[0]


def _ours(inputs: VaceInputs, order: str) -> torch.Tensor:
    kept, drawn = (encode(half)[0] for half in inputs.halves())
    references = [encode(picture[:, None])[0] for picture in inputs.references]
    return vace_channels(kept, drawn, fold_vace_mask(inputs.mask), references, order=order)  # type: ignore[arg-type]


@pytest.mark.parametrize("references", [0, 1, 3])
def test_all_96_channels_are_bit_for_bit_those_of_diffusers(references: int) -> None:
    inputs = _inputs(references=references)
    theirs = _theirs(inputs)
    assert theirs.shape == (96, 3 + references, 4, 6)
    assert torch.equal(_ours(inputs, "diffusers"), theirs)


def test_references_stand_in_the_order_given_as_in_vaces_own_code() -> None:
    inputs = _inputs()
    own, diffusers = _ours(inputs, "vace"), _ours(inputs, "diffusers")
    assert torch.equal(own[:, 0], diffusers[:, 1])
    assert torch.equal(own[:, 1], diffusers[:, 0])
    assert torch.equal(own[:, 2:], diffusers[:, 2:])
    assert (own[16:, :2] == 0).all()


def test_without_a_control_and_kept_pixels_the_video_is_what_diffusers_takes_for_none() -> None:
    pipe = vace()
    bundle = shots.empty()
    inputs = vace_inputs(bundle, control="none")
    video, mask, _ = pipe.preprocess_conditions(
        None, None, None, 1, *bundle.size, 5, torch.float32, torch.device("cpu")
    )
    kept, drawn = inputs.halves()
    assert np.array_equal(kept, (video * (1 - mask))[0].numpy())
    assert np.array_equal(drawn, (video * mask)[0].numpy())
    assert np.array_equal(fold_vace_mask(inputs.mask), pipe.prepare_masks(mask)[0].numpy()[:, -2:])
    assert (inputs.video == GREY).all()


def test_a_mask_by_hand() -> None:
    # One pixel, (9, 2) in a 16x16 picture, drawn in frame 1 of 5: block (1, 0), place (1, 2) in it = channel 8*1+2 = 10.
    # Time: 5 frames to 2 latents by the nearest to the middle: floor(0.5 * 5/2) = 1 and floor(1.5 * 5/2) = 3.
    mask = np.zeros((5, 16, 16), np.uint8)
    mask[1, 9, 2] = 255
    folded = fold_vace_mask(mask)
    assert folded.shape == (64, 2, 2, 2)
    assert np.argwhere(folded).tolist() == [[10, 0, 1, 0]]


def test_a_first_frame_alone_is_not_seen_in_the_mask_channels() -> None:
    # 81 frames to 21 latents: latent 0 takes frame floor(0.5 * 81/21) = 1, as in VACE and diffusers
    mask = np.full((81, 16, 16), 255, np.uint8)
    mask[0] = 0
    assert (fold_vace_mask(mask) == 1).all()


def test_key_frames_and_their_masks_are_kept_and_the_control_is_drawn_elsewhere() -> None:
    bundle = shots.with_key_frames(shots.people(), 0, 3)
    keep = bundle.keep_mask.copy()
    keep[3, :64] = 255
    bundle = replace(bundle, keep_mask=keep)
    control = vace_inputs(shots.people(), control="depth")
    inputs = vace_inputs(bundle, control="depth")
    assert np.array_equal(inputs.video[0], bundle.key_frames[0])
    assert np.array_equal(inputs.video[3, :64], bundle.key_frames[1, :64])
    assert np.array_equal(inputs.video[3, 64:], control.video[3, 64:])
    assert np.array_equal(inputs.video[4], control.video[4])
    assert [int(m.mean()) for m in inputs.mask] == [0, 255, 255, 127, 255]
    uses = {use.control: use for use in inputs.report}
    assert uses["key_frames, keep_mask"].use == "honoured"
    # 5 frames to 2 latents: the mask takes frames 1 and 3
    assert uses["key_frames, keep_mask"].reason.startswith(
        "kept pixels in 2 frames; the mask channels, thinned in time, do not show frame 0,"
    )
    assert (control.mask == 255).all()


def test_pixels_kept_without_a_picture_are_an_error() -> None:
    bundle = shots.with_key_frames(shots.people(), 0)
    keep = bundle.keep_mask.copy()
    keep[2, 0, 0] = 255
    with pytest.raises(ConditioningError, match="frame 2, which has no key frame"):
        vace_inputs(replace(bundle, keep_mask=keep))


def test_latents_and_masks_of_different_clips_are_refused() -> None:
    with pytest.raises(ConditioningError, match="do not go with"):
        vace_channels(torch.zeros(16, 3, 4, 6), torch.zeros(16, 3, 4, 6), np.zeros((64, 2, 4, 6), np.float32))


def test_a_clip_that_vace_cannot_take_is_an_error() -> None:
    with pytest.raises(ConditioningError, match="4n\\+1"):
        vace_inputs(shots.people(4))


def test_a_reference_keeps_its_aspect_on_white() -> None:
    # 16x64 into 32x48: scale min(2, 0.75) = 0.75: 12x48, 10 rows of white above and below
    canvas = letterbox_reference(np.zeros((16, 64, 3), np.uint8), SIZE)
    assert (canvas[:, :10] == 1).all()
    assert (canvas[:, 22:] == 1).all()
    assert np.allclose(canvas[:, 10:22], -1, atol=1e-6)
    with pytest.raises(ConditioningError, match="too small"):
        letterbox_reference(np.zeros((4, 64, 3), np.uint8), SIZE)
