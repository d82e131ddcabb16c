"""Milliseconds to stage a 5 s shot with four characters, with and without the camera solver and the rules.

Run: python -m evals.bench.staging
"""

from __future__ import annotations

import time

from shotplan.brief import Brief
from shotplan.plan import Character, Performance, Prop, Shot, ShotPlan, StageSet
from shotplan.staging import stage
from shotplan.staging.blocking import Entry
from shotplan.staging.play import play

ROUNDS = 20


def busy_plan() -> ShotPlan:
    """Four characters who walk, jump, hug and watch for five seconds."""
    cast = tuple(Character.of_kind(k, k.title(), k) for k in ("man", "fox", "woman", "owl"))
    props = (Prop.of_kind("log", "log", "log", 2.0, 1.0), Prop.of_kind("tree", "tree", "tree", -2.0, -3.0))
    performances = (
        Performance(actor="man", action="walk", end="center"),
        Performance(actor="fox", action="jump_over", target="log"),
        Performance(actor="woman", action="hug", target="man"),
        Performance(actor="owl", action="look", target="fox"),
    )
    shot = Shot(id="s01", set="meadow", duration=5.0, performances=performances)
    stage_set = StageSet(id="meadow", name="Meadow", place="field", props=props)
    return ShotPlan(brief=Brief.from_text("A test."), cast=cast, sets=(stage_set,), shots=(shot,))


def best(action: object) -> float:
    """Least milliseconds of CPU time over some rounds."""
    times = []
    for _ in range(ROUNDS):
        t = time.process_time()
        action()  # type: ignore[operator]
        times.append(1000 * (time.process_time() - t))
    return min(times)


def main() -> None:
    plan = busy_plan()
    stage(plan, plan.shots[0])
    played = best(lambda: play(plan, 0, Entry()))
    staged = best(lambda: stage(plan, plan.shots[0]))
    print(f"courses only   {played:6.1f} ms")
    print(f"staged shot    {staged:6.1f} ms   {5000 / staged:5.0f} x real time   (aim: under 50 ms with rules)")
    try:
        from shotplan.rules.check import check
    except ImportError:
        print("rules          not built in this tree")
        return
    ruled = best(lambda: check(plan, [stage(plan, plan.shots[0])], remedies=False))
    print(f"with all rules {ruled:6.1f} ms")


if __name__ == "__main__":
    main()
