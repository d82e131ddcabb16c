"""From a clip's bundle to its feed: the adapter of the family, the VAE, the image encoder.

Knows which adapter belongs to which way of conditioning, and says what became of every key frame and reference. Does not denoise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from shotplan.errors import RenderError
from video_core.adapters.anymask import anymask_condition
from video_core.adapters.condition import I2VCondition, kept_pixels, key_frames_of
from video_core.adapters.first_last import first_last_condition
from video_core.adapters.grid import Grid
from video_core.adapters.keyframes import anisora_condition
from video_core.adapters.pictures import Picture, video_pixels
from video_core.adapters.ti2v import ti2v_condition
from video_core.adapters.tracks import splat, track_condition
from video_core.adapters.vace import fold_vace_mask, vace_channels, vace_inputs
from video_core.adapters.vision import clip_pixels
from video_core.backends.backend import ControlUse
from video_core.backends.wan.families import Family
from video_core.backends.wan.feeds import CleanFirstFeed, ControlFeed, Feed, ImageFeed, TextFeed
from video_core.backends.wan.latents import Latents
from video_core.backends.wan.settings import WanSettings
from video_core.conditioning import Conditioning

Report = list[ControlUse]
STRONGEST = 2.0
"""VACE scale that is not exceeded; it was trained at 1."""
HALF_SEEN = 0.5
"""Visibility above which ATI follows a point."""
NOT_TAKEN = "the model has no input for pictures"


class Conditions:
    """Makes the feeds of one render. `look` loads the CLIP image encoder on the device when a model wants it."""

    def __init__(
        self, family: Family, settings: WanSettings, latents: Latents, look: Callable[[], Any], device: torch.device, dtype: torch.dtype,
        *, shot: Conditioning, face_side: int = 512,
    ) -> None:  # fmt: skip
        self.family, self.settings, self.latents = family, settings, latents
        self._look, self.device, self.dtype = look, device, dtype
        self.shot = shot
        """The whole shot, of which the clips are parts."""
        self.face_side = face_side
        """Sides of Wan-Animate's face pictures, pixels."""

    def feed(self, clip: Conditioning, given: int, noise: torch.Tensor) -> tuple[Feed, Report]:
        """The feed of a clip whose first `given` frames were handed over. Raises `RenderError` or `ConditioningError`."""
        match self.family.kind:
            case "t2v":
                return self._text(clip, given, noise)
            case "i2v" | "flf2v":
                condition, report = self._picture_condition(clip, given)
                latents = self.encode(condition.pixels)
                return ImageFeed(condition.channels(latents).to(self.device, self.dtype), self._seen(condition, clip)), report
            case "vace":
                return self._vace(clip, given)
            case "ti2v":
                return self._clean_first(clip, given, noise)
            case "animate":
                from video_core.backends.wan.animate import animate_feed

                return animate_feed(self, clip, given)
        raise AssertionError(self.family.kind)

    def encode(self, pixels: Any) -> torch.Tensor:
        """(3,F,H,W) in [-1, 1] to normalised latents (1,C,T,h,w) on the device."""
        return self.latents.encode(np.asarray(pixels, np.float32)).to(self.device)

    def features(self, pictures: list[Picture]) -> torch.Tensor:
        """CLIP's last but one layer (n,tokens,D) of each picture, squashed as Wan does."""
        encoder = self._look()
        side = int(encoder.config.image_size)
        pixels = torch.cat([clip_pixels(picture, side) for picture in pictures]).to(self.device, next(encoder.parameters()).dtype)
        with torch.no_grad():
            seen: torch.Tensor = encoder(pixels, output_hidden_states=True).hidden_states[-2]
        return seen

    def _seen(self, condition: I2VCondition, clip: Conditioning) -> torch.Tensor | None:
        if not self.family.image_tokens:
            return None
        pictures = [condition.clip_image]
        if self.family.kind == "flf2v":
            pictures.append(clip.key_frames[int(clip.key_frame_numbers.argmax())])
        return self.features(pictures).to(self.dtype)

    def _text(self, clip: Conditioning, given: int, noise: torch.Tensor) -> tuple[Feed, Report]:
        report: Report = []
        if len(clip.key_frames) > given:
            report.append(ControlUse("key_frames, keep_mask", "ignored", f"{self.family.name}: {NOT_TAKEN}"))
        if not given:
            return TextFeed(), report
        frames = (given - 1) // 4 * 4 + 1
        known = self.encode(video_pixels(clip.key_frames[:frames]))
        told = "put back into the noise at every step; the model was not trained for it"
        report.append(ControlUse("hand-over frames", "approximated", told))
        return TextFeed(known, noise), report

    def _clean_first(self, clip: Conditioning, given: int, noise: torch.Tensor) -> tuple[Feed, Report]:
        first = _at(clip, 0)
        report = self._not_placed(clip, given, {0})
        if first is None:
            return TextFeed(), report
        condition = ti2v_condition(first, clip.frames, clip.size)
        report += _unless_handed(condition.report, given)
        return CleanFirstFeed(condition, self.encode(condition.pixels)), report

    def _picture_condition(self, clip: Conditioning, given: int) -> tuple[I2VCondition, Report]:
        if self.family.anymask:
            return self._masked(clip)
        if self.family.key_frames == "any_of_8":
            keys = key_frames_of(clip)
            if not keys:
                raise RenderError(
                    f"{self.family.name} needs at least one key frame and the shot has none", where=f"shot {clip.scene.shot}",
                    todo="give one with --key-frames, see `ekonte render --help`",
                )  # fmt: skip
            condition = anisora_condition(keys, clip.frames, clip.size, placement=self.settings.placement)
            own = [use for use in condition.report if not (given and use.control == "key frame 0")]
            return condition, [*own, *self._partly_kept(clip)]
        if self.family.tracks and not (clip.tracks[:1, :, 2] > HALF_SEEN).any():
            condition = first_last_condition(_at(clip, 0), clip.frames, clip.size)
            told = "the clip's first frame shows none of the points; it is drawn as by an image-to-video model"
            report = [*_unless_handed(condition.report, given), ControlUse("tracks", "ignored", told), *self._not_placed(clip, given, {0})]
            return condition, report
        if self.family.tracks:
            tracked = track_condition(_at(clip, 0), clip.tracks, clip.size)
            report = [*_unless_handed(tracked.report, given), *self._not_placed(clip, given, {0})]
            return _Splatted.of(tracked.condition, tracked.tracks), report
        if self.family.key_frames == "first_last":
            return self._first_last(clip, given)
        condition = first_last_condition(_at(clip, 0), clip.frames, clip.size)
        return condition, [*_unless_handed(condition.report, given), *self._not_placed(clip, given, {0}), *self._partly_kept(clip)]

    def _first_last(self, clip: Conditioning, given: int) -> tuple[I2VCondition, Report]:
        """The clip's last key frame goes to its end, which may be after the shot's own last frame."""
        number = int(clip.key_frame_numbers.max(initial=-1))
        if number < max(given, 1):
            raise RenderError(
                f"{self.family.name} needs a last frame and the clip has none", where=f"shot {clip.scene.shot}",
                todo="give one with --key-frames, or use an image-to-video model",
            )  # fmt: skip
        condition = first_last_condition(_at(clip, 0), clip.frames, clip.size, last=_at(clip, number))
        report = [*_unless_handed(condition.report, given), *self._not_placed(clip, given, {0, number}), *self._partly_kept(clip)]
        if number != clip.frames - 1:
            told = f"frame {number} is given to the model as frame {clip.frames - 1}, the end of its clip"
            report = [use for use in report if use.control != "last frame"] + [ControlUse("last frame", "approximated", told)]
        return condition, report

    def _masked(self, clip: Conditioning) -> tuple[I2VCondition, Report]:
        video, keep = kept_pixels(clip)
        condition = anymask_condition(video, keep, clip.size)
        first = key_frames_of(clip)[0]
        return I2VCondition(condition.pixels, condition.mask, first.image, condition.grid, condition.report), list(condition.report)

    def _vace(self, clip: Conditioning, given: int) -> tuple[Feed, Report]:
        control: Any = self.settings.control[0] if len(self.settings.control) == 1 else tuple(self.settings.control)
        inputs = vace_inputs(clip, control=control)
        kept, drawn = (self.encode(half)[0] for half in inputs.halves())
        references = [self.encode(picture[:, None])[0] for picture in inputs.references]
        channels = vace_channels(kept, drawn, fold_vace_mask(inputs.mask), references)
        asked = self.settings.control_strength * clip.scene.control_strength
        strength = min(asked, STRONGEST)
        feed = ControlFeed(channels[None].to(self.device, self.dtype), strength, len(self.family.vace_layers), len(references))
        only_handed = given and len(clip.key_frames) == given
        report = [use for use in inputs.report if not (only_handed and use.control.startswith("key_frames"))]
        if clip.scene.control_strength != 1:
            report.append(ControlUse("control_strength", "honoured" if asked == strength else "approximated", f"VACE scale {strength:g}"))
        return feed, report

    def _not_placed(self, clip: Conditioning, given: int, taken: set[int]) -> Report:
        left = [int(n) for n in clip.key_frame_numbers if n >= given and n not in taken]
        if not left:
            return []
        only = "first" if self.family.key_frames == "first" else "first and the last"
        frames = ", ".join(map(str, left[:6]))
        return [ControlUse("key frames inside", "ignored", f"frame {frames}: {self.family.name} takes only the {only}")]

    def _partly_kept(self, clip: Conditioning) -> Report:
        keep = clip.keep_mask.reshape(clip.frames, -1) >= 128
        if (keep.any(axis=1) & ~keep.all(axis=1)).any():
            return [ControlUse("keep_mask", "ignored", "the model takes whole frames; use anisora-anymask or VACE for parts")]
        return []


class _Splatted(I2VCondition):
    """ATI: the first frame's latent is carried along point tracks after encoding."""

    moves: Any

    @classmethod
    def of(cls, condition: I2VCondition, moves: Any) -> _Splatted:
        made = cls(condition.pixels, condition.mask, condition.clip_image, condition.grid, condition.report)
        object.__setattr__(made, "moves", moves)
        return made

    def channels(self, latents: torch.Tensor) -> torch.Tensor:
        carried, mask = splat(latents[0].cpu(), self.moves)
        return torch.cat([mask, carried])[None].to(latents)


def clip_grid(family: Family, frames: int, size: tuple[int, int]) -> Grid:
    """The latent grid of a clip. Raises `ConditioningError` when the model cannot take the size."""
    return Grid.of(frames, size, spatial=family.stride)


def _at(clip: Conditioning, frame: int) -> Picture | None:
    found = np.flatnonzero(clip.key_frame_numbers == frame)
    return clip.key_frames[int(found[0])] if len(found) else None


def _unless_handed(report: tuple[ControlUse, ...], given: int) -> Report:
    return [] if given else list(report)

