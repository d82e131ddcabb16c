"""How well a model server serves a crew: agents in parallel, and prompts that it need not read twice.

    python -m evals.bench.serving --url http://127.0.0.1:8000/v1 [--model NAME] [--large] [--rounds 3]

Figures are ratios of ways measured in turn in the same run, so that a busy machine disturbs both. Prompts are what the crew
really asks: they are taken from a session with the scripted model. `--large` asks as a large model is asked.
"""

from __future__ import annotations

import argparse
import re
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from agents.model import Model, ModelReply, ModelRequest
from agents.openai import OpenAIModel
from agents.scripted import ScriptedModel
from graph.session import Session
from shotplan.brief import Brief
from shotplan.errors import ModelError

EXAMPLE = "A red fox runs through a forest at sunset and jumps over a huge fallen log. An owl watches, surprised."
CAST = ("fox", "owl", "bear", "cat", "dog", "wolf", "frog", "rabbit")
COUNTS = (1, 2, 4, 8)
PLAY = "character.play"


class _Scripted(ScriptedModel):
    """Asked as a small or as a large model is asked."""

    def __init__(self, *, small: bool) -> None:
        super().__init__()
        self.small = small


@dataclass(frozen=True)
class Round:
    """What a number of characters cost: seconds together and one after the other, tokens."""

    characters: int
    together: float
    one_by_one: float
    calls: int
    prompt: int
    written: int


def requests_of(story: str, question: str, *, large: bool) -> list[ModelRequest]:
    """The requests of this kind that a session on this story makes."""
    scripted = _Scripted(small=not large)
    with tempfile.TemporaryDirectory() as folder:
        Session.create(Path(folder) / "session", Brief.from_text(story), llm=scripted).run()
    return [request for request in scripted.asked if request.question == question]


def parallel(model: Model, *, large: bool, rounds: int) -> list[Round]:
    """Rounds of one question per character, together and one after the other, prompts in the cache."""
    story = " ".join(f"A {who} runs through a forest." for who in CAST)
    first = {request.agent: request for request in reversed(requests_of(story, PLAY, large=large))}
    asked = [first[who] for who in CAST if who in first]
    if len(asked) < max(COUNTS):
        raise ModelError(f"only {len(asked)} of {max(COUNTS)} characters were asked", where=PLAY, todo="report this as a bug")
    for request in asked:
        model.ask([request])  # fills the cache, so that every way finds the same
    found = []
    for count in COUNTS:
        together, alone, replies = [], [], list[ModelReply]()
        for _ in range(rounds):
            begin = time.perf_counter()
            replies = model.ask(asked[:count])
            middle = time.perf_counter()
            for request in asked[:count]:
                model.ask([request])
            together.append(middle - begin)
            alone.append(time.perf_counter() - middle)
        prompt, written = (sum(getattr(r, f"{kind}_tokens") for r in replies) for kind in ("prompt", "completion"))
        found.append(Round(count, statistics.median(together), statistics.median(alone), count, prompt, written))
    return found


@dataclass(frozen=True)
class Part:
    """Calls of one part of a session and how much of their prompts came from the cache."""

    name: str
    calls: int
    prompt: int
    cached: int

    @property
    def share(self) -> float:
        return self.cached / self.prompt if self.prompt else 0.0


def session_parts(model: Model, story: str) -> tuple[list[Part], dict[str, float]]:
    """A whole session: its calls up to the first answer of every agent, the calls after them, and the seconds of its turns."""
    ends: list[tuple[str, float]] = []
    busy: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        session = Session.create(Path(folder) / "session", Brief.from_text(story), llm=model)

        def hear(event: object) -> None:
            kind = getattr(event, "type", "")
            if kind == "turn_started":
                ends.append((", ".join(dict.fromkeys(agent for agent, _ in getattr(event, "asked", ()))), time.perf_counter()))
            elif kind == "agent_answered":
                busy[ends[-1][0]] = busy.get(ends[-1][0], 0.0) + getattr(event, "seconds", 0.0)

        started = time.perf_counter()
        session.run(on_event=hear)
        whole = time.perf_counter() - started
        calls = [event for event in session.events() if event.type == "model_called"]
        opened = next((event.seq for event in session.events() if event.type == "round_started" and event.round >= 1), None)
    before = [call for call in calls if opened is None or call.seq < opened]
    after = [call for call in calls if opened is not None and call.seq >= opened]
    parts = [
        Part(name, len(some), sum(c.prompt_tokens for c in some), sum(c.cached_tokens for c in some))
        for name, some in (("first round", before), ("after it", after), ("whole session", calls))
    ]
    return parts, {"whole": whole, "agents": sum(busy.values())}


def cache_counters(root: str) -> tuple[float, float]:
    """(prompt tokens looked up, found in the prefix cache) since the server started; zeros where it does not tell."""
    try:
        said = httpx.get(f"{root}/metrics", timeout=10, trust_env=False).text
    except httpx.HTTPError:
        return 0.0, 0.0
    totals = []
    for name in ("queries", "hits"):
        values = re.findall(rf"^vllm:prefix_cache_{name}(?:_total)?\{{.*\}} (\S+)$", said, re.MULTILINE)
        totals.append(sum(map(float, values)))
    return totals[0], totals[1]


def show_rounds(rounds: Sequence[Round]) -> None:
    one = rounds[0].together
    print("characters  calls  together  one by one  together / one call  one by one / together  tokens/s written")
    for r in rounds:
        print(
            f"{r.characters:10}  {r.calls:5}  {r.together:6.2f} s  {r.one_by_one:8.2f} s  {r.together / one:19.2f}"
            f"  {r.one_by_one / r.together:21.2f}  {r.written / r.together:16.1f}"
        )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--url", default="http://127.0.0.1:8000/v1")
    options.add_argument("--model")
    options.add_argument("--large", action="store_true", help="ask as a large model is asked: one opening for all roles")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--story", default=EXAMPLE)
    given = options.parse_args()
    model = OpenAIModel(given.url, given.model, timeout=600, small=False if given.large else None)
    root = model.base_url.removesuffix("/v1")
    large = not model.small
    print(f"{model.description}, asked as a {'large' if large else 'small'} model")
    try:
        for name in ("first session on this story", "the same session again"):
            before = cache_counters(root)
            parts, seconds = session_parts(model, given.story)
            looked, hit = (after - past for after, past in zip(cache_counters(root), before, strict=True))
            print(f"\n{name}: {seconds['whole']:.1f} s, agents busy {seconds['agents'] / seconds['whole']:.2f} x that")
            for part in parts:
                print(f"  {part.name:14} {part.calls:3} calls  {part.prompt:6} prompt tokens  {part.share:4.0%} from the cache")
            if looked:
                print(f"  by the server's own counters {hit / looked:.0%}")
        print("\na round of one question per character, prompts in the cache")
        show_rounds(parallel(model, large=large, rounds=given.rounds))
    finally:
        model.close()


if __name__ == "__main__":
    main()
