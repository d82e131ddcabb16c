"""Draw the bank of training clips: random plans, staged, conditioned and drawn by the project's own animatic.

    python -m video_core.embedded.training.generate --out runs/embedded/bank --count 1500
    python -m video_core.embedded.training.generate --out runs/embedded/held --count 32 --held

Knows the way from a seed to a clip. Does not know training. The seed of a clip is its number, so any process can draw any
part of the bank; clips that are there already are skipped. A seed whose plan cannot be staged gives no clip.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from shotplan.errors import EkonteError
from shotplan.staging.stage import stage
from video_core.animatic.draw import draw
from video_core.embedded.maps import OVER, context_of, control_maps, shrink
from video_core.embedded.pipeline import SIZE
from video_core.embedded.training.bank import Clip, write_clip
from video_core.embedded.training.plans import random_plan
from video_core.rasterise import condition

HELD_OUT = 10_000_000
"""Seeds from here on are never trained on."""
TARGET_OVER = 4
"""How much larger the animatic is drawn than the target: at film size, then averaged down."""


def clip_of(seed: int, frames: int, size: tuple[int, int]) -> Clip | None:
    """The clip of a seed: a random window of `frames` frames; None when there is nothing to see or the shot is too short.

    Raises `EkonteError` when the plan cannot be staged or drawn.
    """
    plan = random_plan(seed)
    staged = stage(plan, plan.shots[0])
    spare = staged.frames - frames
    if spare < 0:
        return None
    start = int(np.random.default_rng((7, seed)).integers(spare + 1))
    window = slice(start, start + frames)
    large = (size[0] * OVER, size[1] * OVER)
    bundle = condition(staged, size=large, seed=seed, frames=window)
    if (bundle.instance_ids > 0).any(axis=(1, 2)).mean() < 0.5:
        return None
    joints = bundle.joints_2d / np.array([OVER, OVER, 1], np.float32)
    ids = bundle.instance_ids[:, OVER // 2 :: OVER, OVER // 2 :: OVER]
    target = shrink(draw(bundle, size=(size[0] * TARGET_OVER, size[1] * TARGET_OVER), captions=False), size)
    return Clip(target, control_maps(bundle, size), ids, context_of(bundle.scene), joints.astype(np.float32))


def drawn_clips(start: int, count: int, frames: int, size: tuple[int, int]) -> Iterator[Clip]:
    """`count` clips from seed `start` on, leaving out seeds that give none."""
    seed = start
    while count:
        try:
            clip = clip_of(seed, frames, size)
        except EkonteError:
            clip = None
        seed += 1
        if clip is not None:
            count -= 1
            yield clip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=int, default=0, help="first seed")
    parser.add_argument("--count", type=int, default=1500, help="seeds to try")
    parser.add_argument("--frames", type=int, default=20)
    parser.add_argument("--size", type=int, nargs=2, default=SIZE, metavar=("H", "W"))
    parser.add_argument("--held", action="store_true", help="draw clips that are never trained on")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    options.out.mkdir(parents=True, exist_ok=True)
    start, made, failed = options.start + (HELD_OUT if options.held else 0), 0, 0
    for seed in range(start, start + options.count):
        path = options.out / f"{seed:08d}.npz"
        if path.exists():
            continue
        try:
            clip = clip_of(seed, options.frames, tuple(options.size))
        except EkonteError as e:
            print(f"seed {seed}: {e}", flush=True)
            clip = None
        if clip is None:
            failed += 1
            continue
        write_clip(path, clip)
        made += 1
        if made % 50 == 0:
            print(f"{made} clips, {failed} seeds gave none", flush=True)
    print(f"{made} clips in {options.out}, {failed} seeds gave none")


if __name__ == "__main__":
    main()
