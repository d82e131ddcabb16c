"""How often the network's choice is right, per question and field, beside how often the first option is.

Knows packs. Does not know how it was trained. An answer is scored field by field, the fields before it being right.
`python -m agents.embedded.training.score --lessons lessons [--checkpoint run/checkpoint.pt]`; without one, the untrained model.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from agents.embedded.training.network import Network
from agents.embedded.training.packs import Packer, planned

Scores = dict[tuple[str, str], Counter[str]]


@torch.no_grad()
def scored(
    network: Network,
    packer: Packer,
    rows: Sequence[dict[str, Any]],
    *,
    size: int = 16,
    device: str = "cpu",
    trust: float = 0.0,
) -> Scores:
    """Per (question, field): `asked`, `first` (first option right), `right` (the network right), `harm` (right first option changed).

    `trust`: added to the score of whatever continues the first option, for a reader who should overrule it less readily.
    """
    scores: Scores = {}
    for numbers in planned(rows, size=size, seed=0):
        chosen = [rows[n] for n in numbers]
        pack = packer.pack(chosen)
        hidden = network(pack.prefix.to(device), pack.tokens.to(device))
        for k, (row, walk) in enumerate(zip(chosen, pack.walks, strict=True)):
            good: dict[str, bool] = {}
            for choice in walk.choices:
                at = len(walk.user) + choice.index - 1
                logits = network.logits(hidden[k, at], torch.from_numpy(choice.allowed).to(device))
                if choice.first >= 0:
                    logits[choice.first] += trust
                good[choice.field] = good.get(choice.field, True) and int(logits.argmax()) == choice.right
            for field, right in good.items():
                count = scores.setdefault((row["question"], field), Counter())
                first = row["options"][field][0] == row["answer"][field]
                count.update(asked=1, first=first, right=right, harm=first and not right)
    return scores


def table(scores: Scores) -> str:
    """The scores as text, one line per field."""
    lines = [f"{'question':18} {'field':10} {'asked':>6} {'first':>7} {'model':>7} {'harm':>6}"]
    for (question, field), c in sorted(scores.items()):
        first, right, harm = (c[k] / c["asked"] for k in ("first", "right", "harm"))
        lines.append(f"{question:18} {field:10} {c['asked']:6} {first:7.1%} {right:7.1%} {harm:6.1%}")
    return "\n".join(lines)


def main() -> None:
    from agents.embedded.chat_tokens import ChatTokens
    from agents.embedded.checkpoint import prepared_checkpoint
    from agents.embedded.training.packs import read_rows
    from agents.embedded.training.walk import Walker

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lessons", type=Path, required=True)
    parser.add_argument("--checkpoint", type=Path)
    parser.add_argument("--most", type=int, default=0)
    parser.add_argument("--trust", type=float, nargs="*", default=[0.0])
    parser.add_argument("--device", default="cpu")
    args = parser.parse_args()
    folder = prepared_checkpoint()
    state: dict[str, Any] = (
        torch.load(args.checkpoint, map_location=args.device) if args.checkpoint else {"rank": 1, "alpha": 1.0}
    )
    network = Network(folder, rank=int(state["rank"]), alpha=state["alpha"], device=args.device)
    if args.checkpoint:
        network.load_state_dict(state["network"])
    packer = Packer(
        Walker(ChatTokens.load(folder), network.shape.vocab),
        [json.loads(p) for p in json.loads((args.lessons / "prefixes.json").read_text(encoding="utf-8"))],
    )
    rows = read_rows(args.lessons / "validation.jsonl")
    for trust in args.trust:
        print(f"trust {trust:g}")
        print(table(scored(network, packer, rows[: args.most or None], device=args.device, trust=trust)))


if __name__ == "__main__":
    main()
