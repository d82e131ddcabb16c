"""From an agreed plan to the files of a film, phase by phase, making only what is not up to date.

    staging -> conditioning/<shot>.safetensors -> storyboard.png -> animatic.mp4 -> clips/<backend>/<shot>.mp4 -> film.mp4

Knows files, digests and the order of things. Does not know how anything is drawn, nor about agents or messages.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

import shotplan.staging
from shotplan.errors import RenderError
from shotplan.plan import ShotPlan
from shotplan.revisions import shot_digest
from shotplan.staging import stage_all
from shotplan.staging.staged import StagedShot
from video_core.backends import make_backend
from video_core.backends.backend import Backend, Clip, ControlUse, Progress
from video_core.checks import Measure
from video_core.conditioning import FORMAT, Conditioning
from video_core.encode import frames_of_mp4
from video_core.film import Take, write_film
from video_core.ledger import Ledger, digest_of, write_text
from video_core.rasterise import condition
from video_core.storyboard import Panel, panel_of, storyboard
from video_core.takes import CheckedTake, best, takes


@cache
def code_digest() -> str:
    """Digest of the code that stages and draws, so that files made by another version of it count as stale."""
    roots = (Path(shotplan.staging.__file__).parent, Path(__file__).parent)
    sources = [path for root in roots for path in sorted(root.rglob("*.py")) if "training" not in path.parts]
    return digest_of(*(path.read_text(encoding="utf-8") for path in sources))


class Report(Protocol):
    """Hears how far the production is. Phases: staging, conditioning, storyboard, animatic, diffusion, encoding."""

    def started(self, phase: str, total: int, unit: str) -> None: ...

    def progressed(self, phase: str, done: int, total: int, what: str = "") -> None: ...

    def finished(self, phase: str, seconds: float) -> None: ...

    def checked(self, shot: str, take: int, seed: int, kept: bool, measures: Sequence[Measure]) -> None:
        """A clip of the film was measured; `kept`: it is the one that the film shows."""
        ...


@dataclass(frozen=True)
class File:
    """One finished file."""

    path: Path
    kind: str
    """`conditioning`, `storyboard`, `animatic`, `clip`, `film` or `report`."""
    shot: str | None = None


class Production:
    """All files of one plan in one folder. Raises `EkonteError` from `run`."""

    def __init__(
        self, plan: ShotPlan, folder: Path, *, backend: str, report: Report, size: tuple[int, int] | None = None, retakes: int = 0,
    ) -> None:  # fmt: skip
        """`retakes`: how often a shot may be rendered again, each time with another seed, when a check of its clip fails."""
        self.plan, self.folder, self.report = plan, folder, report
        self.size = size or plan.brief.size
        self.backend: Backend = make_backend(backend)
        self.ledger = Ledger(folder)
        self.retakes = retakes

    def run(self) -> list[File]:
        """Make what is stale, in order, and return every file of the film."""
        with self._phase("staging", len(self.plan.shots), "shots"):
            staged = stage_all(self.plan)
        bundles = self._conditioning(staged)
        files = [File(path, "conditioning", shot.shot.id) for shot, path in zip(staged, bundles, strict=True)]
        files.append(self._storyboard(staged, bundles))
        drawn = self._clips(make_backend("animatic"), "animatic", bundles, checked=self.backend.name == "animatic")
        files.append(self._film("animatic.mp4", "animatic", drawn))
        clips = self._clips(self.backend, "diffusion", bundles, checked=True)
        self._tell_checks(clips)
        files += [File(path, "clip", shot.shot.id) for shot, path in zip(staged, clips, strict=True)]
        files.append(self._film("film.mp4", "film", clips))
        files.append(self._control_report(staged, clips))
        return files

    @contextmanager
    def _phase(self, phase: str, total: int, unit: str) -> Iterator[None]:
        started = time.monotonic()
        self.report.started(phase, total, unit)
        yield
        self.report.finished(phase, time.monotonic() - started)

    def _conditioning(self, staged: Sequence[StagedShot]) -> list[Path]:
        """Write each shot's tensors and return their paths."""
        paths = []
        with self._phase("conditioning", len(staged), "shots"):
            for n, shot in enumerate(staged, 1):
                name = f"conditioning/{shot.shot.id}.safetensors"
                path = self.folder / name
                seed = self.plan.brief.seed + shot.index
                inputs = digest_of(FORMAT, code_digest(), shot_digest(self.plan, shot.shot.id), f"{self.size} {seed}")
                if not self.ledger.current(name, inputs):
                    condition(shot, size=self.size, seed=seed).save(path)
                    self.ledger.record(name, inputs)
                paths.append(path)
                self.report.progressed("conditioning", n, len(staged), shot.shot.id)
        return paths

    def _storyboard(self, staged: Sequence[StagedShot], bundles: Sequence[Path]) -> File:
        name, language = "storyboard.png", self.plan.brief.language
        inputs = digest_of(code_digest(), language, *(self._digest(path) for path in bundles))
        with self._phase("storyboard", len(staged), "panels"):
            if not self.ledger.current(name, inputs):
                panels = list(self._panels(staged, bundles))
                storyboard(panels, self.folder / name, title=_title(self.plan), language=language)
                self.ledger.record(name, inputs)
        return File(self.folder / name, "storyboard")

    def _clips(self, backend: Backend, phase: str, bundles: Sequence[Path], *, checked: bool = False) -> list[Path]:
        """Render each shot with `backend` unless its clip is up to date; return the clips' paths. `checked`: measure them."""
        paths = [self.folder / "clips" / backend.name / f"{path.stem}.mp4" for path in bundles]
        with self._phase(phase, 100 * len(bundles), "%"):
            for n, (bundle, path) in enumerate(zip(bundles, paths, strict=True)):
                name = path.relative_to(self.folder).as_posix()
                retakes = self.retakes if checked else 0
                inputs = digest_of(code_digest(), backend.name, backend.version(), self._digest(bundle), f"{checked} {retakes}")
                if not self.ledger.current(name, inputs):
                    conditioning = Conditioning.load(bundle)
                    hear = partial(self._share, phase, n, len(bundles))
                    if checked:
                        shot = bundle.stem
                        made = takes(backend, conditioning, retakes, lambda k, shot=shot, hear=hear: hear(_named(shot, k)))  # type: ignore[misc]
                        take = best(made, partial(self._rejected, shot))
                        clip, extra = take.clip, {"take": take.number, "seed": take.seed, "measures": [vars(m) for m in take.measures]}
                    else:
                        clip, extra = backend.render(conditioning, progress=hear(bundle.stem)), {}
                    write_film(path, [clip], clip.fps)
                    self._note_report(path, clip, extra)
                    self.ledger.record(name, inputs)
                self.report.progressed(phase, 100 * (n + 1), 100 * len(bundles), bundle.stem)
        return paths

    def _film(self, name: str, kind: str, clips: Sequence[Path]) -> File:
        transitions = [shot.transition for shot in self.plan.shots]
        inputs = digest_of(code_digest(), *transitions, *(self._digest(path) for path in clips))
        with self._phase("encoding", len(clips), "shots"):
            if not self.ledger.current(name, inputs):
                takes = [
                    Take(self._frames(path, n, len(clips)), _report_of(path)["frames"], transition)
                    for n, (path, transition) in enumerate(zip(clips, transitions, strict=True))
                ]
                write_film(self.folder / name, takes, self.plan.brief.fps)
                self.ledger.record(name, inputs)
        return File(self.folder / name, kind)

    def _digest(self, path: Path) -> str:
        return self.ledger.sha256(path.relative_to(self.folder).as_posix())

    def _panels(self, staged: Sequence[StagedShot], bundles: Sequence[Path]) -> Iterator[Panel]:
        for n, (shot, path) in enumerate(zip(staged, bundles, strict=True), 1):
            yield panel_of(shot, Conditioning.load(path), language=self.plan.brief.language, action=_what(self.plan, shot))
            self.report.progressed("storyboard", n, len(staged), shot.shot.id)

    def _frames(self, path: Path, n: int, count: int) -> Iterator[NDArray[np.uint8]]:
        yield from frames_of_mp4(path)
        self.report.progressed("encoding", n + 1, count, path.stem)

    def _share(self, phase: str, n: int, count: int, what: str) -> Progress:
        def heard(done: int, total: int) -> None:
            self.report.progressed(phase, 100 * n + int(99 * done / max(total, 1)), 100 * count, what)

        return heard

    def _rejected(self, shot: str, take: CheckedTake) -> None:
        self.report.checked(shot, take.number, take.seed, False, take.measures)

    def _tell_checks(self, clips: Sequence[Path]) -> None:
        for path in clips:
            note = _report_of(path)
            self.report.checked(path.stem, note["take"], note["seed"], True, [Measure(**m) for m in note["measures"]])

    def _note_report(self, clip_path: Path, clip: Clip, extra: dict[str, Any]) -> None:
        uses = [vars(use) for use in clip.report]
        payload = {"frames": len(clip.frames), "fps": clip.fps, "seconds": round(clip.seconds, 3), "controls": uses} | extra
        write_text(clip_path.with_suffix(".json"), json.dumps(payload, ensure_ascii=False, indent=1))

    def _control_report(self, staged: Sequence[StagedShot], clips: Sequence[Path]) -> File:
        """`report.txt`: what the backend did with every control, and what staging remarked."""
        by_use: dict[str, dict[str, str]] = {}
        for path in clips:
            for use in (ControlUse(**u) for u in _report_of(path)["controls"]):
                by_use.setdefault(use.use, {})[use.control] = use.reason
        lines = [f"{self.backend.name}: what became of each control"]
        for kind in ("honoured", "approximated", "ignored"):
            lines += [f"  {kind:<13}{control}: {reason}" for control, reason in by_use.get(kind, {}).items()]
        lines += _checks_said(clips)
        remarks = [f"  {severity} at {where}: {text}" for shot in staged for where, severity, text in shot.problems]
        if remarks:
            lines += ["staging remarked", *remarks]
        path = self.folder / "report.txt"
        write_text(path, "\n".join(lines) + "\n")
        return File(path, "report")


