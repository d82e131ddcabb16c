"""Joins of long shots: do clips that are handed over and matched flash at the join, or drift away?

    python -m evals.bench.long_shots --stages 5 --frames 96 --clip 33

Staged shots that nothing was trained on are drawn in clips joined by `video_core.long_shot.draw` in three ways: `cut` (nothing handed
over, clip after clip), `handed` (overlap handed over and melted), `matched` (colours matched too: what backends do). Two models:

- `embedded`: the embedded model, compared with what it draws in one go, when it hands nothing from clip to clip.
- the animatic with a tint of up to 8 grey levels per clip, of which the right answer is known: `tinted` shifts a clip as a whole, `exact`
  keeps what it is given to the pixel and shifts the rest, `adding` shifts on from the colours it is given.

- flash: largest change of the picture's mean brightness at a join, in grey levels of 255, beyond the change in the film compared with;
  `worst` over all stages, and their mean.
- step: mean absolute difference of the frames at a join less that in the film compared with, grey levels; worst.
- drift: how far the mean colour of each thing (Lab, by the instance map) has moved from the first clip to the last, beyond the film
  compared with; mean over things, then over stages.

The row `in one go` compares the embedded model's own film with the animatic, at its own joins.
"""

from __future__ import annotations

import argparse
import itertools
import json
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from shotplan.errors import EkonteError
from shotplan.staging import stage_all
from video_core.backends import make_backend
from video_core.conditioning import Conditioning
from video_core.embedded.training.generate import HELD_OUT
from video_core.embedded.training.plans import random_plan
from video_core.long_shot.draw import Draw, Window, draw_long, joins_of, windows
from video_core.rasterise import condition

Bytes = NDArray[np.uint8]
SIZE = (120, 208)
TINT = 8.0
"""Most grey levels of a planted tint, per channel."""
Row = dict[str, float]


def shots(count: int, frames: int) -> Iterator[tuple[int, Conditioning]]:
    """Shots of that length with somebody to be seen, and their seeds; plans that cannot be staged are left out."""
    for seed in itertools.count(HELD_OUT + 200):
        if not count:
            return
        plan = random_plan(seed)
        long = plan.shots[0].model_copy(update={"duration": frames / plan.brief.fps})
        try:
            staged = stage_all(plan.model_copy(update={"shots": (long,)}))[0]
            shot = condition(staged, size=SIZE, seed=7, frames=slice(0, min(frames, staged.frames)))
        except EkonteError:
            continue
        if shot.frames == frames and (shot.instance_ids > 0).any(axis=(1, 2)).mean() > 0.5:
            count -= 1
            yield seed, shot


def tinted(truth: Bytes, how: str) -> Draw:
    """A model that draws `truth` in slightly wrong colours, other ones in every clip but the first."""
    chance = np.random.default_rng(0)

    def draw(number: int, window: Window, clip: Conditioning) -> Bytes:
        tint = chance.uniform(-TINT, TINT, 3) if number else np.zeros(3)
        own = truth[np.minimum(np.arange(window.start, window.start + window.length), len(truth) - 1)].astype(np.float64)
        given = clip.key_frames[: window.overlap].astype(np.float64)
        if how != "tinted" and window.overlap:
            tint = tint + np.median((given - own[: window.overlap]).reshape(-1, 3), axis=0)
        out = np.clip(np.round(own + tint), 0, 255).astype(np.uint8)
        if how == "exact":
            out[: window.overlap] = given
        return out

    return draw


def ways(shot: Conditioning, clip: int, overlap: int, draw: Draw) -> dict[str, tuple[Bytes, tuple[int, ...]]]:
    """Films by way of joining, each with its joins."""
    bare, handed = windows(shot.frames, clip, 0), windows(shot.frames, clip, overlap)
    return {
        "cut": (draw_long(shot, bare, draw, match=False), joins_of(bare, shot.frames)),
        "handed": (draw_long(shot, handed, draw, match=False), joins_of(handed, shot.frames)),
        "matched": (draw_long(shot, handed, draw), joins_of(handed, shot.frames)),
    }


def measure(film: Bytes, joins: tuple[int, ...], reference: Bytes, shot: Conditioning, clip: int) -> Row:
    """Flash, step and drift of a film against another of the same shot (see the module)."""
    at = np.array(joins) - 1
    light = [np.diff([float(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).mean()) for frame in video]) for video in (film, reference)]
    change = [np.abs(np.diff(video.astype(np.int16), axis=0)).mean(axis=(1, 2, 3)) for video in (film, reference)]
    return {
        "flash": float(np.abs(light[0] - light[1])[at].max()), "step": float((change[0] - change[1])[at].max()),
        "drift": _drift(film, reference, shot, clip),
    }  # fmt: skip


