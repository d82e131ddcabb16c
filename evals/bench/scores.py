"""How good the plans of a crew are: every case through a session, scored, per language.

    python -m evals.bench.scores --crew scripted|embedded|base|URL [--cases FOLDER] [--split test|dev|all] [--workers N] [--json]
    python -m evals.bench.scores --compare a.json b.json

Plans only: nothing is rendered. Every session gives two scores, of the plan after the first proposals and of the agreed plan, so
that what the negotiation changes is measured in one run. Cases in a language that the model does not read are listed apart.
`base` is the embedded model without an adapter, `embedded` the one that ships.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from agents.choose_model import choose_model
from agents.model import Model
from agents.scripted import ScriptedModel
from evals.score import Case, Score, read_cases, score_plan
from evals.score.case import CASES
from evals.score.score import WEIGHTS
from graph.events import AgreementReached, FindingsMeasured, ModelCalled, PlanRevised
from graph.session import Session
from graph.store import Store
from shotplan.brief import Brief
from shotplan.errors import EkonteError
from shotplan.plan import ShotPlan

LANGUAGES = ("en", "zh", "ja")
TOKENS = ("prompt_tokens", "cached_tokens", "completion_tokens", "forced_tokens")


class Run(BaseModel):
    """One case through one session."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    case: str
    language: str
    split: str
    outcome: str
    """`agreed`, `agreed_with_overrides`, `failed`, or `not read`."""
    error: str = ""
    before: Score | None = None
    """After the first proposals; None when there were none."""
    after: Score | None = None
    errors_before: int = 0
    errors_left: int = 0
    """Findings of severity error, overridden ones too."""
    calls: int = 0
    rounds: int = 0
    messages: int = 0
    tokens: dict[str, int] = {}
    seconds: float = 0.0
    """Wall clock of the talk."""


