"""Which model runs on which card, and how long a clip takes there: the planner's choice for cards that people have, as a table.

    python -m evals.bench.cards [--ram 64] [--into docs/performance.md]

Predicted, not measured. Knows which cards and clips are asked about. Does not know how a prediction is made (`video_core.planner`).
"""

from __future__ import annotations

import argparse
from pathlib import Path

from shotplan.errors import RenderError
from video_core.planner import ClipSpec, choose, find_model, machine_of

CARDS = ("RTX 4060", "RTX 3060", "RTX 4070", "RTX 4060 Ti 16GB", "RTX 4080", "RTX 3090", "RTX 4090", "RTX 5090", "L40S", "A100", "H100")
CLIPS = {
    "wan2.1-t2v-1.3b": ClipSpec((480, 832), 81, 8, 1.0),
    "wan2.2-ti2v-5b": ClipSpec((704, 1280), 81, 8, 1.0),
    "anisora-v3": ClipSpec((480, 832), 81, 8, 1.0),
    "anisora-v3.2": ClipSpec((480, 832), 81, 8, 1.0),
    "wan2.1-vace-14b": ClipSpec((480, 832), 81, 8, 1.0),
}
BEGIN, END = "<!-- cards: begin -->", "<!-- cards: end -->"


def cell(card: str, model: str, ram: float) -> str:
    """Seconds, GB of the GPU and GB of RAM of the fastest set that changes nothing in the picture; with a star, one that does."""
    try:
        best = choose(find_model(model), CLIPS[model], machine_of(card, ram=ram))
    except RenderError:
        return "does not fit"
    return f"{best.seconds:.0f} s, {best.gpu_gb:.0f} / {best.ram_gb:.0f}{'*' if best.options.lossy else ''}"


def table(ram: float) -> str:
    """A Markdown table, a row for each card."""
    heads = [f"{model}, {clip.size[0]}x{clip.size[1]}x{clip.frames}" for model, clip in CLIPS.items()]
    lines = [f"| {ram:.0f} GB of RAM, 8 steps | " + " | ".join(heads) + " |", "|---" * (len(CLIPS) + 1) + "|"]
    lines += [f"| {card} | " + " | ".join(cell(card, model, ram) for model in CLIPS) + " |" for card in CARDS]
    return "\n".join(lines)


def put_into(text: str, rows: str) -> str:
    """`text` with what stands between the two marks replaced by `rows`."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{rows}\n{END}{after}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--ram", type=float, default=64.0)
    parser.add_argument("--into", type=Path)
    arguments = parser.parse_args()
    rows = table(arguments.ram)
    if arguments.into is None:
        print(rows)
    else:
        arguments.into.write_text(put_into(arguments.into.read_text(encoding="utf-8"), rows), encoding="utf-8")


if __name__ == "__main__":
    main()
