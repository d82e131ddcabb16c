"""`ekonte make`, `plan` and `resume`: the talk, and the film after it.

Knows what must be tried before anything is written. Does not know how a film is made.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from shotplan.brief import Brief
from shotplan.characters.library import Library
from shotplan.errors import BriefError
from studio.commands.app import app
from studio.commands.character_options import Characters, beside_script, check_characters, find_library, told
from studio.commands.listing import list_files
from studio.commands.llm_options import DEFAULT_PATIENCE, BestOf, LlmPatience, LlmRole, LlmSmall, server_options
from studio.commands.options import (
    AsJson,
    BackendName,
    Duration,
    Example,
    Fps,
    Llm,
    LlmModel,
    Out,
    Overwrite,
    ProtocolName,
    RetakeHow,
    Retakes,
    Script,
    Seed,
    Size,
    StyleName,
    frame_size,
)
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
from studio.output_folder import OutputFolder, Request
from studio.script_source import EXAMPLE, read_script
from video_core.finishing.settings import FinishSettings
from video_core.key_frames.settings import KeyFrameSettings


@app.command()
def make(
    script: Script = None,
    example: Example = False,
    out: Out = None,
    overwrite: Overwrite = False,
    llm: Llm = "auto",
    llm_model: LlmModel = None,
    llm_role: LlmRole = None,
    best_of: BestOf = 1,
    llm_patience: LlmPatience = DEFAULT_PATIENCE,
    llm_small: LlmSmall = None,
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
    style: StyleName = "anime",
    duration: Duration = None,
    seed: Seed = 0,
    size: Size = "480x832",
    fps: Fps = 16,
    protocol: ProtocolName = "director_led",
    as_json: AsJson = False,
) -> None:
    """From a script to a film: the crew negotiates a plan, then it is drawn."""
    library = find_library(characters, *beside_script(script))
    brief = _brief(script, example, library, style=style, duration=duration, size=size, fps=fps, seed=seed)
    video = video_request(
        checkpoint, video_model, steps, set_, key_frames, art, painter, servers=video_server,
        gpus=shared_by(gpus, ray, ray_gpus, set_),
    )  # fmt: skip
    server = server_options(llm_role, best_of, llm_patience, llm_small)
    request = Request(
        llm=llm, llm_model=llm_model, server=server, protocol=protocol, backend=backend, retakes=retakes, retake_with=retake_with,
        settings=video.settings,
        key_frames=video.key_frames or KeyFrameSettings(), cluster=cluster_of(ray, ray_gpus, ray_cpus, backend, video.settings),
        finish=finish_request(finish) or FinishSettings(),
        characters=str(library.folder.resolve()) if library else None,
    )  # fmt: skip
    _start(brief, request, out, overwrite=overwrite, as_json=as_json)


@app.command()
def plan(
    script: Script = None,
    example: Example = False,
    out: Out = None,
    overwrite: Overwrite = False,
    llm: Llm = "auto",
    llm_model: LlmModel = None,
    llm_role: LlmRole = None,
    best_of: BestOf = 1,
    llm_patience: LlmPatience = DEFAULT_PATIENCE,
    llm_small: LlmSmall = None,
    characters: Characters = None,
    style: StyleName = "anime",
    duration: Duration = None,
    seed: Seed = 0,
    size: Size = "480x832",
    fps: Fps = 16,
    protocol: ProtocolName = "director_led",
    as_json: AsJson = False,
) -> None:
    """Only the talk: write plan.json and events.jsonl, draw nothing. `ekonte render` makes the film from it."""
    library = find_library(characters, *beside_script(script))
    brief = _brief(script, example, library, style=style, duration=duration, size=size, fps=fps, seed=seed)
    server = server_options(llm_role, best_of, llm_patience, llm_small)
    request = Request(llm=llm, llm_model=llm_model, server=server, protocol=protocol, backend=None)
    if library is not None:
        request = request.model_copy(update={"characters": str(library.folder.resolve())})
    _start(brief, request, out, overwrite=overwrite, as_json=as_json)


@app.command()
def resume(
    folder: Annotated[Path, typer.Argument(help="The output folder of a run that was stopped.")],
    backend: Annotated[str | None, typer.Option("--backend", help="Another video backend than the run had.")] = None,
    llm: Annotated[str | None, typer.Option("--llm", help="Another address for the same model.")] = None,
    checkpoint: Checkpoint = None,
    video_server: VideoServer = None,
    video_model: VideoModel = None,
    steps: Steps = None,
    set_: Settings = None,
    key_frames: KeyFrameSources = None,
    art: ArtFolder = None,
    painter: PainterFolder = None,
    gpus: Gpus = None,
    finish: Finish = None,
    characters: Characters = None,
    as_json: AsJson = False,
) -> None:
    """Go on where a run was stopped: no model call is made twice, no message is lost."""
    target = OutputFolder(folder)
    request = target.recall()
    video = video_request(checkpoint, video_model, steps, set_, key_frames, art, painter, servers=video_server, gpus=gpus)
    kept = request.settings if backend in (None, request.backend) else {}
    moved = str(characters.resolve()) if characters is not None else None
    asked = {
        "characters": moved, "backend": backend, "llm": llm, "settings": kept | video.settings, "key_frames": video.key_frames,
        "finish": finish_request(finish),
    }  # fmt: skip
    _run(target, request.model_copy(update={k: v for k, v in asked.items() if v is not None}), None, as_json=as_json)


def _brief(script: str | None, example: bool, library: Library | None, *, size: str, **options: Any) -> Brief:
    if example == (script is not None):
        raise BriefError(
            "give a script or --example, not both" if example else "there is no script",
            todo='write one in quotes, such as ekonte make "A fox runs through a forest.", name a file, or use --example',
        )
    text = EXAMPLE if script is None else read_script(script)
    known = library.in_script(text) if library else ()
    if said := told(library, known):
        print(said, file=sys.stderr)
    return Brief.from_text(text, size=frame_size(size), characters=known, **options)


def _start(brief: Brief, request: Request, out: Path | None, *, overwrite: bool, as_json: bool) -> None:
    """Begin a session, after everything that can fail early has been tried: nothing is written or replaced before."""
    from agents.choose_model import choose_model
    from agents.crew_of_models import ModelCrew
    from graph.protocols import choose_protocol
    from video_core.backends import ready_backend
    from video_core.key_frames.give import KeyFrames

    if request.backend is not None:
        ready_backend(request.backend, request.settings, brief.size, brief.fps, elsewhere=request.cluster is not None)
        KeyFrames(request.key_frames, Path()).check()
        check_finish(request.finish, brief.size, brief.fps)
        check_characters(brief.characters, request.backend)
    choose_protocol(request.protocol)
    model = choose_model(request.llm, model_name=request.llm_model, server=request.server)
    try:
        ModelCrew(model, brief)
    finally:
        model.close()
    folder = OutputFolder.prepare(out, brief, overwrite=overwrite)
    folder.remember(request)
    _run(folder, request, brief, as_json=as_json)


def _run(folder: OutputFolder, request: Request, brief: Brief | None, *, as_json: bool) -> None:
    from graph.session import Session
    from studio.filming import FilmRenderer
    from studio.talk_view import TalkView

    started = time.monotonic()
    renderer = (
        FilmRenderer(
            request.backend,
            retakes=request.retakes,
            retake_with=request.retake_with,
            settings=request.settings,
            key_frames=request.key_frames,
            cluster=request.cluster,
            finish=request.finish,
            characters=Library.read(Path(request.characters)) if request.characters else None,
        )
        if request.backend
        else None
    )
    if brief is None:
        session = Session.open(folder.path, request.llm, renderer=renderer)
    else:
        session = Session.create(
            folder.path,
            brief,
            request.llm,
            model_name=request.llm_model,
            server=request.server,
            protocol=request.protocol,
            renderer=renderer,
        )
    language = session.settings.brief.language
    with TalkView(language, quiet=as_json) as view, _told_how_to_resume(folder.path):
        agreed = session.run(on_event=view.see)
    files: dict[str, dict[str, Any]] = {}
    for event in session.events():
        if event.type == "artifact_written":
            files[event.path] = event.model_dump(include={"path", "kind", "digest", "bytes", "shot"})
    listed = [file for file in files.values() if (folder.path / file["path"]).is_file()]
    talk = {"outcome": session.outcome, "messages": len(session.messages()), "revision": agreed.revision}
    list_files(folder.path, listed, time.monotonic() - started, as_json=as_json, more=talk)


@contextmanager
def _told_how_to_resume(folder: Path) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        print(f"\nstopped; go on with: ekonte resume {folder}", file=sys.stderr)
        raise
