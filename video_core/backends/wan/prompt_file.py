"""AniSora's prompt files: one clip a line, with its pictures and when they are shown.

    <prompt>@@<picture>[,<picture>...]&&<time>[,<time>...]      times from 0 (first frame) to 1 (last)
    <prompt>@@<video.mp4>                                        anymask; the mask is <video>_mask.mp4

Knows the format of the released programs: V3 reads GBK, V3.2 UTF-8; a line without times shows one picture at 0. Does not draw.
Source: Index-anisora 171fe63, `generate-pi-i2v-any.py`, `generate_txt_new.py`.
"""

from __future__ import annotations

import codecs
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from shotplan.errors import RenderError

Encoding = Literal["utf-8", "gbk"]
VIDEOS = (".mp4", ".mov", ".mkv", ".webm")


@dataclass(frozen=True)
class PromptLine:
    """One clip."""

    prompt: str
    pictures: tuple[Path, ...]
    """As found from the file's own folder."""
    times: tuple[float, ...]
    """One per picture."""

    @property
    def video(self) -> Path | None:
        """The source video of an anymask line."""
        return self.pictures[0] if self.pictures and self.pictures[0].suffix.casefold() in VIDEOS else None

    @property
    def mask(self) -> Path | None:
        video = self.video
        return video.with_name(f"{video.stem}_mask{video.suffix}") if video else None


def read_prompt_file(path: Path) -> tuple[Encoding, tuple[PromptLine, ...]]:
    """The encoding that was found and the lines. Raises `RenderError` naming the line that cannot be used."""
    try:
        content = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    except OSError as e:
        raise RenderError(f"the prompt file cannot be read: {e.strerror or e}", where=str(path), todo="check the path") from e
    encoding, text = _decoded(content, path)
    lines = [
        _line(line.strip(), path, number) for number, line in enumerate(text.splitlines(), start=1) if line.strip()
    ]
    if not lines:
        raise RenderError("the prompt file is empty", where=str(path), todo="write one clip a line: prompt@@picture.png&&0")
    return encoding, tuple(lines)


def write_prompt_file(path: Path, lines: Sequence[PromptLine], *, encoding: Encoding = "utf-8") -> None:
    """Write lines that the released programs read; pictures relative to the file's folder.

    Raises `RenderError` for a prompt that the format or the encoding cannot hold.
    """
    texts = []
    for number, line in enumerate(lines, start=1):
        where = f"{path}, line {number}"
        prompt = " ".join(line.prompt.split())
        for mark in ("@@", "&&"):
            if mark in prompt:
                raise RenderError(f"the prompt holds {mark}, which separates its parts", where=where, todo="change the plan's words")
        names = [os.path.relpath(picture, path.parent) for picture in line.pictures]
        if any("," in name for name in names):
            raise RenderError("a picture's name holds a comma", where=where, todo="rename it")
        text = prompt + (f"@@{','.join(names)}" if names else "")
        texts.append(text + (f"&&{','.join(f'{time:g}' for time in line.times)}" if names and line.video is None else ""))
    try:
        content = "".join(f"{text}\n" for text in texts).encode(encoding)
    except UnicodeEncodeError as e:
        raise RenderError(
            f"{e.object[e.start : e.end]!r} cannot be written in GBK", where=str(path), todo="write UTF-8, which AniSora V3.2 reads"
        ) from e
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def time_of(frame: int, frames: int) -> float:
    """The time of a frame, which `int((frames - 1) * time)` turns into that frame again: rounded up, to four digits."""
    return math.ceil(frame / max(frames - 1, 1) * 10_000) / 10_000


def _decoded(content: bytes, path: Path) -> tuple[Encoding, str]:
    encodings: tuple[Encoding, ...] = ("utf-8", "gbk")
    for encoding in encodings:
        try:
            return encoding, content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise RenderError("the prompt file is neither UTF-8 nor GBK", where=str(path), todo="save it as UTF-8")


def _line(text: str, path: Path, number: int) -> PromptLine:
    where = f"{path}, line {number}"
    prompt, has_pictures, rest = text.partition("@@")
    if not has_pictures:
        return PromptLine(prompt.strip(), (), ())
    names, has_times, said = rest.partition("&&")
    pictures = tuple(path.parent / name.strip() for name in names.split(",") if name.strip())
    if not pictures:
        raise RenderError("no picture is named after @@", where=where, todo="write prompt@@picture.png&&0")
    try:
        times = tuple(float(time) for time in said.split(",")) if has_times else (0.0,)
    except ValueError as e:
        raise RenderError(f"{said!r} are no times", where=where, todo="write numbers from 0 to 1, such as &&0,0.5") from e
    if len(times) != len(pictures):
        raise RenderError(f"{len(pictures)} pictures and {len(times)} times", where=where, todo="give every picture its time")
    outside = [time for time in times if not 0 <= time <= 1]
    if outside:
        raise RenderError(f"{outside[0]:g} is no part of a clip", where=where, todo="times go from 0 (first frame) to 1 (last)")
    return PromptLine(prompt.strip(), pictures, times)
