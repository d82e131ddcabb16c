"""`ekonte train-character`: a LoRA of one character from a folder of pictures and clips.

Knows options and how progress is shown. Does not know training (`video_core.character_lora`).
"""

from __future__ import annotations

import json
import math
import re
import time
from pathlib import Path
from types import TracebackType
from typing import Annotated, Any, Literal, Self

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from shotplan.characters.library import FOLDER, Library
from shotplan.errors import CharacterError
from studio.commands.app import app
from studio.commands.options import AsJson, frame_size
from studio.commands.video_options import Settings

Name = Annotated[str, typer.Argument(help="The character's name as scripts say it, or its id in the library.")]
Pictures = Annotated[Path, typer.Option("--pictures", help="Folder with pictures and clips, and captions of the same names (.txt).")]
BaseModel = Annotated[str, typer.Option("--checkpoint", help="The model to train on: a folder, a .safetensors file or a Hub id.")]
Model = Annotated[str, typer.Option("--video-model", help="What the checkpoint is; default: its files tell.")]
Home = Annotated[Path, typer.Option("--characters", help="The library that the character is in, or comes into.")]
Id = Annotated[
    str | None, typer.Option("--id", help="The character's folder, in small Latin letters, for a name such as 小红; default by the name.")
]
Trigger = Annotated[str | None, typer.Option("--trigger", help="The word that calls the character; default <id>_character.")]
Steps = Annotated[int, typer.Option("--steps", help="Training steps, of each expert; more than before: go on from there.")]
Size = Annotated[str, typer.Option("--size", help="Height x width whose number of pixels no sample exceeds.")]
Frames = Annotated[int, typer.Option("--frames", help="Longest piece of a clip.")]
Weights = Annotated[
    Literal["auto", "bf16", "fp8", "fp32"], typer.Option("--weights", help="How the model's own weights are held; fp8: half the memory.")
]


@app.command(name="train-character")
def train_character(
    name: Name,
    pictures: Pictures,
    checkpoint: BaseModel,
    video_model: Model = "auto",
    characters: Home = Path(FOLDER),
    id_: Id = None,
    trigger: Trigger = None,
    steps: Steps = 1500,
    rank: Annotated[int, typer.Option("--rank", help="Size of the adapter.")] = 32,
    size: Size = "480x832",
    frames: Frames = 33,
    learning_rate: Annotated[float, typer.Option("--learning-rate")] = 1e-4,
    weights: Weights = "auto",
    seed: Annotated[int, typer.Option("--seed", help="Same seed, same pictures, same model: same adapter.")] = 0,
    set_: Settings = None,
    as_json: AsJson = False,
) -> None:
    """Teach a large video model one character. Stopped at any moment, the same command goes on where it was."""
    from video_core.backends.settings import settings_from_words
    from video_core.backends.wan.settings import WanSettings
    from video_core.character_lora.job import Request
    from video_core.character_lora.job import train_character as train
    from video_core.character_lora.settings import TrainSettings

    words: dict[str, Any] = dict(settings_from_words(set_ or ()))
    places = {key: words.pop(key) for key in ("checkpoint_low", "base", "device") if key in words}
    asked = {
        "steps": steps, "rank": rank, "size": frame_size(size), "frames": frames, "learning_rate": learning_rate, "weights": weights,
        "seed": seed,
    }  # fmt: skip
    try:
        settings = TrainSettings.model_validate(asked | words)
    except ValidationError as e:
        first = e.errors()[0]
        at = ".".join(str(part) for part in first["loc"])
        todo = f"settings are: {', '.join(TrainSettings.model_fields)}"
        raise CharacterError(f"{at} cannot be used: {first['msg']}", where=f"--{at.replace('_', '-')}", todo=todo) from e
    id = _id_of(name, characters, id_)
    request = Request(
        name=name, id=id, pictures=pictures, characters=characters, trigger=f"{id}_character" if trigger is None else trigger,
        checkpoint=WanSettings(checkpoint=checkpoint, model=video_model, **places), settings=settings,
    )  # fmt: skip
    started = time.monotonic()
    with TrainingView(quiet=as_json) as view:
        result = train(request, view)
    seconds = time.monotonic() - started
    if as_json:
        print(json.dumps(_document(result, view.notes, seconds), ensure_ascii=False, indent=2))
        return
    console = Console(highlight=False, soft_wrap=True)
    for expert, measured in result.measured.items():
        if measured:
            (_, untrained), (steps, trained) = measured[0], measured[-1]
            console.print(f"{expert}: loss on held-out samples {untrained:.4f} untrained, {trained:.4f} after {steps} steps")
    console.print(f"{result.character / result.entry.file}" + (f" and {Path(result.entry.file_low).name}" if result.entry.file_low else ""))
    console.print(f'{name} is in {characters}: films made with --characters {characters} say "{request.trigger}" and wear the adapter')


def _id_of(name: str, characters: Path, asked: str | None) -> str:
    """The id of the library's character of that name, else the asked one, else one made from the name.

    Raises `CharacterError` when none can be made, or the asked one is no id or belongs to somebody else.
    """
    from agents.roles.casting import slug

    for member in Library.read(characters).members if characters.is_dir() else ():
        known = name.casefold() in {member.id, *(n.casefold() for n in member.names)}
        if known and asked in (None, member.id):
            return member.id
        if known or member.id == asked:
            raise CharacterError(f"{member.id} is {member.names[0]}, not {name}", where="--id", todo="give another id or name")
    id = asked if asked is not None else slug(name, "")
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", id):
        what = f"no id can be made of {name!r}" if asked is None else f"{id!r} is no id"
        raise CharacterError(what, where="--id", todo="give one in small Latin letters, such as --id hana")
    return id


def _document(result: Any, notes: list[str], seconds: float) -> dict[str, Any]:
    return {
        "character": str(result.character), "family": result.entry.family, "file": result.entry.file, "file_low": result.entry.file_low,
        "trigger": result.entry.trigger, "measured": {name: list(map(list, rows)) for name, rows in result.measured.items()},
        "notes": notes, "seconds": round(seconds, 1),
    }  # fmt: skip


class TrainingView:
    """Notes, a bar for each phase, and the measured loss as it comes."""

    def __init__(self, *, quiet: bool) -> None:
        self.notes: list[str] = []
        self._console = Console(highlight=False, stderr=True, quiet=quiet, soft_wrap=True)
        self._bar = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn(),
            TextColumn("{task.fields[loss]}"), console=self._console,
        )  # fmt: skip
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._bar.stop()
        if kind is KeyboardInterrupt:
            self._console.print("stopped; the same command goes on from the last checkpoint")

    def note(self, text: str) -> None:
        self.notes.append(text)
        self._console.print(text)

    def encoding(self, done: int, total: int) -> None:
        self._show("encoding samples", done, total, "")

    def stepped(self, step: Any) -> None:
        what = ("training", "training, low noise")[step.expert]
        if step.measured is not None:
            self._console.print(f"{what}: step {step.step}, loss on held-out samples {step.measured:.4f}")
        self._show(what, step.step, step.steps, "" if math.isnan(step.loss) else f"loss {step.loss:.4f}")

    def _show(self, what: str, done: int, total: int, loss: str) -> None:
        if what not in self._tasks:
            self._tasks[what] = self._bar.add_task(what, total=total, loss="")
        self._bar.update(self._tasks[what], completed=done, total=total, loss=loss)
