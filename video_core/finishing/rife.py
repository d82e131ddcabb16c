"""In-between frames by a RIFE v4 network (Huang et al. 2022, "Real-Time Intermediate Flow Estimation for Video Frame Interpolation").

Knows what such a network takes: two frames in 0..1 and a plane that holds the moment, sides padded to a multiple of 32. The network's files
are the user's: `flownet.param` and `flownet.bin` as rife-ncnn-vulkan ships them, MIT licensed. Does not know ncnn (`ncnn_graph`) or clips.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from shotplan.errors import RenderError
from video_core.finishing.ncnn_graph import NcnnGraph
from video_core.finishing.stage import Bytes

SIDES = 32
INPUTS = ("in0", "in1", "in2")


class Rife:
    """A network that makes the frame between two at any moment."""

    def __init__(self, graph: NcnnGraph, digest: str) -> None:
        self._graph, self.digest = graph, digest
        if graph.inputs != INPUTS:
            raise RenderError(
                f"the network takes {', '.join(graph.inputs)} and not two frames and a moment", where=str(graph.where),
                todo="give the flownet.param of a RIFE v4 model; older ones make only the frame in the middle",
            )  # fmt: skip
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        for layer in graph.layers:
            layer.weights = [w.to(self._device) for w in layer.weights]

    @classmethod
    def load(cls, path: Path) -> Rife:
        """`flownet.param`, its .bin beside it, or the folder of both. Raises `RenderError`."""
        param = path / "flownet.param" if path.is_dir() else path.with_suffix(".param")
        weights = param.with_suffix(".bin")
        graph = NcnnGraph.load(param, weights)
        return cls(graph, hashlib.sha256(param.read_bytes() + weights.read_bytes()).hexdigest())

    def between(self, first: Bytes, second: Bytes, moment: float) -> Bytes:
        """The frame (H,W,3) at `moment`, 0 the first .. 1 the second."""
        h, w = first.shape[:2]
        padding = (0, -w % SIDES, 0, -h % SIDES)
        a, b = (F.pad(self._tensor(f), padding, mode="replicate") for f in (first, second))
        plane = torch.full_like(a[:, :1], moment)
        (picture,) = self._graph(dict(zip(INPUTS, (a, b, plane), strict=True))).values()
        out = picture[0, :, :h, :w].mul(255).round().clamp(0, 255).to(torch.uint8)
        return np.ascontiguousarray(out.permute(1, 2, 0).cpu().numpy())

    def _tensor(self, frame: Bytes) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(frame)).to(self._device).permute(2, 0, 1)[None].float() / 255
