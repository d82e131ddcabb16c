"""How much the rules gain by choosing among several candidates: `python -m evals.bench.best_of [--best-of 4] [--llm URL]`.

Without `--llm` the model is a reader that guesses: it takes the usual answer where a question has one right answer and any
option where it has not, which is the worst that a model can do within the schema. Prints the weighted findings (an error
counts 10, a warning 1) of the merged first proposals with one candidate and with several, from the same answers.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Sequence

from agents.crew_of_models import ModelCrew
from agents.model import Model, ModelReply, ModelRequest
from agents.openai import OpenAIModel
from agents.questions import SAMPLED
from agents.scripted import by_rule
from graph.best_of import best_of, weigh
from graph.turns import Answer, Ask
from shotplan.brief import Brief
from shotplan.plan import ShotPlan
from shotplan.revisions import apply_patch
from shotplan.rules.check import check
from shotplan.rules.finding import Finding

SCRIPTS = (
    "A red fox runs through a forest at sunset and jumps over a huge log. An owl watches, surprised.",
    "A cat sits on a chair. A dog enters. The dog chases the cat. The cat climbs onto a tree.",
    "Two samurai fight on a bridge. One falls. The other bows.",
    "A girl walks to an old well and looks inside. She smiles. A boy waves to her.",
)


class Guesser:
    """Any option, by chance, for the questions that are sampled; the first one for all others. Deterministic by seed."""

    name = "guesser"
    small = False

    def __init__(self, seed: int, best_of: int) -> None:
        self.best_of = best_of
        self._chance = random.Random(seed)

    def ask(self, requests: Sequence[ModelRequest]) -> list[ModelReply]:
        return [self._reply(request) for request in requests]

    def close(self) -> None:
        """Nothing is held."""

    def _reply(self, request: ModelRequest) -> ModelReply:
        contents = [self._content(request) for _ in range(request.sampling.n)]
        return ModelReply(
            content=contents[0], alternatives=tuple(contents[1:]), text=json.dumps(contents[0]), model=self.name
        )

    def _content(self, request: ModelRequest) -> dict[str, str]:
        if request.question not in SAMPLED:
            return dict(by_rule(request.answer_schema, request))
        fields = request.answer_schema["properties"]
        return {key: self._chance.choice(field["enum"]) for key, field in fields.items()}


def measured(plan: ShotPlan) -> Sequence[Finding]:
    return check(plan, remedies=False)


def scores(model: Model, script: str) -> tuple[float, float]:
    """(weighted findings with the first candidates, with the best ones)."""
    brief = Brief.from_text(script, duration=10)
    crew = ModelCrew(model, brief)
    plan = ShotPlan(brief=brief)
    plan = apply_patch(plan, [dict(op) for op in crew.director.outline(plan).patch])
    answers = [
        Answer(ask=Ask(agent=id, question="propose"), base_revision=0, proposal=crew.agent(id, plan).propose(plan))
        for id in ("scene", *[c.id for c in plan.cast], "camera")
    ]
    chosen = best_of(plan, answers, measured, lambda *_: None)
    first, best = (
        weigh(plan, [a.proposal.patch for a in said if a.proposal is not None], measured) for said in (answers, chosen)
    )
    return first, best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--best-of", type=int, default=4)
    parser.add_argument("--llm", help="address of a model server; default a guesser")
    parser.add_argument("--seeds", type=int, default=2, help="guessers")
    given = parser.parse_args()
    models: list[Model] = (
        [OpenAIModel(given.llm, small=False, best_of=given.best_of)]
        if given.llm
        else [Guesser(seed, given.best_of) for seed in range(given.seeds)]
    )
    total_first = total_best = 0.0
    for script in SCRIPTS:
        for n, model in enumerate(models):
            begin = time.perf_counter()
            first, best = scores(model, script)
            total_first, total_best = total_first + first, total_best + best
            took = time.perf_counter() - begin
            print(f"{first:6.0f} -> {best:6.0f}  {took:5.1f} s  {model.name} {n}  {script[:60]}", flush=True)
    ratio = total_best / total_first if total_first else 1.0
    print(
        f"findings, weighted: 1 candidate {total_first:.0f}, {given.best_of} candidates {total_best:.0f}, ratio {ratio:.2f}"
    )


if __name__ == "__main__":
    main()
