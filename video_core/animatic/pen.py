"""The pen: polygons onto an image, with smooth edges, outlines and two-tone shading.

Knows how shapes are laid down. Does not know what they mean.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from video_core.animatic.look import Color, Look, Paint
from video_core.animatic.shapes import Floats, common, grow

_SHIFT = 4
_ONE = 1 << _SHIFT
FAINT = 0.55
"""Things with more haze over them than this have no outline."""

Layer = tuple[Sequence[Floats], Paint]
"""Polygons of one paint."""


class Pen:
    """Draws on one RGB image (H,W,3), in place."""

    def __init__(self, image: NDArray[np.uint8], look: Look) -> None:
        self.image = image
        self.look = look
        self._limit = ((image.shape[1] + 4) * _ONE, (image.shape[0] + 4) * _ONE)
        self.edges = cv2.LINE_8 if look.flat else cv2.LINE_AA
        self.shadow = np.array([1.0, 1.0])
        """Image direction away from the light, unit; set per view."""
        self.weight = 1.0
        """Outline width factor of what is being drawn, for its distance."""

    @staticmethod
    def fixed(polygon: Floats) -> NDArray[np.int32]:
        """Pixels to 1/16 pixel integers; pixel centres lie at +0.5."""
        scaled = polygon * _ONE
        scaled -= _ONE / 2 - 0.5
        np.maximum(scaled, -480_000, out=scaled)
        np.minimum(scaled, 480_000, out=scaled)
        return np.floor(scaled, out=scaled).astype(np.int32)

    def fill(self, polygon: Floats, color: Color) -> None:
        """One filled polygon without outline."""
        if len(polygon) < 3:
            return
        points = self.fixed(polygon)
        x, y, w, h = cv2.boundingRect(points)
        if x < self._limit[0] and y < self._limit[1] and x + w > -64 and y + h > -64:
            cv2.fillPoly(self.image, [points], color, self.edges, _SHIFT)

    def fills(self, polygons: Sequence[Floats], color: Color) -> None:
        for polygon in polygons:
            self.fill(polygon, color)

    def touches(self, polygon: Floats) -> bool:
        h, w = self.image.shape[:2]
        low, high = polygon.min(axis=0), polygon.max(axis=0)
        return bool(low[0] < w + 4 and low[1] < h + 4 and high[0] > -4 and high[1] > -4)

    def stroke(self, points: Floats, color: Color, width: float, *, closed: bool = False) -> None:
        """A line of even width, pixels (at least one)."""
        if self.look.flat:
            return
        cv2.polylines(self.image, [self.fixed(points)], closed, color, max(1, round(width)), cv2.LINE_AA, _SHIFT)

    def strokes(self, lines: Sequence[Floats], color: Color, width: float) -> None:
        """Many separate lines in one call."""
        if lines and not self.look.flat:
            cv2.polylines(
                self.image, [self.fixed(p) for p in lines], False, color, max(1, round(width)), cv2.LINE_AA, _SHIFT
            )

    def outline_width(self) -> float:
        return self.look.line * self.weight

    def outline(self, polygons: Sequence[Floats], haze: float = 0.0, factor: float = 1.0) -> None:
        """The outside contour of the union of polygons; fill them afterwards."""
        width = self.outline_width() * factor
        if width <= 0 or haze > FAINT:
            return
        color = self.look.outline(haze)
        for polygon in polygons:
            if not self.touches(polygon):
                continue
            if self.look.style == "ink":
                centre = polygon.mean(axis=0)
                side = (polygon - centre) @ self.shadow
                reach = max(float(np.abs(side).max()), 1e-6)
                self.fill(grow(polygon, width * (0.62 + 0.55 * side / reach)), color)
            else:
                self.fill(grow(polygon, float(width)), color)

    def group(self, layers: Sequence[Layer], *, haze: float = 0.0, turn: float = 0.34, factor: float = 1.0) -> None:
        """Several paints inside one common outline; each layer is shaded on the side away from the light.

        `turn`: how far the lit side is shifted against the light, as a share of the piece's size.
        """
        layers = [([p for p in pieces if self.touches(p)], paint) for pieces, paint in layers]
        if not any(pieces for pieces, _ in layers):
            return
        self.outline([p for pieces, _ in layers for p in pieces], haze, factor)
        for pieces, (lit, dark) in layers:
            if lit == dark or self.look.style == "ink":
                self.fills(pieces, lit)
                if self.look.style == "ink" and lit != dark:
                    for p in pieces:
                        self._lit_side(p, lit, dark, 0.20)
                continue
            self.fills(pieces, dark)
            for p in pieces:
                self._lit_side(p, lit, None, turn)

    def _lit_side(self, polygon: Floats, lit: Color, dark: Color | None, turn: float) -> None:
        span = polygon.max(axis=0) - polygon.min(axis=0)
        shift = -self.shadow * float(min(span)) * turn
        part = common(polygon, polygon + shift)
        if dark is not None:
            self.fill(polygon, dark)
        if part is not None:
            self.fill(part, lit)

    def shape(self, polygon: Floats, paint: Paint, *, haze: float = 0.0, turn: float = 0.34) -> None:
        """One convex outlined, shaded piece."""
        self.group([([polygon], paint)], haze=haze, turn=turn)

    def cutout(self, polygon: Floats, color: Color, *, haze: float = 0.0, factor: float = 1.0) -> None:
        """One outlined piece of any form in one colour."""
        if self.touches(polygon):
            self.outline([polygon], haze, factor)
            self.fill(polygon, color)

    def glaze(self, polygon: Floats, color: Color, alpha: float, *, soft: float = 0.0) -> None:
        """A see-through polygon; `soft` blurs its edge by that many pixels."""
        if self.look.flat:
            return
        h, w = self.image.shape[:2]
        pad = int(soft * 2) + 2
        x0, y0 = np.maximum(np.floor(polygon.min(axis=0)).astype(int) - pad, 0)
        x1, y1 = np.minimum(np.ceil(polygon.max(axis=0)).astype(int) + pad, (w, h))
        if x1 <= x0 or y1 <= y0:
            return
        mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
        cv2.fillPoly(mask, [self.fixed(polygon - (x0, y0))], 255, cv2.LINE_AA, _SHIFT)
        if soft >= 0.5:
            k = int(soft) * 2 + 1
            mask = cv2.blur(cv2.blur(mask, (k, k)), (k, k))
        self.blend(mask, (x0, y0), color, alpha)

    def blend(self, mask: NDArray[np.uint8], at: tuple[int, int], color: Color, alpha: float) -> None:
        """Colour through a mask (h,w) u8 whose top left is at pixel `at`."""
        x0, y0 = at
        part = self.image[y0 : y0 + mask.shape[0], x0 : x0 + mask.shape[1]]
        weight = cv2.merge([mask] * 3)
        layer = np.empty_like(part)
        layer[:] = color
        top = cv2.multiply(layer, weight, scale=alpha / 255)
        under = cv2.multiply(part, weight, scale=alpha / 255)
        np.add(cv2.subtract(part, under), top, out=part)
