"""How an agent answers an objection: accept a remedy of its own, counter with another's, or refuse; always with a reason.

Knows each role's wants as an order of preference, which is shown to the model and decides nothing by itself. Does not know who
speaks next.
"""

from __future__ import annotations

from collections.abc import Sequence

from agents.crew import Decision
from agents.model import Model
from agents.questions import Choice, Question, Words, ask
from shotplan.plan import ShotPlan
from shotplan.rules.finding import Finding, Remedy, Role

WANTS: dict[Role, str] = {
    Role.DIRECTOR: "Keep the words of the script: an action that the script names stays if any other remedy exists.",
    Role.SCENE: "Keep the terrain if a character can get past it another way; give way when asked again.",
    Role.CHARACTER: "Stay safe, and do what the script says: ask for the set to change before giving up an action that the script names.",
    Role.CAMERA: "Keep the subject in frame and the shots varied.",
}


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
    name = "director.arbitrate" if arbitrating else f"{role.value}.respond"
    labels = {f"{verb}:{r.id}": r.label for r in remedies for verb in ("accept", "counter")}
    reasons = REASONS[Role.DIRECTOR if arbitrating else role] if getattr(model, "small", False) else ()
    question = Question(
        agent,
        name,
        {"answer": Choice(choices), "reason": Choice(reasons) if reasons else Words(120)},
        {
            "role": role.value,
            "wants": WANTS[role],
            "objection": objection.text,
            "rule": objection.rule,
            "raised_by": objection.raised_by,
            "choices": [(c, labels.get(c, "")) for c in choices],
            "heard": list(heard)[-6:],
            "script": _words_of(plan, objection),
        },
        template="director_arbitrate" if arbitrating else "respond",
    )
    answers = ask(model, [question], plan.brief.language, seed=plan.brief.seed)
    said = answers.each[0]
    verb, _, remedy = said["answer"].partition(":")
    reason = " ".join(said["reason"].split()) or f"{verb} {remedy}".strip()
    return Decision(performative=verb, remedy=remedy or None, reason=reason, replies=answers.replies)  # type: ignore[arg-type]


def _words_of(plan: ShotPlan, objection: Finding) -> str:
    shot = plan.shot(objection.shot) if objection.shot else None
    beats = [plan.beat(b) for b in shot.beats] if shot else []
    return " / ".join(b.span for b in beats if b is not None)[:200]
