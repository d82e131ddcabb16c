"""RAM that loading a transformer takes: whole in RAM and then moved, or every tensor straight from the mapped file to the GPU.

    python -m evals.bench.loading --layers 12 --dim 1024

A transformer with random numbers is written in float32, as AniSora is published, and loaded as bf16, each way in a process of its own.
The meta device stands for the GPU: what is there takes no RAM. RAM is what the process holds itself (`RssAnon`), at the worst moment and
beyond what it held before; the mapped file, which the system may drop, is not counted. Linux only.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

WAYS = {"whole": None, "straight": "meta"}


def held() -> float:
    """MB of memory of this process that no file stands behind."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("RssAnon:")).split()[1]) / 1024


def write(folder: Path, layers: int, dim: int) -> Path:
    """A text-to-video transformer in one float32 file with its configuration."""
    from diffusers import WanTransformer3DModel

    model: Any = WanTransformer3DModel(
        num_attention_heads=dim // 128, attention_head_dim=128, in_channels=16, out_channels=16, text_dim=4096, ffn_dim=4 * dim,
        num_layers=layers,
    )  # fmt: skip
    model.save_pretrained(folder, max_shard_size="100GB")
    return folder


def load(folder: Path, way: str) -> dict[str, float]:
    """Load it in this process; MB and seconds."""
    import torch

    from video_core.checkpoints.header import read_headers, weight_files
    from video_core.checkpoints.inspect import architecture
    from video_core.checkpoints.load import load_transformer
    from video_core.checkpoints.locate import Weights, read_json

    files = weight_files(folder, "transformer")
    weights = Weights(files, read_headers(files), read_json(folder / "config.json"))
    found = architecture(weights.header.shapes, files.paths[0])
    device = WAYS[way]
    before, worst, done = held(), [0.0], threading.Event()

    def watch() -> None:
        while not done.wait(0.002):
            worst[0] = max(worst[0], held())

    watcher = threading.Thread(target=watch)
    watcher.start()
    begin = time.perf_counter()
    model = load_transformer(
        weights, found, heads=found.heads(), dtype=torch.bfloat16, device=torch.device(device) if device else None
    )
    seconds = time.perf_counter() - begin
    done.set()
    watcher.join()
    size = sum(p.numel() * p.element_size() for p in model.parameters()) / 2**20
    return {"ram_mb": max(worst[0], held()) - before, "model_mb": size, "seconds": seconds}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--dim", type=int, default=1024)
    parser.add_argument("--load", nargs=2, metavar=("FOLDER", "WAY"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.load:
        print(json.dumps(load(Path(arguments.load[0]), arguments.load[1])))
        return
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), arguments.layers, arguments.dim)
        rows = {}
        for way in WAYS:
            command = [sys.executable, "-m", "evals.bench.loading", "--load", folder, way]
            said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            rows[way] = json.loads(said.splitlines()[-1])
    for way, row in rows.items():
        print(f"{way:10}{row['ram_mb']:8.0f} MB of RAM, {row['ram_mb'] / row['model_mb']:5.2f} of the model, {row['seconds']:5.2f} s")
    ratio = rows["straight"]["ram_mb"] / rows["whole"]["ram_mb"]
    print(f"the model in bf16: {rows['whole']['model_mb']:.0f} MB; straight takes {ratio:.2f} of the RAM")


if __name__ == "__main__":
    main()
