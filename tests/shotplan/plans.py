"""Random plans for property tests, and the jump example in a few lines."""

from __future__ import annotations

from hypothesis import strategies as st

from shotplan.brief import Brief
from shotplan.plan import Beat, CameraSpec, Character, Ground, Performance, Prop, Shot, ShotPlan, StageSet
from shotplan.vocabulary import (
    ACTIONS,
    ANGLES,
    CHARACTER_KINDS,
    EMOTIONS,
    LENSES,
    MOVES,
    PLACES,
    PROP_KINDS,
    SHOT_SIZES,
    SIDES,
    TIMES,
    WEATHERS,
)

LINES = ("", "", "Hello there, my friend.", "No! I will not go into that forest again, whatever you say.")


def one_shot(
    *performances: Performance,
    cast: tuple[Character, ...],
    props: tuple[Prop, ...] = (),
    duration: float = 5.0,
    ground: Ground | None = None,
    camera: CameraSpec | None = None,
    beats: tuple[Beat, ...] = (),
    fps: int = 16,
) -> ShotPlan:
    """A plan of one shot on one set."""
    stage_set = StageSet(id="meadow", name="Meadow", place="field", props=props, ground=ground or Ground())
    shot = Shot(
        id="s01",
        set="meadow",
        beats=tuple(b.id for b in beats),
        duration=duration,
        performances=performances,
        camera=camera or CameraSpec(),
    )
    return ShotPlan(brief=Brief.from_text("A test.", fps=fps), cast=cast, sets=(stage_set,), beats=beats, shots=(shot,))


def jump_plan(log_height: float = 0.5, kind: str = "fox") -> ShotPlan:
    """A character jumps over a log `log_height` metres high."""
    log = Prop.of_kind("log", "log", "log", 0.0, 0.0, size=(0.5, log_height, 2.6))
    return one_shot(
        Performance(actor="hero", action="jump_over", target="log"),
        cast=(Character.of_kind("hero", "Hero", kind),),
        props=(log,),
    )


def grounds() -> st.SearchStrategy[Ground]:
    return st.builds(
        lambda kind, height, x0, width: Ground(
            kind=kind, height=height if kind != "flat" else 0.0, x0=x0, x1=x0 + width
        ),
        st.sampled_from(["flat", "slope", "steps", "gap", "hill"]),
        st.floats(0.1, 1.2),
        st.floats(-3, 1),
        st.floats(0.8, 5),
    )


@st.composite
def sets(draw: st.DrawFn, id: str = "place", ground: st.SearchStrategy[Ground] | None = None) -> StageSet:
    """A set with up to four props on a ring of distinct places."""
    count = draw(st.integers(0, 4))
    props = []
    for k in range(count):
        kind = draw(st.sampled_from(sorted(PROP_KINDS)))
        x, z = draw(st.floats(-6, 6)), draw(st.floats(-3, 3))
        props.append(Prop.of_kind(f"{kind}_{k}", kind, kind, x, z, yaw=draw(st.sampled_from([0.0, 0.0, 30.0, 90.0]))))
    return StageSet(
        id=id,
        name=id.title(),
        place=draw(st.sampled_from(sorted(PLACES))),
        ground=draw(ground if ground is not None else grounds()),
        props=tuple(props),
        time=draw(st.sampled_from(sorted(TIMES))),
        weather=draw(st.sampled_from(sorted(WEATHERS))),
    )


@st.composite
def casts(draw: st.DrawFn, most: int = 4) -> tuple[Character, ...]:
    kinds = draw(st.lists(st.sampled_from(sorted(CHARACTER_KINDS)), min_size=1, max_size=most))
    return tuple(Character.of_kind(f"{kind}_{k}", kind.replace("_", " ").title(), kind) for k, kind in enumerate(kinds))


@st.composite
def cameras(draw: st.DrawFn, cast: tuple[Character, ...]) -> CameraSpec:
    return CameraSpec(
        size=draw(st.sampled_from(sorted(SHOT_SIZES))),
        angle=draw(st.sampled_from(sorted(ANGLES))),
        move=draw(st.sampled_from(sorted(MOVES))),
        lens=draw(st.sampled_from(sorted(LENSES))),
        subject=draw(st.sampled_from([None, *(c.id for c in cast)])),
        side=draw(st.sampled_from(sorted(SIDES))),
    )


@st.composite
def plans(
    draw: st.DrawFn,
    shots: int = 2,
    actions: tuple[str, ...] = tuple(ACTIONS),
    marks: bool = True,
    calm_camera: bool = False,
) -> ShotPlan:
    """A valid plan: random cast, one or two sets, beats with lines, and shots whose performances make sense or do not."""
    cast = draw(casts())
    places = [draw(sets("place"))]
    if draw(st.booleans()):
        places.append(draw(sets("elsewhere")))
    all_beats: list[Beat] = []
    all_shots: list[Shot] = []
    for n in range(draw(st.integers(1, shots))):
        stage_set = draw(st.sampled_from(places))
        performances, beat_ids = [], []
        for k in range(draw(st.integers(0, 4))):
            actor = draw(st.sampled_from([c.id for c in cast]))
            targets = [None, *(c.id for c in cast), *(p.id for s in places for p in s.props), "center", "left"]
            action, target = draw(st.sampled_from(actions)), draw(st.sampled_from(targets))
            emotion, intensity = draw(st.sampled_from(sorted(EMOTIONS))), draw(st.floats(0, 1))
            ends = [None, None, *(m.id for m in stage_set.marks)] if marks else [None]
            beat = Beat(
                id=f"b{n}_{k}",
                span="someone does it",
                actor=actor,
                action=action,
                emotion=emotion,
                intensity=intensity,
                line=draw(st.sampled_from(LINES)),
            )
            all_beats.append(beat)
            beat_ids.append(beat.id)
            performances.append(
                Performance(
                    actor=actor,
                    beat=draw(st.sampled_from([beat.id, None])),
                    action=action,
                    target=target,
                    start=draw(st.sampled_from(ends)),
                    end=draw(st.sampled_from(ends)),
                    pace=draw(st.sampled_from(["slow", "normal", "fast"])),
                    emotion=emotion,
                    intensity=intensity,
                )
            )
        camera = CameraSpec() if calm_camera else draw(cameras(cast))
        all_shots.append(
            Shot(
                id=f"s{n:02d}",
                set=stage_set.id,
                beats=tuple(beat_ids),
                duration=draw(st.floats(0.5, 8)),
                performances=tuple(performances),
                camera=camera,
            )
        )
    fps = draw(st.sampled_from([8, 12, 16, 24]))
    return ShotPlan(
        brief=Brief.from_text("A test.", fps=fps),
        cast=cast,
        sets=tuple(places),
        beats=tuple(all_beats),
        shots=tuple(all_shots),
    )
