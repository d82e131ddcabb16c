"""How well the embedded model draws stages it was never trained on, and how fast.

    python -m evals.bench.embedded_video --clips 24

Every figure stands beside the same figure of the animatic that the model learns from (`target`: the best it could do) and of
its own flat colour control shown as if it were the film (`colours`: what it gets for nothing).

- iou: every actor and prop is segmented by colour and compared with the instance map. A pixel near the instance belongs to it
  when its nearest of up to four colours of the instance is nearer than those of the surroundings; the colours are taken
  from the target (for `colours` from itself). So `target` is below 1 too.
- joint_px: how far each visible joint's surroundings are drawn from where the target draws them: best match of a 13x13
  patch within 5 pixels. Matching needs texture; joints on even surfaces are left out.
- flicker: mean absolute change from frame to frame, in grey levels of 255, where the target stands still.
- psnr: against the target, whole frame.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from video_core.checks.colours import typical_colours
from video_core.embedded.controls import Bytes
from video_core.embedded.pipeline import CLIP, SIZE, WEIGHTS, EmbeddedVideoPipeline
from video_core.embedded.training.bank import Clip
from video_core.embedded.training.generate import HELD_OUT, drawn_clips

SMALLEST = 60
"""Pixels an instance must have in a frame to be counted."""
PATCH, REACH = 13, 5


@dataclass
class Score:
    """Sums over clips."""

    iou: list[float]
    joint_px: list[float]
    flicker: list[float]
    error: list[float]

    def line(self) -> dict[str, float]:
        mean = {k: float(np.mean(v)) if v else float("nan") for k, v in vars(self).items()}
        mean["psnr"] = -10 * float(np.log10(max(mean.pop("error"), 1e-9)))
        return {k: round(v, 3) for k, v in mean.items()}


def instance_ious(video: Bytes, palette_from: Bytes, ids: Bytes) -> list[float]:
    """IoU of every instance that is large enough, in every third frame."""
    out = []
    for f in range(0, len(video), 3):
        for k in np.unique(ids[f][ids[f] > 0]):
            mask = ids[f] == k
            near = cv2.dilate(mask.astype(np.uint8), np.ones((9, 9), np.uint8)).astype(bool)
            around = near & ~mask
            if mask.sum() < SMALLEST or around.sum() < SMALLEST:
                continue
            own, other = (typical_colours(palette_from[f][part], most=4) for part in (mask, around))
            pixels = video[f][near].astype(np.float32)
            to_own = np.linalg.norm(pixels[:, None] - own, axis=-1).min(1)
            to_other = np.linalg.norm(pixels[:, None] - other, axis=-1).min(1)
            found, true = to_own < to_other, mask[near]
            out.append(float((found & true).sum() / max((found | true).sum(), 1)))
    return out


def joint_shifts(video: Bytes, target: Bytes, joints: NDArray[np.float32]) -> list[float]:
    """Pixels between where the target and the video draw each visible joint's surroundings, in every third frame."""
    out, half = [], PATCH // 2
    height, width = target.shape[1:3]
    for f in range(0, len(video), 3):
        wanted, seen = (cv2.cvtColor(v[f], cv2.COLOR_RGB2GRAY) for v in (target, video))
        for x, y, visible in joints[f].reshape(-1, 3):
            c, r, margin = round(float(x)), round(float(y)), half + REACH
            if visible < 1 or not (margin <= c < width - margin and margin <= r < height - margin):
                continue
            patch = wanted[r - half : r + half + 1, c - half : c + half + 1]
            if patch.std() < 12:
                continue
            place = seen[r - margin : r + margin + 1, c - margin : c + margin + 1]
            match = cv2.matchTemplate(place, patch, cv2.TM_CCOEFF_NORMED)
            _, _, _, (dx, dy) = cv2.minMaxLoc(match)
            out.append(float(np.hypot(dx - REACH, dy - REACH)))
    return out


def flicker(video: Bytes, target: Bytes) -> float:
    """Mean absolute change between frames where the target does not change."""
    still = np.abs(np.diff(target.astype(np.int16), axis=0)).max(-1) <= 2
    change = np.abs(np.diff(video.astype(np.int16), axis=0)).mean(-1)
    return float(change[still].mean()) if still.any() else float("nan")


def add(score: Score, video: Bytes, clip: Clip, palette_from: Bytes) -> None:
    score.iou += instance_ious(video, palette_from, clip.ids)
    score.joint_px += joint_shifts(video, clip.target, clip.joints)
    if np.isfinite(value := flicker(video, clip.target)):
        score.flicker.append(value)
    score.error.append(float(np.square((video.astype(np.float32) - clip.target) / 255).mean()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=int, default=24)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--steps", type=int, nargs="+", default=[1, 2, 4, 8])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--float32", action="store_true", help="as on a processor without bfloat16 units")
    parser.add_argument("--out", type=Path, default=Path("runs/embedded_video"), help="folder for pictures")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    options.out.mkdir(parents=True, exist_ok=True)
    clips = list(drawn_clips(HELD_OUT, options.clips, CLIP, SIZE))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    pipeline = EmbeddedVideoPipeline.load(options.weights, torch.float32 if options.float32 else None)
    pipeline(clips[0].maps, clips[0].context, steps=1)  # first use prepares kernels
    rows: list[dict[str, Any]] = []
    for name in ("target", "colours", *(f"{n} steps" for n in options.steps)):
        score, seconds = Score([], [], [], []), []
        for i, clip in enumerate(clips):
            if name == "target":
                add(score, clip.target, clip, clip.target)
            elif name == "colours":
                add(score, clip.maps.colour, clip, clip.maps.colour)
            else:
                start = time.perf_counter()
                video = pipeline(clip.maps, clip.context, steps=int(name.split()[0]))
                seconds.append(time.perf_counter() - start)
                add(score, video, clip, clip.target)
                if i < 8:
                    sheet = np.concatenate([clip.maps.colour[8], clip.target[8], video[8], video[-1]], axis=1)
                    cv2.imwrite(str(options.out / f"{i}-{name.replace(' ', '-')}.png"), sheet[..., ::-1])
        rows.append({"what": name} | score.line())
        if seconds:
            rows[-1]["s_per_clip"] = round(float(np.median(seconds)), 2)
        print(json.dumps(rows[-1]), flush=True)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(json.dumps({"dtype": str(pipeline.model.dtype), "threads": options.threads, "clips": len(clips)}
                     | {"peak_GB": round(after, 2), "peak_GB_before_the_model": round(before, 2)}))  # fmt: skip


if __name__ == "__main__":
    main()
