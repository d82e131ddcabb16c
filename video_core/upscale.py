"""From the small frames a model draws to film size, with a pretrained anime video upscaler.

Knows the network of `realesr-animevideov3-x4` (SRVGGNetCompact of Real-ESRGAN: 18 convolutions, pixel shuffle, nearest
neighbour skip) and the ncnn file its weights come in, and runs it in PyTorch, in bfloat16 where the processor is good
at that. Does not know where frames come from. Weights, licence and provenance: `video_core/upscale_models/`.
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
    network = load()
    dtype = network.last.weight.dtype
    out = np.empty((len(frames), *size, 3), np.uint8)
    for i in range(0, len(frames), batch):
        x = torch.from_numpy(np.ascontiguousarray(frames[i : i + batch])).permute(0, 3, 1, 2)  # channels_last in memory
        y = network(x.to(dtype).div_(255)).mul_(255).round_().clamp_(0, 255)
        large = y.to(torch.uint8).permute(0, 2, 3, 1).contiguous().numpy()
        for j, frame in enumerate(large):
            shrink = frame.shape[0] > size[0] or frame.shape[1] > size[1]
            how = cv2.INTER_AREA if shrink else cv2.INTER_CUBIC
            out[i + j] = frame if frame.shape[:2] == size else cv2.resize(frame, size[::-1], interpolation=how)
        if progress is not None:
            progress(min(i + batch, len(frames)), len(frames))
    return out
