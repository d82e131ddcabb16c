"""Shots as jobs on a Ray cluster: one worker per group of processors, each holding its backend between shots.

Knows Ray: https://docs.ray.io/en/latest/ray-core/actors.html. Does not know plans or films. A shot whose worker or node dies is
given to another worker; a shot that cannot be rendered ends the run with the shot and the node in the message. Finished
shots are handed over as they finish, so that a killed run loses none of them.
"""

from __future__ import annotations

import logging
import os
import socket
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shotplan.errors import EkonteError, RenderError
from video_core.backends import make_backend
from video_core.cluster.settings import ClusterSettings
from video_core.conditioning import Conditioning
from video_core.production.shot_jobs import Heard, RenderedShot, ShotJob, render_shot

HERE = "here"
"""The address of a cluster that is made for this run, of this machine alone."""
LOST = 3
"""How often a shot is given to another worker after its worker was lost."""
WAIT = 0.25
"""Seconds between two looks at what has finished."""
PATIENCE = 60.0
"""Seconds to wait for a first free worker before saying what is missing."""


@dataclass
class RayRunner:
    """Renders shots on a cluster; see `Runner`.

    Raises `RenderError` when Ray is missing, the cluster does not answer or has no room for one worker, when a node runs
    other code than this one, or when a shot fails.
    """

    cluster: ClusterSettings
    backend: str
    settings: Mapping[str, object] = field(default_factory=dict)
    code: str = ""
    """Digest of the code here; a node with another one is refused."""

    def run(self, jobs: Sequence[ShotJob], heard: Heard) -> Iterator[RenderedShot]:
        if not jobs:
            return
        ray = connect(self.cluster.address)
        count = min(len(jobs), _room(ray, self.cluster))
        worker = ray.remote(num_gpus=self.cluster.gpus, num_cpus=self.cluster.cpus, max_restarts=0)(_Worker)
        board = ray.remote(num_cpus=0)(_Board).remote()
        try:
            yield from _Crew(ray, worker, board, self, heard).work(jobs, count)
        finally:
            ray.kill(board)

    def close(self) -> None:
        """Nothing: workers end with the call that hired them."""


class _Crew:
    """The workers of one run and what each of them is doing."""

    def __init__(self, ray: Any, worker: Any, board: Any, runner: RayRunner, heard: Heard) -> None:
        self.ray, self.worker, self.board, self.runner, self.heard = ray, worker, board, runner, heard
        self.idle: list[Any] = []
        self.busy: dict[Any, tuple[Any, ShotJob]] = {}
        """What a worker has promised, the worker, and its job."""
        self.lost: dict[str, int] = {}

    def work(self, jobs: Sequence[ShotJob], count: int) -> Iterator[RenderedShot]:
        ray, waiting = self.ray, deque(jobs)
        started = time.monotonic()
        try:
            while waiting or self.busy:
                while waiting and len(self.busy) < count:
                    job = waiting.popleft()
                    hand = self.idle.pop() if self.idle else self._hire()
                    self.busy[hand.render.remote(job, Conditioning.load(job.bundle), self.board)] = (hand, job)
                done, _ = ray.wait(list(self.busy), timeout=WAIT)
                self._tell()
                if not done and not self.heard_any and time.monotonic() - started > PATIENCE:
                    raise RenderError(
                        f"no worker of the cluster has begun within {PATIENCE:.0f} s", where=self.runner.cluster.address,
                        todo="look at `ray status`: another run may hold the processors; or render here, without --ray",
                    )  # fmt: skip
                for promise in done:
                    hand, job = self.busy.pop(promise)
                    try:
                        finished = ray.get(promise)
                    except (ray.exceptions.ActorDiedError, ray.exceptions.ActorUnavailableError, ray.exceptions.NodeDiedError):
                        self._again(job, waiting)
                        continue
                    except ray.exceptions.RayTaskError as error:
                        raise _told(error, job) from error
                    self.idle.append(hand)
                    yield finished
        finally:
            for hand in [*self.idle, *(hand for hand, _ in self.busy.values())]:
                ray.kill(hand)

    heard_any = False

    def _hire(self) -> Any:
        return self.worker.remote(self.runner.backend, dict(self.runner.settings), self.runner.code)

    def _again(self, job: ShotJob, waiting: deque[ShotJob]) -> None:
        self.lost[job.shot] = self.lost.get(job.shot, 0) + 1
        if self.lost[job.shot] > LOST:
            raise RenderError(
                f"shot {job.shot} lost its worker {self.lost[job.shot]} times", where=self.runner.cluster.address,
                todo="look at the node's memory: the worker was killed while it rendered; finished shots are kept",
            )  # fmt: skip
        self.heard(f"{job.shot}, its worker was lost", 0, 1)
        waiting.appendleft(job)

    def _tell(self) -> None:
        try:
            news = self.ray.get(self.board.take.remote(), timeout=5)
        except self.ray.exceptions.RayError:
            return  # progress only: the work itself is watched by what the workers promised
        for what, done, total in news:
            self.heard_any = True
            self.heard(what, done, total)


