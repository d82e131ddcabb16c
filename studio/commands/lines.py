"""`ekonte lines` and `ekonte clips`: a film's shots as lines of AniSora's prompt file, and such lines as clips.

Knows the two commands. Does not know the format (`video_core.backends.wan.prompt_file`) or how a clip is drawn.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from studio.commands.app import app
from studio.commands.options import AsJson, Fps, Seed, Size, frame_size
from studio.commands.video_options import (
    ArtFolder,
    Checkpoint,
    KeyFrameSources,
    PainterFolder,
    Settings,
    Steps,
    VideoModel,
    video_request,
)


@app.command()
def lines(
    source: Annotated[Path, typer.Argument(help="A session folder or a plan.json.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The prompt file; its pictures go into a folder beside it.")],
    encoding: Annotated[Literal["utf-8", "gbk"], typer.Option("--encoding", help="utf-8 for AniSora V3.2, gbk for V3.")] = "utf-8",
    video_model: Annotated[str, typer.Option("--video-model", help="Whose prompt endings are written.")] = "anisora-v3.2",
    key_frames: KeyFrameSources = None,
    art: ArtFolder = None,
    painter: PainterFolder = None,
    as_json: AsJson = False,
) -> None:
    """Write a film's shots as a prompt file that AniSora's own programs read, with a picture for each shot's first frame."""
    from shotplan.staging import stage_all
    from studio.plan_file import read_plan
    from video_core.backends.wan.families import family
    from video_core.backends.wan.prompt import model_prompt
    from video_core.backends.wan.prompt_file import PromptLine, time_of, write_prompt_file
    from video_core.encode import write_png
    from video_core.key_frames.give import KeyFrames
    from video_core.key_frames.settings import KeyFrameSettings
    from video_core.rasterise import condition

    plan, home = read_plan(source)
    model = family(video_model)
    asked = video_request(None, None, None, None, key_frames, art, painter).key_frames or KeyFrameSettings()
    sources = KeyFrames(asked, home)
    sources.check()
    pictures = out.with_name(f"{out.stem}_pictures")
    written = []
    for shot in stage_all(plan):
        bundle = condition(shot, size=plan.brief.size, seed=plan.brief.seed + shot.index)
        given, _ = sources.give(bundle, (0,), None)
        paths = []
        for number, picture in zip(given.key_frame_numbers, given.key_frames, strict=True):
            paths.append(pictures / f"{shot.shot.id}_f{int(number):03d}.png")
            write_png(paths[-1], picture)
        times = tuple(time_of(int(number), bundle.frames) for number in given.key_frame_numbers)
        prompt, _ = model_prompt(bundle.scene.prompt, model, motion=bundle.scene.motion_score, aesthetic=5.5)
        written.append(PromptLine(prompt, tuple(paths), times))
    write_prompt_file(out, written, encoding=encoding)
    if as_json:
        print(json.dumps({"file": str(out), "lines": len(written), "pictures": str(pictures)}, ensure_ascii=False))
    else:
        Console(highlight=False).print(f"{out}: {len(written)} lines, pictures in {pictures}/")


@app.command()
def clips(
    file: Annotated[Path, typer.Argument(help="A prompt file: prompt@@picture.png&&0 a line, in UTF-8 or GBK.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the clips.")],
    backend: Annotated[str, typer.Option("--backend", help="A backend that takes words and pictures.")] = "wan",
    checkpoint: Checkpoint = None,
    video_model: VideoModel = None,
    steps: Steps = None,
    set_: Settings = None,
    frames: Annotated[int, typer.Option("--frames", min=1, max=2000, help="Frames of every clip.")] = 81,
    size: Size = "480x832",
    fps: Fps = 16,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Draw every line of an AniSora prompt file as a clip of its own; only what is not up to date."""
    from video_core.backends import ready_backend
    from video_core.backends.wan.prompt_file import read_prompt_file
    from video_core.line_clips import bundle_of_line, draw_lines

    encoding, found = read_prompt_file(file)
    shape = frame_size(size)
    settings = video_request(checkpoint, video_model, steps, set_, None, None, None).settings
    drawing = ready_backend(backend, settings, shape, fps)
    bundles = {}
    for number, line in enumerate(found, start=1):
        name = f"clip{number:03d}"
        bundles[name] = bundle_of_line(line, frames=frames, size=shape, fps=fps, seed=seed + number - 1, name=name)
    console = Console(highlight=False, soft_wrap=True, quiet=as_json)
    made = []
    for name, path, fresh in draw_lines(drawing, bundles, out, lambda name: lambda done, total: None):
        made.append({"clip": str(path), "drawn": fresh, "prompt": bundles[name].scene.prompt})
        console.print(f"{path}  {'drawn' if fresh else 'up to date'}: {bundles[name].scene.prompt[:80]}")
    if as_json:
        print(json.dumps({"encoding": encoding, "clips": made}, ensure_ascii=False, indent=2))
