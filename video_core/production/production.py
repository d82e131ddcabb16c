"""From an agreed plan to the files of a film, phase by phase, making only what is not up to date.

    staging -> conditioning/<shot>.safetensors -> storyboard.png -> animatic.mp4 -> clips/<backend>/<shot>.mp4
        -> clips/<backend>/finished/<shot>.mp4, where finishing is asked for -> film.mp4 -> report.txt

Knows files, digests and the order of things. Does not know how anything is drawn, nor about agents or messages.
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from shotplan.plan import ShotPlan
from shotplan.revisions import shot_digest
from shotplan.staging import stage_all
from shotplan.staging.staged import StagedShot
from video_core.backends import make_backend
from video_core.backends.backend import Backend, ControlUse
from video_core.checks import Measure
from video_core.conditioning import FORMAT, Conditioning
from video_core.encode import frames_of_mp4
from video_core.finishing.finisher import Finisher
from video_core.finishing.settings import FinishSettings
from video_core.finishing.stage import FinishingShot, Form
from video_core.key_frames.give import KeyFrames, needed_frames
from video_core.key_frames.settings import KeyFrameSettings
from video_core.ledger import Ledger, code_digest, digest_of, write_bytes, write_text
from video_core.production.kept_takes import forget
from video_core.production.report import note_of, report_text
from video_core.production.retake_with import RetakeWith
from video_core.production.shot_jobs import HereRunner, Runner, ShotJob, runner_of
from video_core.production.storyboard import Panel, panel_of, storyboard
from video_core.production.transitions import Take, joined_from, write_film
from video_core.rasterise import condition

PASSED = "first take, every check held"
"""Stands in a clip's digest where the number of re-takes would."""


