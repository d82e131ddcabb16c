"""The animatic: a drawn film of a shot, from its conditioning bundle alone.

Knows the order in which a frame is painted: sky, ranges, ground, things and bodies far to near, weather, style, caption.
Does not know how each of them looks. The same bundle always gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from video_core.animatic.beast import BeastArtist
from video_core.animatic.bird import BirdArtist
from video_core.animatic.caption import draw_caption
from video_core.animatic.figure import Figure, Puppet
from video_core.animatic.finish import finish, fog
from video_core.animatic.land import Land
from video_core.animatic.look import Look, look_of, mix, rgb
from video_core.animatic.order import Item, painters_order
from video_core.animatic.pen import Pen
from video_core.animatic.person import PersonArtist
from video_core.animatic.shapes import circle
from video_core.animatic.sky import Sky
from video_core.animatic.things import Thing, ThingArtist, seed_of
from video_core.animatic.weather import Weather
from video_core.conditioning import Conditioning
from video_core.raster.anatomy import anatomy
from video_core.raster.build import build_of
from video_core.raster.ground import height_at
from video_core.raster.scenery import dressing
from video_core.raster.solids import SEAT_BACK, SEAT_TOP, place
from video_core.raster.view import View

Bytes = NDArray[np.uint8]
_ARTISTS: dict[str, type[PersonArtist] | type[BeastArtist] | type[BirdArtist]] = {
    "biped": PersonArtist,
    "quadruped": BeastArtist,
    "bird": BirdArtist,
}
_HAND_SIZED = 0.5


class Animatic:
    """One shot ready to be drawn, any frame in any order."""

    def __init__(self, conditioning: Conditioning, *, size: tuple[int, int] | None = None, flat: bool = False) -> None:
        c = conditioning
        self.c, self.scene = c, c.scene
        self.size = size or c.size
        self.view = View.of(c.camera_to_world, c.intrinsics, c.size, self.size)
        self.look: Look = look_of(c.scene, self.size[0], flat=flat)
        self.sky, self.land, self.weather = (
            Sky(c.scene, self.look),
            Land(c.scene, self.look),
            Weather(c.scene, self.look),
        )
        self.dressing = dressing(c.scene)
        self.puppets = []
        for n, card in enumerate(c.scene.actors):
            build = build_of(card.kind, card.body)
            shape = anatomy(
                c.joints_3d[:, n], c.root[:, n], c.heading[:, n], build, card.body, card.height, c.scene.fps
            )
            self.puppets.append(Puppet.of(card, shape, c.expressions[:, n], self.view))
        self.sun = np.array(self.look.toward_light)

    def frame(self, f: int, *, captions: bool = True) -> Bytes:
        """Frame `f` as RGB (H,W,3)."""
        seconds = f / self.scene.fps
        image = np.empty((*self.size, 3), np.uint8)
        pen = Pen(image, self.look)
        pen.shadow = self._shadow_side(f)
        if not self.scene.indoor:
            self.sky.draw(pen, self.view, f, seconds)
        else:
            image[:] = self.look.lit(rgb("#3a3440"))
        self.land.draw(pen, self.view, f, seconds)
        if not self.scene.indoor:
            self.sky.standing(pen, self.view, f)
        things = ThingArtist(pen, self.view, f, seconds, self.look, mix(self.land.near, self.land.far, 0.4))
        for item in painters_order(self._items(f), self.view.eye[f]):
            what, n = item.key
            if what == "dressing":
                d = self.dressing[n]
                things.draw(Thing(d.kind, d.shape, d.size, np.array(d.position), d.yaw, d.palette, 0.0, d.seed))
            elif what == "shadow":
                self._shadow(pen, f, n)
            elif what == "footing":
                self._footing(pen, f, n)
            elif what in ("prop", "back"):
                things.draw(self._thing(f, n, back=what == "back"))
            else:
                self._actor(pen, f, n)
        if self.look.flat:
            return image
        if self.scene.weather == "fog" and not self.scene.indoor:
            self._fog(image, f)
        self.weather.draw(pen, self.view, f, seconds)
        image = finish(image, self.scene, self.look)
        if captions:
            draw_caption(image, self.scene, seconds)
        return image

    def _thing(self, f: int, n: int, *, back: bool = False) -> Thing:
        """A prop in one frame; of a seat its back, or all but that: who sits is between the two."""
        card = self.scene.props[n]
        shape = card.shape if card.shape != "seat" else "seat_back" if back else "seat_base"
        at = self.c.prop_position[f, n].astype(np.float64)
        open_ = float(self.c.prop_state[f, n, 1])
        return Thing(card.kind, shape, card.size, at, float(self.c.prop_yaw[f, n]), card.palette, open_, seed_of(card.id))

    def _items(self, f: int) -> list[Item]:
        out = []
        eye, forward = self.view.eye[f], self.view.w2c[f, 2, :3]
        for n, d in enumerate(self.dressing):
            at = np.array(d.position)
            depth = float((at - eye) @ forward)
            if depth > -d.size[0]:
                out.append(Item(("dressing", n), depth, at, d.size, d.yaw))
        for n, card in enumerate(self.scene.props):
            if self.c.prop_state[f, n, 0] < 0.5:
                continue
            at = self.c.prop_position[f, n].astype(np.float64)
            small = max(card.size) < _HAND_SIZED or card.kind in ("sword", "book")
            depth, yaw = float((at - eye) @ forward) - (0.25 if small else 0.0), float(self.c.prop_yaw[f, n])
            box = None if small else card.size
            if card.shape == "seat" and box is not None:
                width, height, length = box
                back = place(np.array([0.0, 0.0, (SEAT_BACK - length) / 2]), at, yaw)
                out.append(Item(("back", n), float((back - eye) @ forward), back, (width, height, SEAT_BACK), yaw))
                box = (width, SEAT_TOP * height, length)
            out.append(Item(("prop", n), depth, at, box, yaw, card.kind == "river"))
            if not self.look.flat and card.shape not in ("flat", "ball") and not small:
                out.append(Item(("footing", n), 1e6, at, None, 0.0, True))
        for n in range(len(self.puppets)):
            at = self.c.root[f, n].astype(np.float64)
            middle = self.puppets[n].shape.chest[f] * 0.5 + self.puppets[n].shape.hips[f] * 0.5
            hips = float(self.puppets[n].shape.hips[f, 1])
            out.append(Item(("actor", n), float((middle - eye) @ forward), np.array([middle[0], at[1], middle[2]]), hips=hips))
            if not self.look.flat:
                out.append(Item(("shadow", n), 1e6, at, None, 0.0, True))
        return out

    def _actor(self, pen: Pen, f: int, n: int) -> None:
        puppet = self.puppets[n]
        figure = Figure(puppet, self.view, f, self.look)
        depth = figure.depth("chest")
        pen.weight = (
            float(np.clip(figure.size("chest", 1.0) / (150 * self.look.scale), 0.35, 1.25)) ** 0.5
            if depth > 0.1
            else 1.0
        )
        _ARTISTS[puppet.card.body](pen, figure, self.look).draw()
        pen.weight = 1.0

    def _shadow_side(self, f: int) -> NDArray[np.float64]:
        camera = self.view.w2c[f, :, :3] @ self.sun
        flat = -camera[:2]
        size = float(np.hypot(*flat))
        return flat / size if size > 0.15 else np.array([0.5, 0.866])

    def _shadow(self, pen: Pen, f: int, n: int) -> None:
        puppet = self.puppets[n]
        root = self.c.root[f, n].astype(np.float64)
        floor = float(height_at(self.scene.ground, root[0]))
        lift = max(float(root[1]) - floor, 0.0)
        h, body = puppet.card.height, puppet.card.body
        length, width = {"biped": (0.17, 0.15), "quadruped": (0.62, 0.24), "bird": (0.30, 0.26)}[body]
        fade = float(np.exp(-lift / max(h, 0.3)))
        heading = float(self.c.heading[f, n])
        ahead, side = np.array([np.sin(heading), 0, np.cos(heading)]), np.array([np.cos(heading), 0, -np.sin(heading)])
        ring = circle(24)
        cast = np.array([-self.sun[0], 0.0, -self.sun[2]]) / max(self.sun[1], 0.35) * h * 0.22
        points = (
            root
            + (ring[:, :1] * side * width + ring[:, 1:] * ahead * length) * h * (0.75 + 0.25 * fade)
            + cast * 0.5 * np.clip(ring @ np.array([0.5, 0.5]) + 0.5, 0, 1)[:, None]
        )
        points[:, 1] = floor + 0.005
        polygon = self.view.polygon(points, f)
        if polygon is not None:
            dark = self.look.lit((52, 46, 66))
            pen.glaze(polygon, dark, 0.44 * fade + 0.06, soft=1.2 * self.look.scale)

    def _footing(self, pen: Pen, f: int, n: int) -> None:
        """The shadow a prop stands in."""
        card = self.scene.props[n]
        at = self.c.prop_position[f, n].astype(np.float64)
        floor = float(height_at(self.scene.ground, at[0]))
        if at[1] - floor > 0.3:
            return
        w, _, d = card.size
        if card.shape in ("tree", "lamp", "pole"):
            w = d = min(w, 1.2) * 1.1
        c, s = np.cos(float(self.c.prop_yaw[f, n])), np.sin(float(self.c.prop_yaw[f, n]))
        ring = np.sign(circle(28)) * np.abs(circle(28)) ** 0.7 * (w * 0.60, d * 0.60)
        cast = np.array([-self.sun[0], -self.sun[2]]) / max(self.sun[1], 0.4) * min(card.size[1], 1.5) * 0.12
        x, z = ring[:, 0] * c + ring[:, 1] * s + cast[0], -ring[:, 0] * s + ring[:, 1] * c + cast[1]
        polygon = self.view.polygon(np.stack([x + at[0], np.full(28, floor + 0.004), z + at[2]], axis=-1), f)
        if polygon is not None:
            pen.glaze(polygon, self.look.lit((52, 46, 66)), 0.36, soft=1.5 * self.look.scale)

    def _fog(self, image: Bytes, f: int) -> None:
        inverse = self.c.inverse_depth[f]
        if inverse.shape != self.size:
            inverse = cv2.resize(inverse.astype(np.float32), self.size[::-1], interpolation=cv2.INTER_AREA).astype(
                np.float16
            )
        fog(image, inverse, self._metres_at_one(), self.look)

    def _metres_at_one(self) -> float:
        """Distance (m) whose inverse depth is 1 in the bundle, from a joint that is seen."""
        for f in range(0, self.c.frames, 4):
            for n in range(len(self.puppets)):
                x, y, seen = self.c.joints_2d[f, n, 1]
                if seen > 0.9:
                    value = float(self.c.inverse_depth[f, int(y), int(x)])
                    depth = float(self.puppets[n].pixels[f, 1, 2])
                    if 0.01 < value < 0.99:
                        return value * depth
        return 2.0


def frames_of(
    conditioning: Conditioning,
    *,
    size: tuple[int, int] | None = None,
    captions: bool = True,
    frames: Sequence[int] | None = None,
) -> Iterator[Bytes]:
    """Frames (H,W,3) one by one, so that a long shot needs no memory."""
    shot = Animatic(conditioning, size=size)
    for f in frames if frames is not None else range(conditioning.frames):
        yield shot.frame(f, captions=captions)


def draw(
    conditioning: Conditioning,
    *,
    size: tuple[int, int] | None = None,
    captions: bool = True,
    frames: Sequence[int] | None = None,
) -> Bytes:
    """The animatic of a shot as (F,H,W,3) RGB, drawn at `size` (H, W), by default the bundle's own.

    `frames` picks frame numbers. Deterministic: equal bundles give equal bytes.
    """
    pictures = list(frames_of(conditioning, size=size, captions=captions, frames=frames))
    return np.stack(pictures) if pictures else np.zeros((0, *(size or conditioning.size), 3), np.uint8)


def instance_colors(conditioning: Conditioning, *, size: tuple[int, int] | None = None) -> Bytes:
    """Flat palette colours of everything seen (F,H,W,3) RGB: no lines, shades, faces, textures or weather."""
    shot = Animatic(conditioning, size=size, flat=True)
    return np.stack([shot.frame(f, captions=False) for f in range(conditioning.frames)])
