"""Animals on four legs: fox, dog, cat, wolf, bear, rabbit, horse, deer, lion, mouse, pig, frog, dragon.

Knows how they differ by ears, snout, tail, mane and markings. Does not know where they go.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from video_core.animatic.face import FaceArtist, Features
from video_core.animatic.figure import Figure
from video_core.animatic.look import Color, Look, Paint, mix, rgb
from video_core.animatic.pen import Pen
from video_core.animatic.shapes import common, ellipse, hull, hull_of_discs, limb, ribbon, smooth

Floats = NDArray[np.float64]

_HOOVES = {"horse", "deer", "pig"}
_SOCKS = {"fox": 0.30, "wolf": 0.0, "cat": 0.62, "dog": 0.66, "horse": 0.55}
_IRIS = {"fox": "#b07828", "cat": "#6ab04a", "wolf": "#d8b040", "lion": "#c08a30", "dragon": "#e0a030", "frog": "#d8b030", "rabbit": "#8a4a5a"}


class BeastArtist:
    """Draws one four-legged actor in one frame."""

    def __init__(self, pen: Pen, figure: Figure, look: Look) -> None:
        self.pen, self.f, self.look = pen, figure, look
        self.kind = figure.card.kind
        self.coat, self.belly, self.dark, self.accent = (rgb(c) for c in figure.card.palette)

    def _paint(self, color: Color) -> Paint:
        return self.look.paint(color)

    def draw(self) -> None:
        f = self.f
        if not f.ahead("chest", "hips", "skull"):
            return
        toward = f.body_facing
        near, far = ("r", "l") if f.depth("r_shoulder") + f.depth("r_hip") < f.depth("l_shoulder") + f.depth("l_hip") else ("l", "r")
        fore, hind = (("shoulder", "elbow", "wrist"), ("hip", "knee", "ankle"))
        if toward > -0.2:
            self._tail()
        if self.kind == "dragon":
            self._wing(far)
        for chain in ((hind, fore) if toward >= 0 else (fore, hind)):
            self._leg(far, chain, far=True)
        if toward < -0.35:
            self._head()
            self._neck()
            self._trunk()
        else:
            self._trunk()
        for chain in ((hind, fore) if toward >= 0 else (fore, hind)):
            self._leg(near, chain, far=False)
        if self.kind == "dragon":
            self._wing(near)
        if toward >= -0.35:
            self._neck()
            self._head()
        if toward <= -0.2:
            self._tail()

    def _leg(self, s: str, chain: tuple[str, str, str], *, far: bool) -> None:
        f, b = self.f, self.f.build
        top, middle, end = (f"{s}_{n}" for n in chain)
        if not f.ahead(top, middle, end):
            return
        fore = chain[0] == "shoulder"
        width = b.arm if fore else b.leg
        color = mix(self.coat, (30, 20, 40), 0.22) if far and not self.look.flat else self.coat
        a, m, e = f.at(top), f.at(middle), f.at(end)
        ra, rm, re = f.size(top, width * (1.15 if fore else 1.35)), f.size(middle, width * 0.72), f.size(end, width * 0.52)
        upper, lower = limb(a, m, ra, rm), limb(m, e, rm, re)
        ahead = f.body_axes[2, :2] * f.size(end, b.foot * 0.55)
        paw = hull_of_discs((e, re * 1.15), (e + ahead, re * 0.95))
        paint = self._paint(color)
        paw_color = self.dark if self.kind in _HOOVES or self.kind == "fox" else mix(color, self.belly, 0.5) if self.kind in ("cat", "dog", "rabbit") else color
        layers = [([paw], self._paint(paw_color)), ([upper, lower], paint)]
        if (t := _SOCKS.get(self.kind, 0.0)) and (self.kind != "horse" or s == "l"):
            sock = limb(m * (1 - t) + e * t, e, rm * (1 - t) + re * t, re * 1.02)
            layers.append(([sock], self._paint(self.dark if self.kind == "fox" else self.belly)))
        self.pen.group(layers, factor=0.9)
        if self.look.flat or re < 2.5:
            return
        if self.kind not in _HOOVES:
            tip = e + ahead * 1.05
            for k in (-0.35, 0.35):
                x = tip + np.array([k * re, re * 0.25])
                self.pen.stroke(np.array([x, x + (0, re * 0.5)]), self.look.outline(), max(1, self.look.line * 0.5))

    def _trunk(self) -> None:
        f, b = self.f, self.f.build
        chest, hips = f.at("chest"), f.at("hips")
        rc, rh = f.size("chest", b.trunk), f.size("hips", b.trunk * (0.92 if self.kind not in ("rabbit", "frog", "mouse") else 1.08))
        waist = chest * 0.45 + hips * 0.55
        thin = f.size("hips", b.trunk * (0.80 if self.kind in ("fox", "dog", "cat", "wolf", "horse", "deer", "lion") else 1.0))
        up = f.body_axes[1, :2]
        back, front = limb(hips, waist + up * rh * 0.08, rh, thin), limb(waist + up * rh * 0.08, chest, thin, rc)
        self.pen.group([([back, front], self._paint(self.coat))], turn=0.22)
        if self.look.flat:
            return
        if self.kind not in ("bear", "wolf"):
            lit, dark = self._paint(self.belly)
            for piece, r in ((back, rh), (front, rc)):
                under = common(piece, piece - up * r * 1.28)
                if under is not None and np.hypot(*(chest - hips)) > rc * 0.7:
                    self.pen.fill(under, mix(dark, lit, 0.45))
        if self.kind in ("deer",):
            for k, (t, y) in enumerate(((0.2, 0.4), (0.4, 0.15), (0.6, 0.45), (0.8, 0.2), (0.5, 0.65))):
                at = chest * (1 - t) + hips * t + up * rc * y
                self.pen.fill(ellipse(at, rc * 0.09, rc * 0.09), self._paint(self.belly)[0])
        if self.kind == "dragon":
            line = [hips + up * rh * 0.9, waist + up * thin * 1.0, chest + up * rc * 0.9]
            for k in range(6):
                t = k / 5 * 2
                i = min(int(t), 1)
                at = line[i] * (1 - t + i) + line[i + 1] * (t - i)
                side = (chest - hips) / max(float(np.hypot(*(chest - hips))), 1e-6) * rc * 0.22
                self.pen.cutout(np.array([at - side, at + side, at + up * rc * 0.38 - side * 0.6]), self._paint(self.accent)[0], factor=0.7)

    def _neck(self) -> None:
        f, b = self.f, self.f.build
        if not f.ahead("neck", "skull"):
            return
        base, skull = f.between("neck", "chest", 0.45), f.at("skull")
        rn, rs = f.size("neck", b.trunk * 0.72), f.size("skull", b.head * 0.72)
        if self.kind == "lion":
            mane = f.size("skull", b.mane)
            centre = skull * 0.7 + base * 0.3
            angle = np.linspace(0, 2 * np.pi, 132, endpoint=False)
            wave = 1 + 0.10 * np.abs(np.cos(angle * 5.5)) + 0.03 * np.sin(angle * 3)
            ring = centre + np.stack([np.cos(angle), np.sin(angle)], axis=-1) * (mane * wave)[:, None]
            self.pen.cutout(ring, self._paint(self.dark)[0])
            self.pen.fill(centre + (ring - centre) * 0.9 + self.pen.shadow * mane * 0.08, self._paint(self.dark)[1])
            return
        self.pen.group([([limb(base, skull, rn, rs)], self._paint(self.coat))], factor=0.8, turn=0.22)
        if not self.look.flat:
            self.pen.fill(limb(base, base * 0.4 + skull * 0.6, rn * 0.86, rs * 0.8), self._paint(self.coat)[0])
        ahead = f.body_axes[2, :2]
        if self.kind in ("fox", "wolf", "cat", "dog"):
            bib = base + ahead * rn * 0.50 - f.body_axes[1, :2] * rn * 0.15
            points = [(-0.30, -0.70), (0.34, -0.62), (0.52, 0.0), (0.16, 0.42), (0.02, 0.80), (-0.18, 0.40), (-0.48, 0.02)]
            self.pen.fill(smooth(np.array(points) * rn * 0.78 + bib, 3), self._paint(self.belly)[0])
        if self.kind == "horse":
            back = -f.head_axes[2, :2]
            pts = [skull + f.head_axes[1, :2] * rs * 1.1, skull * 0.7 + base * 0.3 + back * rn * 0.75, skull * 0.35 + base * 0.65 + back * rn * 0.95, base + back * rn * 1.0]
            drift = f.drift[:2] * f.view.pixels_per_metre(f.depth("neck"), f.frame)
            pts = [p + drift * k * 0.25 for k, p in enumerate(pts)]
            self.pen.cutout(ribbon(smooth(np.array(pts), 4, closed=False), np.linspace(0.30, 0.16, 13) * rn * 1.4), self._paint(self.dark)[0], factor=0.8)

    def _tail(self) -> None:
        f, b = self.f, self.f.build
        names = [f"tail{k}" for k in range(5)]
        if not b.tail or not f.ahead(*names):
            return
        pts = np.array([f.at(n) for n in names])
        w = np.array([f.size(n, b.tail_width) for n in names])
        curve = smooth(np.concatenate([pts, w[:, None]], axis=1), 4, closed=False)
        u = np.linspace(0, 1, len(curve))
        match self.kind:
            case "fox" | "wolf":
                profile = 0.28 + 0.85 * np.sin(np.pi * np.clip(u * 1.02, 0, 1) ** 0.8) ** 0.8
                profile[-1] = 0.05
            case "horse":
                profile = 0.5 + 0.7 * np.sin(np.pi * u)
            case "rabbit" | "bear" | "deer" | "pig":
                profile = np.sqrt(np.clip(1.05 - (2 * u - 1) ** 2, 0.02, 1)) * (1.0 if self.kind != "pig" else 0.8)
            case "dragon":
                profile = 1.15 - 1.05 * u
            case _:
                profile = 1.0 - 0.35 * u
        body = ribbon(curve[:, :2], curve[:, 2] * profile)
        if self.kind in ("cat", "lion", "mouse", "dog"):
            body = np.concatenate([body[: len(curve)], ellipse(curve[-1, :2], curve[-1, 2] * profile[-1], curve[-1, 2] * profile[-1])[:0], body[len(curve) :]])
        color = self.belly if self.kind in ("rabbit", "deer") else self.dark if self.kind == "horse" else mix(self.coat, (232, 168, 168), 0.5) if self.kind == "mouse" else self.coat
        lit, dark = self._paint(color)
        self.pen.cutout(body, lit)
        if self.look.flat and self.kind != "fox":
            return
        if self.look.style != "ink":
            inner = ribbon(curve[:, :2] + self.pen.shadow * (curve[:, 2] * profile * 0.34)[:, None], curve[:, 2] * profile * 0.62)
            self.pen.fill(inner, dark)
        if self.kind == "fox":
            cut = int(len(curve) * 0.68)
            tip = curve[cut:]
            jag = ribbon(tip[:, :2], tip[:, 2] * profile[cut:])
            n = len(tip)
            along = tip[1, :2] - tip[0, :2]
            zig = np.array([jag[0], (jag[0] * 0.75 + jag[-1] * 0.25) - along * 1.5, (jag[0] + jag[-1]) / 2 + along * 0.6, (jag[0] * 0.25 + jag[-1] * 0.75) - along * 1.5, jag[-1]])
            self.pen.fill(np.concatenate([zig[::-1], jag[1 : 2 * n - 1]]), self._paint(self.accent)[0])
        if self.kind == "lion":
            self.pen.cutout(ellipse(curve[-1, :2], w[-1] * 2.2, w[-1] * 2.6), self._paint(self.dark)[0], factor=0.8)
        if self.kind == "dragon":
            along = curve[-1, :2] - curve[-4, :2]
            along = along / max(float(np.hypot(*along)), 1e-6) * w[0] * 1.6
            side = np.array([-along[1], along[0]]) * 0.6
            tip = curve[-1, :2]
            self.pen.cutout(np.array([tip - along * 0.3 + side, tip + along, tip - along * 0.3 - side]), self._paint(self.accent)[0], factor=0.8)

    def _wing(self, s: str) -> None:
        f = self.f
        if not f.ahead("chest", f"{s}_shoulder"):
            return
        side = 1.0 if s == "l" else -1.0
        flap = 0.35 + 0.30 * np.sin(f.frame / 16 * 2 * np.pi * 0.8)
        q = f.size("chest", 1.0)
        left, up, ahead = (f.body_axes[k, :2] for k in range(3))
        base = f.at("chest") + up * f.size("chest", f.build.trunk * 0.7)

        def at(x: float, y: float, z: float) -> Floats:
            return np.asarray(base + (left * x * side + up * y + ahead * z) * q)

        wrist = at(0.30, 0.62 + 0.22 * flap, -0.02)
        tips = [at(0.80, 0.62 + 0.45 * flap, -0.42), at(0.70, 0.30 + 0.30 * flap, -0.68), at(0.42, 0.10 + 0.15 * flap, -0.72), at(0.12, 0.0, -0.50)]
        edge = [wrist]
        for k, tip in enumerate(tips):
            edge.append(tip)
            if k + 1 < len(tips):
                edge.append((tip + tips[k + 1]) / 2 * 0.80 + wrist * 0.20)
        self.pen.cutout(np.array([base, *edge]), self._paint(mix(self.accent, self.coat, 0.35))[0 if s == "l" or self.look.flat else 1])
        fingers = [limb(wrist, tip, q * 0.020, q * 0.008) for tip in tips[:3]]
        self.pen.group([([limb(base, wrist, q * 0.034, q * 0.026), *fingers], self._paint(self.coat))], factor=0.7)

    # head

    def _ear(self, side: float) -> None:
        f, b = self.f, self.f.build
        e = b.ear / b.head
        coat, inner = self._paint(self.coat), self._paint(mix(self.belly, rgb("#e8a8a0"), 0.35))
        lag = f.drift[:2] * f.view.pixels_per_metre(f.depth("skull"), f.frame) * 0.35
        match b.ears:
            case "pointed":
                pts = np.array([(side * 0.22, 0.82, 0.15), (side * 0.92, 0.38, 0.0), (side * 0.86, 0.72 + e, -0.05)])
                p = f.globe(pts)
                p[2] += lag * 0.4
                poly = np.array([p[0], p[0] * 0.45 + p[2] * 0.55 + (p[2] - p[1]) * 0.04, p[2], p[1] * 0.5 + p[2] * 0.5 + (p[1] - p[0]) * 0.10, p[1]])
                self.pen.cutout(poly, coat[0])
                if f.facing > -0.1 and not self.look.flat:
                    middle = p.mean(axis=0)
                    self.pen.fill(middle + (p - middle) * 0.58 + (p[0] + p[1] - 2 * middle) * 0.06, inner[0])
                    if self.kind == "fox":
                        self.pen.fill(np.array([p[2], p[2] * 0.68 + p[0] * 0.32, p[2] * 0.68 + p[1] * 0.32]), self._paint(self.dark)[0])
            case "round":
                c = f.globe(np.array([(side * 0.74, 0.74, -0.05)]))[0]
                r = f.size("skull", b.ear)
                self.pen.group([([ellipse(c, r, r)], coat)], factor=0.9)
                if f.facing > -0.1:
                    self.pen.fill(ellipse(c, r * 0.58, r * 0.58), inner[0])
            case "long":
                root, tip = (side * 0.38, 0.85, -0.05), (side * (0.55 + 0.1), 0.9 + e, -0.35)
                p = f.globe(np.array([root, ((root[0] + tip[0]) / 2 + side * 0.12, (root[1] + tip[1]) / 2, -0.15), tip]))
                p[1:] += lag * np.array([[0.5], [1.0]])
                curve = smooth(p, 5, closed=False)
                r = f.size("skull", b.head)
                u = np.linspace(0, 1, len(curve))
                width = r * (0.15 + 0.14 * np.sin(np.pi * u**0.8)) * np.where(u > 0.95, 0.4, 1)
                self.pen.cutout(ribbon(curve, width), coat[0])
                if f.facing > -0.1:
                    self.pen.fill(ribbon(curve[1:-1], width[1:-1] * 0.5), inner[0])
            case "floppy":
                p = f.globe(np.array([(side * 0.55, 0.82, 0.0), (side * 1.08, 0.62, 0.05), (side * 1.18, 0.2 - e * 0.4, 0.1)]))
                p[1:] += lag * np.array([[0.5], [1.0]])
                curve = smooth(p, 5, closed=False)
                r = f.size("skull", b.head)
                u = np.linspace(0, 1, len(curve))
                self.pen.cutout(ribbon(curve, r * (0.20 + 0.14 * np.sin(np.pi * u))), self._paint(self.dark if self.kind == "dog" else self.coat)[0])
            case "horns":
                p = f.globe(np.array([(side * 0.45, 0.80, -0.2), (side * 0.70, 1.1 + e * 0.4, -0.6), (side * 0.75, 1.0 + e, -1.1)]))
                curve = smooth(p, 5, closed=False)
                self.pen.cutout(ribbon(curve, f.size("skull", b.head) * np.linspace(0.24, 0.03, len(curve))), self._paint(self.belly)[0], factor=0.8)
            case "antlers":
                c = f.globe(np.array([(side * 0.80, 0.62, -0.1), (side * 1.45, 0.85, -0.15)]))
                r = f.size("skull", b.head)
                self.pen.group([([limb(c[0], c[1], r * 0.30, r * 0.08)], coat)], factor=0.8)
                beam = f.globe(np.array([(side * 0.35, 0.9, -0.1), (side * 0.75, 1.8, -0.4), (side * 1.15, 2.6, -0.2), (side * 1.0, 3.2, 0.1)]))
                tine = f.globe(np.array([(side * 0.75, 1.8, -0.4), (side * 0.9, 2.1, 0.35)]))
                tine2 = f.globe(np.array([(side * 1.12, 2.5, -0.25), (side * 1.6, 2.9, -0.2)]))
                strands = [ribbon(smooth(beam, 4, closed=False), np.linspace(0.13, 0.04, 13) * r)] + [limb(t[0], t[1], r * 0.09, r * 0.03) for t in (tine, tine2)]
                self.pen.outline(strands, 0.0, 0.8)
                self.pen.fills(strands, self._paint(self.dark)[0])

    def _head(self) -> None:
        f, b = self.f, self.f.build
        r = f.size("skull", b.head)
        skull = f.at("skull")
        left_near = f.head_axes[0, 2] < 0
        near, far = (1.0, -1.0) if left_near else (-1.0, 1.0)
        face_on = f.facing
        if face_on >= -0.2:
            self._ear(far)
            if b.ears in ("pointed", "round", "long", "antlers", "horns"):
                self._ear(near)
        wide = 1.0 if self.kind not in ("horse", "deer", "dragon") else 0.95
        head = [ellipse(skull, r * wide, r * 0.96)]
        snout_root, snout_tip, rs = self._snout_line()
        root_r, tip_r = f.size("skull", b.snout_width), f.size("snout", b.snout_width * (0.52 if self.kind not in ("pig", "horse", "bear", "dog", "lion") else 0.78))
        cheeks = []
        if self.kind in ("fox", "wolf", "cat"):
            cheeks = [hull(f.globe(np.array([(s * 0.55, 0.1, 0.35), (s * 1.26, -0.42, 0.05), (s * 0.5, -0.80, 0.4)]))) for s in (-1.0, 1.0)]
        snout = limb(snout_root, snout_tip, root_r, tip_r)
        if b.snout > 0.10:
            snout = hull(snout, ellipse(skull + (snout_root - skull) * 0.4, r * 0.72, r * 0.72))
        coat = self._paint(self.coat)
        jaw = self._jaw(snout_root, snout_tip, root_r, tip_r)
        if jaw is not None:
            self.pen.group([([jaw], self._paint(mix(self.belly, self.dark, 0.12)))], factor=0.9)
        if face_on < 0:
            self.pen.group([([snout], coat)], factor=0.9)
        self.pen.group([(head + cheeks + ([snout] if face_on >= 0 else []), coat)], turn=0.14)
        if face_on > -0.2:
            self._markings(skull, r, snout_root, snout_tip, root_r, tip_r)
        self._eyes()
        if face_on > -0.35:
            self._nose(snout_tip, tip_r)
        if face_on < -0.2:
            self._ear(far)
            self._ear(near)
        elif b.ears == "floppy":
            self._ear(near)

    def _snout_line(self) -> tuple[Floats, Floats, float]:
        f, b = self.f, self.f.build
        p = f.globe(np.array([(0.0, -0.26, 0.62), (0.0, -0.34, 0.95 + b.snout / b.head)]))
        return p[0], p[1], f.size("skull", b.snout_width)

    def _jaw(self, root: Floats, tip: Floats, root_r: float, tip_r: float) -> Floats | None:
        open_ = float(self.f.puppet.expression[self.f.frame, 0])
        if open_ < 0.08 or self.look.flat:
            return None
        down = -self.f.head_axes[1, :2] * self.f.size("skull", self.f.build.head)
        return limb(root + down * 0.22, tip * 0.85 + root * 0.15 + down * (0.10 + 0.42 * open_), root_r * 0.8, tip_r * 0.7)

    def _markings(self, skull: Floats, r: float, root: Floats, tip: Floats, root_r: float, tip_r: float) -> None:
        f = self.f
        if self.look.flat:
            return
        pale = self._paint(self.belly)
        down = -f.head_axes[1, :2]
        if self.kind in ("fox", "wolf", "dog", "cat", "lion", "rabbit", "mouse", "bear", "deer"):
            low = limb(root + down * root_r * 0.42, tip + down * tip_r * 0.30, root_r * 0.66, tip_r * 0.70)
            self.pen.fill(low, pale[0])
        if self.kind in ("fox", "wolf"):
            for s in (-1.0, 1.0):
                patch = np.array([(s * 0.30, -0.36, 0.80), (s * 0.72, -0.20, 0.62), (s * 1.16, -0.42, 0.1), (s * 0.62, -0.72, 0.45), (s * 0.22, -0.62, 0.7)])
                if f.toward(patch).mean() > 0.12:
                    self.pen.fill(smooth(f.globe(patch), 3), pale[0])
        if self.kind == "horse":
            self.pen.fill(limb(root + f.head_axes[1, :2] * root_r * 0.5, tip + f.head_axes[1, :2] * tip_r * 0.3, root_r * 0.22, tip_r * 0.2), self._paint(self.accent)[0])
        if self.kind == "cat" and self.f.size("skull", self.f.build.head) > 8:
            for x in (-0.2, 0.0, 0.2):
                line = f.globe(np.array([(x, 0.92, 0.45), (x * 0.9, 0.60, 0.80)]))
                if f.toward(np.array([(x, 0.6, 0.8)]))[0] > 0.1:
                    self.pen.stroke(line, self._paint(self.dark)[0], max(1.0, r * 0.06))
        if self.kind in ("cat", "mouse", "lion", "rabbit") and r > 9:
            for s in (-1.0, 1.0):
                for y in (-0.38, -0.50):
                    line = f.globe(np.array([(s * 0.32, y, 1.0), (s * 1.15, y + 0.08 - 0.3 * (y + 0.44), 0.85)]))
                    self.pen.stroke(line, mix(self.look.outline(), pale[0], 0.4), 1.0)
        if self.kind == "frog" or r < 6:
            return
        mouth = float(self.f.puppet.expression[self.f.frame, 0])
        if mouth < 0.08:
            a = tip + down * tip_r * 0.72
            line = smooth(np.array([a, (a + root) / 2 + down * root_r * 0.52, root + down * root_r * (0.62 - 0.3 * float(self.f.puppet.expression[self.f.frame, 1]))]), 4, closed=False)
            self.pen.stroke(line, self.look.outline(), max(1.0, self.look.line * 0.6))

    def _eyes(self) -> None:
        f = self.f
        narrow = self.kind in ("horse", "deer", "dragon", "pig")
        big = self.kind in ("cat", "rabbit", "mouse", "frog")
        features = Features(
            eye_x=0.62 if narrow else 0.50, eye_y=0.42 if self.kind == "frog" else 0.10, eye_width=0.24 if big else 0.20, eye_height=0.30 if big else 0.25,
            brow_y=0.52, tilt=0.0, nose=False, mouth=self.kind == "frog", mouth_y=-0.45, mouth_width=0.5, iris=rgb(_IRIS.get(self.kind, "#5a3a24")),
            slit=self.kind in ("cat", "dragon", "fox"), brows=abs(float(f.puppet.expression[f.frame, 2])) > 0.25, lashes=self.kind in ("deer", "horse"),
        )  # fmt: skip
        if self.kind == "frog":
            for s in (-1.0, 1.0):
                c = f.globe(np.array([(s * 0.52, 0.62, 0.5)]))[0]
                r = f.size("skull", f.build.head * 0.36)
                self.pen.group([([ellipse(c, r, r)], self._paint(self.coat))], factor=0.8)
        FaceArtist(self.pen, f, self.look).draw(features, self.coat)

    def _nose(self, tip: Floats, tip_r: float) -> None:
        if self.kind in ("frog",):
            return
        f = self.f
        at = tip + f.head_axes[1, :2] * tip_r * 0.35 + f.head_axes[2, :2] * tip_r * 0.35
        match self.kind:
            case "pig":
                self.pen.cutout(ellipse(tip, tip_r * 0.95, tip_r * 0.8), self._paint(mix(self.coat, (220, 110, 110), 0.4))[0], factor=0.8)
                for s in (-0.35, 0.35):
                    self.pen.fill(ellipse(tip + np.array([s * tip_r, 0]), tip_r * 0.16, tip_r * 0.24), self._paint(self.dark)[0])
            case "horse" | "dragon":
                side = f.head_axes[0, :2] * tip_r * 0.5
                for s in (-1, 1):
                    self.pen.fill(ellipse(tip + side * s + f.head_axes[1, :2] * tip_r * 0.2, tip_r * 0.15, tip_r * 0.15), self.look.outline())
            case _:
                color = rgb("#e08a90") if self.kind in ("cat", "rabbit", "mouse") else rgb("#2c2228")
                size = tip_r * (0.52 if self.kind not in ("bear", "dog") else 0.46)
                self.pen.fill(ellipse(at, size, size * 0.78), self.look.lit(color))
                if size > 3 and not self.look.flat:
                    self.pen.fill(ellipse(at - (size * 0.3, size * 0.3), size * 0.24, size * 0.16), self.look.lit((255, 255, 255)))
