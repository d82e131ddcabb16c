"""VACE: a control video, a mask and references, from a shot's conditioning to the 96 channels the model reads.

Knows the two pixel halves that are encoded, the folding of the mask to 64 channels, and where references go. Does not know a VAE.
The VAE's latents of both halves (16 + 16) and the mask make 96 channels; each reference is one more latent frame in front, with zeros
for its other half and its mask. The noise has as many frames; drop the first R latents before decoding.

A trap kept as it is in both programs: the mask is thinned in time by taking the frame nearest to the middle of each latent's share, so
latent 0 takes frame 1 of an 81-frame clip, and a mask that keeps frame 0 alone is not seen in the mask channels at all.
Source: VACE `wan_vace.py` (`vace_encode_frames`, `vace_encode_masks`); diffusers `WanVACEPipeline`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from shotplan.errors import ConditioningError
from video_core.adapters.condition import kept_pixels
from video_core.adapters.grid import TEMPORAL, Grid
from video_core.adapters.pictures import Picture, Pixels, video_pixels
from video_core.adapters.vace_choice import Control, control_of
from video_core.adapters.vace_edits import DRAWN, GREY, KEPT, Edit, Mask, Video, over_control
from video_core.adapters.vace_references import letterbox_reference, load_references, order_references
from video_core.backends.backend import ControlUse
from video_core.conditioning import Conditioning


@dataclass(frozen=True)
class VaceInputs:
    """One clip as VACE takes it; `video`, `mask` and `pictures` are also what `WanVACEPipeline` takes."""

    video: Video
    """(F,H,W,3): kept pixels, and the control or mid grey where VACE draws."""
    mask: Mask
    """(F,H,W): 255 where VACE draws, 0 where pixels are kept."""
    pictures: tuple[Picture, ...]
    """References as they came."""
    control: str
    """Name of the control drawn into `video`; "none" for none."""
    grid: Grid
    report: tuple[ControlUse, ...]

    @property
    def references(self) -> tuple[Pixels, ...]:
        """References (3,H,W) at the clip's size, on white."""
        return tuple(letterbox_reference(picture, self.grid.size) for picture in self.pictures)

    def halves(self) -> tuple[Pixels, Pixels]:
        """The pixels to encode (3,F,H,W): what is kept, and what is drawn from; 0 elsewhere."""
        pixels = video_pixels(self.video)
        drawn = (self.mask > 127).astype(np.float32)
        kept = pixels * (1 - drawn)
        pixels *= drawn if self.control != "none" else 0
        return kept, pixels


def vace_inputs(
    conditioning: Conditioning,
    *,
    control: Control | tuple[Control, Control] = "auto",
    references: Mapping[str, Sequence[Picture]] | None = None,
) -> VaceInputs:
    """A clip's conditioning for VACE. `references` by actor id replace the cast's own pictures.

    Key frames and the keep-mask go in as kept pixels, the control everywhere else.
    Raises `ConditioningError` for an illegal size, number of frames or control, and for missing or foreign references.
    """
    grid = Grid.of(conditioning.frames, conditioning.size)
    choice = control_of(conditioning, control)
    given, keep = kept_pixels(conditioning)
    found, notes = (references, ()) if references is not None else load_references(conditioning)
    pictures = order_references(found, conditioning)
    base = choice.video if choice.video is not None else np.full_like(given, GREY)
    report = [*choice.report, *notes]
    if keep.any():
        report.append(ControlUse("key_frames, keep_mask", "honoured", _kept_note(keep, grid)))
    if pictures:
        report.append(_taken(len(pictures), sum(map(len, found.values()))))
    edit = over_control(Edit(given, np.where(keep, np.uint8(KEPT), np.uint8(DRAWN))), base)
    return VaceInputs(edit.video, edit.mask, pictures, choice.name, grid, tuple(report))


def _taken(count: int, there: int) -> ControlUse:
    told = f"{count} pictures as latent frames in front of the clip"
    if count == there:
        return ControlUse("references", "honoured", told)
    return ControlUse("references", "approximated", f"{told}; {there - count} more are left out, everybody's later ones first")


def _kept_note(keep: NDArray[np.bool_], grid: Grid) -> str:
    frames = np.flatnonzero(keep.reshape(len(keep), -1).any(axis=1))
    taken = ((np.arange(grid.latent_frames) + 0.5) * grid.frames / grid.latent_frames).astype(int)
    unseen = [int(f) for f in frames if f not in taken]
    note = f"kept pixels in {len(frames)} frames"
    if unseen:
        listed = ", ".join(map(str, unseen[:6])) + (" and on" if len(unseen) > 6 else "")
        note += f"; the mask channels, thinned in time, do not show frame {listed}, only its pixels do"
    return note


def fold_vace_mask(mask: NDArray[np.uint8], spatial: int = 8) -> NDArray[np.float32]:
    """A mask (F,H,W) as (64,T,h,w): each 8x8 block's pixels become channels, and time is thinned to the nearest frame.

    Bit for bit diffusers' `prepare_masks` and VACE's `vace_encode_masks` (for sides that divide by 16).
    """
    frames, h, w = mask.shape
    drawn = torch.from_numpy((mask > 127).astype(np.float32))
    blocks = drawn.view(frames, h // spatial, spatial, w // spatial, spatial).permute(2, 4, 0, 1, 3).flatten(0, 1)
    latent = (frames + TEMPORAL - 1) // TEMPORAL
    thin = torch.nn.functional.interpolate(
        blocks[None], size=(latent, h // spatial, w // spatial), mode="nearest-exact"
    )
    return np.asarray(thin[0].numpy(), dtype=np.float32)


def vace_channels(
    kept: torch.Tensor,
    drawn: torch.Tensor,
    mask: NDArray[np.float32],
    references: Sequence[torch.Tensor] = (),
    *,
    order: Literal["vace", "diffusers"] = "vace",
) -> torch.Tensor:
    """The model's control (96,R+T,h,w) from both halves' normalised latents (16,T,h,w), the folded mask and R references (16,1,h,w).

    `order`: VACE's own code puts the references in the order given, diffusers' pipeline in the reverse.
    Raises `ConditioningError` when the shapes do not match.
    """
    latents = torch.cat([kept, drawn])
    if kept.shape != drawn.shape or latents.shape[1:] != mask.shape[1:]:
        raise ConditioningError(
            f"latents of {tuple(kept.shape)} and {tuple(drawn.shape)} do not go with a mask of {mask.shape}",
            todo="encode both halves of the clip the mask belongs to",
        )
    front = [torch.cat([r, torch.zeros_like(r)]) for r in (references if order == "vace" else reversed(references))]
    folded = torch.from_numpy(mask).to(latents)
    blank = folded.new_zeros(len(folded), len(front), *folded.shape[2:])
    return torch.cat([torch.cat([*front, latents], dim=1), torch.cat([blank, folded], dim=1)])
