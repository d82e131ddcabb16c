"""People and other upright figures: man, woman, children, elders, robot, giant, monkey, penguin, creature.

Knows how a body on two legs is dressed and shaded. Does not know where it stands.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from video_core.animatic.face import FaceArtist, Features, on_face
from video_core.animatic.figure import Figure
from video_core.animatic.hair import HairArtist
from video_core.animatic.look import Color, Look, Paint, mix, rgb
from video_core.animatic.pen import Pen
from video_core.animatic.shapes import ellipse, hull, hull_of_discs, limb, smooth

Floats = NDArray[np.float64]

_SKIRTS = {"woman", "girl", "old_woman"}


class PersonArtist:
    """Draws one upright actor in one frame."""

    def __init__(self, pen: Pen, figure: Figure, look: Look) -> None:
        self.pen, self.f, self.look = pen, figure, look
        self.kind = figure.card.kind
        skin, main, hair, accent = (rgb(c) for c in figure.card.palette)
        self.skin, self.main, self.hair, self.accent = skin, main, hair, accent
        self.legs: Color = {
            "man": mix(main, rgb("#24262e"), 0.62),
            "woman": skin,
            "boy": skin,
            "girl": skin,
            "old_man": mix(main, rgb("#2c2620"), 0.5),
            "old_woman": mix(skin, rgb("#5a4a50"), 0.6),
            "giant": mix(main, rgb("#2a2418"), 0.5),
        }.get(self.kind, main)
        self.shoe: Color = {"robot": hair, "monkey": hair, "penguin": accent, "creature": mix(main, skin, 0.4)}.get(
            self.kind, mix(hair, rgb("#5a4034"), 0.5)
        )
        self.arm: Color = {"robot": main, "monkey": main, "penguin": main, "creature": skin}.get(self.kind, main)
        self.hand: Color = {"robot": hair, "penguin": main, "monkey": skin}.get(self.kind, skin)

    def draw(self) -> None:
        f = self.f
        if not f.ahead("chest", "skull"):
            return
        front = f.body_facing >= 0
        head_front = f.facing >= 0
        near, far = ("r", "l") if f.nearer("r_shoulder", "l_shoulder") else ("l", "r")
        hair = HairArtist(self.pen, f, self.look, self.hair)
        arm_reach = {s: f.depth(f"{s}_wrist") < f.depth("chest") + 0.02 * f.height for s in ("r", "l")}
        if f.build.tail and front:
            self._tail()
        if head_front:
            hair.behind()
        for s in (far, near):
            if not arm_reach[s]:
                self._arm(s)
        legs = sorted(("r", "l"), key=lambda s: -f.depth(f"{s}_knee"))
        for s in legs:
            self._leg(s)
        self._torso()
        if f.build.tail and not front:
            self._tail()
        self._head(hair)
        if not head_front:
            hair.behind()
        for s in (far, near):
            if arm_reach[s]:
                self._arm(s)

    # parts

    def _paint(self, color: Color) -> Paint:
        return self.look.paint(color)

    def _leg(self, s: str) -> None:
        f, b = self.f, self.f.build
        hip, knee, ankle, toe = f"{s}_hip", f"{s}_knee", f"{s}_ankle", f"{s}_toe"
        if not f.ahead(hip, knee, ankle, toe):
            return
        thigh = limb(f.at(hip), f.at(knee), f.size(hip, b.leg), f.size(knee, b.leg * 0.74))
        shin = limb(f.at(knee), f.at(ankle), f.size(knee, b.leg * 0.72), f.size(ankle, b.leg * 0.50))
        shoe_a = f.at(ankle) * 0.9 + f.at(toe) * 0.1
        shoe = hull_of_discs(
            (f.at(ankle), f.size(ankle, b.leg * 0.60)),
            (shoe_a, f.size(ankle, b.leg * 0.66)),
            (f.at(toe), f.size(toe, b.leg * 0.46)),
        )
        layers = []
        if self.kind == "boy":
            short = limb(f.at(hip), f.between(hip, knee, 0.75), f.size(hip, b.leg * 1.12), f.size(knee, b.leg * 0.98))
            sock = limb(
                f.between(knee, ankle, 0.62), f.at(ankle), f.size(ankle, b.leg * 0.58), f.size(ankle, b.leg * 0.54)
            )
            layers = [
                ([thigh, shin], self._paint(self.legs)),
                ([sock], self._paint(rgb("#f4f2ee"))),
                ([short], self._paint(mix(self.main, rgb("#2c3448"), 0.6))),
            ]
        elif self.kind == "girl":
            sock = limb(
                f.between(knee, ankle, 0.45), f.at(ankle), f.size(ankle, b.leg * 0.60), f.size(ankle, b.leg * 0.54)
            )
            layers = [([thigh, shin], self._paint(self.legs)), ([sock], self._paint(rgb("#f4f2ee")))]
        else:
            layers = [([thigh, shin], self._paint(self.legs))]
        self.pen.group([([shoe], self._paint(self.shoe))], factor=0.8)
        self.pen.group(layers, factor=0.9)

    def _arm(self, s: str) -> None:
        f, b = self.f, self.f.build
        shoulder, elbow, wrist = f"{s}_shoulder", f"{s}_elbow", f"{s}_wrist"
        if not f.ahead(shoulder, elbow, wrist):
            return
        a, e, w = f.at(shoulder), f.at(elbow), f.at(wrist)
        ra, re, rw = f.size(shoulder, b.arm * 1.08), f.size(elbow, b.arm * 0.88), f.size(wrist, b.arm * 0.72)
        if self.kind == "penguin":
            self.pen.group([([limb(a, e, ra * 1.2, re * 1.3), limb(e, w, re * 1.3, rw * 0.6)], self._paint(self.arm))])
            return
        along = w - e
        length = max(float(np.hypot(*along)), 1e-6)
        along = along / length
        tip = w + along * f.size(wrist, b.arm * 1.5)
        palm = limb(w, tip, rw * 0.98, rw * 0.82)
        thumb_side = np.array([-along[1], along[0]]) * (1 if (s == "r") == (f.body_facing >= 0) else -1)
        thumb = limb(w + along * rw * 0.4, w + along * rw * 1.3 + thumb_side * rw * 1.15, rw * 0.42, rw * 0.30)
        short = self.kind in ("boy", "girl")
        upper, lower = limb(a, e, ra, re), limb(e, w, re, rw)
        if short:
            sleeve = limb(a, a + (e - a) * 0.55, ra * 1.12, re * 1.22)
            layers = [([upper, lower, palm, thumb], self._paint(self.skin)), ([sleeve], self._paint(self.main))]
        else:
            cuff = limb(e + (w - e) * 0.86, w - along * 0.1, rw * 1.12, rw * 1.15)
            layers = [([palm, thumb], self._paint(self.hand)), ([upper, lower], self._paint(self.arm))]
            if self.kind in ("woman", "man", "old_man", "old_woman"):
                layers.append(([cuff], self._paint(mix(self.arm, (255, 255, 255), 0.35))))
        self.pen.group(layers, factor=0.9)

    def _torso(self) -> None:
        f, b = self.f, self.f.build
        if not f.ahead("r_shoulder", "l_shoulder", "hips"):
            return
        rs, ls, rh, lh = f.at("r_shoulder"), f.at("l_shoulder"), f.at("r_hip"), f.at("l_hip")
        chest, hips = f.at("chest"), f.at("hips")
        top = f.size("chest", b.trunk * 0.52)
        waist = chest * 0.42 + hips * 0.58
        slim = 0.70 if self.kind in ("woman", "girl") else 0.86
        waist_r = f.size("chest", b.trunk * slim)
        hip_r = f.size("hips", b.trunk * 0.60)
        across = (ls - rs) * (0.26 if slim < 0.8 else 0.30)
        if self.kind in ("penguin", "creature"):
            body = hull_of_discs(
                (chest, f.size("chest", b.trunk * 0.80)),
                (waist, f.size("hips", b.trunk * 1.08)),
                (hips, f.size("hips", b.trunk * 1.02)),
            )
            layers = [([body], self._paint(self.main if self.kind == "penguin" else self.skin))]
            self.pen.group(layers)
            if f.body_facing > -0.25:
                shift = self.f.body_axes[2, :2] * f.size("chest", b.trunk * 0.30)
                belly = hull_of_discs(
                    (chest + shift, f.size("chest", b.trunk * 0.50)),
                    (waist + shift, f.size("hips", b.trunk * 0.80)),
                    (hips + shift, f.size("hips", b.trunk * 0.70)),
                )
                self.pen.fill(belly, self.look.lit(self.skin if self.kind == "penguin" else self.main))
            return
        upper = hull_of_discs(
            (rs, top), (ls, top), (waist - across, waist_r * 0.55), (waist + across, waist_r * 0.55), (waist, waist_r)
        )
        lower = hull_of_discs(
            (waist - across, waist_r * 0.5),
            (waist + across, waist_r * 0.5),
            (waist, waist_r * 0.95),
            (rh, hip_r),
            (lh, hip_r),
        )
        neck = limb(f.at("neck"), f.at("skull"), f.size("neck", b.head * 0.36), f.size("skull", b.head * 0.36))
        self.pen.group([([neck], (self._paint(self.skin)[1], self._paint(self.skin)[1]))], factor=0.8)
        bottom = self.legs if self.kind not in _SKIRTS and self.kind not in ("boy",) else self.main
        if self.kind == "boy":
            bottom = mix(self.main, rgb("#2c3448"), 0.6)
        if self.kind in _SKIRTS:
            self._skirt(waist, waist_r)
        self.pen.group([([lower], self._paint(bottom)), ([upper], self._paint(self.main))])
        if self.look.flat:
            return
        self._front(chest, waist, top)

    def _skirt(self, waist: Floats, waist_r: float) -> None:
        f, b = self.f, self.f.build
        if not f.ahead("r_knee", "l_knee", "r_hip", "l_hip"):
            return
        drop = {"girl": 0.72, "woman": 0.92, "old_woman": 1.25}[self.kind]
        flare = f.size("hips", b.trunk * {"girl": 0.95, "woman": 0.78, "old_woman": 0.80}[self.kind])
        rk = f.at("r_hip") + (f.at("r_knee") - f.at("r_hip")) * drop
        lk = f.at("l_hip") + (f.at("l_knee") - f.at("l_hip")) * drop
        swing = f.drift[:2] * f.view.pixels_per_metre(f.depth("hips"), f.frame) * 0.5
        down = rk + lk - f.at("r_hip") - f.at("l_hip")
        down = down / max(float(np.hypot(*down)), 1e-6)
        side = np.array([-down[1], down[0]])
        ends = sorted((rk, lk), key=lambda p: float(p @ side))
        low, high = ends[0] - side * flare * 0.75 + swing, ends[1] + side * flare * 0.75 + swing
        hem = [
            low + (high - low) * t + down * flare * (0.16 * np.sin(np.pi * t) + 0.035 * np.cos(t * 6 * np.pi))
            for t in np.linspace(0, 1, 13)
        ]
        across = side * waist_r * 0.98
        polygon = np.array([waist + across, *hem[::-1], waist - across])
        lit, dark = self._paint(self.accent if self.kind == "girl" else mix(self.main, rgb("#201a28"), 0.18))
        self.pen.cutout(polygon, lit)
        if self.look.flat or self.look.style == "ink":
            return
        s = 1 if float(self.pen.shadow @ side) > 0 else 0
        cut = hem[8:] if s else hem[:5]
        self.pen.fill(
            np.array(
                [
                    waist + (across if s else -across),
                    waist + (across if s else -across) * 0.3,
                    *(cut if s else cut[::-1]),
                ]
            ),
            dark,
        )
        for t in (3, 6, 9):
            self.pen.stroke(
                np.array([hem[t], hem[t] * 0.5 + waist * 0.5]), mix(dark, self.look.outline(), 0.25), self.look.scale
            )

    def _front(self, chest: Floats, waist: Floats, top: float) -> None:
        f, b = self.f, self.f.build
        if f.body_facing < 0.05:
            return
        ahead = self.f.body_axes[2, :2] * f.size("chest", b.trunk * 0.55)
        across = (f.at("l_shoulder") - f.at("r_shoulder")) / 2
        up = (chest - waist) / max(float(np.hypot(*(chest - waist))), 1e-6)
        neck = chest + ahead * 0.8 + up * top * 0.8
        accent = self._paint(self.accent)
        match self.kind:
            case "robot":
                panel = hull(ellipse(chest * 0.6 + waist * 0.4 + ahead, top * 0.9, top * 0.7))
                self.pen.cutout(panel, self.look.lit(self.hair), factor=0.6)
                self.pen.fill(
                    ellipse(chest * 0.6 + waist * 0.4 + ahead, top * 0.42, top * 0.42), self.look.tone(self.accent)
                )
            case "man" | "old_man" | "giant":
                v = np.array([neck - across * 0.36, neck + across * 0.36, neck - up * top * 1.9])
                self.pen.fill(v, self.look.lit(rgb("#f4f0e8")))
                tie = np.array(
                    [
                        neck - across * 0.10 - up * top * 0.35,
                        neck + across * 0.10 - up * top * 0.35,
                        neck + across * 0.12 - up * top * 1.6,
                        neck - up * top * 2.0,
                        neck - across * 0.12 - up * top * 1.6,
                    ]
                )
                self.pen.fill(tie, accent[0])
            case "woman" | "old_woman":
                v = np.array([neck - across * 0.40, neck + across * 0.40, neck - up * top * 1.1])
                self.pen.fill(v, self._paint(self.skin)[0])
                brooch = neck - up * top * 1.15
                self.pen.cutout(ellipse(brooch, top * 0.2, top * 0.2), accent[0], factor=0.5)
            case "girl":
                for sign in (-1, 1):
                    bow = np.array(
                        [
                            neck - up * top * 0.6,
                            neck + across * 0.42 * sign - up * top * 0.2,
                            neck + across * 0.42 * sign - up * top * 1.1,
                        ]
                    )
                    self.pen.cutout(bow, accent[0], factor=0.6)
            case "boy":
                stripe = [chest * t + waist * (1 - t) + ahead for t in (0.62, 0.40)]
                for p in stripe:
                    self.pen.fill(limb(p - across * 0.62, p + across * 0.62, top * 0.13, top * 0.13), accent[0])

    def _tail(self) -> None:
        f, b = self.f, self.f.build
        names = [f"tail{k}" for k in range(5)]
        if f.ahead(*names):
            w = f.size("hips", b.tail_width)
            parts = [limb(f.at(names[k]), f.at(names[k + 1]), w, w * (0.9 if k < 3 else 0.6)) for k in range(4)]
            self.pen.group([(parts, self._paint(self.main if self.kind != "creature" else self.skin))])

    # heads

    def _head(self, hair: HairArtist) -> None:
        match self.kind:
            case "robot":
                self._robot_head()
            case "penguin" | "monkey" | "creature":
                self._beast_head()
            case _:
                self._human_head(hair)

    def _human_head(self, hair: HairArtist) -> None:
        f = self.f
        r = f.size("skull", f.build.head)
        chin = f.globe(
            np.array(
                [
                    (0.0, -1.02, 0.64),
                    (0.42, -0.76, 0.52),
                    (-0.42, -0.76, 0.52),
                    (0.72, -0.42, 0.26),
                    (-0.72, -0.42, 0.26),
                ]
            )
        )
        jaw = [
            ellipse(chin[0], r * 0.13, r * 0.11),
            *(ellipse(c, r * k, r * k) for c, k in zip(chin[1:], (0.22, 0.22, 0.26, 0.26), strict=True)),
        ]
        paint = self._paint(self.skin)
        front = f.facing >= 0.0 and f.build.hair != "balding"
        window = hair.window()
        if front and window is not None:
            hair.cap(paint)
            self.pen.group([([hull(window, *jaw)], paint)], turn=0.08)
            hair.ears(paint)
        else:
            self.pen.group([([hull(ellipse(f.at("skull"), r, r), *jaw)], paint)], turn=0.10)
            hair.cap(paint)
            if window is not None and f.build.hair != "balding":
                self.pen.fill(window, paint[0])
            hair.ears(paint)
        iris = {"man": rgb("#5a6e8c"), "woman": rgb("#7a5a9c"), "boy": rgb("#4a8a5a"), "girl": rgb("#4a80c0")}.get(
            self.kind, rgb("#6a6058")
        )
        child = self.kind in ("boy", "girl")
        female = self.kind in ("woman", "girl", "old_woman")
        features = Features(
            eye_width=0.25 if child else 0.225 if female else 0.205,
            eye_height=0.33 if child else 0.29 if female else 0.215,
            eye_y=-0.22 if child else -0.17,
            eye_x=0.41,
            lashes=female,
            iris=iris,
            brow_y=0.22 if child else 0.20,
            mouth_y=-0.76,
            mouth_width=0.20 if female or child else 0.25,
        )
        FaceArtist(self.pen, f, self.look).draw(features, self.skin)
        hair.fringe()
        if self.kind == "old_man" and f.facing > -0.2:
            beard = [
                (-0.66, -0.50),
                (-0.46, -0.66),
                (-0.24, -0.60),
                (0, -0.58),
                (0.24, -0.60),
                (0.46, -0.66),
                (0.66, -0.50),
                (0.56, -0.95),
                (0.30, -1.28),
                (0, -1.45),
                (-0.30, -1.28),
                (-0.56, -0.95),
            ]
            if f.facing > 0.1:
                white = self._paint(self.hair)
                self.pen.cutout(smooth(f.globe(on_face(beard)), 3), white[0], factor=0.8)
                mouth = f.globe(on_face([(-0.16, -0.76), (0.16, -0.76)]))
                open_ = float(f.puppet.expression[f.frame, 0])
                self.pen.fill(
                    limb(mouth[0], mouth[1], r * (0.03 + 0.09 * open_), r * (0.03 + 0.09 * open_)),
                    self.look.lit(rgb("#7a3034")),
                )

    def _robot_head(self) -> None:
        f = self.f
        corners = f.globe(np.array([(x, y, z) for x in (-0.92, 0.92) for y in (-0.85, 0.92) for z in (-0.8, 0.8)]))
        box = hull(
            *(ellipse(c, f.size("skull", f.build.head * 0.16), f.size("skull", f.build.head * 0.16)) for c in corners)
        )
        antenna = f.globe(np.array([(0.0, 0.9, 0.0), (0.0, 1.55, 0.0)]))
        r = f.size("skull", f.build.head)
        self.pen.group(
            [
                (
                    [limb(antenna[0], antenna[1], r * 0.05, r * 0.05), ellipse(antenna[1], r * 0.14, r * 0.14)],
                    self._paint(self.accent),
                )
            ],
            factor=0.8,
        )
        self.pen.group([([box], self._paint(self.skin))], turn=0.16)
        if f.facing < 0.05:
            return
        visor = np.array([(-0.78, 0.38), (0.78, 0.38), (0.70, -0.28), (-0.70, -0.28)])
        flat = np.concatenate([visor, np.full((4, 1), 0.86)], axis=1)
        self.pen.cutout(f.globe(flat), self.look.tone(self.hair), factor=0.7)
        if self.look.flat:
            return
        mouth, _smile, brow, eye = (float(v) for v in f.puppet.expression[f.frame])
        for side in (-1, 1):
            c = f.globe(np.array([(side * 0.38, 0.05, 0.88)]))[0]
            self.pen.fill(
                ellipse(c, r * 0.16, r * (0.05 + 0.16 * eye), 0.3 * side * min(brow, 0)), self.look.tone(self.accent)
            )
            self.pen.fill(ellipse(c - (r * 0.05, r * 0.07), r * 0.05, r * 0.05), (255, 255, 255))
        grille = f.globe(np.array([(-0.30, -0.56, 0.86), (0.30, -0.56, 0.86)]))
        self.pen.fill(
            limb(grille[0], grille[1], r * (0.04 + 0.10 * mouth), r * (0.04 + 0.10 * mouth)), self.look.tone(self.hair)
        )

    def _beast_head(self) -> None:
        f = self.f
        r = f.size("skull", f.build.head)
        skull = ellipse(f.at("skull"), r, r * 0.96)
        coat = self.main if self.kind != "creature" else self.skin
        ears = []
        if self.kind == "monkey":
            ears = [ellipse(f.globe(np.array([(s * 1.02, 0.05, -0.1)]))[0], r * 0.34, r * 0.36) for s in (-1, 1)]
            self.pen.group([(ears, self._paint(self.skin))], factor=0.8)
        if self.kind == "creature":
            for s in (-1, 1):
                p = f.globe(np.array([(s * 0.45, 0.85, 0.1), (s * 0.80, 0.62, 0.1), (s * 0.95, 1.45, 0.0)]))
                self.pen.cutout(p, self._paint(self.accent)[0], factor=0.8)
        self.pen.group([([skull], self._paint(coat))], turn=0.14)
        if f.facing < -0.3:
            return
        if self.kind in ("monkey", "penguin") and f.facing > -0.1:
            mask = [
                (-0.66, 0.20),
                (-0.36, 0.46),
                (0, 0.26),
                (0.36, 0.46),
                (0.66, 0.20),
                (0.62, -0.45),
                (0.30, -0.88),
                (-0.30, -0.88),
                (-0.62, -0.45),
            ]
            self.pen.fill(smooth(f.globe(on_face(mask)), 4), self._paint(self.skin)[0])
        features = Features(
            eye_width=0.21,
            eye_height=0.27,
            eye_y=-0.02,
            brow_y=0.42,
            mouth_y=-0.56,
            iris=self.accent if self.kind == "creature" else rgb("#5a4030"),
            brows=self.kind != "penguin",
            mouth=self.kind != "penguin",
            nose=self.kind == "monkey",
        )
        artist = FaceArtist(self.pen, f, self.look)
        artist.draw(features, self.skin)
        if self.kind == "penguin":
            open_ = artist.mouth_open * 0.25
            for low in (True, False):
                y = -0.34 - (open_ if low else -0.02)
                beak = f.globe(
                    np.array(
                        [(-0.26, -0.28, 0.86), (0.26, -0.28, 0.86), (0.0, y - 0.10, 1.0 + f.build.snout / f.build.head)]
                    )
                )
                self.pen.cutout(
                    hull(beak, ellipse(beak.mean(axis=0), r * 0.08, r * 0.06)),
                    self._paint(self.accent)[1 if low else 0],
                    factor=0.7,
                )