def _drift(film: Bytes, reference: Bytes, shot: Conditioning, clip: int) -> float:
    lab = [np.stack([cv2.cvtColor(f.astype(np.float32) / 255, cv2.COLOR_RGB2LAB) for f in video]) for video in (film, reference)]
    away = lab[0] - lab[1]
    first, last = slice(0, clip), slice(len(film) - clip, len(film))
    moved = []
    for thing in np.unique(shot.instance_ids):
        masks = [shot.instance_ids[part] == thing for part in (first, last)]
        if min(int(mask.sum()) for mask in masks) > 50 * clip:
            moved.append(float(np.linalg.norm(away[last][masks[1]].mean(0) - away[first][masks[0]].mean(0))))
    return float(np.mean(moved))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stages", type=int, default=5)
    parser.add_argument("--frames", type=int, default=96)
    parser.add_argument("--clip", type=int, default=33)
    parser.add_argument("--overlap", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--pictures", type=Path, help="folder for sheets of the frames around each join")
    parser.add_argument("--json", action="store_true")
    told = parser.parse_args()
    torch.set_num_threads(told.threads)
    started = time.monotonic()
    rows: dict[str, list[Row]] = defaultdict(list)
    embedded, animatic = make_backend("embedded"), make_backend("animatic")

    for seed, shot in shots(told.stages, told.frames):
        truth, whole = animatic.render(shot).frames, embedded.render(shot)

        def drawn(number: int, window: Window, clip: Conditioning) -> Bytes:
            return embedded.render(clip).frames

        rows["embedded in one go"].append(measure(whole.frames, whole.joins, truth, shot, told.clip))
        films = {f"embedded {way}": (*made, whole.frames) for way, made in ways(shot, told.clip, told.overlap, drawn).items()}
        for how in ("tinted", "exact", "adding"):
            made = {way: ways(shot, told.clip, told.overlap, tinted(truth, how))[way] for way in ("handed", "matched")}
            films |= {f"{how} {way}": (*film, truth) for way, film in made.items()}
        for name, (film, joins, reference) in films.items():
            rows[name].append(measure(film, joins, reference, shot, told.clip))
            if told.pictures and name.startswith("embedded"):
                _sheet(told.pictures / f"{seed}-{name.replace(' ', '-')}.png", film, joins)
        if not told.json:
            said = (f"{name} {rows[name][-1]['flash']:.2f}/{rows[name][-1]['drift']:.2f}" for name in films)
            print(f"{seed}: {', '.join(said)}", flush=True)
    table = {name: _over_stages(found) for name, found in rows.items()}
    if told.json:
        print(json.dumps(table, indent=1))
        return
    clips = windows(told.frames, told.clip, told.overlap)
    print(f"{told.stages} stages of {told.frames} frames, {len(clips)} clips of {clips[0].length}, {told.overlap} handed over; ", end="")
    print(f"{time.monotonic() - started:.0f} s")
    print(f"{'':20}{'flash worst':>12}{'mean':>8}{'step':>8}{'drift':>8}{'worst':>8}")
    for name, row in table.items():
        print(f"{name:20}" + "".join(f"{row[key]:>{width}.2f}" for key, width in COLUMNS.items()))


COLUMNS = {"flash_worst": 12, "flash": 8, "step_worst": 8, "drift": 8, "drift_worst": 8}


def _over_stages(found: list[Row]) -> Row:
    means = {key: float(np.mean([row[key] for row in found])) for key in ("flash", "drift")}
    worst = {f"{key}_worst": float(np.max([row[key] for row in found])) for key in ("flash", "step", "drift")}
    return {key: round(value, 3) for key, value in (means | worst).items()}


def _sheet(path: Path, film: Bytes, joins: tuple[int, ...]) -> None:
    """One row per join: the frame before it, its frames, and some after."""
    firsts = [f for f in joins if f - 1 not in joins]
    rows = [np.concatenate([film[min(f + k, len(film) - 1)] for k in (-1, 0, 2, 4, 5, 6, 14)], axis=1) for f in firsts]
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.concatenate(rows)[..., ::-1])


if __name__ == "__main__":
    main()
