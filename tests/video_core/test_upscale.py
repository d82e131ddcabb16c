"""Frames become larger and stay the same pictures."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from shotplan.errors import RenderError
from video_core import upscale


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def picture(height: int, width: int) -> np.ndarray:
    """A sky, a ground and a dark disc, (1,H,W,3)."""
    frame = np.full((height, width, 3), (120, 180, 230), np.uint8)
    frame[height // 2 :] = (90, 150, 70)
    cv2.circle(frame, (width // 2, height // 2), height // 4, (40, 30, 50), -1, cv2.LINE_AA)
    return frame[None]


def test_upscaled_frames_have_the_asked_size_even_when_it_is_not_four_times() -> None:
    small = picture(24, 40)
    assert upscale.upscale(small, (96, 160)).shape == (1, 96, 160, 3)
    assert upscale.upscale(small, (90, 150)).shape == (1, 90, 150, 3)
    assert upscale.upscale(small, (108, 200)).shape == (1, 108, 200, 3)


def test_an_upscaled_frame_shrunk_back_is_the_frame_it_came_from() -> None:
    small = picture(48, 80)
    large = upscale.upscale(small, (192, 320))[0]
    back = cv2.resize(large, (80, 48), interpolation=cv2.INTER_AREA)
    assert np.abs(back.astype(int) - small[0]).mean() < 6


def test_edges_come_out_sharper_than_with_bicubic_enlargement() -> None:
    small = picture(48, 80)
    sharp = upscale.upscale(small, (192, 320))[0]
    plain = cv2.resize(small[0], (320, 192), interpolation=cv2.INTER_CUBIC)

    def edge_energy(frame: np.ndarray) -> float:
        gray = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).astype(float)
        return float(np.square(np.diff(gray, axis=1)).mean())

    assert edge_energy(sharp) > 1.5 * edge_energy(plain)


def test_upscaling_reports_its_progress_to_the_last_frame() -> None:
    seen: list[tuple[int, int]] = []
    upscale.upscale(np.repeat(picture(16, 16), 3, 0), (64, 64), progress=lambda done, total: seen.append((done, total)))
    assert seen == [(2, 3), (3, 3)]


def test_missing_upscaler_weights_are_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=r"cannot be read.*restore"):
        upscale.read_ncnn(tmp_path / "nothing.bin")


def test_cut_or_foreign_upscaler_weights_are_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "cut.bin"
    path.write_bytes(upscale.MODEL.read_bytes()[:-100])
    with pytest.raises(RenderError, match="cut short"):
        upscale.read_ncnn(path)
    path.write_bytes(b"\0" * 2000)
    with pytest.raises(RenderError, match="not the expected"):
        upscale.read_ncnn(path)
    path.write_bytes(upscale.MODEL.read_bytes() + b"more")
    with pytest.raises(RenderError, match="longer"):
        upscale.read_ncnn(path)
