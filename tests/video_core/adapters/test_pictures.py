"""Pictures as model pixels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from shotplan.errors import ConditioningError
from tests.video_core.adapters.models import image_to_video, noise_picture, noise_video
from tests.video_core.adapters.patience import patient
from video_core.adapters import fit_picture, picture_pixels, video_pixels
from video_core.adapters.pictures import UNREADABLE, read_picture


def test_pixels_are_bit_for_bit_those_of_diffusers_and_of_wans_own_to_tensor() -> None:
    picture = noise_picture((32, 48))
    ours = picture_pixels(picture)
    theirs = image_to_video().video_processor.preprocess(Image.fromarray(picture), height=32, width=48)[0]
    assert np.array_equal(ours, theirs.numpy())
    wan = torch.from_numpy(picture.transpose(2, 0, 1).copy()).float().div(255).sub_(0.5).div_(0.5)
    assert np.array_equal(ours, wan.numpy())


def test_a_videos_pixels_are_its_pictures_pixels() -> None:
    video = noise_video(3, (8, 8))
    assert np.array_equal(video_pixels(video), np.stack([picture_pixels(p) for p in video], axis=1))


def test_white_is_1_black_is_minus_1() -> None:
    picture = np.zeros((8, 8, 3), np.uint8)
    picture[0] = 255
    pixels = picture_pixels(picture)
    assert (pixels[:, 0] == 1).all()
    assert (pixels[:, 1:] == -1).all()


def test_squash_is_torchs_bicubic_without_smoothing_or_clamping_and_leaves_the_right_size_alone() -> None:
    picture = np.zeros((8, 8, 3), np.uint8)
    picture[:, 4:] = 255
    squashed, note = fit_picture(picture, (8, 16), "squash")
    assert note == "the picture: 8x8 squashed to 8x16"
    assert squashed.max() > 1
    assert squashed.min() < -1
    same, note = fit_picture(picture, (8, 8), "squash")
    assert note is None
    assert np.array_equal(same, picture_pixels(picture))


def test_crop_keeps_the_middle_and_letterbox_keeps_everything_on_white() -> None:
    picture = np.zeros((10, 40, 3), np.uint8)
    picture[:, 15:25] = 200
    cropped, note = fit_picture(picture, (10, 10), "crop")
    assert note is not None
    assert "cropped" in note
    assert np.allclose(cropped, 200 / 255 * 2 - 1)
    boxed, note = fit_picture(picture, (40, 40), "letterbox")
    assert note is not None
    assert "letterboxed" in note
    assert (boxed[:, :15] == 1).all()
    assert (boxed[:, 25:] == 1).all()
    assert (boxed[:, 20, 0] == -1).all()


def test_a_picture_of_another_size_is_an_error_when_it_must_be_exact() -> None:
    with pytest.raises(ConditioningError, match="8x8 and the clip 16x16"):
        fit_picture(noise_picture((8, 8)), (16, 16), "exact")


@pytest.mark.parametrize(
    "wrong", [np.zeros((8, 8), np.uint8), np.zeros((8, 8, 4), np.uint8), np.zeros((8, 8, 3), np.float32)]
)
def test_what_is_no_rgb_picture_is_an_error(wrong: np.ndarray) -> None:
    with pytest.raises(ConditioningError, match="RGB picture"):
        fit_picture(wrong, (8, 8), "crop")


@patient
@given(
    st.integers(1, 60),
    st.integers(1, 60),
    st.integers(1, 60),
    st.integers(1, 60),
    st.sampled_from(["crop", "letterbox", "squash"]),
)
def test_every_picture_fits_every_size(h: int, w: int, to_h: int, to_w: int, fit: str) -> None:
    pixels, _ = fit_picture(noise_picture((h, w)), (to_h, to_w), fit)  # type: ignore[arg-type]
    assert pixels.shape == (3, to_h, to_w)
    assert pixels.dtype == np.float32
    assert np.isfinite(pixels).all()


def test_a_picture_file_is_read_as_it_is_meant_to_be_seen(tmp_path: Path) -> None:
    turned = Image.new("RGB", (64, 48), "red")
    exif = turned.getexif()
    exif[0x0112] = 6  # a camera that was held upright
    turned.save(tmp_path / "turned.jpg", exif=exif)
    assert read_picture(tmp_path / "turned.jpg").shape == (64, 48, 3)
    Image.fromarray(np.array([[0, 32896, 65535]], np.uint16)).save(tmp_path / "deep.png")
    assert read_picture(tmp_path / "deep.png")[0, :, 0].tolist() == [0, 128, 255]
    Image.new("1", (20000, 10000)).save(tmp_path / "vast.png")
    with pytest.raises(UNREADABLE):
        read_picture(tmp_path / "vast.png")