class _Worker:
    """One backend on one node."""

    def __init__(self, backend: str, settings: dict[str, object], code: str) -> None:
        self.name, self.settings, self.code = backend, settings, code
        self.backend: Any = None

    def render(self, job: ShotJob, conditioning: Conditioning, board: Any) -> RenderedShot:
        from video_core.ledger import code_digest

        board.put.remote(job.shot, 0, 1)
        if self.code and code_digest() != self.code:
            raise RenderError(
                "this node runs another version of ekonte", where=socket.gethostname(), todo="install the same version on every node"
            )
        if self.backend is None:
            self.backend = make_backend(self.name, self.settings)
            self.backend.check()
        told = 0.0

        def heard(what: str, done: int, total: int) -> None:
            nonlocal told
            if done >= total or time.monotonic() - told > WAIT:
                told = time.monotonic()
                board.put.remote(what, done, total)

        return render_shot(self.backend, job, conditioning, heard)


class _Board:
    """Where workers write how far they are."""

    def __init__(self) -> None:
        self.news: dict[str, tuple[str, int, int]] = {}

    def put(self, what: str, done: int, total: int) -> None:
        self.news[what] = (what, done, total)

    def take(self) -> list[tuple[str, int, int]]:
        news, self.news = list(self.news.values()), {}
        return news


def connect(address: str) -> Any:
    """The `ray` module, connected. Raises `RenderError` when it is missing or nobody answers at `address`."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        import ray
    except ImportError as e:
        raise RenderError("Ray is not installed", where="--ray", todo="pip install 'ekonte[cluster]'") from e
    if ray.is_initialized():
        return ray
    try:
        if address == HERE:
            ray.init(include_dashboard=False, logging_level=logging.ERROR, log_to_driver=False)
        else:
            ray.init(address=address, logging_level=logging.ERROR, log_to_driver=False)
    except (ConnectionError, RuntimeError, ValueError, OSError) as e:
        raise RenderError(
            f"there is no Ray cluster: {str(e).splitlines()[0][:160]}", where=address,
            todo="start one with `ray start --head`, or write --ray here for this machine alone",
        ) from e  # fmt: skip
    return ray


def _room(ray: Any, needs: ClusterSettings) -> int:
    """How many workers fit into the cluster. Raises `RenderError` when not even one does."""
    has = ray.cluster_resources()
    gpus, cpus = float(has.get("GPU", 0)), float(has.get("CPU", 0))
    fits = [int(cpus // needs.cpus)] if needs.cpus else []
    fits += [int(gpus // needs.gpus)] if needs.gpus else []
    count = min(fits, default=1)
    if count < 1:
        raise RenderError(
            f"one worker needs {needs.gpus:g} GPUs and {needs.cpus:g} cores; the cluster has {gpus:g} and {cpus:g}",
            where=needs.address, todo="add a node, or ask for less with --ray-gpus and --ray-cpus",
        )  # fmt: skip
    return count


def _told(error: Any, job: ShotJob) -> EkonteError:
    """What a worker's failure means to the user: its own words where it has them."""
    cause = error.cause if isinstance(getattr(error, "cause", None), EkonteError) else None
    if cause is not None:
        return RenderError(cause.what, where=f"{job.shot}: {cause.where}" if cause.where else job.shot, todo=cause.todo)
    last = str(error).strip().splitlines()[-1][:200]
    return RenderError(f"a worker could not render shot {job.shot}: {last}", where=job.shot, todo="see the logs of Ray on that node")
