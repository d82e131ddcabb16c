"""Clips from the lines of a prompt file: no plan, no stage, only words and pictures.

Knows how a line becomes a bundle and when a clip is up to date. Does not know the file format (`backends.wan.prompt_file`) or models.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shotplan.errors import ConditioningError, RenderError
from shotplan.plan import Ground
from video_core.adapters.pictures import fitted
from video_core.backends.backend import Backend, Progress
from video_core.backends.wan.prompt_file import PromptLine
from video_core.conditioning import Conditioning, SceneCard
from video_core.encode import read_mp4
from video_core.key_frames.art import Art, read_art
from video_core.ledger import Ledger, code_digest, digest_of, write_text
from video_core.production.transitions import write_film

Bytes = NDArray[np.uint8]
DRAW_A_STAGE = ("animatic", "embedded")
"""Backends that can do nothing with words and pictures alone."""


def bundle_of_line(line: PromptLine, *, frames: int, size: tuple[int, int], fps: int, seed: int, name: str) -> Conditioning:
    """A bundle with words and pictures and nothing staged. Raises `ConditioningError` for pictures that cannot be used.

    A source video is cut or held to `frames`; its mask says which pixels are kept (white).
    """
    keep = np.zeros((frames, *size), np.uint8)
    if line.video is not None and line.mask is not None:
        pictures, numbers, keep = _video(line.video, line.mask, frames, size)
    else:
        numbers = [int((frames - 1) * time) for time in line.times]
        pictures = np.zeros((0, *size, 3), np.uint8)
        if numbers:
            pictures = np.stack([fitted(read_art(Art(path, "")), size, "crop", path.name)[0] for path in line.pictures])
        keep[numbers] = 255
    return bare_bundle(line.prompt, pictures, numbers, keep, fps=fps, seed=seed, name=name, motion_score=_score(line.prompt))


def bare_bundle(
    prompt: str, pictures: Bytes, numbers: Sequence[int], keep: Bytes, *, fps: int, seed: int, name: str, motion_score: float = 2.5
) -> Conditioning:
    """A bundle in which nothing is staged: words, pictures (K,H,W,3) of these frames, and the mask of what is kept of them (F,H,W)."""
    scene = SceneCard(
        shot=name, style="anime", place="", indoor=False, time="day", weather="clear", ground=Ground(), stage_width=16, stage_depth=8,
        fps=fps, actors=(), props=(), prompt=prompt, motion_score=motion_score, seed=seed,
    )  # fmt: skip
    frames = len(keep)
    none = np.zeros((frames, 0, 3), np.float32)
    return Conditioning(
        scene=scene, camera_to_world=np.tile(np.eye(4, dtype=np.float32), (frames, 1, 1)),
        intrinsics=np.tile(np.eye(3, dtype=np.float32), (frames, 1, 1)), joints_2d=np.zeros((frames, 0, 18, 3), np.float32),
        joints_3d=np.zeros((frames, 0, 18, 3), np.float32), instance_ids=np.zeros(keep.shape, np.uint8),
        inverse_depth=np.zeros(keep.shape, np.float16), boxes=np.zeros((frames, 0, 4), np.float32), tracks=none,
        expressions=np.zeros((frames, 0, 4), np.float32), root=none, heading=np.zeros((frames, 0), np.float32), prop_position=none,
        prop_yaw=np.zeros((frames, 0), np.float32), prop_state=np.zeros((frames, 0, 2), np.float32), keep_mask=keep,
        key_frames=pictures, key_frame_numbers=np.array(numbers, dtype=np.int32),
    )  # fmt: skip


def draw_lines(
    backend: Backend, bundles: dict[str, Conditioning], folder: Path, told: Callable[[str], Progress]
) -> Iterator[tuple[str, Path, bool]]:
    """Render every bundle that has no clip yet, or a stale one: (name, clip, whether it was drawn now). Raises as `render`."""
    if backend.name in DRAW_A_STAGE:
        raise RenderError(
            f"the backend {backend.name} draws what is staged; a prompt file stages nothing", where="--backend", todo="use wan or server"
        )
    ledger = Ledger(folder)
    for name, bundle in bundles.items():
        path = folder / f"{name}.mp4"
        inputs = digest_of(code_digest(), backend.name, backend.version(), bundle.digest())
        fresh = not ledger.current(path.name, inputs)
        if fresh:
            clip = backend.render(bundle, progress=told(name))
            write_film(path, [clip], clip.fps)
            controls = [vars(use) for use in clip.report]
            note = {"seconds": round(clip.seconds, 2), "controls": controls}
            write_text(path.with_suffix(".json"), json.dumps(note, ensure_ascii=False, indent=1))
            ledger.record(path.name, inputs)
        yield name, path, fresh


def _video(video: Path, mask: Path, frames: int, size: tuple[int, int]) -> tuple[Bytes, list[int], Bytes]:
    source, _ = read_mp4(video)
    white, _ = read_mp4(mask)
    if len(source) != len(white):
        raise ConditioningError(
            f"the video has {len(source)} frames and its mask {len(white)}", where=str(mask), todo="give one mask picture per frame"
        )
    taken = np.minimum(np.arange(frames), len(source) - 1)
    pictures = np.stack([fitted(source[f], size, "crop", video.name)[0] for f in taken])
    masks = np.stack([fitted(white[f], size, "crop", mask.name)[0] for f in taken])
    return pictures, list(range(frames)), np.where(masks.max(axis=-1) > 127, np.uint8(255), np.uint8(0))


def _score(prompt: str) -> float:
    """The motion score that a prompt says itself, as AniSora's own files do; 2.5 when it says none."""
    _, said, rest = prompt.casefold().partition("motion score:")
    word = rest.split()[0].rstrip(".,;。") if said and rest.split() else ""
    try:
        return float(word)
    except ValueError:
        return 2.5
