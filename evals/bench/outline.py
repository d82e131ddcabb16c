"""How well a model outlines short stories: right who, action and target per clause, and seconds per film.

    python -m evals.bench.outline [--llm embedded] [--options supported|all] [--crew] [--show]

Prints clauses right against the same run with the scripted model (first option everywhere), so that what the model adds or costs is
visible. `--crew` lets scene, characters and camera write their parts too and prints the seconds of every agent.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from typing import Literal

from agents.choose_model import choose_model
from agents.crew_of_models import ModelCrew
from agents.model import Model
from agents.scripted import ScriptedModel
from shotplan.brief import Brief
from shotplan.plan import Beat, ShotPlan
from shotplan.revisions import apply_patch

Act = tuple[str | None, str, str | None]
"""Who, action, target. An action may be several joined by `|` where more than one is right; so may a target (`-`: none)."""

STORIES: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
    ("A red fox runs through a forest at sunset and jumps over a fallen log. An owl watches, surprised.",
     (("fox", "run", "-"), ("fox", "jump_over", "log"), ("owl", "look", "fox|-"))),
    ("Two samurai fight on a bridge in the rain. One falls. The other bows sadly.",
     (("samurai_1", "fight", "samurai_2"), ("samurai_1", "fall", "-"), ("samurai_2", "bow", "-|samurai_1"))),
    ("A robot finds a flower in the desert. It picks up the flower and dances.",
     (("robot", "look|pick_up", "flower"), ("robot", "pick_up", "flower"), ("robot", "dance", "-|flower"))),
    ("Mia opens the door and sees a wolf. She screams. The wolf runs away.",
     (("mia", "open", "door"), ("mia", "look", "wolf"), ("mia", "talk|cry", "-|wolf"), ("wolf", "leave|run", "-"))),
    ("An old man sits on a bench and reads a book. A bird lands on the bench.",
     (("old_man", "sit", "bench"), ("old_man", "read", "book"), ("bird", "fly|stand|sit", "bench|-"))),
    ("A cat chases a mouse through the kitchen. The mouse hides behind a box. The cat looks around, confused and angry.",
     (("cat", "chase", "mouse"), ("mouse", "hide", "box"), ("cat", "look", "-|mouse"))),
    ("Tom kicks a ball to Anna. She catches it and laughs.",
     (("tom", "kick", "ball"), ("anna", "pick_up", "ball"), ("anna", "cheer", "-|tom|ball"))),
    ("A knight kneels before the queen. \"Rise,\" says the queen. The knight stands up.",
     (("knight", "kneel", "-|queen"), ("queen", "talk", "knight"), ("knight", "stand_up", "-"))),
    ("A penguin slides down a hill and crashes into a rock. Another penguin laughs.",
     (("penguin", "fall|run|perform", "-"), ("penguin", "fall|perform", "rock|-"), ("penguin_2", "cheer", "-|penguin"))),
    ("A dragon lands on a castle. A brave girl walks toward it and offers an apple.",
     (("dragon", "fly|stand", "-"), ("girl", "walk", "dragon|-"), ("girl", "give", "apple|dragon"))),
    ("At night a thief sneaks into a house, opens a chest and grabs a sword. A dog barks.",
     (("thief", "sneak", "house|-"), ("thief", "open", "chest"), ("thief", "pick_up", "sword"), ("dog", "talk|perform", "-|thief"))),
    ("Leo and Mia dance in the garden. Then they hug and wave goodbye.",
     (("leo", "dance", "mia"), ("leo", "hug", "mia"), ("leo", "wave", "-|mia"))),
    ("A tired woman climbs a mountain in the snow. She stops, looks at the moon, and cries.",
     (("woman", "climb_onto|walk", "-"), ("woman", "stand", "-"), ("woman", "look", "-"), ("woman", "cry", "-"))),
    ("A frog leaps onto a rock. A snake slithers toward the frog. The frog hops away.",
     (("frog", "jump_onto", "rock"), ("snake", "crawl", "frog|-"), ("frog", "jump_up|leave", "-"))),
    ("A wizard raises his staff. The giant falls down. Everyone cheers.",
     (("wizard", "pick_up", "staff"), ("giant", "fall", "-"))),
    ("A boy throws a stone into the river. A fish swims to him. He smiles.",
     (("boy", "throw", "stone|river"), ("fish", "swim", "boy|-"), ("boy", "cheer", "-|fish"))),
    ("Grandmother knits by the fire while a kitten plays with a ball.",
     (("grandmother", "perform|sit", "-|fire"), ("kitten", "perform|touch|jump_up|push", "ball|-"))),
    ("The detective examines a letter. \"This is a clue!\" he shouts. His dog wags its tail.",
     (("detective", "look|read|touch", "letter"), ("detective", "talk", "-|dog"),
      ("dog", "perform|cheer", "-"))),
    ("A horse gallops across a field and vaults over a fence. A farmer applauds.",
     (("horse", "run", "-"), ("horse", "jump_over", "fence"), ("farmer", "clap", "-|horse"))),
    ("A girl polishes a lamp. A ghost appears. The girl stumbles, drops the lamp and flees.",
     (("girl", "touch|perform", "lamp"), ("ghost", "enter|stand|fly", "-|lamp"), ("girl", "fall", "-"),
      ("girl", "put_down", "lamp"), ("girl", "leave|run", "-"))),
)  # fmt: skip


def outline(story: str, model: Model, options: Literal["supported", "all"], *, crew_too: bool = False) -> tuple[ShotPlan, dict[str, float]]:
    """The plan and the seconds of each agent."""
    brief = Brief.from_text(story, duration=12)
    crew = ModelCrew(model, brief, options=options)
    plan = ShotPlan(brief=brief)
    seconds: dict[str, float] = {}
    started = time.perf_counter()
    plan = apply_patch(plan, [dict(op) for op in crew.director.outline(plan).patch])
    seconds["director"] = time.perf_counter() - started
    if crew_too:
        base = plan
        for id in ("scene", *[c.id for c in base.cast], "camera"):
            started = time.perf_counter()
            plan = apply_patch(plan, [dict(op) for op in crew.agent(id, base).propose(base).patch])
            role = id if id in ("scene", "camera") else "characters"
            seconds[role] = seconds.get(role, 0.0) + time.perf_counter() - started
    return plan, seconds


def score(plan: ShotPlan, expected: tuple[tuple[str, str, str], ...]) -> tuple[Counter[str], list[str]]:
    """Fields right, and the clauses that are not. Beats are matched in order; a missing one counts as wrong."""
    right: Counter[str] = Counter()
    wrong: list[str] = []
    first: dict[tuple[str, str], Beat] = {}
    for beat in plan.beats:
        first.setdefault((beat.span, beat.action), beat)
    beats = list(first.values())
    for k, (who, action, target) in enumerate(expected):
        right["clauses"] += 1
        if k >= len(beats):
            wrong.append(f"missing: {who} {action} {target}")
            continue
        beat = beats[k]
        got = (beat.actor or "-", beat.action, beat.target or "-")
        marks = [got[0] == who, got[1] in action.split("|"), got[2] in target.split("|")]
        for name, mark in zip(("who", "action", "target"), marks, strict=True):
            right[name] += mark
        right["all"] += all(marks)
        if not all(marks):
            wrong.append(f"{beat.span!r}: {' '.join(got)}, not {who} {action} {target}")
    return right, wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--llm", default="embedded")
    parser.add_argument("--options", choices=("supported", "all"), default="supported")
    parser.add_argument("--crew", action="store_true", help="scene, characters and camera too")
    parser.add_argument("--show", action="store_true", help="print every clause that is wrong")
    parser.add_argument("--stories", type=int, default=len(STORIES))
    args = parser.parse_args()
    model = choose_model(args.llm)
    for label, asked in (("scripted", ScriptedModel()), (model.name, model)):
        total: Counter[str] = Counter()
        spent: Counter[str] = Counter()
        counted = _Counting(asked)
        outline("A cat sleeps and dreams.", counted, args.options, crew_too=args.crew)  # weights and stable prompts are read here
        counted.calls = 0
        for story, expected in STORIES[: args.stories]:
            plan, seconds = outline(story, counted, args.options, crew_too=args.crew)
            right, wrong = score(plan, expected)
            total += right
            spent.update(seconds)
            if args.show:
                for line in wrong:
                    print("   ", line)
        n = total["clauses"]
        fields = ", ".join(f"{k} {total[k]}/{n}" for k in ("who", "action", "target", "all"))
        times = ", ".join(f"{k} {v / args.stories:.2f} s" for k, v in spent.items())
        print(f"{label}: {fields}; per story: {times}, {counted.calls / args.stories:.1f} calls")
    model.close()


class _Counting:
    """A model that counts its calls."""

    def __init__(self, model: Model) -> None:
        self.name, self._model, self.calls = model.name, model, 0

    def ask(self, requests):  # type: ignore[no-untyped-def]
        self.calls += len(requests)
        return self._model.ask(requests)

    def close(self) -> None:
        """The owner closes the model."""


if __name__ == "__main__":
    main()
