"""Animals on four legs: fox, dog, cat, wolf, bear, rabbit, horse, deer, lion, mouse, pig, frog, dragon.

Knows how their bodies differ: legs, bellies, manes, tails, wings. Does not know where they go.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from video_core.animatic.beast_head import BeastHead
from video_core.animatic.look import mix
from video_core.animatic.shapes import common, ellipse, hull_of_discs, limb, ribbon, smooth

Floats = NDArray[np.float64]

_HOOVES = {"horse", "deer", "pig"}
_SOCKS = {"fox": 0.30, "wolf": 0.0, "cat": 0.62, "dog": 0.66, "horse": 0.55}


class BeastArtist(BeastHead):
    """Draws one four-legged actor in one frame."""

    def draw(self) -> None:
        f = self.f
        if not f.ahead("chest", "hips", "skull"):
            return
        toward = f.body_facing
        near, far = (
            ("r", "l")
            if f.depth("r_shoulder") + f.depth("r_hip") < f.depth("l_shoulder") + f.depth("l_hip")
            else ("l", "r")
        )
        fore, hind = (("shoulder", "elbow", "wrist"), ("hip", "knee", "ankle"))
        if toward > -0.2:
            self._tail()
        if self.kind == "dragon":
            self._wing(far)
        for chain in (hind, fore) if toward >= 0 else (fore, hind):
            self._leg(far, chain, far=True)
        if toward < -0.35:
            self._head()
            self._neck()
            self._trunk()
        else:
            self._trunk()
        for chain in (hind, fore) if toward >= 0 else (fore, hind):
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
        ra, rm, re = (
            f.size(top, width * (1.15 if fore else 1.35)),
            f.size(middle, width * 0.72),
            f.size(end, width * 0.52),
        )
        upper, lower = limb(a, m, ra, rm), limb(m, e, rm, re)
        ahead = f.body_axes[2, :2] * f.size(end, b.foot * 0.55)
        paw = hull_of_discs((e, re * 1.15), (e + ahead, re * 0.95))
        paint = self._paint(color)
        paw_color = (
            self.dark
            if self.kind in _HOOVES or self.kind == "fox"
            else mix(color, self.belly, 0.5)
            if self.kind in ("cat", "dog", "rabbit")
            else color
        )
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
                self.pen.stroke(
                    np.array([x, x + np.array([0, re * 0.5])]), self.look.outline(), max(1, self.look.line * 0.5)
                )

    def _trunk(self) -> None:
        f, b = self.f, self.f.build
        chest, hips = f.at("chest"), f.at("hips")
        rc, rh = (
            f.size("chest", b.trunk),
            f.size("hips", b.trunk * (0.92 if self.kind not in ("rabbit", "frog", "mouse") else 1.08)),
        )
        waist = chest * 0.45 + hips * 0.55
        thin = f.size(
            "hips", b.trunk * (0.80 if self.kind in ("fox", "dog", "cat", "wolf", "horse", "deer", "lion") else 1.0)
        )
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
        if self.kind == "deer":
            for t, y in ((0.2, 0.4), (0.4, 0.15), (0.6, 0.45), (0.8, 0.2), (0.5, 0.65)):
                at = chest * (1 - t) + hips * t + up * rc * y
                self.pen.fill(ellipse(at, rc * 0.09, rc * 0.09), self._paint(self.belly)[0])
        if self.kind == "dragon":
            line = [hips + up * rh * 0.9, waist + up * thin * 1.0, chest + up * rc * 0.9]
            for k in range(6):
                t = k / 5 * 2
                i = min(int(t), 1)
                at = line[i] * (1 - t + i) + line[i + 1] * (t - i)
                side = (chest - hips) / max(float(np.hypot(*(chest - hips))), 1e-6) * rc * 0.22
                self.pen.cutout(
                    np.array([at - side, at + side, at + up * rc * 0.38 - side * 0.6]),
                    self._paint(self.accent)[0],
                    factor=0.7,
                )

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
            points = [
                (-0.30, -0.70),
                (0.34, -0.62),
                (0.52, 0.0),
                (0.16, 0.42),
                (0.02, 0.80),
                (-0.18, 0.40),
                (-0.48, 0.02),
            ]
            self.pen.fill(smooth(np.array(points) * rn * 0.78 + bib, 3), self._paint(self.belly)[0])
        if self.kind == "horse":
            back = -f.head_axes[2, :2]
            pts = [
                skull + f.head_axes[1, :2] * rs * 1.1,
                skull * 0.7 + base * 0.3 + back * rn * 0.75,
                skull * 0.35 + base * 0.65 + back * rn * 0.95,
                base + back * rn * 1.0,
            ]
            drift = f.drift[:2] * f.view.pixels_per_metre(f.depth("neck"), f.frame)
            pts = [p + drift * k * 0.25 for k, p in enumerate(pts)]
            self.pen.cutout(
                ribbon(smooth(np.array(pts), 4, closed=False), np.linspace(0.30, 0.16, 13) * rn * 1.4),
                self._paint(self.dark)[0],
                factor=0.8,
            )

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
            body = np.concatenate(
                [
                    body[: len(curve)],
                    ellipse(curve[-1, :2], curve[-1, 2] * profile[-1], curve[-1, 2] * profile[-1])[:0],
                    body[len(curve) :],
                ]
            )
        color = (
            self.belly
            if self.kind in ("rabbit", "deer")
            else self.dark
            if self.kind == "horse"
            else mix(self.coat, (232, 168, 168), 0.5)
            if self.kind == "mouse"
            else self.coat
        )
        lit, dark = self._paint(color)
        self.pen.cutout(body, lit)
        if self.look.flat and self.kind != "fox":
            return
        if self.look.style != "ink":
            inner = ribbon(
                curve[:, :2] + self.pen.shadow * (curve[:, 2] * profile * 0.34)[:, None], curve[:, 2] * profile * 0.62
            )
            self.pen.fill(inner, dark)
        if self.kind == "fox":
            cut = int(len(curve) * 0.68)
            tip = curve[cut:]
            jag = ribbon(tip[:, :2], tip[:, 2] * profile[cut:])
            n = len(tip)
            along = tip[1, :2] - tip[0, :2]
            zig = np.array(
                [
                    jag[0],
                    (jag[0] * 0.75 + jag[-1] * 0.25) - along * 1.5,
                    (jag[0] + jag[-1]) / 2 + along * 0.6,
                    (jag[0] * 0.25 + jag[-1] * 0.75) - along * 1.5,
                    jag[-1],
                ]
            )
            self.pen.fill(np.concatenate([zig[::-1], jag[1 : 2 * n - 1]]), self._paint(self.accent)[0])
        if self.kind == "lion":
            self.pen.cutout(ellipse(curve[-1, :2], w[-1] * 2.2, w[-1] * 2.6), self._paint(self.dark)[0], factor=0.8)
        if self.kind == "dragon":
            along = curve[-1, :2] - curve[-4, :2]
            along = along / max(float(np.hypot(*along)), 1e-6) * w[0] * 1.6
            side = np.array([-along[1], along[0]]) * 0.6
            tip = curve[-1, :2]
            self.pen.cutout(
                np.array([tip - along * 0.3 + side, tip + along, tip - along * 0.3 - side]),
                self._paint(self.accent)[0],
                factor=0.8,
            )

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

        wrist = at(0.30, 0.46 + 0.20 * flap, -0.06)
        tips = [
            at(0.85, 0.66 + 0.45 * flap, -0.62),
            at(0.72, 0.30 + 0.30 * flap, -0.82),
            at(0.42, 0.10 + 0.12 * flap, -0.70),
            at(0.10, -0.02, -0.36),
        ]
        edge = [wrist]
        for k, tip in enumerate(tips):
            edge.append(tip)
            if k + 1 < len(tips):
                edge.append((tip + tips[k + 1]) / 2 * 0.80 + wrist * 0.20)
        self.pen.cutout(
            np.array([base, *edge]),
            self._paint(mix(self.accent, self.belly, 0.45))[0 if s == "l" or self.look.flat else 1],
        )
        fingers = [limb(wrist, tip, q * 0.020, q * 0.008) for tip in tips[:3]]
        self.pen.group([([limb(base, wrist, q * 0.034, q * 0.026), *fingers], self._paint(self.coat))], factor=0.7)
