"""Joins of long shots: do clips that are handed over and matched flash at the join, or drift away?

    python -m evals.bench.long_shots --frames 120 --clip 33

One staged shot is drawn by the embedded model in one go, and in clips joined by `video_core.long_shot` in three ways: `cut` (nothing
handed over, clip after clip), `handed` (overlap handed over and melted), `matched` (colours matched too: what backends do).

- flash: change of the picture's mean brightness at a join, in grey levels of 255; beside it the median change of the same film's other
  frames. `worst` is the largest over all joins.
- step: mean absolute difference of the frames at a join over that of the film's other frames: 1 is no visible join.
- drift: how far the mean colour of each thing (Lab, by the instance map) has moved from the first clip to the last, minus how far it
  moves in the film drawn in one go, whose light and camera are the same.
- `tinted`: the same joins for a model that shifts every clip's colours by a few levels, which large models do: what matching is for.
"""

from __future__ import annotations

import argparse
import itertools
import json
import time
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from shotplan.brief import Brief
from shotplan.plan import CameraSpec, Character, Performance, Shot, ShotPlan, StageSet
from shotplan.staging import stage_all
from video_core.backends import make_backend
from video_core.conditioning import Conditioning
from video_core.long_shot import Draw, Window, draw_long, windows
from video_core.rasterise import condition

Bytes = NDArray[np.uint8]
SIZE = (120, 208)
TINT = np.array([4.0, -2.0, 3.0])
"""Grey levels that the tinting model adds to red, green and blue in every clip."""


def staged_shot(frames: int) -> Conditioning:
    """A girl who walks through a field, camera still."""
    brief = Brief.from_text("A girl walks through the field.", duration=max(1.0, frames / 16), fps=16)
    shot = Shot(
        id="s01", set="field", duration=frames / 16, camera=CameraSpec(size="full", move="static"),
        performances=(Performance(actor="girl", action="walk", start="left", end="right", pace="slow"),),
    )  # fmt: skip
    cast = (Character.of_kind("girl", "Mia", "girl"),)
    plan = ShotPlan(brief=brief, cast=cast, sets=(StageSet(id="field", name="field", place="field"),), shots=(shot,))
    return condition(stage_all(plan)[0], size=SIZE, seed=7)


def draw_with(tint: NDArray[np.float64]) -> Draw:
    """The embedded model as a clip renderer; `tint` is added to what it draws."""
    backend = make_backend("embedded")

    def draw(number: int, window: Window, clip: Conditioning) -> Bytes:
        frames = backend.render(clip).frames.astype(np.float32)
        return np.clip(np.round(frames + tint), 0, 255).astype(np.uint8)

    return draw


def ways(shot: Conditioning, clip: int, overlap: int, tint: NDArray[np.float64]) -> dict[str, tuple[Bytes, tuple[int, ...]]]:
    """Films by way of joining, each with the frames at which a clip begins."""
    draw = draw_with(tint)
    bare, handed = windows(shot.frames, clip, 0), windows(shot.frames, clip, overlap)
    films: dict[str, Callable[[], Bytes]] = {
        "cut": lambda: draw_long(shot, bare, draw, match=False),
        "handed": lambda: draw_long(shot, handed, draw, match=False),
        "matched": lambda: draw_long(shot, handed, draw),
    }
    starts = {"cut": tuple(w.start for w in bare[1:])}
    melted = tuple(w.start + k for w in handed[1:] for k in range(overlap + 1) if 0 < w.start + k < shot.frames)
    return {name: (make(), starts.get(name, melted)) for name, make in films.items()}


def measure(film: Bytes, joins: tuple[int, ...], shot: Conditioning, whole: Bytes, clip: int) -> dict[str, float]:
    """Flash, step and drift of a film (see the module)."""
    grey = np.array([float(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).mean()) for frame in film])
    light = np.abs(np.diff(grey))
    change = np.array([float(np.abs(b.astype(np.int16) - a).mean()) for a, b in itertools.pairwise(film)])
    at = np.array([join - 1 for join in joins])
    other = np.setdiff1d(np.arange(len(light)), at)
    moved, expected = _moved(film, shot, clip), _moved(whole, shot, clip)
    return {
        "flash_worst": round(float(light[at].max()), 2), "flash_usual": round(float(np.median(light[other])), 2),
        "step": round(float(change[at].max() / max(np.median(change[other]), 1e-3)), 2),
        "drift": round(float(np.mean([np.linalg.norm(moved[k] - expected[k]) for k in moved])), 2),
    }  # fmt: skip


def _moved(film: Bytes, shot: Conditioning, clip: int) -> dict[int, NDArray[np.float64]]:
    """Change of each thing's mean Lab colour from the first clip to the last."""
    out = {}
    for thing in np.unique(shot.instance_ids):
        means = []
        for part in (slice(0, clip), slice(len(film) - clip, len(film))):
            lab = np.stack([cv2.cvtColor(frame.astype(np.float32) / 255, cv2.COLOR_RGB2LAB) for frame in film[part]])
            mask = shot.instance_ids[part] == thing
            means.append(lab[mask].mean(axis=0) if mask.sum() > 50 else None)
        if means[0] is not None and means[1] is not None:
            out[int(thing)] = np.asarray(means[1] - means[0], np.float64)
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=120)
    parser.add_argument("--clip", type=int, default=33)
    parser.add_argument("--overlap", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    told = parser.parse_args()
    shot = staged_shot(told.frames)
    started = time.monotonic()
    whole = draw_with(np.zeros(3))(0, Window(0, shot.frames, 0), shot)
    table: dict[str, dict[str, float]] = {}
    for model, tint in (("plain", np.zeros(3)), ("tinted", TINT)):
        for name, (film, joins) in ways(shot, told.clip, told.overlap, tint).items():
            reference = np.clip(whole + tint, 0, 255).astype(np.uint8)
            table[f"{model} {name}"] = measure(film, joins, shot, reference, told.clip)
    if told.json:
        print(json.dumps(table, indent=1))
        return
    print(f"{shot.frames} frames in clips of {told.clip}, {told.overlap} handed over; {time.monotonic() - started:.0f} s")
    print(f"{'':16}{'flash worst':>12}{'usual':>8}{'step':>8}{'drift':>8}")
    for name, row in table.items():
        print(f"{name:16}{row['flash_worst']:>12}{row['flash_usual']:>8}{row['step']:>8}{row['drift']:>8}")


if __name__ == "__main__":
    main()
