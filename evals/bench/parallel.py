"""One clip shared by several processes against one process: is it faster, what is spent on sending, and is the answer the same?

    python -m evals.bench.parallel                                                    # two processes, one core each
    python -m evals.bench.parallel --device cuda --processes 8 --model wan2.1-t2v-14b --size 480x832 --frames 81

Weights are random. Rows: one pass of the transformer (Ulysses), decoding and encoding a clip (columns of the picture). Every process has
the same number of threads in both runs, so that with a core each the ratio is that of the work. `work` is the ratio of the
first process's processor time, which other programs on the machine do not disturb (CPU only); `sending` the part of the time in which it
sends or waits for the others; `difference` the largest of any number, against the largest number.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch
import torch.distributed as dist

from video_core.parallel.crew import HERE, TORCHRUN
from video_core.planner import MODELS, OptionSet

SMALL = {"num_attention_heads": 8, "attention_head_dim": 64, "num_layers": 6, "ffn_dim": 2048, "text_dim": 512, "freq_dim": 256}
SENDS = (
    "diffusers.models.attention_dispatch._all_to_all_single", "diffusers.hooks.context_parallel.EquipartitionSharder.unshard",
    "video_core.parallel.columns._with_neighbours", "video_core.parallel.columns.whole", "video_core.parallel.columns.columns_to_first",
)  # fmt: skip
"""Functions in which processes send to each other."""


class Clock:
    """Seconds of a piece of work and, of them, of sending."""

    def __init__(self, device: torch.device) -> None:
        self.device, self.sending = device, 0.0

    def now(self) -> float:
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
        return time.perf_counter()

    def timed(self, send: Callable[..., Any]) -> Callable[..., Any]:
        def sent(*given: Any, **named: Any) -> Any:
            started = self.now()
            answer = send(*given, **named)
            if torch.is_tensor(answer):
                answer = answer.clone()  # waits for an answer that is on its way
            self.sending += self.now() - started
            return answer

        return sent


def transformer(model: str) -> Any:
    """A text-to-video transformer of that size with random weights."""
    from diffusers import WanTransformer3DModel

    if model == "small":
        return WanTransformer3DModel(in_channels=16, out_channels=16, rope_max_seq_len=256, **SMALL)
    dit = MODELS[model].dit
    return WanTransformer3DModel(
        in_channels=16, out_channels=16, num_attention_heads=dit.heads, attention_head_dim=dit.head_dim, num_layers=dit.layers,
        ffn_dim=dit.ffn, text_dim=dit.text_dim,
    )  # fmt: skip


def work(group: Any, asked: argparse.Namespace) -> dict[str, tuple[Callable[[], Any], int]]:
    """What is measured: (one repetition, columns of the latent), by name; the same answer in the first process however many there are."""
    from diffusers import AutoencoderKLWan

    from video_core.parallel.columns import columns_to_first, decode_columns, encode_columns
    from video_core.parallel.plans import split_tokens

    height, width = (int(side) // 16 * 16 for side in asked.size.split("x"))
    frames, columns = (asked.frames - 1) // 4 + 1, width // 8
    dtype = torch.bfloat16 if asked.device == "cuda" else torch.float32
    torch.manual_seed(0)
    torch.set_default_dtype(dtype)
    with group.device:
        model = transformer(asked.model).eval()
        sizes: dict[str, Any] = {"base_dim": 96} if asked.device == "cuda" else {"base_dim": 8, "num_res_blocks": 1}
        vae: Any = AutoencoderKLWan(**sizes)
        vae.eval()
    torch.set_default_dtype(torch.float32)
    if group.size > 1:
        split_tokens(model, OptionSet(ulysses=group.size), group)
    draw = torch.Generator().manual_seed(1)

    def noise(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=draw).to(group.device, dtype)

    latents, words, pixels = noise(1, 16, frames, height // 8, columns), noise(1, 512, model.config.text_dim), noise(1, 3, 9, height, width)
    time_ = torch.tensor([700.0], device=group.device)

    def forward() -> Any:
        return model(latents, time_, words, return_dict=False)[0]

    def decode() -> Any:
        if group.size == 1:
            return vae.decode(latents[:, :, :3], return_dict=False)[0]
        return columns_to_first(decode_columns(vae, latents[:, :, :3], group).float().cpu(), columns, group)

    def encode() -> Any:
        return vae.encode(pixels).latent_dist.mode() if group.size == 1 else encode_columns(vae, pixels, group)

    return {"transformer": (forward, columns), "decode": (decode, columns), "encode": (encode, columns)}


@torch.no_grad()
def measure(asked: argparse.Namespace) -> None:
    """One process: every piece of work, timed; the first one writes what it found."""
    from diffusers.utils import logging

    from video_core.parallel.group import join

    logging.set_verbosity_error()
    torch.set_num_threads(asked.threads)
    group = join(asked.device)
    clock, found = Clock(group.device), {}
    with ExitStack() as stack:
        for name in SENDS if group.size > 1 else ():
            module, _, attribute = name.rpartition(".")
            original = _found(name)
            stack.enter_context(patch(f"{module}.{attribute}", clock.timed(original)))
        for name, (once, _) in work(group, asked).items():
            answer = once()
            seconds, sending, worked = [], [], []
            for _ in range(asked.repeat):
                dist.barrier()
                clock.sending, started, processor = 0.0, clock.now(), time.process_time()
                once()
                seconds.append(clock.now() - started)
                worked.append(time.process_time() - processor)
                sending.append(clock.sending)
            found[name] = (statistics.median(seconds), statistics.median(sending), statistics.median(worked), answer)
    if group.first:
        torch.save({name: (*figures, answer.float().cpu()) for name, (*figures, answer) in found.items()}, asked.write)
    dist.destroy_process_group()


def _found(name: str) -> Any:
    words = name.split(".")
    for cut in range(len(words) - 1, 0, -1):
        try:
            thing: Any = __import__(".".join(words[:cut]), fromlist=["_"])
        except ImportError:
            continue
        for word in words[cut:]:
            thing = getattr(thing, word)
        return thing
    raise ImportError(name)


def run(processes: int, words: list[str], folder: Path) -> dict[str, tuple[float, float, float, torch.Tensor]]:
    """What so many processes measured."""
    path = folder / f"{processes}.pt"
    command = [sys.executable, "-W", "ignore", "-m", "torch.distributed.run", *HERE, "--nproc-per-node", str(processes)]
    command += ["-m", "evals.bench.parallel", *words, "--write", str(path)]
    alone = {name: said for name, said in os.environ.items() if not name.startswith(TORCHRUN)} | {"OMP_NUM_THREADS": "1"}
    ended = subprocess.run(command, check=False, stderr=subprocess.PIPE, text=True, env=alone)
    if ended.returncode:
        told = [line.strip() for line in ended.stderr.splitlines() if "Error" in line]
        raise SystemExit(f"{processes} processes: {told[0] if told else ended.stderr[-400:]}")
    found: dict[str, tuple[float, float, float, torch.Tensor]] = torch.load(path)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--model", default="small", help="small, or a text-to-video model of `ekonte plan-hardware`")
    parser.add_argument("--size", default="192x320")
    parser.add_argument("--frames", type=int, default=33)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1, help="of each process")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.write:
        measure(asked)
        return
    words = [word for word in sys.argv[1:] if word != "--json"]
    with tempfile.TemporaryDirectory() as name:
        alone, together = (run(count, words, Path(name)) for count in (1, asked.processes))
    rows = {}
    for what, (seconds, _, worked, answer) in alone.items():
        shared, sending, work_of_one, other = together[what]
        rows[what] = {
            "one": round(seconds, 4), "together": round(shared, 4), "ratio": round(seconds / shared, 3),
            "work": round(worked / work_of_one, 3), "sending": round(sending / shared, 3),
            "difference": float((answer - other).abs().max() / answer.abs().max()),
        }  # fmt: skip
    if asked.json:
        print(json.dumps({"processes": asked.processes, "device": asked.device, "model": asked.model, "rows": rows}, indent=1))
        return
    print(f"{asked.model}, {asked.size}x{asked.frames} on {asked.device}: one process against {asked.processes}")
    print(f"{'':<12}{'one s':>9}{'together s':>12}{'ratio':>8}{'work':>8}{'sending':>9}{'difference':>12}")
    for what, row in rows.items():
        print(f"{what:<12}{row['one']:>9.3f}{row['together']:>12.3f}{row['ratio']:>8.2f}{row['work']:>8.2f}{row['sending']:>9.0%}{row['difference']:>12.1e}")


if __name__ == "__main__":
    main()
