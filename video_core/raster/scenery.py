"""What stands around the stage but is not in the plan: seeded trees, houses, rocks, walls.

Knows where and how big. Does not know colours. The same scene always gets the same scenery.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shotplan.vocabulary import PROP_KINDS
from video_core.conditioning import SceneCard
from video_core.raster.ground import height_at

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Dressing:
    """One thing of the background."""

    kind: str
    shape: str
    size: tuple[float, float, float]
    position: tuple[float, float, float]
    yaw: float
    seed: int
    palette: tuple[str, str]


def scene_seed(scene: SceneCard) -> int:
    """A number that is the same for every shot in the same place and stage."""
    return zlib.crc32(
        f"{scene.place}/{scene.stage_width:g}/{scene.stage_depth:g}/{scene.ground.kind}/{scene.seed}".encode()
    )


def dressing(scene: SceneCard) -> tuple[Dressing, ...]:
    """Outdoor background things behind and beside the stage, far ones first in Z."""
    kinds = [k for k in scene.scenery if k in PROP_KINDS]
    if scene.indoor or not kinds:
        return ()
    rng = np.random.default_rng(scene_seed(scene))
    back = -scene.stage_depth / 2
    half = scene.stage_width / 2
    places: list[tuple[float, float]] = []
    dense = {"tree": 15, "house": 7, "rock": 7, "lamp": 4, "bush": 9, "pole": 4}
    out: list[Dressing] = []
    for kind in dict.fromkeys(kinds):
        term = PROP_KINDS[kind]
        count = dense.get(kind, 6) * (1 + (kinds.count(kind) - 1) // 2)
        for _ in range(count):
            for _attempt in range(12):
                if kind in ("lamp", "bush") or rng.random() < 0.72:
                    x = float(rng.uniform(-half * 2.2 - 6, half * 2.2 + 6))
                    z = float(back - 0.8 - rng.gamma(1.6, 4.0)) - (term.size[2] / 2 if kind == "house" else 0.3)
                else:
                    x = float(rng.choice([-1, 1]) * (half + 1.0 + rng.gamma(1.5, 3.5) + term.size[0] / 2))
                    z = float(rng.uniform(back, -back * 0.6))
                clear = term.size[0] * 0.8 + 0.6
                if all((x - a) ** 2 + (z - b) ** 2 > clear**2 for a, b in places):
                    break
            else:
                continue
            places.append((x, z))
            grow = float(rng.uniform(0.75, 1.35)) * (1.35 if kind == "tree" and scene.place == "forest" else 1.0)
            if kind == "house" and scene.place == "city":
                grow *= 2.2
            size = (term.size[0] * grow, term.size[1] * grow, term.size[2] * grow)
            y = float(height_at(scene.ground, x))
            turn = float(rng.uniform(-0.5, 0.5)) if kind in ("rock", "bush", "tree") else 0.0
            out.append(Dressing(kind, term.shape, size, (x, y, z), turn, int(rng.integers(1 << 30)), term.palette))
    return tuple(sorted(out, key=lambda item: item.position[2]))


@dataclass(frozen=True)
class Wall:
    """One inner wall of a room, seen only from inside."""

    corners: Floats
    """(4,3): bottom left, bottom right, top right, top left as seen from inside."""
    inward: Floats
    """(3,) unit normal into the room."""


def room_height(scene: SceneCard) -> float:
    return 5.5 if scene.place == "hall" else 3.0


def walls(scene: SceneCard) -> tuple[Wall, ...]:
    """The four walls of an indoor place; none outdoors."""
    if not scene.indoor:
        return ()
    x, z, y = scene.stage_width / 2 + 0.6, scene.stage_depth / 2 + 0.4, room_height(scene)
    low = min(0.0, scene.ground.height if scene.ground.kind != "gap" else -scene.ground.height)
    corners = [(-x, -z), (x, -z), (x, z), (-x, z)]
    out = []
    for (xa, za), (xb, zb) in zip(corners, corners[1:] + corners[:1], strict=True):
        quad = np.array([(xa, low, za), (xb, low, zb), (xb, y, zb), (xa, y, za)], dtype=np.float64)
        inward = np.array([-(xa + xb) / 2, 0.0, -(za + zb) / 2])
        out.append(Wall(quad, inward / np.linalg.norm(inward)))
    return tuple(out)
