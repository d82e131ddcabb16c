"""Sides of things as marks: `left_of_tree` for a clause that says `to the left of the tree`.

Knows where beside a thing somebody stands so that the audience sees the side the script names. Does not know models.
Metres; +X is stage right to the audience, +Z toward it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from agents.reading.positions import Position, way
from shotplan.plan import Beat, Mark, Prop, ShotPlan, StageSet
from shotplan.vocabulary import PROP_KINDS, Language

SIDES = ("left", "right", "behind", "front", "beside")
CLEARANCE = 0.75
"""Metres between a thing's face and who stands beside it."""
STAGE = {"left": "left", "right": "right", "behind": "back", "front": "front", "beside": "center"}
"""The mark for a side of the stage itself."""


def side_mark(prop_id: str, side: str) -> str:
    return f"{side}_of_{prop_id}"[:40]


def side_spots(prop: Prop) -> tuple[Mark, ...]:
    """The marks on all sides of a thing. Those left and right stand a little before it, so that a way between them passes in front."""
    half, deep = prop.size[0] / 2, prop.size[2] / 2
    before = round(prop.z + deep + 0.45, 2)
    spots = {
        "left": (prop.x - half - CLEARANCE, before), "right": (prop.x + half + CLEARANCE, before),
        "behind": (prop.x, prop.z - deep - CLEARANCE), "front": (prop.x, prop.z + deep + CLEARANCE),
        "beside": (prop.x - half - CLEARANCE, prop.z + 0.1),
    }  # fmt: skip
    return tuple(Mark(id=side_mark(prop.id, side), x=round(x, 2), z=round(z, 2)) for side, (x, z) in spots.items())


def sided(props: Iterable[tuple[str, str, str]], beats: Sequence[Beat], language: Language) -> tuple[str, ...]:
    """Ids of the things (id, name, kind) beside, behind or before which a beat's words put somebody."""
    found: dict[str, None] = {}
    for beat in beats:
        named = way(beat.span, language)
        for position in (named.start, named.end):
            for id, name, kind in props if position is not None else ():
                if position is not None and _means(position, id, name, kind, beat):
                    found[id] = None
    return tuple(found)


def _means(position: Position, id: str, name: str, kind: str, beat: Beat) -> bool:
    of = position.of
    if not of:
        return beat.target == id
    words = of.split()
    return name.casefold() in of or of in name.casefold() or PROP_KINDS.find(words[-1]) == kind


def marks_of(plan: ShotPlan, stage_set: StageSet, beat: Beat) -> tuple[str | None, str | None]:
    """(start, end): the marks that the words of a beat name; None where they name none."""
    named = way(beat.span, plan.brief.language)
    names = {m.id for m in stage_set.marks}

    def mark(position: Position | None) -> str | None:
        if position is None:
            return None
        for prop in stage_set.props:
            if _means(position, prop.id, prop.name, prop.kind, beat):
                id = side_mark(prop.id, position.side)
                return id if id in names else None
        return STAGE[position.side] if not position.of and position.side in ("left", "right") else None

    return mark(named.start), mark(named.end)


def beside_somebody(plan: ShotPlan, beat: Beat) -> tuple[str, str] | None:
    """(side, character) that a beat's words put its actor beside: `to the left of the king`."""
    end = way(beat.span, plan.brief.language).end
    if end is None or not end.of:
        return None
    other = next((c for c in plan.cast if c.id != beat.actor and c.name.casefold() in end.of), None)
    return (end.side, other.id) if other is not None else None
