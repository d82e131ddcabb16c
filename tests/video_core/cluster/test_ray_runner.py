"""Shots on a real local Ray cluster of two nodes: same film, finished shots kept, lost workers replaced."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shotplan.errors import RenderError
from tests.shotplan.films import film
from tests.video_core.cluster.local import prepare
from video_core.cluster.ray_runner import RayRunner
from video_core.cluster.settings import ClusterSettings
from video_core.production.production import Production, code_digest

ray = pytest.importorskip("ray")
pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
SIZE = (96, 160)


class Heard:
    def __init__(self) -> None:
        self.steps: list[str] = []

    def started(self, *args: Any) -> None: ...
    def finished(self, *args: Any) -> None: ...
    def checked(self, *args: Any) -> None: ...

    def progressed(self, phase: str, done: int, total: int, what: str = "") -> None:
        if phase == "diffusion":
            self.steps.append(what)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    from ray.cluster_utils import Cluster

    prepare()
    nodes = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    nodes.add_node(num_cpus=1)
    yield nodes
    ray.shutdown()
    nodes.shutdown()


def _produce(folder: Path, cluster: Any, heard: Heard | None = None, **changes: Any) -> Production:
    where = ClusterSettings(address=cluster.address, gpus=changes.get("gpus", 0))
    runner = RayRunner(where, "embedded", code=changes.get("code", code_digest()))
    return Production(film(), folder, backend="embedded", report=heard or Heard(), size=SIZE, runner=runner)


def test_a_film_made_on_two_nodes_is_byte_for_byte_the_film_made_here(cluster: Any, tmp_path: Path) -> None:
    heard = Heard()
    _produce(tmp_path / "there", cluster, heard).run()
    Production(film(), tmp_path / "here", backend="embedded", report=Heard(), size=SIZE).run()
    assert (tmp_path / "there/film.mp4").read_bytes() == (tmp_path / "here/film.mp4").read_bytes()
    assert {f"s0{k}" for k in range(1, 5)} <= set(heard.steps)


def test_finished_shots_are_not_sent_out_again(cluster: Any, tmp_path: Path) -> None:
    first = _produce(tmp_path, cluster, backend="embedded")
    first.run()
    clips = sorted((tmp_path / "clips/embedded").glob("*.mp4"))
    before = [clip.stat().st_mtime_ns for clip in clips]
    clips[2].unlink()
    _produce(tmp_path, cluster).run()
    after = [clip.stat().st_mtime_ns for clip in clips]
    assert [a == b for a, b in zip(before, after, strict=True)] == [True, True, False, True]


def test_a_killed_worker_costs_its_shot_a_second_try_and_nothing_else(cluster: Any, tmp_path: Path) -> None:
    heard = Heard()
    killed: list[int] = []

    def kill_one() -> None:
        until = time.monotonic() + 120
        while not killed and time.monotonic() < until:
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    words = path.read_bytes()
                except OSError:
                    continue
                if words.startswith(b"ray::_Worker.render"):
                    os.kill(int(path.parent.name), signal.SIGKILL)
                    killed.append(int(path.parent.name))
                    return
            time.sleep(0.02)

    hunter = threading.Thread(target=kill_one)
    hunter.start()
    _produce(tmp_path, cluster, heard).run()
    hunter.join()
    assert killed
    assert any("its worker was lost" in what for what in heard.steps)
    assert (tmp_path / "film.mp4").stat().st_size > 1000


def test_a_film_is_finished_by_one_node_while_another_run_holds_the_other(cluster: Any, tmp_path: Path) -> None:
    ray.init(address=cluster.address, ignore_reinit_error=True, log_to_driver=False)

    class Other:
        def here(self) -> bool:
            return True

    other = ray.remote(num_cpus=1)(Other).remote()
    try:
        assert ray.get(other.here.remote(), timeout=120)
        _produce(tmp_path, cluster).run()
        assert (tmp_path / "film.mp4").stat().st_size > 1000
    finally:
        ray.kill(other)


def test_what_a_worker_cannot_do_is_said_with_the_shot(cluster: Any, tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=r"another version of ekonte .*s0\d"):
        _produce(tmp_path, cluster, code="of another day").run()
    with pytest.raises(RenderError, match="needs 8 GPUs"):
        _produce(tmp_path, cluster, gpus=8).run()
