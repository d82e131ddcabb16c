"""`ekonte render`: draws a plan.

Knows what must be tried first. Does not know how a film is drawn.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from studio.commands.app import app
from studio.commands.character_options import Characters, check_characters, find_library, of_cast, remembered
from studio.commands.listing import list_files
from studio.commands.options import AsJson, BackendName, RetakeHow, Retakes, frame_size
from studio.commands.video_options import (
    ArtFolder,
    Checkpoint,
    Finish,
    Gpus,
    KeyFrameSources,
    PainterFolder,
    Ray,
    RayCpus,
    RayGpus,
    Settings,
    Steps,
    VideoModel,
    VideoServer,
    check_finish,
    cluster_of,
    finish_request,
    shared_by,
    video_request,
)
from studio.output_folder import OutputFolder


@app.command()
def render(
    source: Annotated[Path, typer.Argument(help="A session folder or a plan.json.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Output folder; default the plan's own.")] = None,
    backend: BackendName = "embedded",
    retakes: Retakes = 0,
    retake_with: RetakeHow = "both",
    checkpoint: Checkpoint = None,
    video_server: VideoServer = None,
    video_model: VideoModel = None,
    steps: Steps = None,
    set_: Settings = None,
    key_frames: KeyFrameSources = None,
    art: ArtFolder = None,
    painter: PainterFolder = None,
    finish: Finish = None,
    characters: Characters = None,
    gpus: Gpus = None,
    ray: Ray = None,
    ray_gpus: RayGpus = None,
    ray_cpus: RayCpus = 1.0,
    size: Annotated[str | None, typer.Option("--size", help="Frame size, height x width; default the plan's.")] = None,
    as_json: AsJson = False,
) -> None:
    """Draw a plan again: only what is not up to date, judged by digest."""
    from studio.filming import FilmRenderer
    from studio.plan_file import read_plan
    from studio.talk_view import TalkView
    from video_core.backends import ready_backend
    from video_core.key_frames.give import KeyFrames

    shot_plan, home = read_plan(source)
    video = video_request(
        checkpoint, video_model, steps, set_, key_frames, art, painter, servers=video_server,
        gpus=shared_by(gpus, ray, ray_gpus, set_),
    )  # fmt: skip
    frame = frame_size(size) if size else shot_plan.brief.size
    cluster = cluster_of(ray, ray_gpus, ray_cpus, backend, video.settings)
    ready_backend(backend, video.settings, frame, shot_plan.brief.fps, elsewhere=cluster is not None)
    library = find_library(characters or remembered(home), home)
    check_characters(of_cast(library, shot_plan), backend)
    if video.key_frames is not None:
        KeyFrames(video.key_frames, home).check()
    finishing = finish_request(finish)
    if finishing is not None:
        check_finish(finishing, frame, shot_plan.brief.fps)
    target = OutputFolder(out or home)
    target.check_writable(shot_plan.brief)
    started = time.monotonic()
    with TalkView(shot_plan.brief.language, quiet=as_json) as view:
        renderer = FilmRenderer(
            backend, retakes=retakes, retake_with=retake_with, size=frame, settings=video.settings, key_frames=video.key_frames,
            cluster=cluster,
            characters=library, finish=finishing,
        )  # fmt: skip
        artifacts = renderer.run(shot_plan, target.path, view.see_phase)
    list_files(target.path, [a.model_dump() for a in artifacts], time.monotonic() - started, as_json=as_json)
