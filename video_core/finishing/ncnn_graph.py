"""A network from ncnn's two files, run in PyTorch: `.param` lists the layers, `.bin` holds their weights in the same order.

Knows the text format (magic 7767517), the weight arrays (float32 or float16) and the layers that image networks such as RIFE are made of.
Does not know what a network is for. Blobs here have a batch axis in front of ncnn's channels, rows and columns.
Source: ncnn's developer guide, "param and model file structure" and "operation param weight table".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from shotplan.errors import RenderError

MAGIC = "7767517"
HALF = 0x01306B47
ARRAY = -23300
"""Keys below this hold lists: -23300 - id."""
Value = float | list[float]


@dataclass
class Layer:
    """One line of a .param file and its weights."""

    kind: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    params: dict[int, Value]
    weights: list[Tensor] = field(default_factory=list)

    def whole(self, key: int, default: int = 0) -> int:
        value = self.params.get(key, default)
        assert not isinstance(value, list)
        return int(value)

    def number(self, key: int, default: float = 0.0) -> float:
        value = self.params.get(key, default)
        assert not isinstance(value, list)
        return float(value)

    def numbers(self, key: int) -> list[float]:
        value = self.params.get(key, [])
        assert isinstance(value, list)
        return value


Run = Callable[[Layer, Sequence[Tensor]], list[Tensor]]


def _activated(layer: Layer, x: Tensor) -> Tensor:
    slope = layer.numbers(10)
    match layer.whole(9):
        case 0:
            return x
        case 1:
            return F.relu(x)
        case 2:
            return F.leaky_relu(x, slope[0])
        case 4:
            return torch.sigmoid(x)
        case other:
            raise RenderError(f"activation {other} of layer {layer.name} is not known", where=".param file", todo="use another model")


def _convolution(layer: Layer, x: Sequence[Tensor]) -> list[Tensor]:
    bias = layer.weights[1] if len(layer.weights) > 1 else None
    stride, pad, dilation = layer.whole(3, 1), layer.whole(4), layer.whole(2, 1)
    return [_activated(layer, F.conv2d(x[0], layer.weights[0], bias, stride, pad, dilation))]


def _deconvolution(layer: Layer, x: Sequence[Tensor]) -> list[Tensor]:
    bias = layer.weights[1] if len(layer.weights) > 1 else None
    return [_activated(layer, F.conv_transpose2d(x[0], layer.weights[0], bias, layer.whole(3, 1), layer.whole(4)))]


def _binary(layer: Layer, x: Sequence[Tensor]) -> list[Tensor]:
    a, b = x[0], (layer.number(2) if layer.whole(1) else x[1])
    match layer.whole(0):
        case 0:
            return [a + b]
        case 1:
            return [a - b]
        case 2:
            return [a * b]
        case 3:
            return [a / b]
        case 7:
            return [b - a]
        case 8:
            return [b / a]
        case other:
            raise RenderError(f"operation {other} of layer {layer.name} is not known", where=".param file", todo="use another model")


def _eltwise(layer: Layer, x: Sequence[Tensor]) -> list[Tensor]:
    shares = layer.numbers(1) or [1.0] * len(x)
    if layer.whole(0) != 1:
        raise RenderError(f"operation {layer.whole(0)} of layer {layer.name} is not known", where=".param file", todo="use another model")
    total = x[0] * shares[0]
    for tensor, share in zip(x[1:], shares[1:], strict=True):
        total = total + share * tensor
    return [total]


def _interp(layer: Layer, x: Sequence[Tensor]) -> list[Tensor]:
    mode = {1: "nearest", 2: "bilinear", 3: "bicubic"}[layer.whole(0)]
    scale = (layer.number(1, 1.0), layer.number(2, 1.0))
    size = [max(1, int(side * by)) for side, by in zip(x[0].shape[-2:], scale, strict=True)]
    return [F.interpolate(x[0], size, mode=mode, align_corners=None if mode == "nearest" else bool(layer.whole(6)))]


def _crop(layer: Layer, x: Sequence[Tensor]) -> list[Tensor]:
    out = x[0]
    axes = layer.numbers(11) or range(len(layer.numbers(9)))
    for axis, start, end in zip(axes, layer.numbers(9), layer.numbers(10), strict=True):
        out = out.narrow(int(axis) + 1, int(start), min(int(end), out.shape[int(axis) + 1]) - int(start))
    return [out]


def warp(image: Tensor, flow: Tensor) -> Tensor:
    """(N,C,H,W) sampled at each pixel plus `flow` (N,2,H,W) in pixels, held at the border: what `rife.Warp` does."""
    h, w = image.shape[-2:]
    y, x = torch.meshgrid(torch.arange(h, device=flow.device), torch.arange(w, device=flow.device), indexing="ij")
    grid = torch.stack([(x + flow[:, 0]) * 2 / max(w - 1, 1) - 1, (y + flow[:, 1]) * 2 / max(h - 1, 1) - 1], dim=-1)
    return F.grid_sample(image, grid, mode="bilinear", padding_mode="border", align_corners=True)


LAYERS: dict[str, Run] = {
    "Split": lambda layer, x: [x[0]] * len(layer.outputs),
    "Concat": lambda layer, x: [torch.cat(list(x), dim=layer.whole(0) + 1)],
    "Convolution": _convolution,
    "Deconvolution": _deconvolution,
    "BinaryOp": _binary,
    "Eltwise": _eltwise,
    "Interp": _interp,
    "Crop": _crop,
    "PixelShuffle": lambda layer, x: [F.pixel_shuffle(x[0], layer.whole(0, 1))],
    "ReLU": lambda layer, x: [F.leaky_relu(x[0], layer.number(0))],
    "PReLU": lambda layer, x: [F.prelu(x[0], layer.weights[0])],
    "Sigmoid": lambda layer, x: [torch.sigmoid(x[0])],
    "MemoryData": lambda layer, x: [layer.weights[0]],
    "rife.Warp": lambda layer, x: [warp(x[0], x[1])],
}


class NcnnGraph:
    """A network of an ncnn .param and .bin file. Call with its inputs by name; returns the last layer's outputs by name."""

    def __init__(self, layers: Sequence[Layer], where: Path) -> None:
        self.layers, self.where = list(layers), where
        made = {name for layer in layers for name in layer.outputs}
        self.inputs = tuple(name for layer in layers if layer.kind == "Input" for name in layer.outputs)
        missing = [name for layer in layers for name in layer.inputs if name not in made]
        if missing:
            raise _damaged(where, f"nothing makes {missing[0]!r}")

    @classmethod
    def load(cls, param: Path, weights: Path) -> NcnnGraph:
        """Raises `RenderError` when a file is missing, damaged, or holds a layer that is not known here."""
        graph = cls(_layers(_read(param).decode("utf-8", "replace"), param), param)
        _Weights(_read(weights), weights).give(graph.layers)
        return graph

    @torch.inference_mode()
    def __call__(self, given: Mapping[str, Tensor]) -> dict[str, Tensor]:
        blobs = dict(given)
        uses = {name: sum(layer.inputs.count(name) for layer in self.layers) for layer in self.layers for name in layer.outputs}
        outputs: dict[str, Tensor] = {}
        for layer in self.layers:
            if layer.kind == "Input":
                continue
            outputs = dict(zip(layer.outputs, LAYERS[layer.kind](layer, [blobs[name] for name in layer.inputs]), strict=True))
            blobs.update(outputs)
            for name in layer.inputs:  # what nobody reads any more is let go
                uses[name] -= 1
                if not uses[name]:
                    del blobs[name]
        return outputs


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as e:
        todo = "give its .param file; the .bin lies beside it"
        raise RenderError(f"the network cannot be read: {e.strerror or e}", where=str(path), todo=todo) from e