class Report(Protocol):
    """Hears how far the production is. Phases: staging, conditioning, storyboard, animatic, diffusion, finishing, encoding."""

    def started(self, phase: str, total: int, unit: str) -> None: ...

    def progressed(self, phase: str, done: int, total: int, what: str = "") -> None: ...

    def finished(self, phase: str, seconds: float) -> None: ...

    def checked(self, shot: str, take: int, seed: int, kept: bool, measures: Sequence[Measure], changed: str) -> None:
        """A clip of the film was measured; `kept`: it is the one that the film shows; `changed`: against the take before."""
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
        runner: Runner | None = None, settings: Mapping[str, object] | None = None, key_frames: KeyFrameSettings | None = None,
        finish: FinishSettings | None = None, retake_with: RetakeWith = "both",
    ) -> None:  # fmt: skip
        """`retakes`: how often a shot may be rendered again when a check of its clip fails; `retake_with`: what is changed then.

        `runner`: where the film's shots are rendered; None: here, one after the other. `settings`: of the backend.
        `finish`: what is done to the backend's clips before they are joined.
        """
        self.plan, self.folder, self.report = plan, folder, report
        self.size = size or plan.brief.size
        self.settings = dict(settings or {})
        self.backend: Backend = make_backend(backend, self.settings)
        self.key_frames = KeyFrames(key_frames or KeyFrameSettings(), folder)
        self.ledger = Ledger(folder)
        self.finisher = Finisher(finish or FinishSettings(), folder, self.ledger, code_digest())
        self.retakes, self.retake_with = retakes, retake_with
        self.runner = runner or runner_of(self.backend)

    def run(self) -> list[File]:
        """Make what is stale, in order, and return every file of the film."""
        with self._phase("staging", len(self.plan.shots), "shots"):
            staged = stage_all(self.plan)
        bundles = self._conditioning(staged)
        files = [File(path, "conditioning", shot.shot.id) for shot, path in zip(staged, bundles, strict=True)]
        files.append(self._storyboard(staged, bundles))
        animatic = make_backend("animatic")
        drawn = self._clips(HereRunner(animatic), animatic, "animatic", bundles, checked=self.backend.name == "animatic")
        files.append(self._film("animatic.mp4", "animatic", drawn))
        self.key_frames.check_shots([path.stem for path in bundles])
        clips = self._clips(self.runner, self.backend, "diffusion", bundles, checked=True)
        self.runner.close()
        self._tell_checks(clips)
        files += [File(path, "clip", shot.shot.id) for shot, path in zip(staged, clips, strict=True)]
        finished = self._finish(clips, bundles)
        files += [File(path, "clip", path.stem) for path in finished if path not in clips]
        files.append(self._film("film.mp4", "film", finished))
        files.append(self._report(staged, clips, finished))
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

    def _clips(self, runner: Runner, backend: Backend, phase: str, bundles: Sequence[Path], *, checked: bool) -> list[Path]:
        """Have each shot rendered unless its clip is up to date; return the clips' paths. `checked`: measure them."""
        paths = {path.stem: self.folder / "clips" / backend.name / f"{path.stem}.mp4" for path in bundles}
        names = {shot: path.relative_to(self.folder).as_posix() for shot, path in paths.items()}
        retakes = self.retakes if checked else 0
        again = f"{retakes} {self.retake_with}" if retakes else "0"
        done = dict.fromkeys(paths, 0)

        def heard(what: str, step: int, steps: int) -> None:
            done[what.partition(",")[0]] = int(99 * step / max(steps, 1))
            self.report.progressed(phase, sum(done.values()), 100 * len(done), what)

        in_turn = phase != "animatic" and self.key_frames.in_turn(backend)
        before = {shot: paths[previous] for previous, shot in itertools.pairwise(paths)}
        passed: dict[str, str] = {}
        with self._phase(phase, 100 * len(bundles), "%"):
            for group in [[bundle] for bundle in bundles] if in_turn else [list(bundles)]:
                stale, sources = [], {}
                for bundle in group:
                    shot = bundle.stem
                    if phase != "animatic":
                        bundle, sources[shot] = self._with_key_frames(backend, bundle, before.get(shot))
                    made_from = (code_digest(), backend.name, backend.version(), self._digest(bundle))
                    inputs, passed[shot] = digest_of(*made_from, f"{checked} {again}"), digest_of(*made_from, PASSED)
                    if self.ledger.current(names[shot], inputs) or self.ledger.current(names[shot], passed[shot]):
                        done[shot] = 100
                    else:
                        keep = paths[shot].parent / "takes" / shot if retakes else None
                        stale.append(ShotJob(shot, bundle, inputs, checked, retakes, self.retake_with, keep))
                digests = {job.shot: job.digest for job in stale}
                for finished in runner.run(stale, heard):
                    shot, path = finished.shot, paths[finished.shot]
                    for take in finished.rejected:
                        self.report.checked(shot, take.number, take.seed, False, take.measures, take.changed)
                    write_bytes(path, finished.mp4)
                    controls = [vars(use) for use in sources.get(shot, ())] + finished.note["controls"]
                    write_text(path.with_suffix(".json"), json.dumps(finished.note | {"controls": controls}, ensure_ascii=False, indent=1))
                    self.ledger.record(names[shot], passed[shot] if _passed_at_once(finished.note) else digests[shot])
                    forget(path.parent / "takes" / shot)
                    heard(shot, 1, 1)
                    done[shot] = 100
        return list(paths.values())

    def _with_key_frames(self, backend: Backend, bundle: Path, before: Path | None) -> tuple[Path, tuple[ControlUse, ...]]:
        """The bundle to render from, which holds the shot's key frames, and where these came from. `before`: clip of the shot before."""
        planned = self.plan.shot(bundle.stem)
        frames = round((planned.duration if planned else 0) * self.plan.brief.fps)
        needed = needed_frames(backend, frames)
        wanted = self.key_frames.digest(bundle.stem, needed, self._digest(before) if before else "")
        if not wanted:
            return bundle, ()
        path = bundle.parent / backend.name / bundle.name
        name, inputs = path.relative_to(self.folder).as_posix(), digest_of(FORMAT, code_digest(), self._digest(bundle), wanted)
        note = path.with_suffix(".sources.json")
        if not self.ledger.current(name, inputs) or not note.is_file():
            given, sources = self.key_frames.give(Conditioning.load(bundle), needed, before)
            given.save(path)
            write_text(note, json.dumps([vars(use) for use in sources], ensure_ascii=False, indent=1))
            self.ledger.record(name, inputs)
        return path, tuple(ControlUse(**use) for use in json.loads(note.read_text(encoding="utf-8")))

    def _film(self, name: str, kind: str, clips: Sequence[Path]) -> File:
        transitions = [shot.transition for shot in self.plan.shots]
        fps = note_of(clips[0])["fps"] if clips[0].parent.name == "finished" else self.plan.brief.fps
        inputs = joined_from(fps, transitions, [self._digest(path) for path in clips])
        with self._phase("encoding", len(clips), "shots"):
            if not self.ledger.current(name, inputs):
                takes = [
                    Take(self._frames(path, n, len(clips)), note_of(path)["frames"], transition)
                    for n, (path, transition) in enumerate(zip(clips, transitions, strict=True))
                ]
                write_film(self.folder / name, takes, fps)
                self.ledger.record(name, inputs)
        return File(self.folder / name, kind)

    def _finish(self, clips: Sequence[Path], bundles: Sequence[Path]) -> list[Path]:
        """The clips through every stage of finishing that is asked for; the same clips when none is."""
        if not self.finisher.stages:
            return list(clips)
        shots = [self._to_finish(clip, bundle) for clip, bundle in zip(clips, bundles, strict=True)]
        frames = sum(self.finisher.form(shot).frames for shot in shots)
        with self._phase("finishing", frames, "frames"):
            return self.finisher.run(shots, lambda shot, done, total: self.report.progressed("finishing", done, total, shot))

    def _to_finish(self, clip: Path, bundle: Path) -> FinishingShot:
        note, shot = note_of(clip), self.plan.shot(clip.stem)
        where = self.plan.stage_set(shot.set) if shot else None
        place = (where.id, where.time, where.weather) if where else (clip.stem,)
        lettered = any(use["control"] == "dialogue" and use["use"] == "honoured" for use in note["controls"])
        with closing(frames_of_mp4(clip)) as frames:
            height, width = next(frames).shape[:2]
        return FinishingShot(clip.stem, clip, bundle, Form(note["frames"], note["fps"], (height, width)), place, lettered)

    def _digest(self, path: Path) -> str:
        return self.ledger.sha256(path.relative_to(self.folder).as_posix())

    def _panels(self, staged: Sequence[StagedShot], bundles: Sequence[Path]) -> Iterator[Panel]:
        for n, (shot, path) in enumerate(zip(staged, bundles, strict=True), 1):
            yield panel_of(shot, Conditioning.load(path), language=self.plan.brief.language, action=_what(self.plan, shot))
            self.report.progressed("storyboard", n, len(staged), shot.shot.id)

    def _frames(self, path: Path, n: int, count: int) -> Iterator[NDArray[np.uint8]]:
        yield from frames_of_mp4(path)
        self.report.progressed("encoding", n + 1, count, path.stem)

    def _tell_checks(self, clips: Sequence[Path]) -> None:
        for path in clips:
            note = note_of(path)
            self.report.checked(path.stem, note["take"], note["seed"], True, [Measure(**m) for m in note["measures"]], note["changed"])

    def _report(self, staged: Sequence[StagedShot], clips: Sequence[Path], finished: Sequence[Path]) -> File:
        """`report.txt`: what became of every control, what the checks found, what finishing measured, what staging remarked."""
        path = self.folder / "report.txt"
        own = [clip for clip in finished if clip not in clips]
        write_text(path, report_text(self.backend.name, clips, own, [problem for shot in staged for problem in shot.problems]))
        return File(path, "report")


def _passed_at_once(note: Mapping[str, Any]) -> bool:
    """Whether the first take held every check: then it is the clip however many re-takes are allowed."""
    return note.get("takes") == 1 and not any(Measure(**m).failed for m in note["measures"])


def _title(plan: ShotPlan) -> str:
    """The script's first sentence, as far as a heading goes."""
    first = plan.brief.script.splitlines()[0]
    return first if len(first) <= 70 else first[:69].rstrip() + "…"


def _what(plan: ShotPlan, shot: StagedShot) -> str:
    """The script's own words for what the shot shows."""
    return "; ".join(beat.span for id in shot.shot.beats if (beat := plan.beat(id)) is not None)