class Table(BaseModel):
    """All runs of one crew."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    crew: str
    model: str
    split: str
    seconds: float
    runs: tuple[Run, ...]


def crew_model(crew: str) -> Model:
    """The model behind the name of a crew. Raises `ModelError`."""
    match crew:
        case "scripted":
            return ScriptedModel()
        case "base":
            from agents.embedded.model import EmbeddedModel

            return EmbeddedModel(shipped=False)
        case _:
            return choose_model(crew)


def run_case(case: Case, model: Model, folder: Path) -> Run:
    """Talk a case through and score both plans. An error of the crew is a result: it scores 0."""
    base = Run(case=case.id, language=case.language, split=case.split, outcome="failed")
    reads = getattr(model, "languages", None)
    if reads is not None and case.language not in reads:
        return base.model_copy(update={"outcome": "not read"})
    started = time.perf_counter()
    error, session = "", None
    try:
        session = Session.create(folder / case.id, Brief.from_text(case.script, duration=case.duration), model)
        session.run()
    except EkonteError as problem:
        error = str(problem)
    seconds = time.perf_counter() - started
    if session is None:
        return base.model_copy(update={"error": error, "seconds": seconds})
    events = session.events()
    store = Store(session.folder / "objects")
    measured = [n for n, event in enumerate(events) if isinstance(event, FindingsMeasured)]
    proposed = [e for e in events[: measured[0] if measured else None] if isinstance(e, PlanRevised)]
    agreed = [event for event in events if isinstance(event, AgreementReached)]
    before = score_plan(store.get(proposed[-1].plan, ShotPlan), case) if proposed else None
    after = score_plan(store.get(agreed[-1].plan, ShotPlan), case) if agreed else None
    calls = [event for event in events if isinstance(event, ModelCalled)]
    return Run(
        case=case.id,
        language=case.language,
        split=case.split,
        outcome=agreed[-1].outcome if agreed else "failed",
        error=error,
        before=before,
        after=after,
        errors_before=_errors(before),
        errors_left=_errors(after),
        calls=len(calls),
        rounds=agreed[-1].rounds if agreed else 0,
        messages=agreed[-1].messages if agreed else 0,
        tokens={key: sum(getattr(call, key) for call in calls) for key in TOKENS},
        seconds=round(seconds, 3),
    )


def run_cases(
    cases: Sequence[Case], model: Model, *, workers: int = 1, on_run: Callable[[Run], object] = lambda run: None
) -> list[Run]:
    """Every case, in the order given; `workers` sessions at a time."""
    with tempfile.TemporaryDirectory(prefix="ekonte-scores-") as name:

        def work(case: Case) -> Run:
            run = run_case(case, model, Path(name))
            on_run(run)
            return run

        with ThreadPoolExecutor(max_workers=workers) as pool:
            return list(pool.map(work, cases))


def _errors(score: Score | None) -> int:
    return int(score.figures["rules"]["errors"]) if score else 0


def summary(runs: Sequence[Run], *, before: bool = False) -> dict[str, Any]:
    """Means over the cases that were read. A failed one scores 0; parts and figures are means over those that have a plan."""
    read = [run for run in runs if run.outcome != "not read"]
    scores = [run.before if before else run.after for run in read]
    out: dict[str, Any] = {"cases": len(read), "not_read": len(runs) - len(read)}
    if not read:
        return out
    out["score"] = statistics.mean(s.score if s else 0.0 for s in scores)
    for part in WEIGHTS:
        values = [s.parts[part] for s in scores if s and part in s.parts]
        if values:
            out[part] = 100 * statistics.mean(values)
    for name in ("recall", "precision", "order", "who", "action", "whom", "feeling"):
        values = [s.figures["events"][name] for s in scores if s and name in s.figures.get("events", {})]
        if values:
            out[f"events.{name}"] = 100 * statistics.mean(values)
    out["failed"] = sum(run.outcome == "failed" for run in read)
    out["errors"] = statistics.mean((run.errors_before if before else run.errors_left) for run in read)
    out["warnings"] = statistics.mean(s.figures["rules"]["warnings"] if s else 0.0 for s in scores)
    if not before:
        total: Counter[str] = Counter()
        for run in read:
            total.update(run.tokens)
        out["overridden"] = sum(run.outcome == "agreed_with_overrides" for run in read)
        out |= {key: statistics.mean(getattr(run, key) for run in read) for key in ("rounds", "messages", "calls")}
        out |= {key: total[key] / len(read) for key in TOKENS}
        out["cached"] = 100 * total["cached_tokens"] / total["prompt_tokens"] if total["prompt_tokens"] else 0.0
        out["seconds"] = statistics.mean(run.seconds for run in read)
    return out


def columns(table: Table, *, without_negotiation: bool) -> dict[str, dict[str, Any]]:
    """The columns of the printed table: each language, all, and all without the negotiation."""
    out = {lang: summary([r for r in table.runs if r.language == lang]) for lang in LANGUAGES}
    out["all"] = summary(table.runs)
    if without_negotiation:
        for lang in LANGUAGES:
            out[f"{lang}, first"] = summary([r for r in table.runs if r.language == lang], before=True)
        out["all, first"] = summary(table.runs, before=True)
    return {name: column for name, column in out.items() if column["cases"] or column["not_read"]}


def print_columns(title: str, by_name: dict[str, dict[str, Any]]) -> None:
    print(title)
    names = list(by_name)
    rows = list(dict.fromkeys(key for column in by_name.values() for key in column))
    print(f"{'':18}" + "".join(f"{name:>12}" for name in names))
    for row in rows:
        cells = []
        for name in names:
            value = by_name[name].get(row)
            whole = isinstance(value, int) or row in TOKENS
            cells.append(f"{'-' if value is None else f'{value:.0f}' if whole else f'{value:.1f}':>12}")
        print(f"{row:18}" + "".join(cells))


def print_run(run: Run, *, show: bool) -> None:
    """One line per case, as soon as it is done; `show`: every fault below it."""
    score = run.after.score if run.after else 0.0
    print(f"{run.case:28} {score:5.1f}  {run.outcome}{': ' + run.error if run.error else ''}", flush=True)
    if show and run.after:
        for fault in run.after.faults:
            print(f"    {fault}")


def print_table(table: Table, *, without_negotiation: bool) -> None:
    print()
    print_columns(
        f"{table.crew} ({table.model}), {table.split} cases; parts in %, means over cases; seconds and tokens per film",
        columns(table, without_negotiation=without_negotiation),
    )
    apart = [run.case for run in table.runs if run.outcome == "not read"]
    if apart:
        print(f"not read by this model: {', '.join(apart)}")


def compare(one: Table, other: Table) -> None:
    """Two tables side by side, over the cases that both have read, and the cases that differ most."""
    read = [{run.case: run for run in table.runs if run.outcome != "not read"} for table in (one, other)]
    both = [case for case in read[0] if case in read[1]]
    left, right = ([runs[case] for case in both] for runs in read)
    a, b = summary(left), summary(right)
    difference = {key: b[key] - a[key] for key in a if key in b}
    print_columns(
        f"{len(both)} cases that both have read", {one.crew[:11]: a, other.crew[:11]: b, "difference": difference}
    )
    changed = [
        ((y.after.score if y.after else 0.0) - (x.after.score if x.after else 0.0), x.case)
        for x, y in zip(left, right, strict=True)
    ]
    for gain, case in sorted(changed):
        if abs(gain) >= 5:
            print(f"  {gain:+6.1f}  {case}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--crew", default="scripted", help="scripted, embedded, base, or the address of a server")
    parser.add_argument("--cases", type=Path, default=CASES)
    parser.add_argument("--split", choices=("test", "dev", "all"), default="all")
    parser.add_argument("--workers", type=int, default=1, help="sessions at a time")
    parser.add_argument(
        "--without-negotiation", action="store_true", help="columns for the plan after the first proposals"
    )
    parser.add_argument("--show", action="store_true", help="every fault of every case")
    parser.add_argument("--only", help="cases whose id contains this")
    parser.add_argument("--json", action="store_true", help="print the runs as JSON")
    parser.add_argument("--compare", nargs=2, type=Path, metavar=("A", "B"), help="two results of --json")
    given = parser.parse_args()
    try:
        if given.compare:
            one, other = (Table.model_validate_json(path.read_bytes()) for path in given.compare)
            compare(one, other)
            return
        cases = read_cases(given.cases, given.split)
        cases = [case for case in cases if not given.only or given.only in case.id]
        model = crew_model(given.crew)
    except EkonteError as error:
        sys.exit(f"error ({error.phase}): {error}")
    started = time.perf_counter()
    tell = _progress(len(cases)) if given.json else partial(print_run, show=given.show)
    try:
        runs = run_cases(cases, model, workers=given.workers, on_run=tell)
    finally:
        model.close()
    table = Table(
        crew=given.crew,
        model=model.name,
        split=given.split,
        seconds=round(time.perf_counter() - started, 1),
        runs=tuple(runs),
    )
    if given.json:
        print(table.model_dump_json(indent=1))
    else:
        print_table(table, without_negotiation=given.without_negotiation)
        print(f"{table.seconds:.0f} s in all")


def _progress(total: int) -> Callable[[Run], None]:
    """Tells on standard error how far a long run is."""
    done = 0

    def tell(run: Run) -> None:
        nonlocal done
        done += 1
        print(f"{done}/{total} {run.case}", file=sys.stderr, flush=True)

    return tell


if __name__ == "__main__":
    main()
