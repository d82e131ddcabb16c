"""Finishing, stage by stage, each against something plainer in the same run.

    python -m evals.bench.finishing [--stage interpolate] [--backend animatic] [--rife FOLDER] [--json]

- interpolate: every second frame of a drawn shot is dropped and made again. PSNR and SSIM (Wang et al. 2004) of the frames made, against
  holding the frame before and against mixing the two neighbours. `flow` sees frames alone, `plan` is the stage as it runs: the plan's
  motion is its first guess. Shots: two people cross each other, a pan, a runner whom the camera follows.
- match: one of three shots of a set is tinted; how much of the error is left, against matching mean and spread of whole frames (Reinhard).
- upscale: a shot drawn small and made large against the same drawn large: network, bicubic, Lanczos. Edges: steepness over that of the
  frames drawn large; flicker over that of bicubic; seconds per frame.
- style: flicker of each filter over that of the film before it, in a pan; `fixed`: the same with patterns fixed to the frame.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from shotplan.brief import Brief
from shotplan.plan import CameraSpec, Character, Performance, Shot, ShotPlan, StageSet
from shotplan.staging import stage_all
from video_core.animatic.draw import draw
from video_core.backends import make_backend
from video_core.conditioning import Conditioning
from video_core.finishing.colour import lab_of, rgb_of
from video_core.finishing.filters import make_filter
from video_core.finishing.filters.instant import Instant
from video_core.finishing.flicker import Flicker
from video_core.finishing.flow import FlowPair, blended, planned
from video_core.finishing.match import Look, grade_between, look_of
from video_core.finishing.rife import Rife
from video_core.finishing.settings import FILTERS, FilterSettings
from video_core.finishing.stage import FinishingShot, Form
from video_core.finishing.style import pattern_shifts
from video_core.finishing.upscale import crispness, with_colours_of
from video_core.long_shot.draw import Window, cut
from video_core.planned_picture import PlannedPicture
from video_core.rasterise import condition
from video_core.upscale import Enlarger

Bytes = NDArray[np.uint8]
Rows = dict[str, dict[str, float]]
SIZE = (240, 416)
FRAMES = 33
TINT = np.array([5.0, 4.0, -6.0], np.float32)
"""Lab, added to one shot."""


def shots() -> dict[str, Conditioning]:
    """The shots that are measured, staged as for a film: two seconds of each."""
    brief = Brief.from_text("Mia and Leo cross the park.", duration=8, fps=16)
    cast = (Character.of_kind("mia", "Mia", "girl"), Character.of_kind("leo", "Leo", "man"))
    walk = Performance(actor="mia", action="walk", start="left", end="right")
    back = Performance(actor="leo", action="run", start="right", end="left")
    seconds = 6.0
    wanted = {
        "two people cross": (CameraSpec(size="full", move="static"), (walk, back)),
        "pan": (CameraSpec(size="long", move="pan_right"), (walk,)),
        "runner, followed": (CameraSpec(size="medium", move="follow"), (back,)),
    }
    plans = {
        name: Shot(id=f"s{n:02}", set="park", duration=seconds, camera=camera, performances=performances)
        for n, (name, (camera, performances)) in enumerate(wanted.items(), 1)
    }
    sets = (StageSet(id="park", name="park", place="forest"),)
    staged = stage_all(ShotPlan(brief=brief, cast=cast, sets=sets, shots=tuple(plans.values())))
    bundles = {name: condition(shot, size=SIZE, seed=3) for name, shot in zip(plans, staged, strict=True)}
    return {name: cut(bundle, Window(8, FRAMES, 0)) for name, bundle in bundles.items()}


def psnr(one: Bytes, other: Bytes) -> float:
    return float(10 * np.log10(255**2 / max(float(np.mean((one.astype(np.float64) - other) ** 2)), 1e-9)))


def ssim(one: Bytes, other: Bytes) -> float:
    """Mean structural similarity of the two frames' greys."""
    a, b = (cv2.cvtColor(f, cv2.COLOR_RGB2GRAY).astype(np.float64) for f in (one, other))
    mean = [cv2.GaussianBlur(x, (11, 11), 1.5) for x in (a, b, a * a, b * b, a * b)]
    spread_a, spread_b, both = mean[2] - mean[0] ** 2, mean[3] - mean[1] ** 2, mean[4] - mean[0] * mean[1]
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    light = (2 * mean[0] * mean[1] + c1) / (mean[0] ** 2 + mean[1] ** 2 + c1)
    return float(np.mean(light * (2 * both + c2) / (spread_a + spread_b + c2)))


