"""Shows a session or a plan: the shots as a table, the talk, what the rules still say, and what it cost.

Knows how to lay out text. Reads only files.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from graph.session import Session
from shotplan.plan import Shot, ShotPlan
from shotplan.rules.check import check
from shotplan.vocabulary import ACTIONS, ANGLES, LENSES, MOVES, SHOT_SIZES, Language
from studio.plan_file import read_plan
from studio.talk_view import TalkView


def show_plan(path: Path, *, as_json: bool) -> None:
    """Print one plan: its shots and the rules' findings. Raises `PlanError`."""
    plan, _ = read_plan(path)
    findings = [finding.model_dump(mode="json") for finding in check(plan, remedies=False)]
    if as_json:
        print(json.dumps({"plan": plan.model_dump(mode="json"), "findings": findings}, ensure_ascii=False, indent=2))
        return
    console = Console(highlight=False)
    console.print(shot_table(plan))
    _print_findings(console, findings)


def show_session(folder: Path, *, as_json: bool) -> None:
    """Print a session: talk, plan, findings, figures. Raises `SessionError`."""
    session = Session.open(folder)
    plan, events = session.plan, session.events()
    findings = [finding.model_dump(mode="json") for finding in check(plan, remedies=False)] if plan.shots else []
    figures = _figures(events)
    if as_json:
        result = {
            "session": session.settings.model_dump(mode="json"),
            "outcome": session.outcome,
            "plan": plan.model_dump(mode="json"),
            "messages": [message.model_dump(mode="json") for message in session.messages()],
            "findings": findings,
            "figures": figures,
        }
        print(json.dumps(result, ensure_ascii=False, indent=2))
        return
    view = TalkView(plan.brief.language)
    for event in events:
        if not event.type.startswith("phase"):
            view.see(event)
    if session.outcome is None:
        view.console.print(f"\nnot finished; go on with: ekonte resume {folder}", style="yellow")
    if plan.shots:
        view.console.print(shot_table(plan))
    _print_findings(view.console, findings)
    view.console.print(
        "\nmodel calls {calls} ({replayed} from the tape), tokens in {prompt_tokens} (cached {cached_tokens}), "
        "out {completion_tokens} (forced {forced_tokens}), {seconds:.1f} s of model time, "
        "{queue_seconds:.1f} s in the server's queue".format(**figures)
    )


def shot_table(plan: ShotPlan) -> Table:
    """One row per shot, in the brief's language."""
    language = plan.brief.language
    table = Table(
        title=f"{len(plan.shots)} shots, {plan.duration:.1f} s, revision {plan.revision}", title_justify="left"
    )
    for column in ("shot", "s", "size", "angle", "move", "lens", "what"):
        table.add_column(column)
    for shot in plan.shots:
        camera = shot.camera
        table.add_row(
            shot.id, f"{shot.duration:.1f}", SHOT_SIZES.label(camera.size, language), ANGLES.label(camera.angle, language),
            MOVES.label(camera.move, language), LENSES.label(camera.lens, language), _what(plan, shot, language),
        )  # fmt: skip
    return table


def _what(plan: ShotPlan, shot: Shot, language: Language) -> str:
    lines = []
    for id in shot.beats:
        beat = plan.beat(id)
        if beat is not None:
            said = f" “{beat.line}”" if beat.line else ""
            lines.append(f"{beat.actor or '–'}: {ACTIONS.label(beat.action, language)}{said}")
    return "; ".join(lines) or "–"


def _figures(events: list[Any]) -> dict[str, Any]:
    total: Counter[str] = Counter()
    for event in events:
        if event.type == "model_called":
            total["calls"] += 1
            total["replayed"] += event.replayed
            for key in ("prompt_tokens", "cached_tokens", "completion_tokens", "forced_tokens"):
                total[key] += getattr(event, key)
            total["milliseconds"] += 0 if event.replayed else round(event.seconds * 1000)
            total["queued"] += 0 if event.replayed else round((event.queue_seconds or 0.0) * 1000)
    keys = ("calls", "replayed", "prompt_tokens", "cached_tokens", "completion_tokens", "forced_tokens")
    return {key: total[key] for key in keys} | {
        "seconds": total["milliseconds"] / 1000,
        "queue_seconds": total["queued"] / 1000,
    }


def _print_findings(console: Console, findings: list[dict[str, Any]]) -> None:
    for finding in findings:
        console.print(f"{finding['severity']}: {finding['text']}  [{finding['rule']}]", style="yellow", markup=False)
