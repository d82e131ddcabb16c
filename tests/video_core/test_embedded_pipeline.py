"""Sampling: same seed same film, clips that melt into each other, errors that say what to do."""

from __future__ import annotations

import json
import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import FlowMatchEulerDiscreteScheduler
from hypothesis import given
from hypothesis import strategies as st

from shotplan.errors import RenderError
from video_core.embedded.controls import ControlMaps, pixels_to_tensor, tensor_to_pixels
from video_core.embedded.model import EkonteVideoModel
from video_core.embedded.pipeline import CLIP, OVERLAP, SHARED_NOISE, EmbeddedVideoPipeline, shot_noise, windows


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved pipeline with a small untrained network."""
    torch.set_num_threads(1)
    torch.manual_seed(3)
    model = EkonteVideoModel(widths=(8, 8, 8), blocks=(1, 1, 1), cond_width=8)
    torch.nn.init.normal_(model.head.weight, std=0.2)
    path = tmp_path_factory.mktemp("weights") / "small"
    EmbeddedVideoPipeline(model.half(), FlowMatchEulerDiscreteScheduler()).save_pretrained(path)
    return path


@pytest.fixture(scope="module")
def pipeline(folder: Path) -> EmbeddedVideoPipeline:
    return EmbeddedVideoPipeline.load(folder, torch.float32)


def maps(frames: int, height: int = 16, width: int = 24) -> ControlMaps:
    rng = np.random.default_rng(frames)

    def of(*shape: int) -> np.ndarray:
        return rng.integers(0, 256, (frames, height, width, *shape), dtype=np.uint8)

    return ControlMaps(of(3), of(), of(3), of())


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@given(st.integers(1, 400))
def test_windows_cover_every_frame_once_besides_the_overlap(frames: int) -> None:
    cuts = windows(frames)
    assert (cuts[0].start, cuts[0].shared, cuts[-1].stop) == (0, 0, frames)
    for before, after in pairwise(cuts):
        assert (after.start + after.shared, after.shared) == (before.stop, OVERLAP)
    assert all(cut.shared < cut.stop - cut.start <= CLIP for cut in cuts)


def test_the_same_seed_gives_the_same_frames_and_another_seed_others(pipeline: EmbeddedVideoPipeline) -> None:
    first = pipeline(maps(20), (1, 1, 1), steps=2, generator=seeded(5))
    assert (first.shape, first.dtype) == ((20, 16, 24, 3), np.uint8)
    assert np.array_equal(first, pipeline(maps(20), (1, 1, 1), steps=2, generator=seeded(5)))
    assert not np.array_equal(first, pipeline(maps(20), (1, 1, 1), steps=2, generator=seeded(6)))


def test_given_pixels_come_out_as_they_went_in(pipeline: EmbeddedVideoPipeline) -> None:
    kept = np.random.default_rng(0).integers(0, 256, (6, 16, 24, 3), dtype=np.uint8)
    keep = np.zeros((6, 16, 24), np.uint8)
    keep[2] = 255
    out = pipeline(maps(6), (2, 0, 0), steps=1, kept=kept, keep=keep)
    assert np.array_equal(out[2], kept[2])
    assert not np.array_equal(out[3], kept[3])


def test_a_clip_after_the_first_is_the_same_whatever_the_clip_before_was(pipeline: EmbeddedVideoPipeline) -> None:
    """Nothing is handed on that could drift: only the shared frames change when the first clip is drawn from other controls."""
    frames = CLIP + 8
    given, other = maps(frames), maps(frames)
    start = windows(frames)[1].start
    for name in ("pose", "depth", "colour", "edges"):
        getattr(other, name)[:start] = 0
    a, b = (pipeline(m, (1, 1, 1), steps=1, generator=seeded(2)) for m in (given, other))
    assert not np.array_equal(a[:start], b[:start])
    assert np.array_equal(a[start + OVERLAP :], b[start + OVERLAP :])


def test_low_strength_stays_near_the_frames_it_starts_from() -> None:
    class Echo(EkonteVideoModel):
        """A network that believes whatever it is shown."""

        def forward(self, sample, controls, timestep, context):  # type: ignore[no-untyped-def]
            return sample

    echo = EmbeddedVideoPipeline(Echo(widths=(8, 8, 8), blocks=(1, 1, 1)), FlowMatchEulerDiscreteScheduler())
    init = np.full((4, 16, 24, 3), 90, np.uint8)
    near = echo(maps(4), (1, 1, 1), steps=2, strength=0.1, init=init)
    far = echo(maps(4), (1, 1, 1), steps=2, strength=0.9, init=init)
    assert np.abs(near.astype(int) - 90).mean() < np.abs(far.astype(int) - 90).mean() / 3


def test_progress_counts_every_step_of_every_clip(pipeline: EmbeddedVideoPipeline) -> None:
    seen: list[tuple[int, int]] = []
    pipeline(maps(20), (1, 1, 1), steps=3, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(i + 1, 6) for i in range(6)]


def test_noise_has_unit_variance_and_neighbouring_frames_share_most_of_it() -> None:
    noise = shot_noise(8, (64, 64), seeded(0))
    assert abs(float(noise.var()) - 1) < 0.05
    assert abs(float((noise[:, 0] * noise[:, 5]).mean()) - SHARED_NOISE) < 0.05


def test_pixels_survive_the_way_to_the_network_and_back() -> None:
    frames = np.random.default_rng(1).integers(0, 256, (3, 8, 8, 3), dtype=np.uint8)
    assert np.array_equal(tensor_to_pixels(pixels_to_tensor(frames)), frames)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"steps": 0}, "0 denoising steps"),
        ({"steps": 9}, "choose 1 to 8"),
        ({"strength": 0.0}, "strength 0.0"),
        ({"strength": 0.5}, "needs frames to start from"),
        ({"strength": 0.5, "init": np.zeros((2, 8, 8, 3), np.uint8)}, "draw init at"),
    ],
)
def test_impossible_options_are_refused_with_what_to_do(
    pipeline: EmbeddedVideoPipeline, change: dict[str, object], words: str
) -> None:
    with pytest.raises(RenderError, match=words):
        pipeline(maps(2), (1, 1, 1), **change)  # type: ignore[arg-type]


def test_a_size_that_is_not_divisible_by_eight_is_refused(pipeline: EmbeddedVideoPipeline) -> None:
    with pytest.raises(RenderError, match="divisible by 8"):
        pipeline(maps(2, 12, 16), (1, 1, 1))


def test_a_folder_without_weights_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=r"no weights.*MODEL_CARD"):
        EmbeddedVideoPipeline.load(tmp_path)


@pytest.mark.parametrize("damage", ["cut", "garbage", "other config", "no network", "bad index", "not a number"])
def test_damaged_weights_are_a_clear_error(folder: Path, tmp_path: Path, damage: str) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    weights, config = copy / "model" / "diffusion_pytorch_model.safetensors", copy / "model" / "config.json"
    match damage:
        case "cut":
            weights.write_bytes(weights.read_bytes()[:2000])
        case "garbage":
            weights.write_bytes(b"\xff" * 5000)
        case "other config":
            config.write_text(json.dumps(json.loads(config.read_text()) | {"widths": [16, 16, 16]}))
        case "no network":
            shutil.rmtree(copy / "model")
        case "bad index":
            (copy / "model_index.json").write_text("{")
        case "not a number":
            raw = bytearray(weights.read_bytes())
            raw[-2:] = b"\xff\x7f"
            weights.write_bytes(bytes(raw))
    with pytest.raises(RenderError, match="restore video_core/embedded/weights"):
        EmbeddedVideoPipeline.load(copy)