def bench_interpolate(backends: list[str], rife: Rife | None) -> Iterator[tuple[str, Rows]]:
    """Rows per backend and shot."""
    for name in backends:
        for shot, bundle in shots().items():
            frames = draw(bundle, captions=False) if name == "animatic" else make_backend(name).render(bundle).frames
            picture = PlannedPicture(bundle, SIZE)
            found: dict[str, list[tuple[float, float, float]]] = {}
            for f in range(0, min(len(frames), bundle.frames) - 2, 2):
                first, truth, second = frames[f : f + 3]
                ways: dict[str, Callable[[], Bytes]] = {
                    "hold": partial(np.asarray, first),
                    "mix": partial(_mixed, first, second),
                    "flow": partial(_flowed, first, second, None, f),
                    "plan": partial(_flowed, first, second, picture, f),
                }
                if rife is not None:
                    ways["rife"] = partial(rife.between, first, second, 0.5)
                for way, make in ways.items():
                    started = time.perf_counter()
                    made = make()
                    found.setdefault(way, []).append((psnr(made, truth), ssim(made, truth), time.perf_counter() - started))
            means = {way: np.mean(values, axis=0).round(4).tolist() for way, values in found.items()}
            rows = {way: dict(zip(("psnr", "ssim", "seconds"), mean, strict=True)) for way, mean in means.items()}
            yield f"interpolate, {name}, {shot}", rows


def _mixed(first: Bytes, second: Bytes) -> Bytes:
    return blended(first, second, [0.5])[0]


def _flowed(first: Bytes, second: Bytes, picture: PlannedPicture | None, f: int) -> Bytes:
    return FlowPair(first, second, planned(picture, f, f + 2) if picture else None).at(0.5)


def bench_match() -> Iterator[tuple[str, Rows]]:
    """Error left in a tinted shot, in grey levels, and the share of it."""
    bundles = shots()
    drawn = {name: draw(bundle, captions=False)[::4] for name, bundle in bundles.items()}
    thinned = {name: _thinned(bundle) for name, bundle in bundles.items()}
    reference = _look("pan", drawn["pan"], thinned["pan"])
    for name in ("two people cross", "runner, followed"):
        true = drawn[name]
        wrong = np.stack([rgb_of(lab_of(f) + TINT) for f in true])
        grade = grade_between(_look(name, wrong, thinned[name]), reference)
        assert grade is not None
        goal = np.concatenate([lab_of(f).reshape(-1, 3) for f in drawn["pan"]])
        own = np.concatenate([lab_of(f).reshape(-1, 3) for f in wrong])
        scale, mean = goal.std(0) / own.std(0), own.mean(0)
        whole = np.stack([rgb_of((lab_of(f) - mean) * scale + goal.mean(0)) for f in wrong])
        left = {"tinted": wrong, "match": np.stack([grade.frame(f) for f in wrong]), "whole frames": whole}
        error = {way: float(np.abs(f.astype(np.int16) - true).mean()) for way, f in left.items()}
        yield f"match, {name}", {way: {"error": round(e, 2), "of tinted": round(e / error["tinted"], 3)} for way, e in error.items()}


def _thinned(bundle: Conditioning) -> Conditioning:
    whole = ("scene", "key_frames", "key_frame_numbers")
    return replace(bundle, **{f.name: getattr(bundle, f.name)[::4] for f in fields(bundle) if f.name not in whole})


def shot_of(name: str, bundle: Conditioning, frames: int) -> FinishingShot:
    """A shot with its bundle at hand instead of on disk."""
    shot = FinishingShot(name, Path(), Path(), Form(frames, bundle.scene.fps, SIZE), ())
    shot.__dict__["conditioning"] = bundle
    return shot


def _look(name: str, frames: Bytes, bundle: Conditioning) -> Look:
    return look_of(iter(frames), shot_of(name, bundle, len(frames)))


