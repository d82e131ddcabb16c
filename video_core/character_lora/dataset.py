"""The folder a person gives: pictures, clips and their captions.

Knows which files count, that captions are read, and what is left over. Does not know sizes, models or tensors.
A caption is a text file of the same name (`walk.mp4`, `walk.txt`), in UTF-8; what is not UTF-8 is read as GBK, and said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import av
from PIL import Image

from shotplan.errors import CharacterError
from video_core.ledger import digest_of, file_digest

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".bmp")
CLIPS = (".mp4", ".mov", ".webm", ".mkv")
ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True)
class Source:
    """One picture or clip."""

    path: Path
    kind: Literal["picture", "clip"]
    caption: str
    captioned: bool
    """False: nobody wrote a caption, `caption` is the one that all such files get."""
    size: tuple[int, int]
    """(H, W)."""
    frames: int
    fps: float
    digest: str
    """SHA-256 of the file."""


@dataclass(frozen=True)
class Dataset:
    folder: Path
    sources: tuple[Source, ...]
    notes: tuple[str, ...]
    """What a person should know before hours are spent."""

    @property
    def digest(self) -> str:
        """Of every file and caption; names do not count."""
        return digest_of(*sorted(f"{s.digest}:{s.caption}" for s in self.sources))

    def count(self, kind: str) -> int:
        return sum(s.kind == kind for s in self.sources)

    def held_out(self, share: float) -> frozenset[str]:
        """Digests of the files kept for measuring: the same ones as long as they are in the folder. None of fewer than four."""
        if len(self.sources) < 4 or not share:
            return frozenset()
        ordered = sorted({s.digest for s in self.sources}, key=lambda d: digest_of("held out", d))
        return frozenset(ordered[: max(1, round(share * len(ordered)))])


def read_dataset(folder: Path, *, trigger: str, otherwise: str) -> Dataset:
    """Every picture and clip in the folder. `otherwise`: the caption of files that have none.

    The trigger word is put in front of every caption that does not say it. Raises `CharacterError` when there is nothing, when a file
    cannot be read, or when two files share one caption by name.
    """
    if not folder.is_dir():
        raise CharacterError("there is no such folder of pictures", where=str(folder), todo="check --pictures")
    inside = sorted(p for p in folder.iterdir() if not p.name.startswith("."))
    files, folders = [p for p in inside if p.is_file()], [p.name for p in inside if p.is_dir()]
    material = [p for p in files if p.suffix.lower() in PICTURES + CLIPS]
    if not material:
        todo = f"put {', '.join(PICTURES + CLIPS)} files into it"
        todo += f" itself: folders in it, such as {folders[0]}, are not looked into" if folders else ""
        raise CharacterError("the folder holds no pictures and no clips", where=str(folder), todo=todo)
    stems = [p.stem for p in material]
    twice = sorted({stem for stem in stems if stems.count(stem) > 1})
    if twice:
        same = ", ".join(p.name for p in material if p.stem == twice[0])
        raise CharacterError(f"{same} would share one caption", where=str(folder), todo="rename one of them")
    read = {p.stem: _caption(p) for p in files if p.suffix.lower() == ".txt"}
    captions = {stem: words for stem, (words, _) in read.items()}
    guessed = [f"{stem}.txt ({words[:12]})" for stem, (words, encoding) in read.items() if encoding != ENCODINGS[0]]
    sources = tuple(_source(path, captions.get(path.stem), trigger, otherwise) for path in material)
    notes = [f"{len(guessed)} captions are not UTF-8 and are read as GBK, see whether they are right: {_some(guessed)}"] if guessed else []
    notes += [f"{len(folders)} folders in it are not looked into: {_some(folders)}"] if folders else []
    return Dataset(folder, sources, (*_notes(files, sources, captions, otherwise), *notes))


def _source(path: Path, caption: str | None, trigger: str, otherwise: str) -> Source:
    clip = path.suffix.lower() in CLIPS
    size, frames, fps = _clip_facts(path) if clip else (_picture_size(path), 1, 0.0)
    words = caption or otherwise
    if trigger and trigger.casefold() not in words.casefold():
        words = f"{trigger}, {words}" if words else trigger
    return Source(path, "clip" if clip else "picture", words, bool(caption), size, frames, fps, file_digest(path))


def _caption(path: Path) -> tuple[str, str]:
    """The words in one line, and the encoding that they could be read in."""
    payload = path.read_bytes()
    for encoding in ENCODINGS:
        try:
            return " ".join(payload.decode(encoding).split()), encoding
        except UnicodeDecodeError:
            continue
    raise CharacterError("the caption's text encoding is not known", where=str(path), todo="save it as UTF-8")


def _picture_size(path: Path) -> tuple[int, int]:
    try:
        with Image.open(path) as image:
            image.verify()
        with Image.open(path) as image:
            turned = image.getexif().get(0x0112, 1) in (5, 6, 7, 8)
            return (image.width, image.height) if turned else (image.height, image.width)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as e:
        raise CharacterError(f"the picture cannot be read: {e}", where=str(path), todo="replace it or take it out") from e


def _clip_facts(path: Path) -> tuple[tuple[int, int], int, float]:
    """(H, W) as players show it, frames and frames per second, counted by decoding: headers are often wrong."""
    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            fps = float(stream.average_rate or 0)
            frames, size = 0, (0, 0)
            for frame in container.decode(stream):
                frames, size = frames + 1, (frame.width, frame.height) if frame.rotation % 180 else (frame.height, frame.width)
    except (OSError, IndexError, av.error.FFmpegError) as e:
        raise CharacterError(f"the clip cannot be read: {e}", where=str(path), todo="replace it or take it out") from e
    if not frames or not fps:
        raise CharacterError("the clip holds no frames", where=str(path), todo="replace it or take it out")
    return size, frames, fps


def _notes(files: Sequence[Path], sources: Sequence[Source], captions: dict[str, str], otherwise: str) -> tuple[str, ...]:
    notes = []
    without = [s.path.name for s in sources if not s.captioned]
    if without:
        told = f"{len(without)} of {len(sources)} files have no caption and get {otherwise!r}" if otherwise else (
            f"{len(without)} of {len(sources)} files have no caption and get the trigger word alone"
        )  # fmt: skip
        notes.append(f"{told}: {_some(without)}")
    stems = {s.path.stem for s in sources}
    alone = [f"{stem}.txt" for stem in captions if stem not in stems]
    if alone:
        notes.append(f"{len(alone)} captions belong to no picture or clip: {_some(alone)}")
    other = [p.name for p in files if p.suffix.lower() not in (*PICTURES, *CLIPS, ".txt", ".json")]
    if other:
        notes.append(f"{len(other)} files are neither pictures nor clips and are left out: {_some(other)}")
    twins = len(sources) - len({s.digest for s in sources})
    if twins:
        notes.append(f"{twins} of {len(sources)} files are copies of others and count twice")
    return tuple(notes)


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:4]) + (" …" if len(names) > 4 else "")
