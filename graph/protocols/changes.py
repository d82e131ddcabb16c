"""Who has to hear of a change that was accepted.

Knows which agents a shot concerns. Does not know why the plan was changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from graph.contents import Inform
from shotplan.rules.finding import Finding

if TYPE_CHECKING:
    from graph.floor import Delivery, Floor


def note_change(floor: Floor, delivery: Delivery, label: str, finding: Finding | None = None) -> None:
    """Remember an accepted change until the plan has been measured again. `label`: the change in words."""
    if not delivery.delivered or not delivery.shots:
        return
    message = delivery.message
    content = message.content
    floor.memory["changes"].append(
        {
            "by": content.remedy.agent if content.kind == "request" and content.remedy else message.sender,
            "told": [message.sender, *message.recipients],
            "message": message.id,
            "label": label,
            "shots": list(delivery.shots),
            "finding": finding.key if finding else None,
        }
    )


def announce_changes(floor: Floor, findings: Sequence[Finding]) -> bool:
    """Inform everybody whom the remembered changes touch; True when the camera has to re-frame."""
    changes, floor.memory["changes"] = floor.memory["changes"], []
    open_keys = {finding.key for finding in findings}
    reframe = False
    for change in changes:
        touched = [shot for shot in floor.plan.shots if shot.id in change["shots"]]
        concerned = dict.fromkeys(p.actor for shot in touched for p in shot.performances)
        told = [agent for agent in concerned if agent not in change["told"]]
        if change["by"] != "camera":
            told.append("camera")
            reframe = True
        if told:
            state = (
                "" if change["finding"] is None else "; still open" if change["finding"] in open_keys else "; settled"
            )
            what = Inform(what=f"{change['label']}{state}", shots=tuple(shot.id for shot in touched))
            floor.send(change["by"], told, what, causes=(change["message"],))
    return reframe
