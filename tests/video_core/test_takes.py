"""A shot whose clip fails a check is rendered again with another seed, when that was asked for, and the best take is kept."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.shotplan.films import film
from video_core.backends import make_backend
from video_core.backends.backend import BACKENDS, Clip, Progress
from video_core.conditioning import Conditioning
from video_core.production import Production


@dataclass
class Unlucky:
    """Draws like the animatic, but puts a black frame into the takes whose seed is on its list."""

    name: str = "unlucky"
    bad: set[int] = field(default_factory=set)
    seeds: list[int] = field(default_factory=list)

    def check(self) -> None:
        """It can always draw."""

    def version(self) -> str:
        return "1"

    def render(self, conditioning: Conditioning, *, progress: Progress | None = None) -> Clip:
        seed = conditioning.scene.seed
        self.seeds.append(seed)
        clip = make_backend("animatic").render(conditioning)
        frames = clip.frames.copy()
        if seed in self.bad:
            frames[3] = 0
        return Clip(frames, clip.fps, clip.report, clip.seconds)


class Heard:
    def __init__(self) -> None:
        self.checked_takes: list[tuple[str, int, bool, list[str]]] = []

    def started(self, *args: Any) -> None: ...
    def progressed(self, *args: Any) -> None: ...
    def finished(self, *args: Any) -> None: ...

    def checked(self, shot: str, take: int, seed: int, kept: bool, measures: Any, changed: str) -> None:
        self.checked_takes.append((shot, take, kept, [m.check for m in measures if m.failed and m.severity == "error"]))


@pytest.fixture
def unlucky(monkeypatch: pytest.MonkeyPatch) -> Unlucky:
    backend = Unlucky()
    monkeypatch.setitem(BACKENDS, "unlucky", lambda: backend)
    return backend


def _first_shot_only() -> Any:
    whole = film()
    return whole.model_copy(update={"shots": whole.shots[:1]})


def test_a_failed_take_is_made_again_and_the_good_one_is_kept(unlucky: Unlucky, tmp_path: Path) -> None:
    unlucky.bad = {0}
    heard = Heard()
    Production(_first_shot_only(), tmp_path, backend="unlucky", report=heard, size=(96, 160), retakes=2).run()
    first, *others = unlucky.seeds
    assert first == 0
    assert 0 not in others
    assert ("s01", 1, False, ["temporal.black", "temporal.flash"]) in [
        (s, t, k, sorted(c)) for s, t, k, c in heard.checked_takes
    ]
    kept = [t for t in heard.checked_takes if t[2]]
    assert len(kept) == 1
    assert not kept[0][3]
    note = json.loads((tmp_path / "clips/unlucky/s01.json").read_text())
    assert note["take"] > 1
    assert note["seed"] in others


def test_without_being_asked_nothing_is_made_again_and_the_report_says_what_failed(unlucky: Unlucky, tmp_path: Path) -> None:
    unlucky.bad = {0}
    Production(_first_shot_only(), tmp_path, backend="unlucky", report=Heard(), size=(96, 160)).run()
    assert unlucky.seeds == [0]
    assert "temporal.black, frame 3" in (tmp_path / "report.txt").read_text()


def test_when_every_take_fails_the_least_bad_one_is_kept_and_told(unlucky: Unlucky, tmp_path: Path) -> None:
    unlucky.bad = {k * 7919 for k in range(9)}
    heard = Heard()
    Production(_first_shot_only(), tmp_path, backend="unlucky", report=heard, size=(96, 160), retakes=1).run()
    assert len(unlucky.seeds) == 2
    assert [t[2] for t in heard.checked_takes] == [False, True]
    assert np.all([t[3] for t in heard.checked_takes])


def test_a_film_that_is_up_to_date_is_not_rendered_again_but_its_findings_are_told_again(unlucky: Unlucky, tmp_path: Path) -> None:
    unlucky.bad = {0}
    for _ in range(2):
        heard = Heard()
        Production(_first_shot_only(), tmp_path, backend="unlucky", report=heard, size=(96, 160)).run()
    assert unlucky.seeds == [0]
    assert [t[2] for t in heard.checked_takes] == [True]
    assert "temporal.black" in heard.checked_takes[0][3]
