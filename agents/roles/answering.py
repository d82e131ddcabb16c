"""How an agent answers an objection: accept a remedy of its own, counter with another's, or refuse; always with a reason.

Knows each role's wants as an order of preference, which is shown to the model and decides nothing by itself. Does not know who
speaks next. A model that writes freely votes first, where the server can say how sure it is, and then says why; a small one
picks answer and reason from lists, in one call.
Questions: `<role>.respond`, `director.arbitrate`, and for the reason `<role>.reason`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from agents.crew import Decision
from agents.model import ChatMessage, Model
from agents.questions import Choice, Question, Words, ask
from agents.roles.wants import NAMES, WANTS
from shotplan.plan import ShotPlan
from shotplan.rules.finding import Finding, Remedy, Role

REASONS: dict[Role, tuple[str, ...]] = {
    Role.DIRECTOR: (
        "it keeps the words of the script",
        "it changes the least",
        "it gives the action its time",
        "it keeps the film short",
    ),
    Role.SCENE: (
        "it keeps the words of the script",
        "it changes the least",
        "it keeps the set as it is",
        "it makes room for the action",
    ),
    Role.CHARACTER: (
        "it keeps the words of the script",
        "it changes the least",
        "it is safe for me",
        "it suits my part",
    ),
    Role.CAMERA: (
        "it keeps the subject in the picture",
        "it changes the least",
        "it shows the action better",
        "it keeps the shots varied",
    ),
}
"""What a small model may say for itself; a larger one writes its own reason."""


def replaces_action(remedy: Remedy) -> bool:
    """Whether the remedy makes somebody do something else than the plan says."""
    return any(str(op.get("path", "")).endswith("/action") for op in remedy.patch) or any(
        isinstance(op.get("value"), dict) and "action" in op["value"] and op.get("op") == "replace"
        for op in remedy.patch
    )


def climbs(remedy: Remedy) -> bool:
    """Whether the remedy has somebody climb instead."""
    return replaces_action(remedy) and "climb" in f"{remedy.id} {remedy.label}"


def options(
    role: Role, agent: str, remedies: Sequence[Remedy], heard: Sequence[str], known: Sequence[Remedy] = ()
) -> tuple[str, ...]:
    """Every answer that can be given, as `accept:<remedy>`, `counter:<remedy>` or `refuse`; the role's wants first.

    `known`: every remedy of the finding, also those that are not on the table now.
    """
    own = sorted((r for r in remedies if r.agent == agent), key=replaces_action)
    others = sorted((r for r in remedies if r.agent != agent), key=replaces_action)
    accept = [f"accept:{r.id}" for r in own]
    counter = [f"counter:{r.id}" for r in others]
    talk = " ".join(heard).lower()
    pressed = any(word in talk for word in ("counter", "refuse")) or any(r.id in talk for r in own)
    if role is Role.SCENE and not pressed:
        way = [f"counter:{r.id}" for r in others if climbs(r)]
        return (*way, *accept, *[c for c in counter if c not in way], "refuse")
    if role in (Role.CHARACTER, Role.DIRECTOR) and own and replaces_action(own[0]) and "refuse" not in talk:
        kept = [f"counter:{r.id}" for r in others if not replaces_action(r)]
        if kept:
            return (*kept, *accept, *[c for c in counter if c not in kept], "refuse")
        if any(not replaces_action(r) for r in known):
            return ("refuse", *accept, *counter)
    return (*accept, *counter, "refuse")


def answer(
    model: Model,
    role: Role,
    agent: str,
    plan: ShotPlan,
    objection: Finding,
    remedies: Sequence[Remedy],
    heard: Sequence[str],
    *,
    arbitrating: bool = False,
) -> Decision:
    """Put the objection to the model. Raises `ModelError` naming the call."""
    if arbitrating:
        choices: tuple[str, ...] = (
            *[f"accept:{r.id}" for r in sorted(remedies, key=replaces_action)],
            "refuse",
        )
    else:
        choices = options(role, agent, remedies, heard, objection.remedies)
    small = bool(getattr(model, "small", False))
    labels = {f"{verb}:{r.id}": r.label for r in remedies for verb in ("accept", "counter")}
    language = plan.brief.language
    shot = plan.shot(objection.shot) if objection.shot else None
    reasons: dict[str, Choice | Words] = {"reason": Choice(REASONS[Role.DIRECTOR if arbitrating else role])}
    vote = Question(
        agent,
        "director.arbitrate" if arbitrating else f"{role.value}.respond",
        {"answer": Choice(choices)} | (reasons if small else {}),
        {
            "role": NAMES[role][language],
            "wants": WANTS[role][language],
            "objection": objection.text,
            "rule": objection.rule,
            "raised_by": objection.raised_by,
            "choices": [(c, labels.get(c, "")) for c in choices],
            "heard": list(heard)[-6:],
            "script": _words_of(plan, objection),
            "voting": not small,
        },
        template="director_arbitrate" if arbitrating else "respond",
        set=shot.set if shot else "",
        vote="answer",
    )
    voted = ask(model, [vote], plan)
    said, replies = voted.each[0], voted.replies
    if not small:
        why = _why(vote, said["answer"], plan, getattr(model, "context", None))
        given = ask(model, [why], plan)
        said, replies = said | given.each[0], (*replies, *given.replies)
    verb, _, remedy = said["answer"].partition(":")
    return Decision(
        performative=verb,  # type: ignore[arg-type]
        remedy=remedy or None,
        reason=" ".join(said["reason"].split()) or f"{verb} {remedy}".strip(),
        confidence=voted.replies[0].confidence if voted.replies else None,
        replies=replies,
    )


def _why(vote: Question, answer: str, plan: ShotPlan, context: int | None) -> Question:
    """The question for the reason, which goes on with the talk in which was voted."""
    talk = (
        *vote.request(plan, context=context).messages,
        ChatMessage(role="assistant", content=json.dumps({"answer": answer}, separators=(",", ":"))),
    )
    return Question(
        vote.agent,
        f"{vote.name.partition('.')[0]}.reason",
        {"reason": Words(120, plan.brief.language)},
        {"answer": answer},
        template="reason",
        set=vote.set,
        follows=talk,
    )


def _words_of(plan: ShotPlan, objection: Finding) -> str:
    shot = plan.shot(objection.shot) if objection.shot else None
    beats = [plan.beat(b) for b in shot.beats] if shot else []
    return " / ".join(b.span for b in beats if b is not None)[:200]
