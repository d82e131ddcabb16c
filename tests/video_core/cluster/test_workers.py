"""Which worker gets which shot, on a cluster that is played: workers that never come up, nodes that are lost, nodes too small."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from shotplan.errors import RenderError
from tests.video_core.puppets import talk
from video_core.cluster import ray_runner
from video_core.cluster.ray_runner import RayRunner
from video_core.cluster.settings import ClusterSettings
from video_core.production.shot_jobs import RenderedShot, ShotJob
from video_core.rasterise import condition

KINDS = ("RayActorError", "NodeDiedError", "WorkerCrashedError", "OutOfMemoryError", "ObjectLostError", "RayTaskError")
ERRORS = SimpleNamespace(RayError=Exception, **{name: type(name, (Exception,), {}) for name in KINDS})


class Promise:
    def __init__(self, answer: Any, *, kept: bool = True) -> None:
        self.answer, self.kept = answer, kept


class Node:
    """A worker's place: `comes`: whether it is ever free; `answers`: what becomes of its shots, one after the other."""

    def __init__(self, *, comes: bool = True, answers: tuple[Any, ...] = ()) -> None:
        self.ready = SimpleNamespace(remote=lambda: Promise(None, kept=comes))
        self.render = SimpleNamespace(remote=self._render)
        self.comes, self.answers, self.shots = comes, list(answers), list[str]()

    def _render(self, job: ShotJob, *_: Any) -> Promise:
        self.shots.append(job.shot)
        return Promise(self.answers.pop(0) if self.answers else RenderedShot(job.shot, b"", {}), kept=self.comes)


class Ray:
    """As much of Ray as is used: workers take the places of `nodes`, in order."""

    exceptions = ERRORS

    def __init__(self, *nodes: Node, resources: tuple[dict[str, float], ...] = ()) -> None:
        self.free, self.killed, self.told = list(nodes), list[Any](), list[Any]()
        each = resources or ({"CPU": 1.0},) * len(nodes)
        self.nodes = lambda: [{"Alive": True, "Resources": has} for has in each]

    def remote(self, **_: Any) -> Callable[[Any], Any]:
        board = SimpleNamespace(take=SimpleNamespace(remote=lambda: Promise([])), put=None)

        def hired(*told: Any) -> Node:
            self.told.append(told)
            return self.free.pop(0)

        return lambda kind: SimpleNamespace(remote=(lambda: board) if kind is ray_runner._Board else hired)

    def wait(self, promises: list[Promise], timeout: float) -> tuple[list[Promise], list[Promise]]:
        return [one for one in promises if one.kept][:1], []

    def get(self, promise: Promise, timeout: float | None = None) -> Any:
        if isinstance(promise.answer, Exception):
            raise promise.answer
        return promise.answer

    def kill(self, hand: Any) -> None:
        self.killed.append(hand)


@pytest.fixture
def jobs(tmp_path: Path) -> list[ShotJob]:
    condition(talk(frames=1), size=(16, 16), seed=1).save(tmp_path / "s.safetensors")
    return [ShotJob(f"s0{n}", tmp_path / "s.safetensors", str(n)) for n in (1, 2, 3)]


def rendered(monkeypatch: pytest.MonkeyPatch, ray: Ray, jobs: list[ShotJob], **needs: float) -> list[str]:
    monkeypatch.setattr(ray_runner, "connect", lambda address: ray)
    runner = RayRunner(ClusterSettings(address="played", **needs), "animatic")
    return [shot.shot for shot in runner.run(jobs, lambda *_: None)]


def test_shots_do_not_wait_for_a_worker_whose_place_is_held_by_others(monkeypatch: pytest.MonkeyPatch, jobs: list[ShotJob]) -> None:
    never, free = Node(comes=False), Node()
    ray = Ray(never, free)
    assert sorted(rendered(monkeypatch, ray, jobs)) == ["s01", "s02", "s03"]
    assert never.shots == []
    assert never in ray.killed, "it takes no place after the run"


@pytest.mark.parametrize("how", ["ObjectLostError", "RayActorError"])
def test_a_shot_that_is_lost_with_its_node_is_given_to_another(monkeypatch: pytest.MonkeyPatch, jobs: list[ShotJob], how: str) -> None:
    lost, other = Node(answers=(getattr(ERRORS, how)("gone"),)), Node()
    ray = Ray(lost, other, resources=({"CPU": 1.0},))
    assert sorted(rendered(monkeypatch, ray, jobs)) == ["s01", "s02", "s03"]
    assert lost in ray.killed, "what is only out of reach would keep its place"


def test_when_the_last_worker_is_lost_and_none_comes_the_run_ends(monkeypatch: pytest.MonkeyPatch, jobs: list[ShotJob]) -> None:
    monkeypatch.setattr(ray_runner, "PATIENCE", 0.0)
    lost = Node(answers=(ERRORS.RayActorError("gone"),))
    with pytest.raises(RenderError, match="no worker of the cluster has come up"):
        rendered(monkeypatch, Ray(lost, Node(comes=False), resources=({"CPU": 1.0},)), jobs)


def test_a_worker_fits_on_one_node_or_it_does_not_fit(monkeypatch: pytest.MonkeyPatch, jobs: list[ShotJob]) -> None:
    two = ({"CPU": 8.0, "GPU": 1.0}, {"CPU": 8.0, "GPU": 1.0})
    with pytest.raises(RenderError, match="one worker needs 2 GPUs and 1 cores of one node; the cluster's nodes have 1 and 8"):
        rendered(monkeypatch, Ray(resources=two), jobs, gpus=2)
    busy, other = Node(), Node()
    assert sorted(rendered(monkeypatch, Ray(busy, other, resources=two), jobs, gpus=1)) == ["s01", "s02", "s03"]


def test_files_that_are_named_from_here_are_found_from_another_folder(
    monkeypatch: pytest.MonkeyPatch, jobs: list[ShotJob], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("model", "few.safetensors", "style.safetensors", "depth"):
        Path(name).touch()
    said = {"checkpoint": "model", "base": "Wan-AI/Wan2.1", "lora": "few.safetensors, style.safetensors:0.5", "control": "depth"}
    ray = Ray(Node())
    monkeypatch.setattr(ray_runner, "connect", lambda address: ray)
    list(RayRunner(ClusterSettings(address="played"), "wan", said).run(jobs[:1], lambda *_: None))
    assert ray.told[0][1] == {
        "checkpoint": f"{tmp_path}/model", "base": "Wan-AI/Wan2.1", "control": "depth",
        "lora": f"{tmp_path}/few.safetensors,{tmp_path}/style.safetensors:0.5",
    }  # fmt: skip


MISMATCH = "Version mismatch: The cluster was started with:\n    Ray: 2.9.0\n    Python: 3.9\nThis process on here was started with:\n"
NO_CLIENT = "Ray Client requires pip package `ray[client]`. If you installed the minimal Ray, please reinstall"


@pytest.mark.parametrize(
    ("error", "told", "todo"),
    [(RuntimeError(MISMATCH), r"Ray: 2\.9\.0 Python: 3\.9", "same versions"), (ValueError(NO_CLIENT), "more of Ray", r"'ray\[client\]'")],
)
def test_why_a_cluster_cannot_be_joined_is_said(monkeypatch: pytest.MonkeyPatch, error: Exception, told: str, todo: str) -> None:
    ray = pytest.importorskip("ray")

    def init(**_: Any) -> None:
        raise error

    monkeypatch.setattr(ray, "init", init)
    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    with pytest.raises(RenderError, match=f"{told}.*{todo}"):
        ray_runner.connect("ray://head:10001")
