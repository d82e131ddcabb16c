"""A small network in the shape of RIFE v4, with two refinements instead of four and random weights.

Written as rife-ncnn-vulkan's files are: .param text, .bin with float16 convolutions and float32 biases. The flow it makes is small but not
zero, so that warping, cropping, resizing and the mask are all told from their absence.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np


class _Writer:
    def __init__(self, seed: int) -> None:
        self.lines: list[str] = []
        self.weights = b""
        self.count = 0
        self.blobs: set[str] = set()
        self.rng = np.random.default_rng(seed)

    def layer(self, kind: str, inputs: list[str], outputs: list[str], params: str = "") -> None:
        self.count += 1
        self.blobs.update(outputs)
        blobs = " ".join(inputs + outputs)
        self.lines.append(f"{kind:<24} {kind.lower()}_{self.count:<20} {len(inputs)} {len(outputs)} {blobs} {params}".rstrip())

    def split(self, blob: str, names: list[str]) -> None:
        self.layer("Split", [blob], names)

    def convolution(
        self, source: str, out: str, channels: tuple[int, int], params: str, kernel: int = 3, kind: str = "Convolution"
    ) -> None:
        size = channels[0] * channels[1] * kernel * kernel
        self.layer(kind, [source], [out], f"0={channels[1]} 1={kernel} 5=1 6={size} {params}")
        spread = 1 / np.sqrt(channels[0] * kernel * kernel)
        values = self.rng.normal(0, spread, size).astype(np.float16).tobytes()
        self.weights += struct.pack("<I", 0x01306B47) + values + b"\0" * (-len(values) % 4)
        self.weights += self.rng.normal(0, 0.05, channels[1]).astype(np.float32).tobytes()


def write_network(folder: Path, *, seed: int = 0) -> Path:
    """Write `flownet.param` and `flownet.bin` into `folder`; returns the .param file."""
    w = _Writer(seed)
    leaky = "9=2 -23310=1,2.000000e-01"
    w.layer("Input", [], ["in0"])
    w.split("in0", ["a0", "a1", "a2"])
    w.layer("Input", [], ["in1"])
    w.split("in1", ["b0", "b1", "b2"])
    w.layer("Input", [], ["in2"])
    w.split("in2", ["t0", "t1"])
    w.layer("Concat", ["a0", "b0", "t0"], ["c0"], "0=0")
    w.layer("Interp", ["c0"], ["c1"], "0=2 1=2.500000e-01 2=2.500000e-01")
    w.convolution("c1", "c2", (7, 8), f"3=2 4=1 {leaky}")
    w.split("c2", ["c3", "c4"])
    w.convolution("c3", "c5", (8, 8), "4=1")
    w.layer("BinaryOp", ["c5", "c4"], ["c6"])
    w.layer("ReLU", ["c6"], ["c7"], "0=2.000000e-01")
    w.convolution("c7", "c8", (8, 24), "3=2 4=1", 4, "Deconvolution")
    w.layer("PixelShuffle", ["c8"], ["c9"], "0=2")
    w.layer("Interp", ["c9"], ["c10"], "0=2 1=2.000000e+00 2=2.000000e+00")
    w.split("c10", ["f0", "m0"])
    w.layer("Crop", ["f0"], ["f1"], "-23309=1,0 -23310=1,4 -23311=1,0")
    w.layer("BinaryOp", ["f1"], ["f2"], "0=2 1=1 2=4.000000e+00")
    w.split("f2", ["f3", "f4", "f5"])
    w.layer("Crop", ["m0"], ["m1"], "-23309=1,4 -23310=1,5 -23311=1,0")
    w.split("m1", ["m2", "m3"])
    w.layer("Crop", ["f3"], ["f6"], "-23309=1,0 -23310=1,2 -23311=1,0")
    w.layer("rife.Warp", ["a1", "f6"], ["w0"])
    w.layer("Crop", ["f4"], ["f7"], "-23309=1,2 -23310=1,4 -23311=1,0")
    w.layer("rife.Warp", ["b1", "f7"], ["w1"])
    w.layer("Concat", ["w0", "w1", "t1", "m2"], ["d0"], "0=0")
    w.convolution("d0", "d1", (8, 8), f"3=2 4=1 {leaky}")
    w.convolution("d1", "d2", (8, 5), "3=2 4=1", 4, "Deconvolution")
    w.split("d2", ["d3", "d4"])
    w.layer("Crop", ["d3"], ["d5"], "-23309=1,0 -23310=1,4 -23311=1,0")
    w.layer("Eltwise", ["f5", "d5"], ["g0"], "0=1 -23301=2,1.000000e+00,2.000000e+00")
    w.split("g0", ["g1", "g2"])
    w.layer("Crop", ["d4"], ["d6"], "-23309=1,4 -23310=1,5 -23311=1,0")
    w.layer("BinaryOp", ["m3", "d6"], ["m4"])
    w.layer("Sigmoid", ["m4"], ["m5"])
    w.split("m5", ["m6", "m7"])
    w.layer("BinaryOp", ["m6"], ["m8"], "0=7 1=1 2=1.000000e+00")
    w.layer("Crop", ["g1"], ["g3"], "-23309=1,0 -23310=1,2 -23311=1,0")
    w.layer("rife.Warp", ["a2", "g3"], ["w2"])
    w.layer("Crop", ["g2"], ["g4"], "-23309=1,2 -23310=1,4 -23311=1,0")
    w.layer("rife.Warp", ["b2", "g4"], ["w3"])
    w.layer("BinaryOp", ["w2", "m7"], ["o0"], "0=2")
    w.layer("BinaryOp", ["w3", "m8"], ["o1"], "0=2")
    w.layer("BinaryOp", ["o0", "o1"], ["out0"])
    (folder / "flownet.param").write_text(f"7767517\n{w.count} {len(w.blobs)}\n" + "\n".join(w.lines) + "\n")
    (folder / "flownet.bin").write_bytes(w.weights)
    return folder / "flownet.param"
