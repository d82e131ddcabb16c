"""Trains the adapter: `python -m agents.embedded.training.train --lessons lessons --out run --minutes 45 [--device cuda]`.

Knows the loss, the optimiser and checkpoints. Does not know stories. Started again with the same `--out` it goes on where it was, with
the same result as without the break. The loss is the cross entropy of the right token among those the grammar allows, at every choice.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import math
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as dist

from agents.embedded.chat_tokens import ChatTokens
from agents.embedded.checkpoint import prepared_checkpoint
from agents.embedded.training.network import Network
from agents.embedded.training.packs import Pack, Packer, planned, read_rows
from agents.embedded.training.walk import Walker

WEIGHTS = {"action": 2.0, "kind": 2.0}
"""How much a choice in a field counts; 1 where not named."""
CHECKPOINT = "checkpoint.pt"


def keep_memory() -> None:
    """Tell glibc to keep freed memory: giving it back and asking again costs more than the training itself on some virtual machines."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return
    for option, value in ((-4, 0), (-1, -1), (-8, 1)):  # M_MMAP_MAX, M_TRIM_THRESHOLD, M_ARENA_MAX
        mallopt(option, value)


def loss_of(network: Network, pack: Pack, device: str) -> tuple[torch.Tensor, float]:
    """(weighted sum of the choices' cross entropies, sum of the weights)."""
    hidden = network(pack.prefix.to(device), pack.tokens.to(device))
    places = [(k, len(walk.user) + c.index - 1, c) for k, walk in enumerate(pack.walks) for c in walk.choices]
    if not places:
        return hidden.sum() * 0, 0.0
    union = np.unique(np.concatenate([c.allowed for _, _, c in places]))
    at = torch.tensor([(k, n) for k, n, _ in places], device=device)
    logits = network.logits(hidden[at[:, 0], at[:, 1]], torch.from_numpy(union).to(device))
    closed = np.ones(logits.shape, dtype=bool)
    for line, (_, _, c) in zip(closed, places, strict=True):
        line[np.searchsorted(union, c.allowed)] = False
    right = torch.tensor([int(np.searchsorted(union, c.allowed[c.right])) for _, _, c in places], device=device)
    weights = torch.tensor([WEIGHTS.get(c.field, 1.0) for _, _, c in places], device=device)
    logits = logits.masked_fill(torch.from_numpy(closed).to(device), float("-inf"))
    losses = torch.nn.functional.cross_entropy(logits, right, reduction="none")
    return (losses * weights).sum(), float(weights.sum())


def share_gradients(network: Network, weight: float) -> float:
    """Add up gradients and weights over all processes, divide one by the other; returns the whole weight."""
    whole = torch.tensor([weight])
    flat = torch.cat(
        [(p.grad if p.grad is not None else torch.zeros_like(p)).reshape(-1) for p in network.parameters()]
    )
    if dist.is_initialized():
        dist.all_reduce(whole)
        dist.all_reduce(flat)
    flat /= max(float(whole), 1e-9)
    begin = 0
    for p in network.parameters():
        p.grad = flat[begin : begin + p.numel()].view_as(p)
        begin += p.numel()
    return float(whole)


def work(number: int, args: argparse.Namespace) -> None:
    """One of `args.processes` that train together; each computes the packs of its own."""
    keep_memory()
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    if args.processes > 1:
        dist.init_process_group(
            "gloo", init_method=f"file://{args.out.resolve()}/meeting", rank=number, world_size=args.processes
        )
    chief = number == 0
    folder = prepared_checkpoint()
    network = Network(folder, rank=args.rank, alpha=args.alpha, device=args.device, compiled=not args.plain)
    walker = Walker(ChatTokens.load(folder), network.shape.vocab)
    packer = Packer(
        walker, [json.loads(p) for p in json.loads((args.lessons / "prefixes.json").read_text(encoding="utf-8"))]
    )
    rows = read_rows(args.lessons / "train.jsonl")
    plan = planned(rows, size=args.size, seed=0)
    possible = len(plan) // args.processes
    steps = min(args.steps or possible, possible)
    optimiser = torch.optim.AdamW(network.parameters(), lr=args.rate, betas=(0.9, 0.98), weight_decay=0.0)
    done, spent, answers = 0, 0.0, 0
    saved = args.out / CHECKPOINT
    if saved.exists():
        state = torch.load(saved, map_location=args.device)
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        done, spent, answers = state["done"], state["spent"], state["answers"]
    elif args.start:
        network.load_state_dict(torch.load(args.start, map_location=args.device)["network"])
    begin, tokens, first = time.perf_counter(), 0, done
    recent: list[float] = []
    while done < steps:
        rate = args.rate * min(1.0, (done + 1) / 20) * 0.5 * (1 + math.cos(math.pi * done / steps))
        for group in optimiser.param_groups:
            group["lr"] = rate
        pack = packer.pack([rows[n] for n in plan[done * args.processes + number]])
        total, weight = loss_of(network, pack, args.device)
        total.backward()
        if share_gradients(network, weight):
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        recent.append(float(total.detach()) / max(weight, 1.0))
        done += 1
        tokens += (len(pack.prefix) + sum(w.length for w in pack.walks)) * args.processes
        answers += len(pack.walks) * args.processes
        elapsed = time.perf_counter() - begin
        if chief and (done % 10 == 0 or done < first + 4):
            loss, per_second = sum(recent[-50:]) / len(recent[-50:]), tokens / elapsed
            minutes = (spent + elapsed) / 60
            print(
                f"{done}/{steps} loss {loss:.3f} {minutes:.1f} min, {per_second:.0f} tokens/s, {answers} answers, rate {rate:.1e}",
                flush=True,
            )
        late = torch.tensor(float(spent + elapsed > args.minutes * 60))
        if dist.is_initialized():
            dist.broadcast(late, 0)
        if chief and (done % args.check == 0 or done == steps or late):
            _save(
                saved,
                network,
                optimiser,
                {"done": done, "spent": spent + elapsed, "answers": answers, "rank": args.rank, "alpha": args.alpha},
            )
        if late:
            break


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lessons", type=Path, required=True, help="folder written by generate")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=1e9, help="stop after so long; started again, it goes on")
    parser.add_argument(
        "--steps",
        type=int,
        default=0,
        help="length of the plan, with which the learning rate falls; 0: one pass over the lessons",
    )
    parser.add_argument("--rate", type=float, default=8e-4)
    parser.add_argument("--rank", type=int, default=32)
    parser.add_argument("--alpha", type=float, default=32.0)
    parser.add_argument("--size", type=int, default=10, help="questions per process and step")
    parser.add_argument("--start", type=Path, help="checkpoint whose matrices a new run begins with")
    parser.add_argument("--check", type=int, default=50, help="save every so many steps")
    parser.add_argument(
        "--processes", type=int, default=1, help="on a CPU one per core, each with one thread, is fastest"
    )
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--plain", action="store_true", help="do without a C++ compiler; slower")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "meeting").unlink(missing_ok=True)
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "200")  # kernels per shape pile up otherwise
    os.environ.setdefault("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1")  # large pages: fewer faults
    if args.processes > 1:
        torch.multiprocessing.spawn(work, (args,), nprocs=args.processes)
    else:
        work(0, args)


def _save(path: Path, network: Network, optimiser: torch.optim.Optimizer, figures: dict[str, Any]) -> None:
    torch.save(
        {"network": network.state_dict(), "optimiser": optimiser.state_dict(), **figures}, path.with_suffix(".new")
    )
    path.with_suffix(".new").replace(path)


if __name__ == "__main__":
    main()
