"""Which shot an order to the camera is for: the script's own words become the notes of a shot.

Knows the order of acts and of orders. Does not know what an order asks for: the camera reads the notes.
"""

from __future__ import annotations

from dataclasses import replace

from agents.reading import Reading
from agents.reading.camera_words import camera_order
from agents.roles.casting import Act, Order, Story


def notes_of(story: Story) -> dict[int, str]:
    """By index of the act, the orders for its shot, verbatim."""
    found: dict[int, str] = {}
    for order in story.orders:
        if not story.acts:
            break
        k = _act_of(story, order)
        text = order.clause.span
        found[k] = f"{found[k]} / {text}" if k in found else text
    return found


def _act_of(story: Story, order: Order) -> int:
    """An act of the same sentence, else the neighbour that shows what the order names, else the one before a move and after a framing."""
    acts = story.acts
    same = [k for k, a in enumerate(acts) if a.clause.sentence == order.clause.sentence and a.clause.happens]
    if same:
        return next((k for k in same if k >= order.at), same[-1])
    scene = order.clause.scene
    before = next((k for k in range(order.at - 1, -1, -1) if acts[k].clause.scene == scene and acts[k].clause.happens), None)
    after = next((k for k in range(order.at, len(acts)) if acts[k].clause.scene == scene and acts[k].clause.happens), None)
    if before is None or after is None:
        return next((k for k in (before, after) if k is not None), min(order.at, len(acts) - 1))
    shown = set(order.seen)
    in_before, in_after = bool(shown & _who(acts[before])), bool(shown & _who(acts[after]))
    if in_before != in_after:
        return before if in_before else after
    asked = camera_order(order.clause.span, "en" if order.clause.span.isascii() else "zh")
    return before if asked.move and not asked.size else after


def _who(act: Act) -> set[str]:
    return {*act.who, *act.also, *act.targets}


def places_shown(story: Story, reading: Reading) -> Story:
    """The story with an act for every scene of which the script says only what the camera sees there."""
    acted = {a.clause.scene for a in story.acts if a.clause.happens}
    added: list[tuple[int, Act]] = []
    for order in story.orders:
        scene = order.clause.scene
        if scene in acted:
            continue
        acted.add(scene)
        people = tuple(i for i in order.seen if story.entities[i].sort == "character")
        things = tuple(i for i in order.seen if story.entities[i].sort == "prop")
        near = ("stand", "look") if people else ()
        clause = replace(order.clause, camera=False, near=near, happens=True)
        added.append((order.at, Act(clause, people[:1], things[:1], people[1:3])))
    for n, (at, act) in enumerate(added):
        story.acts.insert(at + n, act)
        story.orders = tuple(replace(o, at=o.at + 1) if o.at > at + n else o for o in story.orders)
    return story