def bench_upscale() -> Iterator[tuple[str, Rows]]:
    """Small frames made large against frames drawn large."""
    bundle = shots()["two people cross"]
    for times, size in ((2, SIZE), (3, (160, 278)), (4, (120, 208)), (12, (90, 160))):
        large = (size[0] * times, size[1] * times)
        numbers = list(range(8))
        truth, small = draw(bundle, size=large, captions=False, frames=numbers), draw(bundle, size=size, captions=False, frames=numbers)
        passes = [Enlarger(large)] if times <= 4 else [Enlarger((size[0] * 4, size[1] * 4)), Enlarger(large)]

        def network(frame: Bytes, passes: list[Enlarger] = passes) -> Bytes:
            large: Bytes | None = None
            for enlarge in passes:
                large = enlarge((large if large is not None else frame)[None])[0]
            assert large is not None
            return with_colours_of(frame, large)

        rows: Rows = {}
        for way, make in (
            ("bicubic", lambda f, to=large: cv2.resize(f, to[::-1], interpolation=cv2.INTER_CUBIC)),
            ("lanczos", lambda f, to=large: cv2.resize(f, to[::-1], interpolation=cv2.INTER_LANCZOS4)),
            ("network", network),
        ):
            flicker, score, started = Flicker(len(small)), [], time.perf_counter()
            steep = float(np.mean([crispness(f) for f in truth]))
            made = [np.asarray(make(f), np.uint8) for f in small]
            seconds = (time.perf_counter() - started) / len(small)
            for f, frame in enumerate(made):
                flicker.see(small[f], frame)
                score.append((psnr(frame, truth[f]), ssim(frame, truth[f])))
            before, after = flicker.result or (1.0, 1.0)
            mean = np.mean(score, axis=0)
            edges = float(np.mean([crispness(f) for f in made])) / steep
            rows[way] = {
                "psnr": round(mean[0], 2), "ssim": round(mean[1], 4), "edges": round(edges, 2), "flicker": round(after / before, 2),
                "seconds": round(seconds, 3),
            }  # fmt: skip
        yield f"upscale, {size[0]}x{size[1]} to {large[0]}x{large[1]}", rows


def bench_style(backends: list[str]) -> Iterator[tuple[str, Rows]]:
    """Flicker after over before, and seconds per frame."""
    for name in backends:
        rows: Rows = {}
        bundle = shots()["pan"]
        frames = draw(bundle, captions=False) if name == "animatic" else make_backend(name).render(bundle).frames
        shifts = pattern_shifts(shot_of("pan", bundle, len(frames)), Form(len(frames), bundle.scene.fps, SIZE))
        for style in FILTERS:
            if style == "lut":
                continue
            apply = make_filter(FilterSettings(name=style), SIZE)  # type: ignore[arg-type]
            flicker, fixed, seconds = Flicker(len(frames)), Flicker(len(frames)), 0.0
            for f, frame in enumerate(frames):
                started = time.perf_counter()
                out = apply(frame, Instant(f, shifts[f]))
                seconds += time.perf_counter() - started
                flicker.see(frame, out)
                fixed.see(frame, apply(frame, Instant(f)))
            (before, after), (_, still) = flicker.result or (1.0, 1.0), fixed.result or (1.0, 1.0)
            numbers = {"before": before, "after": after, "ratio": after / before, "fixed": still / before, "seconds": seconds / len(frames)}
            rows[style] = {name: round(value, 3) for name, value in numbers.items()}
        yield f"style, {name}, pan", rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stage", choices=("interpolate", "match", "upscale", "style"), action="append")
    parser.add_argument("--backend", choices=("animatic", "embedded"), action="append")
    parser.add_argument("--rife", type=Path, help="a RIFE v4 network as ncnn files, measured too")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    stages, backends = given.stage or ["interpolate", "match", "upscale", "style"], given.backend or ["animatic", "embedded"]
    rife = Rife.load(given.rife) if given.rife else None
    runs = {
        "interpolate": lambda: bench_interpolate(backends, rife),
        "match": bench_match,
        "upscale": bench_upscale,
        "style": lambda: bench_style(backends),
    }
    result = {}
    for stage in stages:
        for title, rows in runs[stage]():
            result[title] = rows
            if not given.json:
                print(f"\n{title}")
                for way, numbers in rows.items():
                    print(f"  {way:<14}" + "  ".join(f"{name} {value:g}" for name, value in numbers.items()), flush=True)
    if given.json:
        print(json.dumps(result, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
