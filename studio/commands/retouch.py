"""`ekonte retouch` and `ekonte outpaint`: a finished clip drawn again in part.

Knows what is asked for and where files go. Does not know masks (`video_core.retouch.redraw`) or the film's
folder (`video_core.retouch.film`).
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from shotplan.errors import PlanError
from studio.commands.app import app
from studio.commands.options import AsJson, frame_size
from studio.commands.video_options import Checkpoint, Settings, Steps, VideoModel, video_request

NewSeed = Annotated[int | None, typer.Option("--seed", help="Of the new pixels; another one draws them otherwise.")]


@app.command()
def retouch(
    source: Annotated[Path, typer.Argument(help="A film's folder.")],
    shot: Annotated[str, typer.Option("--shot", help="Which shot.")],
    only: Annotated[list[str], typer.Option("--only", help="Who is drawn anew, by id; may be given again.")],
    of: Annotated[str | None, typer.Option("--of", help="Whose clip is changed, a backend's name; default the newest.")] = None,
    margin: Annotated[float, typer.Option("--margin", min=0, max=0.5, help="Around the actor, in picture heights.")] = 0.08,
    backend: Annotated[str, typer.Option("--backend", help="wan with a VACE or anymask model, or embedded.")] = "wan",
    checkpoint: Checkpoint = None,
    video_model: VideoModel = None,
    steps: Steps = None,
    set_: Settings = None,
    prompt: Annotated[str | None, typer.Option("--prompt", help="Other words for the shot.")] = None,
    seed: NewSeed = None,
    as_json: AsJson = False,
) -> None:
    """Draw one actor of a finished shot anew; every other pixel stays, and the film is joined again."""
    from studio.plan_file import read_plan
    from video_core.backends import ready_backend
    from video_core.backends.backend import ControlUse
    from video_core.conditioning import Conditioning
    from video_core.encode import read_mp4
    from video_core.retouch.film import clip_of, join_again, joins_finished, replace_clip, with_prompt
    from video_core.retouch.redraw import actor_mask, redraw

    plan, home = read_plan(source)
    if plan.shot(shot) is None:
        raise PlanError(f"there is no shot {shot!r}", where=str(source), todo=f"shots: {', '.join(s.id for s in plan.shots)}")
    path = clip_of(home, shot, of)
    bundle = with_prompt(Conditioning.load(home / "conditioning" / f"{shot}.safetensors"), prompt, seed)
    draw = actor_mask(bundle, only, margin)
    frames, _ = read_mp4(path)
    settings = video_request(checkpoint, video_model, steps, set_, None, None, None).settings
    drawing = ready_backend(backend, settings, bundle.size, bundle.scene.fps)
    made = redraw(drawing, bundle, frames, draw)
    told = ControlUse(f"{', '.join(only)} drawn anew", "honoured", f"by {drawing.name}: {made.report[0].reason}")
    further = joins_finished(home, plan, path.parent)
    before = replace_clip(home, path, made, bundle, told)
    film = None if further else join_again(home, plan, path.parent)
    said = {"clip": str(path), "before": str(before), "film": str(film) if film else None, "drawn": round(float(draw.mean()), 4)}
    if as_json:
        print(json.dumps(said | {"controls": [vars(use) for use in made.report]}, ensure_ascii=False, indent=2))
        return
    print(f"{path}: {told.control}, {made.report[0].reason}\nthe clip before: {before}")
    print(f"{film}: joined again" if film else "the film's clips are finished before they are joined: give the same `ekonte render` again")


@app.command()
def outpaint(
    clip: Annotated[Path, typer.Argument(help="A clip, .mp4.")],
    size: Annotated[str, typer.Option("--size", help="The larger frame, height x width, such as 480x832.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The new clip.")],
    prompt: Annotated[str, typer.Option("--prompt", help="What is seen, the new parts too.")] = "",
    checkpoint: Checkpoint = None,
    video_model: VideoModel = None,
    steps: Steps = None,
    set_: Settings = None,
    seed: NewSeed = None,
    as_json: AsJson = False,
) -> None:
    """Make a clip's picture larger or wider with a VACE or anymask model: the clip stays in the middle, the rest is drawn around it."""
    import numpy as np

    from video_core.backends import ready_backend
    from video_core.encode import not_read, read_mp4
    from video_core.line_clips import bare_bundle
    from video_core.production.transitions import write_film
    from video_core.retouch.redraw import placed, redraw

    frames, fps = read_mp4(clip)
    inner, draw, note = placed(frames, frame_size(size))
    note = "; ".join((note, *not_read(clip)))
    settings = video_request(checkpoint, video_model, steps, set_, None, None, None).settings
    drawing = ready_backend("wan", settings, frame_size(size), fps)
    blank = np.zeros((len(inner), *frame_size(size)), np.uint8)
    bundle = bare_bundle(prompt, inner[:0], (), blank, fps=fps, seed=seed or 0, name=clip.stem)
    made = redraw(drawing, bundle, inner, draw)
    write_film(out, [replace(made, fps=fps)], fps)
    if as_json:
        print(json.dumps({"clip": str(out), "placed": note, "controls": [vars(use) for use in made.report]}, ensure_ascii=False, indent=2))
    else:
        print(f"{out}: {note}")
