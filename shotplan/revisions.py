"""Revisions: JSON Patches from one plan to the next, and digests that say which shots they touch.

Knows RFC 6902 patches and what a shot's staging depends on. Does not know who wrote a patch or whether it is any good.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import jsonpatch
import jsonpointer
from pydantic import BaseModel, ValidationError

from shotplan.errors import PlanError
from shotplan.plan import ShotPlan

Operation = Mapping[str, Any]


def canonical_json(value: Any) -> str:
    """The one JSON text of a value: sorted keys, no spaces, no NaN. Pydantic models count as their JSON form."""
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def apply_patch(plan: ShotPlan, patch: Iterable[Operation]) -> ShotPlan:
    """The plan after a JSON Patch (RFC 6902), one revision later. All operations apply or none does.

    Raises `PlanError` that names the operation, its pointer and what the plan's own checks say.
    """
    document: Any = plan.model_dump(mode="json")
    for number, op in enumerate(patch):
        try:
            document = jsonpatch.apply_patch(document, [dict(op)], in_place=True)
        except (
            jsonpatch.JsonPatchException,
            jsonpointer.JsonPointerException,
            KeyError,
            TypeError,
            ValueError,
            IndexError,
        ) as error:
            raise PlanError(
                f"operation {number} ({op.get('op', 'no op')} {op.get('path', 'no path')}) cannot be applied: {error}",
                where=str(op.get("path", "")),
                todo="give a pointer that exists in this revision of the plan",
            ) from error
    if not isinstance(document, dict):
        raise PlanError(
            "the patch replaces the whole plan by something that is no plan", todo="patch parts of the plan"
        )
    document["revision"] = plan.revision + 1
    try:
        return ShotPlan.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        at = "".join(f"/{part}" for part in first["loc"])
        raise PlanError(
            f"the patch gives a plan that is not valid: {first['msg'].removeprefix('Value error, ')}",
            where=at,
            todo="change the value that this names",
        ) from error


def diff(before: ShotPlan, after: ShotPlan) -> list[dict[str, Any]]:
    """The JSON Patch from one plan to another, revision numbers aside."""
    a, b = before.model_dump(mode="json"), after.model_dump(mode="json")
    b["revision"] = a["revision"]
    return [dict(op) for op in jsonpatch.make_patch(a, b).patch]


def shot_digests(plan: ShotPlan) -> dict[str, str]:
    """SHA-256 (hex) by shot id, in plan order, of everything that the shot's staging depends on.

    That is: the shot, its set, the cast and beats it names, what was played in the same set before, and the brief's style,
    fps, size, seed and language. Digest, not "file exists", decides what is stale.
    """
    cast = {c.id: canonical_json(c) for c in plan.cast}
    beats = {b.id: canonical_json(b) for b in plan.beats}
    sets = {s.id: canonical_json(s) for s in plan.sets}
    brief = canonical_json(
        {
            "style": plan.brief.style,
            "fps": plan.brief.fps,
            "size": plan.brief.size,
            "seed": plan.brief.seed,
            "language": plan.brief.language,
        }
    )
    played: dict[str, list[str]] = {}
    named: dict[str, dict[str, None]] = {}  # ids used so far per set, in order of first use
    digests: dict[str, str] = {}
    for shot in plan.shots:
        known = named.setdefault(shot.set, {})
        earlier = played.setdefault(shot.set, [])
        used = [*shot.beats, shot.camera.subject]
        for p in shot.performances:
            used += [p.actor, p.target, p.beat]
        known.update(dict.fromkeys(i for i in used if i is not None))
        for beat in (plan.beat(i) for i in list(known) if i in beats):
            assert beat is not None
            known.update(dict.fromkeys(i for i in (beat.actor, beat.target) if i is not None))
        order = canonical_json([c.id for c in plan.cast if c.id in known])
        parts = [brief, sets[shot.set], canonical_json(shot), order, *earlier]
        for i in known:
            parts += [table[i] for table in (cast, beats) if i in table]
        digests[shot.id] = hashlib.sha256("\x1e".join(parts).encode()).hexdigest()
        blocking = shot.model_dump(mode="json", include={"duration", "performances", "beats"})
        earlier.append(canonical_json(blocking))
    return digests


def shot_digest(plan: ShotPlan, shot_id: str) -> str:
    """SHA-256 (hex) of everything that this shot's staging depends on. Raises `PlanError` for an unknown shot."""
    digests = shot_digests(plan)
    if shot_id not in digests:
        raise PlanError(f"there is no shot {shot_id!r}", todo=f"choose one of: {', '.join(digests) or 'none yet'}")
    return digests[shot_id]


def touched_shots(before: ShotPlan, after: ShotPlan) -> set[str]:
    """Ids of the shots of `after` whose content differs from `before`, new shots included."""
    old = shot_digests(before)
    return {id for id, digest in shot_digests(after).items() if old.get(id) != digest}


def replace_value(pointer: str, value: Any) -> dict[str, Any]:
    """One RFC 6902 replace operation; pydantic models become JSON."""
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    elif isinstance(value, Sequence) and not isinstance(value, str):
        value = [v.model_dump(mode="json") if isinstance(v, BaseModel) else v for v in value]
    return {"op": "replace", "path": pointer, "value": value}
