"""ATI: point tracks for Wan image-to-video weights trained by ByteDance.

The first frame's latent features are carried along the tracks into the later latent frames, each with a Gaussian around the point, and
the mask channels hold the Gaussians' weights. Knows ATI's units and the splatting. Does not know how the points were found.
ATI's tracks are 121 points at 24 fps, thinned to the clip's frames at 16 fps; ours are taken at the clip's own frames, so nothing is
thinned. Source: ATI `wan/modules/motion_patch.py` (Wang et al. 2025, arXiv 2505.22944) and its `utils.process_tracks`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from shotplan.errors import ConditioningError
from video_core.adapters.condition import I2VCondition
from video_core.adapters.first_last import first_last_condition
from video_core.adapters.pictures import Fit, Picture
from video_core.backends.backend import ControlUse

TEMPERATURE = 220.0
NEAREST = 2
"""Points that may colour one latent pixel."""


@dataclass(frozen=True)
class TrackCondition:
    """A first frame and what moves from it."""

    condition: I2VCondition
    """The plain first-frame condition: encode its pixels, then `splat` the latents along `tracks`."""
    tracks: NDArray[np.float32]
    """(F,P,3): x and y from the picture's centre in halves of its short edge, visibility 0..1."""
    report: tuple[ControlUse, ...]


def track_condition(
    first: Picture | None,
    tracks: NDArray[np.floating],
    size: tuple[int, int],
    *,
    drawn_at: tuple[int, int] | None = None,
    fit: Fit = "crop",
) -> TrackCondition:
    """The condition of a clip that begins with `first` and whose points follow `tracks` (F,P,3: pixel x, pixel y, visibility 0..1).

    Tracks are in pixels of `drawn_at` (H, W; `size` when not given) and one frame of the clip each. Points that the first frame does
    not show are left out, because their look would be taken from whatever hides them.
    Raises `ConditioningError` when no point is left, there is no first frame, or the size or the number of frames is illegal.
    """
    condition = first_last_condition(first, len(tracks), size, fit=fit)
    if tracks.ndim != 3 or tracks.shape[-1] != 3:
        raise ConditioningError(f"tracks have shape {tracks.shape}", todo="give (F,P,3): pixel x, pixel y, visibility")
    units = ati_units(tracks, drawn_at or size)
    usable = units[0, :, 2] > 0
    count, left = int(usable.sum()), int((~usable).sum())
    if not count:
        raise ConditioningError(
            "no point of the tracks is seen in the first frame",
            todo="track points that the first frame shows, or use plain image-to-video",
        )
    note = f"{count} points" + (f"; {left} that the first frame does not show are left out" if left else "")
    use = ControlUse("tracks", "approximated" if left else "honoured", note)
    return TrackCondition(condition, np.ascontiguousarray(units[:, usable]), (*condition.report, use))


def ati_units(tracks: NDArray[np.floating], drawn_at: tuple[int, int]) -> NDArray[np.float32]:
    """Pixel tracks (F,P,3) of a picture (H, W) in ATI's units: centred, over half the short edge; visibility 2v-1, not below 0."""
    h, w = drawn_at
    xy = (tracks[..., :2] - np.array([w, h]) / 2) / min(h, w) * 2
    visible = np.clip(tracks[..., 2:] * 2 - 1, 0, 1)
    return np.concatenate([xy, visible], axis=-1).astype(np.float32)


def splat(
    latents: torch.Tensor, tracks: NDArray[np.floating], *, temperature: float = TEMPERATURE, nearest: int = NEAREST
) -> tuple[torch.Tensor, torch.Tensor]:
    """Normalised latents (16,T,h,w) of a first-frame condition, with the first frame's features carried along `tracks` (F,P,3, ATI units).

    Returns the new latents (16,T,h,w) and the mask (4,T,h,w), all four channels alike; weights of two near points add up, past 1 too,
    as in ATI. Raises `ConditioningError` when tracks and latents differ in length.
    """
    _, steps, h, w = latents.shape
    if len(tracks) != 4 * (steps - 1) + 1:
        raise ConditioningError(
            f"the tracks have {len(tracks)} frames and the latents {4 * (steps - 1) + 1}",
            todo="track every frame of the clip",
        )
    points = torch.from_numpy(np.asarray(tracks, dtype=np.float32)).to(latents)
    short = min(h, w)
    edge = points.new_tensor([w / short, h / short])
    xx = torch.linspace(-w / short, w / short, w, device=latents.device)
    yy = torch.linspace(-h / short, h / short, h, device=latents.device)
    grid = torch.stack(torch.meshgrid(yy, xx, indexing="ij")[::-1], dim=-1)
    start = (points[0, :, :2] / edge).clamp(-1, 1)
    looks = torch.nn.functional.grid_sample(
        latents[:, 0][None],
        start[None, None].to(latents.dtype),
        mode="bilinear",
        padding_mode="zeros",
        align_corners=False,
    )[0, :, 0].T
    out, mask = latents.clone(), latents.new_ones(steps, h, w)
    visible = points[1:, :, 2].reshape(steps - 1, 4, -1)
    xy = points[1:, :, :2].reshape(steps - 1, 4, -1, 2)
    for t in range(steps - 1):
        seen = visible[t].sum(0)
        at = (xy[t] * visible[t][..., None]).sum(0) / (seen[:, None] + 1e-5)
        distance = (at - grid[:, :, None]).pow(2).sum(-1)
        weight = torch.exp(-distance * temperature) * seen.clamp(0, 1)
        best, index = torch.topk(weight, k=min(nearest, weight.shape[-1]), dim=-1)
        mask[t + 1] = best.sum(-1)
        carried = (looks[index] * best[..., None]).sum(-2).permute(2, 0, 1)
        out[:, t + 1] = carried + latents[:, t + 1] * (1 - mask[t + 1].clamp(0, 1))
    return out, mask[None].expand(4, -1, -1, -1).clone()
