"""A film's clips through the stages that were asked for, making only what is not up to date.

Knows files, digests and the order of stages. Does not know what a stage does.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from video_core.encode import frames_of_mp4, write_mp4
from video_core.finishing.interpolate import Interpolate
from video_core.finishing.lettering import letter, lift
from video_core.finishing.match import Match
from video_core.finishing.settings import FinishSettings
from video_core.finishing.stage import Bytes, Finding, FinishingShot, Form, Stage, Told
from video_core.finishing.style import Style
from video_core.finishing.upscale import Upscale
from video_core.ledger import Ledger, digest_of, write_text

Heard = Callable[[str, int, int], None]
"""Called with (shot, frames done of the film, frames of the film)."""


def stages_of(settings: FinishSettings) -> tuple[Stage, ...]:
    """The stages that are asked for, in order."""
    stages: list[Stage] = []
    if settings.match is not None:
        stages.append(Match(settings.match))
    if settings.interpolate is not None:
        stages.append(Interpolate(settings.interpolate))
    if settings.upscale is not None:
        stages.append(Upscale(settings.upscale))
    if settings.style is not None:
        stages.append(Style(settings.style))
    return tuple(stages)


def finished_form(settings: FinishSettings, form: Form) -> Form:
    """What becomes of clips of `form`. Raises `RenderError` when a stage cannot do its part, or cannot work here at all."""
    for stage in stages_of(settings):
        stage.check()
        form = stage.form(form)
    return form


class Finisher:
    """Finishes the clips of one folder."""

    def __init__(self, settings: FinishSettings, folder: Path, ledger: Ledger, code: str) -> None:
        """`code`: digest of the program, so that clips finished by another version of it count as stale."""
        self.settings, self.folder, self.ledger, self.code = settings, folder, ledger, code
        self.stages = stages_of(settings)

    def run(self, shots: Sequence[FinishingShot], heard: Heard) -> list[Path]:
        """Finish what is stale; the paths of all finished clips, their notes beside them as .json. Raises `RenderError`."""
        for stage in self.stages:
            stage.check()
        looks = [stage.survey(list(shots)) for stage in self.stages]
        total = sum(self.form(shot).frames for shot in shots)
        done = 0
        paths = []
        for shot in shots:
            path = shot.clip.parent / "finished" / shot.clip.name
            name = path.relative_to(self.folder).as_posix()
            others = [look.get(shot.name, "") for look in looks]
            versions = [f"{stage.name} {stage.version()}" for stage in self.stages]
            sources = [self.ledger.sha256(source.relative_to(self.folder).as_posix()) for source in (shot.clip, shot.bundle)]
            inputs = digest_of(self.code, *versions, *others, *sources, str(shot.form), str(shot.lettered))
            if not self.ledger.current(name, inputs) or not path.with_suffix(".json").is_file():
                note = self._finish(shot, path, lambda f, before=done, who=shot.name: heard(who, before + f, total))  # type: ignore[misc]
                write_text(path.with_suffix(".json"), json.dumps(note, ensure_ascii=False, indent=1))
                self.ledger.record(name, inputs)
                shot.let_go()
            done += self.form(shot).frames
            heard(shot.name, done, total)
            paths.append(path)
        return paths

    def form(self, shot: FinishingShot) -> Form:
        """What becomes of a shot's clip. Raises `RenderError` when a stage cannot do its part."""
        form = shot.form
        for stage in self.stages:
            form = stage.form(form)
        return form

    def _finish(self, shot: FinishingShot, path: Path, heard: Callable[[int], None]) -> dict[str, Any]:
        """Write one finished clip and return its note: frame by frame, so that a clip of any length fits into memory."""
        started = time.monotonic()
        told, form = Told(), shot.form
        with closing(frames_of_mp4(shot.clip)) as source:
            frames: Iterable[Bytes] = source
            if shot.lettered:
                frames = lift(frames, shot.conditioning.scene, form.fps)
            for stage in self.stages:
                frames = stage.apply(frames, form, shot, told)
                form = stage.form(form)
            if shot.lettered:
                frames = letter(frames, shot.conditioning.scene, form.fps)
            count = write_mp4(path, _counted(frames, heard), form.fps)
        form = replace(form, frames=count)
        return {
            "frames": form.frames,
            "fps": form.fps,
            "size": list(form.size),
            "seconds": round(time.monotonic() - started, 3),
            "stages": [stage.name for stage in self.stages],
            "findings": [vars(finding) for finding in told.findings],
        }


def said(notes: dict[str, dict[str, Any]]) -> list[str]:
    """Lines for `report.txt`: a section per stage, from each shot's note."""
    lines: list[str] = []
    names = next(iter(notes.values()))["stages"] if notes else []
    for name in names:
        lines.append(f"finishing, {name}")
        for shot, note in notes.items():
            for finding in (Finding(**f) for f in note["findings"] if f["stage"] == name):
                lines.append(f"  {shot} {_sentence(finding)}")
    return lines


def _sentence(finding: Finding) -> str:
    number = f"{finding.after:.2f}" if finding.before is None else f"{finding.before:.2f} to {finding.after:.2f}"
    return f"{finding.what}: {number} {finding.unit}" + (f"; {finding.text}" if finding.text else "")


def _counted(frames: Iterable[Bytes], heard: Callable[[int], None]) -> Iterator[Bytes]:
    for f, frame in enumerate(frames, 1):
        yield frame
        heard(f)
