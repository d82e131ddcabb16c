"""Options that several commands share.

Knows their names and help texts. Does not know what a command does with them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shotplan.errors import BriefError
from video_core.production.retake_with import RetakeWith

Script = Annotated[str | None, typer.Argument(help="The script, a file that holds it, or - for standard input.")]
Example = Annotated[bool, typer.Option("--example", help="Use the built-in example script.")]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="Output folder; default out/<first words>.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace an earlier film in the output folder.")]
Llm = Annotated[
    str,
    typer.Option(
        "--llm", help="auto, embedded, the URL of any OpenAI-compatible server such as vLLM, or scripted: the reading rules alone."
    ),
]
LlmModel = Annotated[str | None, typer.Option("--llm-model", help="Model name on that server; default its first.")]
BackendName = Annotated[str, typer.Option("--backend", help="Video backend of film.mp4: embedded, animatic, wan or server.")]
Retakes = Annotated[
    int,
    typer.Option("--retakes", min=0, max=20, help="Render a shot again, up to so many times, if its checks fail."),
]
RetakeHow = Annotated[
    RetakeWith,
    typer.Option("--retake-with", help="Where a clip does not follow its plan: another seed, a stronger control, or both by turns."),
]
StyleName = Annotated[str, typer.Option("--style", help="anime, watercolor or ink.")]
Duration = Annotated[
    float | None, typer.Option("--duration", help="Length of the film in seconds; default as the story needs.")
]
Seed = Annotated[int, typer.Option("--seed", help="Same seed, same script and same model: same film.")]
Size = Annotated[str, typer.Option("--size", help="Frame size, height x width.")]
Fps = Annotated[int, typer.Option("--fps", help="Frames per second.")]
ProtocolName = Annotated[str, typer.Option("--protocol", help="How the crew talks.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]


def frame_size(text: str) -> tuple[int, int]:
    """(height, width) from text such as `480x832`. Raises `BriefError`."""
    try:
        height, width = (int(part) for part in text.lower().split("x"))
    except ValueError as e:
        raise BriefError(f"{text!r} is not a frame size", todo="write height x width, such as 480x832") from e
    return height, width
