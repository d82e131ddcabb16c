"""Who has to hear of a change that was accepted.

Knows which shots a patch is about and whom a shot concerns. Does not know why the plan was changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from graph.contents import Inform
from shotplan.plan import ShotPlan
from shotplan.rules.finding import Finding

if TYPE_CHECKING:
    from graph.floor import Delivery, Floor


def note_change(floor: Floor, delivery: Delivery, label: str, finding: Finding | None = None) -> None:
    """Remember an accepted change until the plan has been measured again. `label`: the change in words."""
    if not delivery.delivered or not delivery.shots:
        return
    message = delivery.message
    content = message.content
    shots = [shot for shot in shots_about(floor.plan, message.patch) if shot in delivery.shots]
    floor.memory["changes"].append(
        {
            "by": content.remedy.agent if content.kind == "request" and content.remedy else message.sender,
            "told": [message.sender, *message.recipients],
            "message": message.id,
            "label": label,
            "shots": shots or list(delivery.shots),
            "finding": finding.key if finding else None,
        }
    )


def announce_changes(floor: Floor, findings: Sequence[Finding]) -> bool:
    """Inform everybody whom the remembered changes touch, the camera always; True when it has to re-frame.

    One message per author. A camera's own change is not announced: how a shot is seen changes nothing for those in it.
    """
    changes, floor.memory["changes"] = floor.memory["changes"], []
    open_keys = {finding.key for finding in findings}
    authors = dict.fromkeys(change["by"] for change in changes if change["by"] != "camera")
    for author in authors:
        own = [change for change in changes if change["by"] == author]
        shots = [shot for shot in floor.plan.shots if any(shot.id in change["shots"] for change in own)]
        told = {agent for change in own for agent in change["told"]} | {author, "camera"}
        concerned = dict.fromkeys(p.actor for shot in shots for p in shot.performances if p.actor not in told)
        what = Inform(
            what="; ".join(_in_words(change, open_keys) for change in own), shots=tuple(shot.id for shot in shots)
        )
        floor.send(author, (*concerned, "camera"), what, causes=tuple(change["message"] for change in own))
    return bool(authors)


def _in_words(change: dict[str, Any], open_keys: set[str]) -> str:
    if change["finding"] is None:
        return str(change["label"])
    return f"{change['label']} ({'still open' if change['finding'] in open_keys else 'settled'})"


def shots_about(plan: ShotPlan, patch: Sequence[dict[str, Any]]) -> list[str]:
    """Shots that a patch is about: those it points into, those that use a prop or a character it points into.

    Shots that only follow from it, because somebody now starts elsewhere, are left out.
    """
    about: dict[str, None] = {}
    for op in patch:
        match str(op["path"]).split("/")[1:]:
            case ["shots", n, *_] if n.isdigit() and int(n) < len(plan.shots):
                about[plan.shots[int(n)].id] = None
            case ["sets", n, "props", k, *_] if n.isdigit() and k.isdigit() and int(n) < len(plan.sets):
                stage_set = plan.sets[int(n)]
                prop = stage_set.props[int(k)].id if int(k) < len(stage_set.props) else None
                for shot in plan.shots:
                    used = {shot.camera.subject, *(p.target for p in shot.performances)}
                    if shot.set == stage_set.id and prop in used:
                        about[shot.id] = None
            case ["cast", n, *_] if n.isdigit() and int(n) < len(plan.cast):
                actor = plan.cast[int(n)].id
                about |= dict.fromkeys(s.id for s in plan.shots if any(p.actor == actor for p in s.performances))
            case _:
                return [shot.id for shot in plan.shots]
    return [shot.id for shot in plan.shots if shot.id in about]
