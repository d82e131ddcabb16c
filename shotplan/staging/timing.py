"""When performances happen: one actor's follow each other, different actors' overlap sensibly, later beats come later.

Knows order and overlap. Does not know what a performance does or how long it takes.
"""

from __future__ import annotations

from shotplan.plan import Performance, Shot
from shotplan.staging.scene import Draft
from shotplan.vocabulary import ACTIONS

REACTION = 0.4
"""A reaction to somebody's action begins this far into it."""


def ranks(shot: Shot) -> list[int]:
    """For each performance the place of its beat in the shot; presence alone goes with the actor's performance before it."""
    place = {beat: k for k, beat in enumerate(shot.beats)}
    last: dict[str, int] = {}
    out = []
    for p in shot.performances:
        rank = max(place.get(p.beat or "", -1), last.get(p.actor, -1))
        last[p.actor] = rank
        out.append(rank)
    return out


def order(shot: Shot) -> list[int]:
    """Performance indices in the order to stage them: by beat, one actor's as written, pursuers after whom they pursue."""
    rank = ranks(shot)
    pending = list(range(len(shot.performances)))
    done: list[int] = []
    while pending:
        heads = [
            k
            for k in pending
            if not any(j < k and shot.performances[j].actor == shot.performances[k].actor for j in pending)
        ]
        pick = min(heads, key=lambda k: (rank[k], _pursues(shot.performances[k], shot, pending, rank[k], rank), k))
        done.append(pick)
        pending.remove(pick)
    return done


def _pursues(p: Performance, shot: Shot, pending: list[int], rank: int, all_ranks: list[int]) -> bool:
    if p.action not in ("chase", "follow"):
        return False
    return any(shot.performances[j].actor == p.target and all_ranks[j] <= rank for j in pending)


def ready_time(shot: Shot, index: int, drafts: list[Draft]) -> float:
    """The earliest second at which a performance may start, given what has been staged before it."""
    rank = ranks(shot)
    p = shot.performances[index]
    earlier = [d for d in drafts if d.performance.actor != p.actor and rank[d.index] < rank[index]]
    if not earlier:
        return 0.0
    newest = max(rank[d.index] for d in earlier)
    return max(_release(d, p) for d in earlier if rank[d.index] == newest)


def _release(before: Draft, p: Performance) -> float:
    q = before.performance
    first, then = ACTIONS[q.action], ACTIONS[p.action]
    span = before.t1 - before.t0
    if p.action in ("chase", "follow") and p.target == q.actor:
        return before.t0 + min(0.35, 0.3 * span)
    if q.action == "talk":
        return before.t1 + 0.15 if p.action == "talk" else before.t0 + 0.6 * span
    if then.contact is not None and (p.target == q.actor or q.target == p.actor):
        return before.t1
    if then.family == "gesture" or p.action in ("turn", "stand"):
        return before.t0 + REACTION * span
    if first.travels and then.travels:
        return before.t0 + min(0.3 * span, 1.0)
    if then.travels or p.action == "talk":
        return before.t0 + 0.75 * span
    return before.t0 + 0.6 * span