def _damaged(where: Path, why: str) -> RenderError:
    return RenderError(f"this is no ncnn network: {why}", where=str(where), todo="give the flownet.param of a RIFE v4 model")


def _layers(text: str, where: Path) -> list[Layer]:
    lines = [line.split() for line in text.splitlines() if line.strip()]
    if len(lines) < 3 or lines[0] != [MAGIC]:
        raise _damaged(where, "it does not begin with 7767517")
    layers = []
    for words in lines[2:]:
        try:
            taken, made = int(words[2]), int(words[3])
            inputs, outputs = words[4 : 4 + taken], words[4 + taken : 4 + taken + made]
            params = dict(_param(word) for word in words[4 + taken + made :])
        except (IndexError, ValueError) as e:
            raise _damaged(where, f"line {' '.join(words[:2])!r} cannot be read") from e
        if words[0] not in LAYERS and words[0] != "Input":
            todo = "use a RIFE v4.0 to v4.6 model"
            raise RenderError(f"the network has a layer {words[0]}, which is not known here", where=str(where), todo=todo)
        layers.append(Layer(words[0], words[1], tuple(inputs), tuple(outputs), params))
    if int(lines[1][0]) != len(layers):
        raise _damaged(where, f"it announces {lines[1][0]} layers and has {len(layers)}")
    return layers


def _param(word: str) -> tuple[int, Value]:
    key, _, value = word.partition("=")
    if int(key) <= ARRAY:
        return ARRAY - int(key), [float(v) for v in value.split(",")[1:]]
    return int(key), float(value)


class _Weights:
    """Reads arrays off a .bin file in order."""

    def __init__(self, raw: bytes, where: Path) -> None:
        self.raw, self.where, self.at = raw, where, 0

    def give(self, layers: Sequence[Layer]) -> None:
        for layer in layers:
            match layer.kind:
                case "Convolution" | "Deconvolution":
                    kernel, out = layer.whole(1), layer.whole(0)
                    high = layer.whole(11, kernel)
                    weight = self._flagged(layer.whole(6)).view(out, -1, high, kernel)
                    layer.weights = [weight.transpose(0, 1).contiguous() if layer.kind == "Deconvolution" else weight]
                    if layer.whole(5):
                        layer.weights.append(self._plain(out, np.float32))
                case "PReLU":
                    layer.weights = [self._plain(layer.whole(0), np.float32)]
                case "MemoryData":
                    shape = [side for side in (layer.whole(2), layer.whole(1), layer.whole(0)) if side]
                    layer.weights = [self._plain(int(np.prod(shape)), np.float32).view(1, *shape)]
                case _:
                    pass
        if self.at != len(self.raw):
            raise _damaged(self.where, f"it is {len(self.raw) - self.at} bytes longer than its layers need")

    def _flagged(self, count: int) -> Tensor:
        flag = int(self._plain(1, np.uint32).item())
        if flag not in (0, HALF):
            raise _damaged(self.where, "its weights are packed in a way that is not known here")
        values = self._plain(count, np.float16 if flag else np.float32)
        self.at += -self.at % 4
        return values

    def _plain(self, count: int, kind: type[np.generic]) -> Tensor:
        size = count * np.dtype(kind).itemsize
        if self.at + size > len(self.raw):
            raise _damaged(self.where, "it is cut short")
        values = np.frombuffer(self.raw, kind, count, self.at)
        self.at += size
        return torch.from_numpy(values.astype(np.int64 if kind is np.uint32 else np.float32))
