"""How a film is to be finished, as a person asks for it: `match,interpolate=2,upscale=1080p,style=watercolour`.

Knows names and what may stand behind them. Imports neither torch nor OpenCV.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from shotplan.errors import RenderError

ORDER = ("match", "interpolate", "upscale", "style")
"""Stages in the order in which they are done, however they are asked for: colours are matched on what was drawn, frames are added while
they are small, and a grain or a paper has the size of the finished pixels."""
FILTERS = ("line", "cel", "watercolour", "paper", "halftone", "grain", "sepia", "noir", "warm", "cool", "lut")
WHERE = "--finish"


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MatchSettings(_Settings):
    """Shots of one set in one light get one look."""

    reference: Literal["median", "first"] = "median"
    """The shot that the others are brought to: the one nearest to all others, or the first."""
    strength: float = Field(default=1.0, gt=0, le=1)


class InterpolateSettings(_Settings):
    """More frames a second; the film keeps its length."""

    times: int | None = Field(default=None, ge=2, le=4)
    fps: int | None = Field(default=None, ge=2, le=120)
    model: str = ""
    """A RIFE v4 network as ncnn files: `flownet.param`, or its folder. Empty: optical flow."""

    @model_validator(mode="after")
    def _one(self) -> InterpolateSettings:
        if (self.times is None) == (self.fps is None):
            raise ValueError("say how many times the frames, 2 to 4, or which rate, such as 60fps")
        return self


class UpscaleSettings(_Settings):
    """Larger frames."""

    times: int | None = Field(default=None, ge=2, le=4)
    rows: int | None = Field(default=None, ge=64, le=8192)

    @model_validator(mode="after")
    def _one(self) -> UpscaleSettings:
        if (self.times is None) == (self.rows is None):
            raise ValueError("say how many times larger, 2, 3 or 4, or how many rows, such as 1080p")
        return self


class FilterSettings(_Settings):
    """One style filter; `file` is the table of `lut`."""

    name: Literal["line", "cel", "watercolour", "paper", "halftone", "grain", "sepia", "noir", "warm", "cool", "lut"]
    file: str = ""


class StyleSettings(_Settings):
    """Filters, done in the order in which they are named."""

    filters: tuple[FilterSettings, ...] = Field(min_length=1)
    strength: float = Field(default=1.0, gt=0, le=1)


class FinishSettings(_Settings):
    """The stages that are asked for; frozen, kept with a session so that resuming finishes the same way."""

    match: MatchSettings | None = None
    interpolate: InterpolateSettings | None = None
    upscale: UpscaleSettings | None = None
    style: StyleSettings | None = None

    @property
    def asked(self) -> tuple[str, ...]:
        """Names of the stages to be done, in order."""
        return tuple(name for name in ORDER if getattr(self, name) is not None)


def parse_finish(words: Iterable[str]) -> FinishSettings:
    """`["match,upscale=2", "style.strength=0.5"]` as settings. Raises `RenderError` naming the word that cannot be used."""
    given: dict[str, dict[str, Any]] = {}
    for word in (part.strip() for text in words for part in text.split(",")):
        if not word:
            continue
        name, sign, value = word.partition("=")
        stage, dot, setting = name.strip().partition(".")
        if stage not in ORDER:
            raise RenderError(f"there is no stage {stage!r}", where=WHERE, todo=f"stages are: {', '.join(ORDER)}")
        values = given.setdefault(stage, {})
        if dot:
            _take(values, stage, setting, value.strip())
        else:
            values.update(_plain(stage, value.strip() if sign else None))
    try:
        return FinishSettings.model_validate(given)
    except ValidationError as e:
        first = e.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        what = first["msg"].removeprefix("Value error, ")
        said = "" if isinstance(first.get("input"), dict) else f" {first.get('input')!r}"
        raise RenderError(f"{where}{said} cannot be used: {what}", where=WHERE, todo=_example(where.partition(".")[0])) from e


def _take(values: dict[str, Any], stage: str, setting: str, value: str) -> None:
    known = {"match": ("reference", "strength"), "interpolate": ("model",), "style": ("strength",)}.get(stage, ())
    if setting not in known or not value:
        names = ", ".join(f"{stage}.{name}=" for name in known)
        raise RenderError(f"{stage!r} has no setting {setting!r}" if setting not in known else f"{stage}.{setting} is empty", where=WHERE,
                          todo=f"its settings are: {names}" if known else "it has none")  # fmt: skip
    values[setting] = value


def _plain(stage: str, value: str | None) -> dict[str, Any]:
    """What stands behind the `=` of a stage; None: nothing does."""
    why = f"{stage}={value} cannot be used" if value is not None else f"{stage} needs a value"
    wrong = RenderError(why, where=WHERE, todo=_example(stage))
    match stage:
        case "match":
            if value is not None:
                raise wrong
            return {}
        case "interpolate":
            return _amount(value, "fps", "fps", wrong)
        case "upscale":
            return _amount(value, "p", "rows", wrong)
        case _:
            if not value:
                raise wrong
            return {"filters": tuple(_filter(name.strip()) for name in value.split("+"))}


def _amount(value: str | None, ending: str, name: str, wrong: RenderError) -> dict[str, Any]:
    found = re.fullmatch(rf"x?(\d{{1,5}})({ending})?", (value or "").casefold())
    if found is None:
        raise wrong
    return {name: int(found[1]), "times": None} if found[2] else {"times": int(found[1]), name: None}


def _filter(text: str) -> dict[str, str]:
    name, _, file = text.partition(":")
    name = "watercolour" if name == "watercolor" else name
    if name not in FILTERS:
        raise RenderError(f"there is no style filter {text!r}", where=WHERE, todo=f"filters are: {', '.join(FILTERS)}")
    if (name == "lut") != bool(file):
        raise RenderError(f"style={text} cannot be used", where=WHERE, todo="only lut takes a file: style=lut:look.cube")
    return {"name": name, "file": file}


def _example(stage: str) -> str:
    examples = {
        "match": "write match alone; match.reference=first, match.strength=0.5",
        "interpolate": "write interpolate=2, 3 or 4, or a rate: interpolate=60fps",
        "upscale": "write upscale=2, 3 or 4, or rows: upscale=1080p",
        "style": f"write style=NAME or style=NAME+NAME; names: {', '.join(FILTERS)}",
    }
    return examples.get(stage, f"stages are: {', '.join(ORDER)}")
