"""Stories to lessons on disk: `python -m agents.embedded.training.generate --stories 12000 --out lessons`.

Knows how a crew is run with the teacher behind it. Does not know how a model learns. The same seed gives the same files. Files:
`prefixes.json` (the messages that questions of a kind share) and `train.jsonl`, `validation.jsonl` (one lesson a line).
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from agents.crew_of_models import ModelCrew
from agents.embedded.training.talks import talk
from agents.embedded.training.teacher import Lesson, Teacher
from agents.embedded.training.writer import story
from shotplan.brief import Brief
from shotplan.errors import EkonteError
from shotplan.plan import ShotPlan
from shotplan.revisions import apply_patch

TALKS_FROM = 5_000_000
"""Number of the first story that is talked over."""
KEPT = {
    "camera.shot": 0.06,
    "character.play": 0.12,
    "character.attend": 0.05,
    "scene.prop": 0.1,
    "scene.set": 0.4,
    "outline.pace": 0.15,
    "outline.place": 0.5,
    "camera.reframe": 0.05,
    "camera.respond": 0.3,
    "director.arbitrate": 0.4,
}
"""Share of the questions of a kind that are kept: those whose first option is nearly always right teach little."""


def lessons_of(seed: int, *, held_out: bool = False, talks: bool = False) -> Iterator[Lesson]:
    """Every question that a crew asks about one story, with its answer."""
    told = story(seed, held_out=held_out, sentences=random.Random(seed).choice((1, 2, 3)) if talks else None)
    teacher = Teacher(told)
    brief = Brief.from_text(told.text, duration=random.Random(seed).choice((8, 12, 20, 30)))
    crew = ModelCrew(teacher, brief, options="all")
    plan = ShotPlan(brief=brief)
    try:
        plan = apply_patch(plan, [dict(op) for op in crew.director.outline(plan).patch])
        base = plan
        for id in ("scene", *[c.id for c in base.cast], "camera"):
            plan = apply_patch(plan, [dict(op) for op in crew.agent(id, base).propose(base).patch])
        if talks:
            teacher.lessons.clear()
            talk(plan, crew, random.Random(seed))
    except EkonteError:  # a story that the crew cannot film still taught what was asked until then
        pass
    yield from teacher.lessons


def write(
    stories: range, file: TextIO, prefixes: dict[str, int], *, held_out: bool, talks: bool = False
) -> Counter[str]:
    """Write the lessons of some stories, or of the talk about them; returns how many of each kind."""
    counts: Counter[str] = Counter()
    for seed in stories:
        rng = random.Random(seed)
        for lesson in lessons_of(seed, held_out=held_out, talks=talks):
            surprising = any(lesson.answer[f] != lesson.first[f] for f in lesson.answer if f not in lesson.unknown)
            if not surprising and rng.random() > KEPT.get(lesson.question, 1.0):
                continue
            if all(f in lesson.unknown for f in lesson.options):
                continue
            file.write(json.dumps(_row(lesson, prefixes), ensure_ascii=False) + "\n")
            counts[lesson.question] += 1
    return counts


def _row(lesson: Lesson, prefixes: dict[str, int]) -> dict[str, Any]:
    shared = json.dumps(lesson.messages[:-1], ensure_ascii=False)
    return {
        "question": lesson.question,
        "prefix": prefixes.setdefault(shared, len(prefixes)),
        "user": lesson.messages[-1][1],
        "options": lesson.options,
        "answer": lesson.answer,
        "unknown": lesson.unknown,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, default=6000)
    parser.add_argument("--first", type=int, default=0, help="number of the first training story")
    parser.add_argument("--validation", type=int, default=150)
    parser.add_argument("--talks", type=int, default=300, help="stories whose plans are also talked over")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    prefixes: dict[str, int] = {}
    begin = time.perf_counter()
    for name, stories, held_out in (
        ("train", range(args.first, args.first + args.stories), False),
        ("validation", range(args.validation), True),
    ):
        with (args.out / f"{name}.jsonl").open("w", encoding="utf-8") as file:
            counts = write(stories, file, prefixes, held_out=held_out)
            talks = args.talks if name == "train" else args.talks // 10
            begun = args.first + TALKS_FROM
            counts += write(range(begun, begun + talks), file, prefixes, held_out=held_out, talks=True)
        print(f"{name}: {sum(counts.values())} lessons from {len(stories)} stories: {dict(sorted(counts.items()))}")
    (args.out / "prefixes.json").write_text(json.dumps(list(prefixes), ensure_ascii=False), encoding="utf-8")
    print(f"{len(prefixes)} prefixes, {time.perf_counter() - begin:.0f} s")


if __name__ == "__main__":
    main()
