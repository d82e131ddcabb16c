"""How many milliseconds a message costs outside the model.

    python -m evals.bench.talk [--runs 5] [--script TEXT]

Runs sessions with the scripted crew, whose model takes no time, on the project's own agents and rules. Prints where the time
goes and its ratio to an empty LangGraph run with as many steps, the same checkpointer and durability, in the same process.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any, TypedDict

from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import END, START, StateGraph

from agents.scripted import ScriptedModel
from graph.session import Session
from shotplan.brief import Brief
from shotplan.rules.check import check

SCRIPT = "A fox runs through a forest and jumps over a huge log. An owl watches."


class Count(TypedDict):
    n: int


def empty_run(folder: Path, steps: int) -> float:
    """Seconds of a LangGraph run of `steps` steps that do nothing."""
    graph = StateGraph(Count)
    graph.add_node("step", lambda state: {"n": state["n"] + 1})
    graph.add_edge(START, "step")
    graph.add_conditional_edges("step", lambda state: "step" if state["n"] < steps else END, ["step", END])
    with SqliteSaver.from_conn_string(str(folder / "empty.sqlite")) as saver:
        compiled = graph.compile(checkpointer=saver)
        config: Any = {"configurable": {"thread_id": "empty"}, "recursion_limit": steps + 5}
        started = time.perf_counter()
        compiled.invoke({"n": 0}, config, durability="sync")
        return time.perf_counter() - started


class Timed:
    """A callable that adds up the time spent in it."""

    def __init__(self, function: Any) -> None:
        self.function, self.seconds = function, 0.0

    def __call__(self, *args: Any, **options: Any) -> Any:
        started = time.perf_counter()
        try:
            return self.function(*args, **options)
        finally:
            self.seconds += time.perf_counter() - started


def talk_run(folder: Path, brief: Brief) -> dict[str, float]:
    rules = Timed(check)
    session = Session.create(folder / "session", brief, ScriptedModel(), measure=rules)
    started = time.perf_counter()
    session.run()
    whole = time.perf_counter() - started
    events = session.events()
    steps = len({event.id.rsplit(".", 1)[0] for event in events if event.id.startswith("main.")})
    asked = sum(len(event.asked) > 0 for event in events if event.type == "turn_started")
    model = sum(event.seconds for event in events if event.type == "model_called")
    messages = len(session.messages())
    return {
        "messages": messages, "steps": steps + asked, "whole": whole, "rules": rules.seconds, "model": model,
        "talk": whole - rules.seconds - model, "empty": empty_run(folder, steps + asked),
    }  # fmt: skip


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--script", default=SCRIPT)
    options.add_argument("--duration", type=float, default=27.0, help="seconds of film")
    given = options.parse_args()
    brief = Brief.from_text(given.script, duration=given.duration)
    runs = []
    for _ in range(given.runs + 1):
        with tempfile.TemporaryDirectory() as name:
            runs.append(talk_run(Path(name), brief))
    runs = runs[1:]  # the first one imports
    of = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
    per_message = 1000 / of["messages"]
    print(f"{of['messages']:.0f} messages, {of['steps']:.0f} steps of the machine, median of {len(runs)} runs")
    print(f"whole session             {of['whole'] * 1000:8.1f} ms  {of['whole'] * per_message:6.2f} ms a message")
    print(f"  staging and rules       {of['rules'] * 1000:8.1f} ms  {of['rules'] * per_message:6.2f} ms a message")
    print(f"  model                   {of['model'] * 1000:8.1f} ms  {of['model'] * per_message:6.2f} ms a message")
    print(f"  talk, agents, disk      {of['talk'] * 1000:8.1f} ms  {of['talk'] * per_message:6.2f} ms a message")
    print(f"empty LangGraph run       {of['empty'] * 1000:8.1f} ms  ratio {of['talk'] / of['empty']:.2f}")


if __name__ == "__main__":
    main()
