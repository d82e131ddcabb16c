"""From the small frames a model draws to film size, with a pretrained anime video upscaler.

Knows the network of `realesr-animevideov3-x4` (SRVGGNetCompact of Real-ESRGAN: 18 convolutions, pixel shuffle, nearest
neighbour skip) and the ncnn file its weights come in, and runs it in PyTorch, in bfloat16 where the processor is good
at that. Large frames go through in tiles, so that memory does not grow with them. Does not know where frames come from. Weights, licence
and provenance: `video_core/upscale_models/`.

Two and three times larger is four times larger and then smaller, as the x2 and x3 models of the same release are: their weights are the
same file.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from shotplan.errors import RenderError
from video_core.precision import fast_dtype

SCALE = 4
WIDTH = 64
BODY = 17
"""Convolutions that are followed by a PReLU."""
HALF_FLAG = 0x01306B47
"""ncnn's mark in front of a weight array stored as float16."""
TILE = 256
"""Pixels a side of the pieces in which large frames are enlarged."""
REACH = BODY + 1
"""Pixels around a piece that decide its result: one per convolution."""
MODEL = Path(__file__).parent / "upscale_models" / "realesr-animevideov3-x4.bin"


class AnimeUpscaler(nn.Module):
    """Four times larger, lines sharpened, as the pretrained network does it."""

    def __init__(self) -> None:
        super().__init__()
        sizes = [3] + [WIDTH] * BODY
        self.convs = nn.ModuleList(nn.Conv2d(a, b, 3, padding=1) for a, b in pairwise(sizes))
        self.slopes = nn.ParameterList(nn.Parameter(torch.zeros(WIDTH)) for _ in range(BODY))
        self.last = nn.Conv2d(WIDTH, 3 * SCALE**2, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) in 0..1 -> (N, 3, 4H, 4W)."""
        y = x
        for conv, slope in zip(self.convs, self.slopes, strict=True):
            y = F.prelu(conv(y), slope)
        return F.pixel_shuffle(self.last(y), SCALE) + F.interpolate(x, scale_factor=SCALE, mode="nearest")


def read_ncnn(path: Path) -> AnimeUpscaler:
    """The network with the weights of an ncnn .bin file. Raises `RenderError` when it is missing or another one."""
    todo = "restore video_core/upscale_models/ from the repository or reinstall the package"
    try:
        raw = path.read_bytes()
    except OSError as e:
        why = f"the upscaler's weights cannot be read: {e.strerror or e}"
        raise RenderError(why, where=str(path), todo=todo) from e
    network, at = AnimeUpscaler(), 0

    def take(count: int, kind: type[np.generic]) -> Tensor:
        nonlocal at
        size = count * np.dtype(kind).itemsize
        if at + size > len(raw):
            raise RenderError("the upscaler's weights are cut short", where=str(path), todo=todo)
        values = np.frombuffer(raw, kind, count, at).astype(np.float32)
        at += size
        return torch.from_numpy(values)

    def convolution(conv: nn.Conv2d) -> None:
        nonlocal at
        if raw[at : at + 4] != HALF_FLAG.to_bytes(4, "little"):
            raise RenderError("the upscaler's weights are not the expected ncnn file", where=str(path), todo=todo)
        at += 4
        conv.weight.data = take(conv.weight.numel(), np.float16).view_as(conv.weight)
        at += -at % 4
        assert conv.bias is not None
        conv.bias.data = take(conv.bias.numel(), np.float32)

    for conv, slope in zip(network.convs, network.slopes, strict=True):
        assert isinstance(conv, nn.Conv2d)
        convolution(conv)
        slope.data = take(WIDTH, np.float32)
    convolution(network.last)
    if at != len(raw):
        raise RenderError("the upscaler's weights are longer than expected", where=str(path), todo=todo)
    return network.eval().requires_grad_(False)


@lru_cache(maxsize=2)
def load(dtype: torch.dtype | None = None) -> AnimeUpscaler:
    """The shipped upscaler, in the number format that is fast on this machine unless one is named."""
    network = read_ncnn(MODEL).to(dtype or fast_dtype())
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


@torch.inference_mode()
def upscale(
    frames: NDArray[np.uint8],
    size: tuple[int, int],
    *,
    batch: int = 2,
    progress: Callable[[int, int], None] | None = None,
) -> NDArray[np.uint8]:
    """Frames (F,h,w,3) RGB at `size` (H, W): four times larger by the network, then resized to fit.

    `progress` is called with (done, total) frames. Raises `RenderError` when the weights are unusable.
    """
    out = np.empty((len(frames), *size, 3), np.uint8)
    enlarger = Enlarger(size)
    for i in range(0, len(frames), batch):
        out[i : i + batch] = enlarger(frames[i : i + batch])
        if progress is not None:
            progress(min(i + batch, len(frames)), len(frames))
    return out


class Enlarger:
    """Enlarges a film's frames, a few at a time, to `size` (H, W). Tiles that are as in the frame before are not computed again.

    Raises `RenderError` when the weights are unusable.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        self.size = size
        self.network = load()
        self._tiles: dict[tuple[int, int], tuple[NDArray[np.uint8], NDArray[np.uint8]]] = {}
        self.computed = self.kept = 0
        """Tiles."""

    def __call__(self, frames: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Frames (F,h,w,3) to (F,*size,3)."""
        if max(frames.shape[1:3]) > TILE + 2 * REACH:
            return np.stack([self._fitted(self._tiled(frame)) for frame in frames])
        return np.stack([self._fitted(frame) for frame in self._enlarged(frames)])

    @torch.inference_mode()
    def _enlarged(self, frames: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """(F,h,w,3) to (F,4h,4w,3)."""
        dtype = self.network.last.weight.dtype
        x = torch.from_numpy(np.ascontiguousarray(frames)).permute(0, 3, 1, 2)  # channels_last in memory
        y = self.network(x.to(dtype).div_(255)).mul_(255).round_().clamp_(0, 255)
        return np.asarray(y.to(torch.uint8).permute(0, 2, 3, 1).contiguous().numpy())

    def _tiled(self, frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """(h,w,3) to (4h,4w,3), piece by piece; each is given the pixels around it that decide it, so that no seam is seen."""
        h, w = frame.shape[:2]
        out = np.empty((h * SCALE, w * SCALE, 3), np.uint8)
        for top in range(0, h, TILE):
            for left in range(0, w, TILE):
                bottom, right = min(top + TILE, h), min(left + TILE, w)
                up, near = max(0, top - REACH), max(0, left - REACH)
                piece = frame[up : min(h, bottom + REACH), near : min(w, right + REACH)]
                known = self._tiles.get((top, left))
                if known is not None and np.array_equal(known[0], piece):
                    large = known[1]
                    self.kept += 1
                else:
                    whole = self._enlarged(piece[None])[0]
                    y, x = (top - up) * SCALE, (left - near) * SCALE
                    large = whole[y : y + (bottom - top) * SCALE, x : x + (right - left) * SCALE].copy()
                    self._tiles[top, left] = piece.copy(), large
                    self.computed += 1
                out[top * SCALE : bottom * SCALE, left * SCALE : right * SCALE] = large
        return out

    def _fitted(self, frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
        if frame.shape[:2] == self.size:
            return frame
        shrink = frame.shape[0] > self.size[0] or frame.shape[1] > self.size[1]
        how = cv2.INTER_AREA if shrink else cv2.INTER_CUBIC
        return np.asarray(cv2.resize(frame, self.size[::-1], interpolation=how), np.uint8)
