"""The `embedded` backend: this project's small video diffusion model, then the pretrained anime upscaler.

Knows which controls the model takes and what it does with the rest. Does not know the network or the sampler.
"""

from __future__ import annotations

import time
from functools import cached_property

import numpy as np
import torch

from video_core.animatic.caption import draw_caption
from video_core.backends.animatic import AnimaticBackend
from video_core.backends.backend import Clip, ControlUse, Progress, Retakes, register
from video_core.backends.identity import adapters_ignored
from video_core.conditioning import Conditioning
from video_core.embedded.maps import context_of, control_maps, shrink
from video_core.embedded.pipeline import SIZE, WEIGHTS, EmbeddedVideoPipeline, windows
from video_core.ledger import file_digest
from video_core.upscale import upscale

STEPS = 2
"""More steps draw more texture, which flickers: see `evals/bench/embedded_video.py` and the model card."""
SAMPLING_SHARE = 0.5
"""Part of a shot's time that sampling takes; the rest is enlarging. For the progress bar only."""


def model_size(size: tuple[int, int]) -> tuple[int, int]:
    """(H, W) divisible by 8 with the film's aspect and about as many pixels as the model was trained at."""
    scale = (SIZE[0] * SIZE[1] / (size[0] * size[1])) ** 0.5
    height, width = (max(8, round(side * scale / 8) * 8) for side in size)
    return height, width


def describe_weights() -> str:
    """One line about the shipped weights, which are loaded to make sure. Raises `RenderError` when they are unusable."""
    pipeline = EmbeddedVideoPipeline.load()
    count = sum(p.numel() for p in pipeline.model.parameters())
    return f"{count / 1e6:.1f} M parameters, {pipeline.model.dtype}, drawn at {SIZE[0]}x{SIZE[1]} and enlarged"


@register("embedded")
class EmbeddedBackend:
    """Draws at the model's small size in `steps` steps, enlarges to film size, and letters the dialogue."""

    name = "embedded"

    def __init__(self, *, steps: int = STEPS) -> None:
        self.steps = steps

    @cached_property
    def _pipeline(self) -> EmbeddedVideoPipeline:
        return EmbeddedVideoPipeline.load()

    def check(self) -> None:
        """Loads the weights. Raises `RenderError` when they are missing or corrupt."""
        _ = self._pipeline

    def version(self) -> str:
        """Changes with the weights and the number of steps."""
        weights = sorted(WEIGHTS.rglob("*.safetensors"))
        return " ".join([f"{self.steps} steps", *(file_digest(path) for path in weights)])

    def keeps_pixels(self) -> bool:
        """True: given pixels are put back after every step, whatever the shape of their mask; it was trained with whole frames."""
        return True

    def retakes(self, conditioning: Conditioning) -> Retakes:
        """Another seed. Guidance on the control was tried and does not place anything better (see the model card)."""
        return Retakes(why="the embedded model has no stronger control: guidance on it adds contrast and flicker and moves no joint nearer")

    def render(self, conditioning: Conditioning, *, progress: Progress | None = None) -> Clip:
        """Frames at the conditioning's size. Raises `RenderError` when the weights are unusable."""
        started = time.monotonic()
        scene, size = conditioning.scene, model_size(conditioning.size)
        maps = control_maps(conditioning, size)
        keep, kept = conditioning.keep_mask, None
        small_keep = shrink(keep, size) if keep.any() else None
        if small_keep is not None:
            kept = np.zeros((conditioning.frames, *size, 3), np.uint8)
            kept[conditioning.key_frame_numbers] = shrink(conditioning.key_frames, size)
            small_keep = np.where(small_keep >= 128, np.uint8(255), np.uint8(0))
        small = self._pipeline(
            maps,
            context_of(scene),
            steps=self.steps,
            generator=torch.Generator().manual_seed(scene.seed),
            kept=kept,
            keep=small_keep,
            progress=_part(progress, 0.0, SAMPLING_SHARE),
        )
        large = upscale(small, conditioning.size, progress=_part(progress, SAMPLING_SHARE, 1.0))
        for f, frame in enumerate(large):
            draw_caption(frame, scene, f / scene.fps)
        return Clip(large, scene.fps, _report(conditioning), time.monotonic() - started, _joins(conditioning.frames))


def _joins(frames: int) -> tuple[int, ...]:
    return tuple(f for clip in windows(frames)[1:] for f in range(clip.start, clip.start + clip.shared + 1) if f < frames)


def _part(progress: Progress | None, start: float, stop: float) -> Progress | None:
    if progress is None:
        return None
    return lambda done, total: progress(round(1000 * (start + (stop - start) * done / max(total, 1))), 1000)


def _report(conditioning: Conditioning) -> tuple[ControlUse, ...]:
    scene = conditioning.scene
    uses = [
        ControlUse("joints_2d", "honoured", "drawn as a pose map"),
        ControlUse("inverse_depth", "honoured", "given as a map"),
        ControlUse("instance_ids", "honoured", "given as flat colours and edges"),
        ControlUse("camera", "approximated", "acts through the maps it projects, not as a pose"),
        ControlUse("expressions", "approximated", "given as faces in the map of flat colours, small as that map is"),
        ControlUse("style, time, weather", "honoured", "as words of the model's own vocabulary"),
        ControlUse("seed", "honoured", "one noise for the whole shot"),
        ControlUse("boxes, tracks, joints_3d", "ignored", "the model has no input for them"),
        ControlUse("prompt, negative_prompt", "ignored", "the model reads no text"),
        ControlUse("motion_score", "ignored", "motion follows the pose map"),
    ]
    if len(conditioning.key_frames):
        uses.append(ControlUse("key_frames, keep_mask", "honoured", "kept through the mask channel"))
    if any(card.references for card in scene.actors):
        uses.append(ControlUse("references", "ignored", "the model takes colours, not pictures"))
    uses += adapters_ignored(scene, "the adapter is for a large video model; use --backend wan")
    if scene.lines:
        uses += [use for use in AnimaticBackend().report(conditioning) if use.control == "dialogue"]
    return tuple(uses)
