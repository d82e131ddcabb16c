"""Milliseconds to stage a 5 s shot with 4 characters, to solve its camera, to check every rule, and to try remedies.

    python -m evals.bench.rules [--repeats 10] [--profile]

Prints the median of each, and the part of a 50 ms budget that staging and rules use together.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

from shotplan.brief import Brief
from shotplan.plan import Beat, CameraSpec, Character, Performance, Prop, Shot, ShotPlan, StageSet
from shotplan.rules import check as checking
from shotplan.rules.registry import RULES
from shotplan.rules.restage import StagedCache
from shotplan.staging import stage
from shotplan.staging.camera import solve_camera
from shotplan.staging.staged import StagedShot

BUDGET = 50.0
"""Milliseconds for staging and rules of one such shot."""


def crowded_plan() -> ShotPlan:
    """Five seconds in a wood: a fox jumps a log, a wolf chases it, an owl watches, a woman walks and waves."""
    wood = StageSet(
        id="wood", name="the wood", place="forest",
        props=(
            Prop.of_kind("log", "log", "log", 1.0, 0.0, size=(0.5, 0.5, 2.0)), Prop.of_kind("tree", "tree", "tree", 4.0, -2.6),
            Prop.of_kind("rock", "rock", "rock", -4.0, -2.4), Prop.of_kind("bush", "bush", "bush", 3.0, 2.8),
            Prop.of_kind("fence", "fence", "fence", -6.5, -3.0),
        ),
    )  # fmt: skip
    cast = tuple(Character.of_kind(k, k.title(), k) for k in ("fox", "wolf", "owl", "woman"))
    beats = (
        Beat(id="b1", span="The fox jumps over the log", actor="fox", action="jump_over", target="log"),
        Beat(id="b2", span="the wolf chases it", actor="wolf", action="chase", target="fox"),
        Beat(id="b3", span="The owl watches", actor="owl", action="look", target="fox", emotion="surprised"),
        Beat(id="b4", span="A woman waves", actor="woman", action="wave", emotion="happy"),
    )
    performances = (
        Performance(actor="fox", beat="b1", action="jump_over", target="log", start="left", end="right"),
        Performance(actor="wolf", beat="b2", action="chase", target="fox", start="far_left"),
        Performance(actor="owl", beat="b3", action="look", target="fox", start="back_right", emotion="surprised"),
        Performance(actor="woman", action="walk", start="back_left", end="back"),
        Performance(actor="woman", beat="b4", action="wave", emotion="happy"),
    )
    camera = CameraSpec(size="long", subject="fox", move="follow")
    shot = Shot(
        id="s01", set="wood", beats=("b1", "b2", "b3", "b4"), duration=5.0, performances=performances, camera=camera
    )
    brief = Brief.from_text("The fox jumps over the log, the wolf chases it. The owl watches. A woman waves.")
    return ShotPlan(brief=brief, cast=cast, sets=(wood,), beats=beats, shots=(shot,))


def median_ms(work: Callable[[], object], repeats: int) -> float:
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return 1000 * statistics.median(seconds)


def camera_again(staged: StagedShot) -> object:
    return solve_camera(
        staged.shot.camera, actors=staged.actors, props=staged.props, stage_set=staged.stage_set, aspect=staged.camera.aspect,
        fps=staged.fps, frames=staged.frames, acting=[a.id for a in staged.actors if a.actions],
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--profile", action="store_true", help="milliseconds of every rule as well")
    options = parser.parse_args()
    plan = crowded_plan()
    shot = plan.shots[0]
    staged = stage(plan, shot)
    staging = median_ms(lambda: stage(plan, shot), options.repeats)
    camera = median_ms(lambda: camera_again(staged), options.repeats)
    rules = median_ms(lambda: checking.check(plan, [staged], remedies=False), options.repeats)
    findings = checking.check(plan, [staged])

    def remedies() -> object:
        checking._RECENT = StagedCache()
        return checking.check(plan, [staged])

    trying = median_ms(remedies, max(2, options.repeats // 5))
    tried = sum(len(f.remedies) for f in findings)
    what = f"{shot.duration:g} s, {len(staged.actors)} characters, {staged.frames} frames"
    print(f"staging   {staging:7.1f} ms  ({what}; camera {camera:.1f} ms of it)")
    print(f"rules     {rules:7.1f} ms  ({len(RULES)} rules, {len(findings)} findings)")
    print(f"together  {staging + rules:7.1f} ms  = {(staging + rules) / BUDGET:.2f} of the {BUDGET:g} ms budget")
    print(f"remedies  {trying:7.1f} ms  ({tried} offered, each staged and checked again)")
    if options.profile:
        take = checking.take_of(plan, (staged,), 0)
        for rule in RULES.values():
            given = plan if rule.scope == "plan" else take
            print(f"  {rule.name:30s} {median_ms(lambda r=rule, g=given: list(r.check(g)), options.repeats):6.2f} ms")  # type: ignore[misc]


if __name__ == "__main__":
    main()
