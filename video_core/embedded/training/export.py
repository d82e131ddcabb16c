"""Turn a training checkpoint into the weights folder that ships: float16, with config and scheduler, at most 25 MB.

    python -m video_core.embedded.training.export --checkpoint runs/embedded/checkpoint.pt

Knows the checkpoint's layout. Does not know how it was trained.
"""

from __future__ import annotations

import argparse
import os
import shutil
from pathlib import Path

import torch
from diffusers import FlowMatchEulerDiscreteScheduler

from shotplan.errors import RenderError
from video_core.embedded.model import EkonteVideoModel
from video_core.embedded.pipeline import WEIGHTS, EmbeddedVideoPipeline

MOST_BYTES = 25_000_000


def export(checkpoint: Path, folder: Path) -> int:
    """Write the averaged weights of `checkpoint` as a pipeline folder; returns its bytes. Raises `RenderError`."""
    try:
        state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    except OSError as e:
        todo = "train first, see MODEL_CARD.md"
        raise RenderError("there is no training checkpoint", where=str(checkpoint), todo=todo) from e
    config = {k: v for k, v in state["config"].items() if not k.startswith("_")}
    model = EkonteVideoModel(**config)
    model.load_state_dict(state["average"])
    pipeline = EmbeddedVideoPipeline(model.half().eval(), FlowMatchEulerDiscreteScheduler(shift=1.0))
    temporary = folder.with_name(folder.name + ".part")
    shutil.rmtree(temporary, ignore_errors=True)
    pipeline.save_pretrained(temporary)
    for file in temporary.rglob("*.safetensors"):
        file.chmod(0o644)  # written for the owner alone
    size = sum(f.stat().st_size for f in temporary.rglob("*") if f.is_file())
    if size > MOST_BYTES:
        shutil.rmtree(temporary)
        why = f"the weights are {size / 1e6:.1f} MB, more than {MOST_BYTES / 1e6:.0f} MB"
        raise RenderError(why, todo="train a smaller model")
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(temporary, folder)
    return size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, default=Path("runs/embedded/checkpoint.pt"))
    parser.add_argument("--to", type=Path, default=WEIGHTS)
    options = parser.parse_args()
    print(f"wrote {options.to}: {export(options.checkpoint, options.to) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
