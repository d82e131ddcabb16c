"""Hands the video core's production to the graph: its reports become events.

Knows both sides' names and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

from graph.events import ArtifactWritten, ClipChecked, ClipFinding, PhaseFinished, PhaseProgressed, PhaseStarted
from graph.events.phase import Phase
from graph.rendering import Artifact, ArtifactKind, Emit
from shotplan.characters.dress import dressed_plan
from shotplan.characters.library import Library
from shotplan.plan import ShotPlan
from video_core.checks import Measure
from video_core.cluster.ray_runner import RayRunner
from video_core.cluster.settings import ClusterSettings
from video_core.finishing.settings import FinishSettings
from video_core.key_frames.settings import KeyFrameSettings
from video_core.production.production import Production, code_digest
from video_core.production.retake_with import RetakeWith
from video_core.production.shot_jobs import Runner


class FilmRenderer:
    """A `graph.rendering.Renderer` that makes every file of a film with one backend."""

    def __init__(
        self, backend: str, *, retakes: int = 0, size: tuple[int, int] | None = None, settings: Mapping[str, object] | None = None,
        key_frames: KeyFrameSettings | None = None, cluster: ClusterSettings | None = None, characters: Library | None = None,
        finish: FinishSettings | None = None, retake_with: RetakeWith = "both",
    ) -> None:  # fmt: skip
        """`characters`: whoever of the cast is in this library looks as it says."""
        self.characters = characters
        self.backend = backend
        self.retakes, self.retake_with = retakes, retake_with
        self.size = size
        self.settings, self.key_frames = settings, key_frames
        self.cluster = cluster
        self.finish = finish

    def run(self, plan: ShotPlan, folder: Path, emit: Emit) -> list[Artifact]:
        plan = dressed_plan(plan, self.characters)
        production = Production(
            plan, folder, backend=self.backend, size=self.size, retakes=self.retakes, report=_Events(emit), settings=self.settings,
            key_frames=self.key_frames, runner=self._runner(), finish=self.finish, retake_with=self.retake_with,
        )  # fmt: skip
        artifacts = [
            Artifact.of(folder, file.path, cast(ArtifactKind, file.kind), file.shot) for file in production.run()
        ]
        for artifact in artifacts:
            emit(ArtifactWritten(**artifact.model_dump()))
        return artifacts

    def _runner(self) -> Runner | None:
        """Where the film's shots are rendered; None: here."""
        if self.cluster is None:
            return None
        return RayRunner(self.cluster, self.backend, self.settings or {}, code_digest())


class _Events:
    def __init__(self, emit: Emit) -> None:
        self._emit = emit

    def started(self, phase: str, total: int, unit: str) -> None:
        self._emit(PhaseStarted(phase=cast(Phase, phase), total=total, unit=unit))

    def progressed(self, phase: str, done: int, total: int, what: str = "") -> None:
        self._emit(PhaseProgressed(phase=cast(Phase, phase), done=done, total=total, what=what))

    def finished(self, phase: str, seconds: float) -> None:
        self._emit(PhaseFinished(phase=cast(Phase, phase), seconds=seconds))

    def checked(self, shot: str, take: int, seed: int, kept: bool, measures: Sequence[Measure], changed: str) -> None:
        failed = tuple(
            ClipFinding(
                check=m.check, about=m.about, severity=m.severity, measured=m.measured, limit=m.limit, unit=m.unit, text=m.text
            )
            for m in measures
            if m.failed
        )
        self._emit(ClipChecked(shot=shot, take=take, seed=seed, changed=changed, kept=kept, measures=len(measures), findings=failed))
