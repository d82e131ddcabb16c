"""How fast a shot is rasterised and drawn, on one core, against real time.

    python -m evals.bench.raster [--size 480 832] [--json]

Times are processor seconds of this process, so that a busy machine does not blur them. Prints frames per second and the ratio
to the film's own frame rate: above 1 is faster than real time.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import cv2

from shotplan.brief import Brief
from shotplan.plan import CameraSpec, Character, Performance, Prop, Shot, ShotPlan, StageSet
from shotplan.staging.stage import stage
from shotplan.staging.staged import StagedShot
from video_core.animatic import draw, instance_colors
from video_core.rasterise import condition, pose_map


def example(move: str, seconds: float = 5.0) -> StagedShot:
    """Four characters and four things in a forest."""
    cast = tuple(
        Character.of_kind(id, id.title(), kind)
        for id, kind in (("fox", "fox"), ("owl", "owl"), ("mei", "girl"), ("ben", "man"))
    )
    things = tuple(
        Prop.of_kind(id, id, kind, x, z)
        for id, kind, x, z in (
            ("log", "log", 0.0, 0.0),
            ("rock", "rock", 3.5, -2.0),
            ("oak", "tree", -4.0, -2.5),
            ("bush", "bush", 5.0, -1.0),
        )
    )
    here = StageSet(id="wood", name="wood", place="forest", time="sunset", props=things)
    played = (
        Performance(actor="fox", action="jump_over", target="log", start="left", end="right"),
        Performance(actor="owl", action="look", target="fox", start="back_right", emotion="surprised"),
        Performance(actor="mei", action="walk", start="far_left", end="left"),
        Performance(actor="ben", action="wave", target="mei", start="right"),
    )
    shot = Shot(id="s01", set="wood", duration=seconds, performances=played, camera=CameraSpec(size="long", move=move))
    plan = ShotPlan(brief=Brief.from_text("A fox jumps over a log."), cast=cast, sets=(here,), shots=(shot,))
    return stage(plan, shot)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def measure(size: tuple[int, int]) -> list[dict[str, Any]]:
    rows = []
    for move in ("static", "truck_right"):
        staged = example(move)
        seconds, bundle = timed(partial(condition, staged, size=size))
        found = {"condition": (seconds, bundle.frames)}
        found["pose_map"] = (timed(partial(pose_map, bundle))[0], bundle.frames)
        found["instance_colors"] = (timed(partial(instance_colors, bundle))[0], bundle.frames)
        picked = range(0, bundle.frames, 4)
        found["animatic"] = (timed(partial(draw, bundle, frames=picked))[0], len(picked))
        for name, (spent, frames) in found.items():
            rate = frames / spent
            rows.append(
                {
                    "camera": move,
                    "what": name,
                    "ms_per_frame": round(spent / frames * 1000, 1),
                    "frames_per_second": round(rate, 1),
                    "times_real_time": round(rate / staged.fps, 2),
                }
            )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, nargs=2, default=(480, 832), metavar=("H", "W"))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    rows = measure((options.size[0], options.size[1]))
    if options.json:
        print(json.dumps(rows, indent=2))
        return
    print(f"{options.size[0]}x{options.size[1]}, 5 s, 4 characters, 4 things, one core")
    for row in rows:
        speed = f"{row['ms_per_frame']:7.1f} ms/frame {row['frames_per_second']:8.1f} frames/s"
        print(f"{row['camera']:12} {row['what']:16} {speed} {row['times_real_time']:6.2f} x real time")


if __name__ == "__main__":
    main()
