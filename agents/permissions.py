"""What each role may say and which parts of the plan it may write.

Knows performatives and JSON pointers. Does not know why anybody writes anything.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import jsonpatch
import jsonpointer

from shotplan.plan import ShotPlan
from shotplan.rules.finding import Role

TALK = frozenset({"propose", "object", "counter", "accept", "refuse", "inform", "query", "withdraw"})
PERFORMATIVES: dict[Role, frozenset[str]] = {
    Role.DIRECTOR: TALK | {"request"},
    Role.SCENE: TALK,
    Role.CHARACTER: TALK,
    Role.CAMERA: TALK,
}
"""FIPA-ACL performatives that each role may use. Only the director requests."""

WRITES: dict[Role, tuple[tuple[str, str], ...]] = {
    Role.DIRECTOR: (
        (r"/cast(/.*)?", "*"),
        (r"/sets", "add"),
        (r"/sets/(-|\d+)", "add"),
        (r"/beats(/.*)?", "*"),
        (r"/shots", "*"),
        (r"/shots/(-|\d+)", "*"),
        (r"/shots/\d+/(id|set|beats|duration|transition|notes)(/.*)?", "*"),
    ),
    Role.SCENE: ((r"/sets(/.*)?", "*"),),
    Role.CHARACTER: ((r"/shots/\d+/performances/(-|\d+)(/.*)?", "*"),),
    Role.CAMERA: ((r"/shots/\d+/camera(/.*)?", "*"),),
}
"""(pattern of a JSON pointer, operation or `*`) that each role may write. A character's are further limited to its own."""


def allowed(
    role: Role | str, agent_id: str, performative: str, patch: Sequence[dict[str, Any]], plan: ShotPlan
) -> str | None:
    """Why this agent may not send this, or None when it may.

    A remedy is sent by its owner: pass the owner's role and id with the remedy's patch, also when the director decided on it.
    """
    role = Role(role)
    if performative not in PERFORMATIVES[role]:
        return f"{agent_id} ({role.value}) may not {performative}; it may: {', '.join(sorted(PERFORMATIVES[role]))}"
    if not patch:
        return None
    document = plan.model_dump(mode="json")
    for n, operation in enumerate(patch):
        op = str(operation.get("op", ""))
        if op != "test":
            for key in ("path", "from") if op in ("move", "copy") else ("path",):
                pointer = str(operation.get(key, ""))
                reason = _may_write(role, agent_id, op, pointer, operation, document)
                if reason:
                    return f"{agent_id} ({role.value}) may not {op} {pointer}: {reason}"
        try:
            document = jsonpatch.JsonPatch([dict(operation)]).apply(document)
        except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException, TypeError, KeyError) as error:
            return f"operation {n} of {agent_id}'s patch does not apply: {error}"
    return None


def _may_write(
    role: Role, agent_id: str, op: str, pointer: str, operation: dict[str, Any], document: dict[str, Any]
) -> str | None:
    fits = [pattern for pattern, only in WRITES[role] if re.fullmatch(pattern, pointer) and only in ("*", op)]
    if not fits:
        mine = ", ".join(f"{only} {pattern}" if only != "*" else pattern for pattern, only in WRITES[role])
        return f"its part of the plan is {mine}"
    if role is Role.CHARACTER:
        return _own_performance(agent_id, op, pointer, operation, document)
    return None


def _own_performance(
    agent_id: str, op: str, pointer: str, operation: dict[str, Any], document: dict[str, Any]
) -> str | None:
    """A character changes only performances whose actor it is, and gives none away."""
    parts = pointer.split("/")
    value = operation.get("value")
    whole = len(parts) == 5
    if op in ("move", "copy"):
        return "a performance is added, replaced or removed"
    if whole and op in ("add", "replace") and (not isinstance(value, dict) or value.get("actor") != agent_id):
        return f"the actor has to be {agent_id}"
    if not whole and parts[5] == "actor" and value != agent_id:
        return f"the actor has to stay {agent_id}"
    if whole and op == "add":
        return None
    held = jsonpointer.resolve_pointer(document, "/".join(parts[:5]), None)
    if not isinstance(held, dict):
        return "there is no such performance"
    if held.get("actor") != agent_id:
        return f"that is a performance of {held.get('actor')}"
    return None
