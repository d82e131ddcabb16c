"""Shots on disk as a production leaves them, small, so that finishing can be tested alone."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from shotplan.staging.staged import StagedShot
from tests.video_core import puppets
from video_core.animatic.draw import draw
from video_core.conditioning import Conditioning
from video_core.encode import write_mp4
from video_core.finishing.stage import Bytes, FinishingShot, Form
from video_core.ledger import Ledger
from video_core.rasterise import condition

PLACE = ("forest", "day", "clear")
SIZE = (160, 272)


def bundle_of(staged: StagedShot, name: str, size: tuple[int, int] = SIZE) -> Conditioning:
    bundle = condition(staged, size=size)
    return replace(bundle, scene=bundle.scene.model_copy(update={"shot": name}))


def shot_on_disk(
    folder: Path, name: str, frames: Bytes, bundle: Conditioning, *, place: tuple[str, ...] = PLACE, lettered: bool = False
) -> FinishingShot:
    """Write the clip and its bundle, and note both in the folder's ledger."""
    clip, path = folder / "clips" / "animatic" / f"{name}.mp4", folder / "conditioning" / f"{name}.safetensors"
    fps = bundle.scene.fps
    write_mp4(clip, iter(frames), fps)
    clip.with_suffix(".json").write_text(json.dumps({"frames": len(frames), "fps": fps}))
    bundle.save(path)
    ledger = Ledger(folder)
    for file in (clip, path):
        ledger.record(file.relative_to(folder).as_posix(), "made")
    return FinishingShot(name, clip, path, Form(len(frames), fps, (frames.shape[1], frames.shape[2])), place, lettered)


def drawn(frames: int = 8, size: tuple[int, int] = SIZE, name: str = "s01", *, captions: bool = False) -> tuple[Bytes, Conditioning]:
    """The fox's jump, as the animatic draws it, and its bundle."""
    bundle = bundle_of(puppets.fox_jump(frames), name, size)
    return draw(bundle, captions=captions), bundle


def spoken(frames: int, size: tuple[int, int]) -> tuple[Bytes, Conditioning]:
    """Two people talking, the line lettered into the frames."""
    bundle = bundle_of(puppets.talk(frames), "s01", size)
    return draw(bundle, captions=True), bundle


def square(at: float, size: tuple[int, int] = (96, 160), side: int = 24) -> Bytes:
    """A textured square on a textured ground, `at` pixels from the left."""
    rng = np.random.default_rng(5)
    ground = _smooth(rng, size, 90, 150)
    patch = _smooth(rng, (side, side), 180, 255)
    out = ground.copy()
    left = round(at)
    out[30 : 30 + side, left : left + side] = patch
    return out


def psnr(one: Bytes, other: Bytes) -> float:
    return float(10 * np.log10(255**2 / max(np.mean((one.astype(float) - other) ** 2), 1e-9)))


def _smooth(rng: np.random.Generator, size: tuple[int, int], low: int, high: int) -> Bytes:
    import cv2

    small = rng.uniform(low, high, (size[0] // 6 + 2, size[1] // 6 + 2, 3)).astype(np.float32)
    return np.clip(cv2.resize(small, size[::-1], interpolation=cv2.INTER_CUBIC), 0, 255).astype(np.uint8)


