"""Do the checks of clips tell good clips from bad ones: `python -m evals.bench.checks --clips 8`.

Every clip is judged as it is and after being spoilt in a known way; a check is good when it is silent about the first and speaks
about the second. `animatic` and `embedded` are the clips of those backends; the spoilt ones are made from the animatic. The animatic has no
joins: its middle is judged as if it were one, and the last four ways of spoiling begin there.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from shotplan.staging import stage_all
from video_core.backends import make_backend
from video_core.checks import CHECKS, check_clip
from video_core.conditioning import Conditioning
from video_core.embedded.training.generate import HELD_OUT
from video_core.embedded.training.plans import random_plan
from video_core.rasterise import condition

Bytes = NDArray[np.uint8]
SIZE = (240, 416)


def mirrored(video: Bytes) -> Bytes:
    """Everything in the wrong place."""
    return np.ascontiguousarray(video[:, :, ::-1])


def backwards(video: Bytes) -> Bytes:
    return np.ascontiguousarray(video[::-1])


def still(video: Bytes) -> Bytes:
    return np.repeat(video[:1], len(video), 0)


def noisy(video: Bytes) -> Bytes:
    noise = np.random.default_rng(0).normal(0, 18, video.shape)
    return np.clip(video + noise, 0, 255).astype(np.uint8)


def with_a_black_frame(video: Bytes) -> Bytes:
    out = video.copy()
    out[len(out) // 2] = 0
    return out


def with_a_step(video: Bytes) -> Bytes:
    """A bad join: the second half is brighter."""
    out = video.astype(np.int16)
    out[len(out) // 2 :] += 20
    return np.clip(out, 0, 255).astype(np.uint8)


def turning_hue(video: Bytes) -> Bytes:
    """Everybody drifts to other colours."""
    out = []
    for k, frame in enumerate(video):
        hsv = cv2.cvtColor(frame, cv2.COLOR_RGB2HSV)
        hsv[..., 0] = (hsv[..., 0].astype(int) + 60 * k // max(len(video) - 1, 1)) % 180
        out.append(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB))
    return np.stack(out)


def with_a_tint_after(video: Bytes, join: int) -> Bytes:
    """The next clip is a little warmer and brighter."""
    out = video.astype(np.int16)
    out[join:] += np.array([9, 5, 1], np.int16)
    return np.clip(out, 0, 255).astype(np.uint8)


def with_a_jump_after(video: Bytes, join: int) -> Bytes:
    """The next clip begins two hundredths of the width to the right."""
    out = video.copy()
    by = round(0.02 * video.shape[2])
    out[join:, :, by:] = video[join:, :, :-by]
    return out


def with_a_figure_moved_after(video: Bytes, join: int, bundle: Conditioning) -> Bytes:
    """In the next clip the first actor stands two hundredths of the width to the right; the stage goes on as it was."""
    out, by = video.copy(), round(0.02 * video.shape[2])
    for f in range(join, len(video)):
        actor = cv2.dilate((bundle.instance_ids[f] == 1).astype(np.uint8), np.ones((5, 5), np.uint8))
        out[f] = cv2.inpaint(video[f], actor, 3, cv2.INPAINT_TELEA)
        out[f, :, by:][actor[:, :-by] > 0] = video[f, :, :-by][actor[:, :-by] > 0]
    return out


def softer_after(video: Bytes, join: int) -> Bytes:
    """The next clip has less detail."""
    return np.concatenate([video[:join], np.stack([cv2.GaussianBlur(f, (0, 0), f.shape[0] / 240) for f in video[join:]])])


def without(bundle: Conditioning, actor: int) -> Conditioning:
    """The same shot whose picture, drawn from the joints, lacks an actor."""
    joints = bundle.joints_3d.copy()
    joints[:, actor] -= (0.0, 500.0, 0.0)
    return replace(bundle, joints_3d=joints)


SPOILT_JOINS: dict[str, Callable[[Bytes, int], Bytes]] = {
    "tint after a join": with_a_tint_after, "jump at a join": with_a_jump_after, "softer after a join": softer_after,
}  # fmt: skip
SPOILT: dict[str, Callable[[Bytes], Bytes]] = {
    "mirrored": mirrored, "backwards": backwards, "still": still, "noisy": noisy, "black frame": with_a_black_frame,
    "step in brightness": with_a_step, "turning hue": turning_hue,
}  # fmt: skip


def shots(count: int, longest: int) -> list[Conditioning]:
    """Conditioning of the first shots of stages that nothing was trained on."""
    out: list[Conditioning] = []
    for seed in range(HELD_OUT, HELD_OUT + count):
        staged = stage_all(random_plan(seed))[0]
        out.append(condition(staged, size=SIZE, frames=slice(0, min(longest, staged.frames))))
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=int, default=8)
    parser.add_argument("--longest", type=int, default=40, help="frames")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    values: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    failed: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    said: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    seconds = 0.0
    frames = 0
    bundles = shots(options.clips, options.longest)
    for bundle in bundles:
        drawn, own = (make_backend(name).render(bundle) for name in ("animatic", "embedded"))
        middle = len(drawn.frames) // 2
        videos = {"animatic": (drawn.frames, (middle,)), "embedded": (own.frames, own.joins)}
        videos |= {name: (spoil(drawn.frames), ()) for name, spoil in SPOILT.items()}
        videos |= {name: (spoil(drawn.frames, middle), (middle,)) for name, spoil in SPOILT_JOINS.items()}
        if bundle.scene.actors:
            largest = int(np.argmax([int((bundle.instance_ids == k).sum()) for k in range(1, len(bundle.scene.actors) + 1)]))
            videos["missing figure"] = make_backend("animatic").render(without(bundle, largest)).frames, ()
            videos["moved figure"] = with_a_figure_moved_after(drawn.frames, middle, bundle), (middle,)
        for name, (video, joins) in videos.items():
            begin = time.perf_counter()
            measures = check_clip(video, bundle, joins)
            seconds, frames = seconds + time.perf_counter() - begin, frames + len(video)
            for m in measures:
                values[name][m.check].append(m.measured)
            for kind in {m.check for m in measures}:
                said[name][kind] += 1
            for kind in {m.check for m in measures if m.failed}:
                failed[name][kind] += 1
    names = sorted(CHECKS)
    print(f"{len(bundles)} clips; mean value (clips in which the check failed, of those that it says something about)")
    print(f"{1000 * seconds / frames:.1f} ms a frame")
    print(f"{'':20}" + "".join(f"{n:>22}" for n in names))
    for clip, found in values.items():
        cells = [f"{np.mean(found[n]):.2f} ({failed[clip][n]}/{said[clip][n]})" if found[n] else "-" for n in names]
        print(f"{clip:20}" + "".join(f"{c:>22}" for c in cells))


if __name__ == "__main__":
    main()
