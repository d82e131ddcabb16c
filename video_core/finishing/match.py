"""Stage `match`: shots of one set in one light are brought to one look.

Compared are the same surfaces only (floor with floor, walls with walls, sky with sky), told by the conditioning, never actors or props: a
red coat in one shot does not tint the wall of another. What is found is graded onto the whole frame, as a colourist does: one gain and
one shift per Lab channel and shot, both bounded. Reinhard et al. 2001, "Color Transfer between Images", with surfaces kept apart as in
its swatches, and quantiles for mean and spread.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from video_core.encode import frames_of_mp4
from video_core.finishing.colour import ciede2000, lab_of, rgb_of
from video_core.finishing.lettering import without_letters
from video_core.finishing.settings import MatchSettings
from video_core.finishing.stage import Bytes, FinishingShot, Form, Told
from video_core.ledger import digest_of
from video_core.planned_picture import SURFACES, PlannedPicture

Floats = NDArray[np.float64]
SAMPLES = 6
"""Frames of a shot that are measured."""
WIDTH = 208
"""Pixels across at which they are."""
LEAST = 0.02
"""Share of the measured pixels below which nothing is said of a surface."""
QUANTILES = (0.1, 0.3, 0.5, 0.7, 0.9)
GAIN = (0.85, 1.18)
SHIFT = np.array([12.0, 10.0, 10.0])
"""Most that a channel (L, a, b) may be moved."""
LEFT = 0.75
"""Share of the difference that a whole grade may leave; where it leaves more, the shots show other things rather than other colours."""
HOLD = 6.0
"""Lab units of spread that hold the gain at 1: a plain wall tells a shift and no gain."""


@dataclass(frozen=True)
class Look:
    """What the background of a shot looks like."""

    surfaces: dict[int, tuple[float, Floats]]
    """Share of the pixels and Lab quantiles (Q,3) per surface."""

    def distance(self, other: Look) -> float | None:
        """CIEDE2000 between the middles of the surfaces that both show; None when they share none."""
        shared = self.surfaces.keys() & other.surfaces.keys()
        if not shared:
            return None
        weights = [np.sqrt(self.surfaces[s][0] * other.surfaces[s][0]) for s in shared]
        middle = len(QUANTILES) // 2
        apart = [float(ciede2000(self.surfaces[s][1][middle], other.surfaces[s][1][middle])) for s in shared]
        return float(np.average(apart, weights=weights))


@dataclass(frozen=True)
class Grade:
    """Lab channels times `gain` around `pivot`, plus `shift`."""

    pivot: Floats
    gain: Floats
    shift: Floats

    def of(self, lab: NDArray[np.floating]) -> NDArray[np.float64]:
        return np.asarray((lab - self.pivot) * self.gain + self.pivot + self.shift)

    def look(self, look: Look) -> Look:
        return Look({s: (share, self.of(values)) for s, (share, values) in look.surfaces.items()})

    def frame(self, frame: Bytes) -> Bytes:
        """(H,W,3) RGB graded."""
        return rgb_of(self.of(lab_of(frame)).astype(np.float32))

    def said(self) -> str:
        return f"{self.pivot.round(2)} {self.gain.round(4)} {self.shift.round(3)}"


def look_of(frames: Iterable[Bytes], shot: FinishingShot) -> Look:
    """Measure the background of a clip. Raises as reading the shot's bundle."""
    count = shot.form.frames
    wanted = set(np.linspace(0, count - 1, min(SAMPLES, count)).round().astype(int).tolist())
    height, width = shot.form.size
    size = (max(1, round(height * min(1.0, WIDTH / width))), min(WIDTH, width))
    picture = PlannedPicture(shot.conditioning, size)
    found: dict[int, list[NDArray[np.float32]]] = defaultdict(list)
    for f, frame in enumerate(frames):
        if f not in wanted:
            continue
        frame = without_letters(frame, shot.conditioning.scene, f / shot.form.fps) if shot.lettered else frame
        lab = lab_of(np.asarray(cv2.resize(frame, size[::-1], interpolation=cv2.INTER_AREA), np.uint8))
        surfaces = picture.surfaces(min(f, shot.conditioning.frames - 1))
        for surface in SURFACES:
            found[surface].append(lab[surfaces == surface])
    measured = len(wanted) * size[0] * size[1]
    stacked = {s: np.concatenate(parts) for s, parts in found.items()}
    return Look(
        {s: (len(v) / measured, np.quantile(v, QUANTILES, axis=0)) for s, v in stacked.items() if len(v) >= LEAST * measured}
    )