def _checks_said(clips: Sequence[Path]) -> list[str]:
    """What the checks of the clips found, for `report.txt`."""
    measured, failed = 0, []
    for path in clips:
        note = _report_of(path)
        measures = [Measure(**m) for m in note["measures"]]
        measured += len(measures)
        failed += [
            f"  {m.severity:<8}{path.stem} {m.check}, {m.about}: {m.measured:g} {m.unit}, limit {m.limit:g}: {m.text}"
            for m in measures
            if m.failed
        ]
    return [f"checks of the clips: {measured} measured, {len(failed)} beyond their limit", *failed]


def _named(shot: str, take: int) -> str:
    return shot if take == 1 else f"{shot}, take {take}"


def _title(plan: ShotPlan) -> str:
    """The script's first sentence, as far as a heading goes."""
    first = plan.brief.script.splitlines()[0]
    return first if len(first) <= 70 else first[:69].rstrip() + "…"


def _what(plan: ShotPlan, shot: StagedShot) -> str:
    """The script's own words for what the shot shows."""
    return "; ".join(beat.span for id in shot.shot.beats if (beat := plan.beat(id)) is not None)


def _report_of(clip_path: Path) -> dict[str, Any]:
    """What the backend said of a clip when it was made. Raises `RenderError` when that is gone."""
    path = clip_path.with_suffix(".json")
    try:
        report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as e:
        raise RenderError("the clip's report is missing or damaged", where=str(path), todo=f"delete {clip_path} and render again") from e
    return report
