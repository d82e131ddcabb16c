"""What size a shot really has, measured from its picture: its label is never read.

Every size of the vocabulary says which part of the body it shows and how much of the frame that part fills (Katz 1991; Thompson
& Bowen 2009: `shotplan.vocabulary.camera`). The shot has the size whose definition the picture fits best: the least |log(fill
measured / fill defined)|. Long figures and animals' heads are measured as `shotplan.staging.camera_measure` does.
"""

from __future__ import annotations

import numpy as np

from shotplan.staging.camera_measure import Measurable, frame_points, main_moment
from shotplan.staging.camera_subject import WHOLE_BODY_RANK, actor_extent, prop_extent
from shotplan.staging.staged import StagedActor, StagedShot
from shotplan.vocabulary import SHOT_SIZES
from shotplan.vocabulary.camera import ShotSize


def shown_sizes(staged: StagedShot, thing: Measurable) -> tuple[str, str]:
    """Shot size of `thing` at the moment that counts, and over most of the shot."""
    misfit = {}
    for size in SHOT_SIZES.values():
        fill = np.maximum(_fill(staged, thing, size), 1e-4)
        log = np.abs(np.log(fill / size.fill))
        misfit[size.id] = (float(log[main_moment(staged)]), float(abs(np.log(np.median(fill) / size.fill))))
    return min(misfit, key=lambda s: misfit[s][0]), min(misfit, key=lambda s: misfit[s][1])


def _fill(staged: StagedShot, thing: Measurable, size: ShotSize) -> np.ndarray:
    """(F,) part of the frame height that what `size` shows of the thing fills."""
    e = actor_extent(thing, size) if isinstance(thing, StagedActor) else prop_extent(thing, size)
    depth = np.maximum(frame_points(staged, e.center[:, None])[:, 0, 2], 1e-3)
    camera = staged.camera
    fill = e.length * camera.focal_mm * camera.aspect / 36.0 / depth
    if size.rank <= WHOLE_BODY_RANK:
        body = frame_points(staged, e.body)
        front = (body[..., 2] > 0.05).all(axis=1)
        room = np.ptp(body[..., :2], axis=1).max(axis=1) / 0.95 * size.fill
        fill = np.where(front, np.maximum(fill, room), fill)
    return np.asarray(fill)