def grade_between(look: Look, reference: Look, strength: float = 1.0) -> Grade | None:
    """The bounded grade that brings a look nearest to another; None when they share no surface."""
    shared = sorted(look.surfaces.keys() & reference.surfaces.keys())
    if not shared:
        return None
    x = np.concatenate([look.surfaces[s][1] for s in shared])
    y = np.concatenate([reference.surfaces[s][1] for s in shared])
    weight = np.repeat([np.sqrt(look.surfaces[s][0] * reference.surfaces[s][0]) for s in shared], len(QUANTILES))[:, None]
    weight = weight / weight.sum()
    pivot, aim = (weight * x).sum(0), (weight * y).sum(0)
    spread = (weight * (x - pivot) ** 2).sum(0)
    gain = ((weight * (x - pivot) * (y - aim)).sum(0) + HOLD**2) / (spread + HOLD**2)
    gain = np.clip(gain, *GAIN)
    shift = np.clip(aim - pivot, -SHIFT, SHIFT)
    return Grade(pivot, 1 + strength * (gain - 1), strength * shift)


def choose_reference(looks: dict[str, Look]) -> str:
    """The shot that is nearest to all others of its group; the first of equals."""

    def apart(name: str) -> float:
        others = [looks[name].distance(look) for other, look in looks.items() if other != name]
        known = [d for d in others if d is not None]
        return float(np.mean(known)) + 100.0 * (len(others) - len(known)) if known else float("inf")

    return min(looks, key=apart)


class Match:
    """Stage `match`."""

    name = "match"

    def __init__(self, settings: MatchSettings) -> None:
        self.settings = settings
        self._grades: dict[str, Grade] = {}
        self._said: dict[str, tuple[str, float | None, float | None]] = {}

    def version(self) -> str:
        return self.settings.model_dump_json()

    def check(self) -> None:
        """Nothing is needed."""

    def form(self, form: Form) -> Form:
        return form

    def survey(self, shots: list[FinishingShot]) -> dict[str, str]:
        """Measure every shot that has a neighbour in its group, and find the grades."""
        groups: dict[tuple[str, ...], list[FinishingShot]] = defaultdict(list)
        for shot in shots:
            groups[shot.place].append(shot)
        digests = {}
        for group in groups.values():
            looks = {}
            for shot in group if len(group) > 1 else ():
                looks[shot.name] = look_of(frames_of_mp4(shot.clip), shot)
                shot.let_go()
            reference = (group[0].name if self.settings.reference == "first" else choose_reference(looks)) if looks else ""
            for shot in group:
                self._decide(shot.name, looks, reference)
                grade = self._grades.get(shot.name)
                digests[shot.name] = digest_of(grade.said() if grade else "", str(self._said[shot.name]))
        return digests

    def _decide(self, name: str, looks: dict[str, Look], reference: str) -> None:
        if not looks:
            self._said[name] = ("no other shot has its set, time of day and weather", None, None)
            return
        if name == reference:
            self._said[name] = ("the look that others are brought to", None, None)
            return
        before, whole = looks[name].distance(looks[reference]), grade_between(looks[name], looks[reference])
        grade = grade_between(looks[name], looks[reference], self.settings.strength)
        if before is None or whole is None or grade is None:
            self._said[name] = (f"left as it is: it shows no surface that {reference} shows", None, None)
            return
        left, after = (g.look(looks[name]).distance(looks[reference]) for g in (whole, grade))
        assert left is not None
        assert after is not None
        if left >= LEFT * before:
            self._said[name] = (f"left as it is: one grade cannot bring it clearly nearer to {reference}", before, before)
            return
        self._grades[name] = grade
        shared = " and ".join(SURFACES[s] for s in sorted(looks[name].surfaces.keys() & looks[reference].surfaces.keys()))
        self._said[name] = (f"brought to {reference} by its {shared}", before, after)

    def apply(self, frames: Iterable[Bytes], form: Form, shot: FinishingShot, told: Told) -> Iterator[Bytes]:
        text, before, after = self._said[shot.name]
        if after is None:
            told.add(self.name, "background against the reference", None, 0.0, "CIEDE2000", text)
        else:
            told.add(self.name, "background against the reference", before, after, "CIEDE2000", text)
        grade = self._grades.get(shot.name)
        for frame in frames:
            yield grade.frame(frame) if grade is not None else frame
