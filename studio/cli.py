"""The command `ekonte`: make, plan, render, show, resume, doctor.

Knows options and exit codes: 0 done, 2 an error said in one line, 130 stopped by the user. Does not know how a film is made.
"""

from __future__ import annotations

import errno
import json
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from shotplan.brief import Brief
from shotplan.errors import BriefError, EkonteError
from studio.output_folder import OutputFolder, Request
from studio.script_source import EXAMPLE, read_script

app = typer.Typer(
    name="ekonte", help="Direct animation with a crew of agents: from a script to film.", no_args_is_help=True, add_completion=False,
    pretty_exceptions_enable=False, rich_markup_mode=None,
)  # fmt: skip

DISK_TROUBLE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)

Script = Annotated[str | None, typer.Argument(help="The script, a file that holds it, or - for standard input.")]
Example = Annotated[bool, typer.Option("--example", help="Use the built-in example script.")]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="Output folder; default out/<first words>.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace an earlier film in the output folder.")]
Llm = Annotated[
    str, typer.Option("--llm", help="auto, embedded, or the URL of any OpenAI-compatible server such as vLLM.")
]
LlmModel = Annotated[str | None, typer.Option("--llm-model", help="Model name on that server; default its first.")]
BackendName = Annotated[str, typer.Option("--backend", help="Video backend of film.mp4: embedded or animatic.")]
StyleName = Annotated[str, typer.Option("--style", help="anime, watercolor or ink.")]
Duration = Annotated[
    float | None, typer.Option("--duration", help="Length of the film in seconds; default as the story needs.")
]
Seed = Annotated[int, typer.Option("--seed", help="Same seed, same script and same model: same film.")]
Size = Annotated[str, typer.Option("--size", help="Frame size, height x width.")]
Fps = Annotated[int, typer.Option("--fps", help="Frames per second.")]
ProtocolName = Annotated[str, typer.Option("--protocol", help="How the crew talks.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]


@app.command()
def make(
    script: Script = None,
    example: Example = False,
    out: Out = None,
    overwrite: Overwrite = False,
    llm: Llm = "auto",
    llm_model: LlmModel = None,
    backend: BackendName = "embedded",
    style: StyleName = "anime",
    duration: Duration = None,
    seed: Seed = 0,
    size: Size = "480x832",
    fps: Fps = 16,
    protocol: ProtocolName = "director_led",
    as_json: AsJson = False,
) -> None:
    """From a script to a film: the crew negotiates a plan, then it is drawn."""
    brief = _brief(script, example, style=style, duration=duration, size=size, fps=fps, seed=seed)
    request = Request(llm=llm, llm_model=llm_model, protocol=protocol, backend=backend)
    _start(brief, request, out, overwrite=overwrite, as_json=as_json)


@app.command()
def plan(
    script: Script = None,
    example: Example = False,
    out: Out = None,
    overwrite: Overwrite = False,
    llm: Llm = "auto",
    llm_model: LlmModel = None,
    style: StyleName = "anime",
    duration: Duration = None,
    seed: Seed = 0,
    size: Size = "480x832",
    fps: Fps = 16,
    protocol: ProtocolName = "director_led",
    as_json: AsJson = False,
) -> None:
    """Only the talk: write plan.json and events.jsonl, draw nothing. `ekonte render` makes the film from it."""
    brief = _brief(script, example, style=style, duration=duration, size=size, fps=fps, seed=seed)
    request = Request(llm=llm, llm_model=llm_model, protocol=protocol, backend=None)
    _start(brief, request, out, overwrite=overwrite, as_json=as_json)


@app.command()
def render(
    source: Annotated[Path, typer.Argument(help="A session folder or a plan.json.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Output folder; default the plan's own.")] = None,
    backend: BackendName = "embedded",
    size: Annotated[str | None, typer.Option("--size", help="Frame size, height x width; default the plan's.")] = None,
    as_json: AsJson = False,
) -> None:
    """Draw a plan again: only what is not up to date, judged by digest."""
    from studio.filming import FilmRenderer
    from studio.plan_file import read_plan
    from studio.talk_view import TalkView
    from video_core.backends import make_backend

    shot_plan, home = read_plan(source)
    make_backend(backend).check()
    target = OutputFolder(out or home)
    target.check_writable(shot_plan.brief)
    started = time.monotonic()
    with TalkView(shot_plan.brief.language, quiet=as_json) as view:
        artifacts = FilmRenderer(backend, size=_size(size) if size else None).run(
            shot_plan, target.path, view.see_phase
        )
    _list_files(target.path, [a.model_dump() for a in artifacts], time.monotonic() - started, as_json=as_json)


@app.command()
def show(
    source: Annotated[Path, typer.Argument(help="A session folder or a plan.json.")],
    as_json: AsJson = False,
) -> None:
    """What was said and what was agreed."""
    from studio.report import show_plan, show_session

    if source.is_dir():
        show_session(source, as_json=as_json)
    else:
        show_plan(source, as_json=as_json)


@app.command()
def resume(
    folder: Annotated[Path, typer.Argument(help="The output folder of a run that was stopped.")],
    backend: Annotated[str | None, typer.Option("--backend", help="Another video backend than the run had.")] = None,
    llm: Annotated[str | None, typer.Option("--llm", help="Another address for the same model.")] = None,
    as_json: AsJson = False,
) -> None:
    """Go on where a run was stopped: no model call is made twice, no message is lost."""
    target = OutputFolder(folder)
    request = target.recall()
    changes = {k: v for k, v in (("backend", backend), ("llm", llm)) if v is not None}
    _run(target, request.model_copy(update=changes), None, as_json=as_json)


@app.command()
def doctor(llm: Llm = "auto", as_json: AsJson = False) -> None:
    """What is installed, which model and backend are used, what is missing and how to get it."""
    from studio.doctor import examine

    checks = examine(llm)
    if as_json:
        print(json.dumps([vars(check) for check in checks], ensure_ascii=False, indent=2))
    else:
        table = Table(box=None, show_header=False, pad_edge=False)
        marks = {"ok": "[green]ok[/]", "note": "[yellow]note[/]", "missing": "[red]missing[/]"}
        for check in checks:
            table.add_row(marks[check.state], check.name, check.found + (f" — {check.todo}" if check.todo else ""))
        Console().print(table)
    if any(check.state == "missing" for check in checks):
        raise typer.Exit(2)


def _brief(script: str | None, example: bool, *, size: str, **options: Any) -> Brief:
    if example == (script is not None):
        raise BriefError(
            "give a script or --example, not both" if example else "there is no script",
            todo='write one in quotes, such as ekonte make "A fox runs through a forest.", name a file, or use --example',
        )
    return Brief.from_text(EXAMPLE if script is None else read_script(script), size=_size(size), **options)


def _size(text: str) -> tuple[int, int]:
    try:
        height, width = (int(part) for part in text.lower().split("x"))
    except ValueError as e:
        raise BriefError(f"{text!r} is not a frame size", todo="write height x width, such as 480x832") from e
    return height, width


def _start(brief: Brief, request: Request, out: Path | None, *, overwrite: bool, as_json: bool) -> None:
    """Begin a session, after everything that can fail early has been tried: nothing is written or replaced before."""
    from agents.choose_model import choose_model
    from agents.crew_of_models import ModelCrew
    from graph.protocols import choose_protocol
    from video_core.backends import make_backend

    if request.backend is not None:
        make_backend(request.backend).check()
    choose_protocol(request.protocol)
    model = choose_model(request.llm, model_name=request.llm_model)
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
    renderer = FilmRenderer(request.backend) if request.backend else None
    if brief is None:
        session = Session.open(folder.path, request.llm, renderer=renderer)
    else:
        session = Session.create(
            folder.path, brief, request.llm, model_name=request.llm_model, protocol=request.protocol, renderer=renderer
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
    _list_files(folder.path, listed, time.monotonic() - started, as_json=as_json, more=talk)


@contextmanager
def _told_how_to_resume(folder: Path) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        print(f"\nstopped; go on with: ekonte resume {folder}", file=sys.stderr)
        raise


def _list_files(
    folder: Path, files: list[dict[str, Any]], seconds: float, *, as_json: bool, more: dict[str, Any] | None = None
) -> None:
    own = [name for name in ("plan.json", "events.jsonl") if (folder / name).is_file()]
    if as_json:
        result = {"folder": str(folder), "files": files, "own": own, "seconds": round(seconds, 2), **(more or {})}
        print(json.dumps(result, ensure_ascii=False, indent=2))
        return
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"\n{folder}/  ({seconds:.0f} s)")
    for name in own + [file["path"] for file in files if file["path"] not in own]:
        console.print(f"  {name:<34} {(folder / name).stat().st_size / 1000:>9,.0f} kB")
    report = folder / "report.txt"
    if report.is_file():
        console.print("\n" + report.read_text(encoding="utf-8").rstrip())


def main() -> None:
    """Entry point: every known error becomes one line and exit code 2."""
    sys.exit(run(app))


def run(command: Callable[..., Any], arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code, instead of leaving."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    warnings.filterwarnings("ignore", category=FutureWarning)
    try:
        return _exit_code(command, arguments)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _exit_code(command: Callable[..., Any], arguments: list[str] | None) -> int:
    try:
        command(args=arguments, standalone_mode=False)
    except EkonteError as e:
        print(f"error ({e.phase}): {e}", file=sys.stderr)
        return 2
    except typer.Exit as e:
        return e.exit_code
    except OSError as e:
        if e.errno not in DISK_TROUBLE:
            raise
        print(
            f"error (disk): {e.strerror}: {e.filename or 'while writing'}. Free some space or give another --out.",
            file=sys.stderr,
        )
        return 2
    except Exception as e:
        if not hasattr(e, "format_message"):
            raise
        if type(e).__name__ == "NoArgsIsHelpError":
            print(e.format_message())
        else:  # a usage error of the option parser
            print(f"error (usage): {e.format_message()}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    main()
