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
from dataclasses import dataclass, field, replace
from typing import Any

from shotplan.errors import EkonteError, RenderError
from video_core.backends import load_backends, make_backend
from video_core.backends.settings import with_whole_paths
from video_core.cluster.settings import ClusterSettings
from video_core.conditioning import Conditioning
from video_core.production.shot_jobs import Heard, RenderedShot, ShotJob, render_shot

HERE = "here"
"""The address of a cluster that is made for this run, of this machine alone."""
LOST = 3
"""How often a shot is given to another worker after its worker was lost."""
WAIT = 0.25
"""Seconds between two looks at what has finished."""
PATIENCE = 180.0
"""Seconds without any worker, before saying what is missing: a node may have to import torch from a slow disk."""


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
        settings = with_whole_paths(getattr(load_backends().get(self.backend), "Settings", None), self.settings)
        count = min(len(jobs), _room(ray, self.cluster))
        worker = ray.remote(num_gpus=self.cluster.gpus, num_cpus=self.cluster.cpus, max_restarts=0)(_Worker)
        board = ray.remote(num_cpus=0)(_Board).remote()
        try:
            yield from _Crew(ray, worker, board, replace(self, settings=settings), heard).work(jobs, count)
        finally:
            ray.kill(board)

    def close(self) -> None:
        """Nothing: workers end with the call that hired them."""


class _Crew:
    """The workers of one run and what each of them is doing. A shot is given to a worker that is up, never to one that waits for its
    place: others may hold the processors for hours."""

    def __init__(self, ray: Any, worker: Any, board: Any, runner: RayRunner, heard: Heard) -> None:
        self.ray, self.worker, self.board, self.runner, self.heard = ray, worker, board, runner, heard
        self.coming: dict[Any, Any] = {}
        """What says that a worker is up, and the worker."""
        self.idle: list[Any] = []
        self.busy: dict[Any, tuple[Any, ShotJob]] = {}
        """What a worker has promised, the worker, and its job."""
        self.lost: dict[str, int] = {}
        errors = ray.exceptions
        self.gone = (errors.RayActorError, errors.NodeDiedError, errors.WorkerCrashedError, errors.OutOfMemoryError, errors.ObjectLostError)
        """What it means that a worker is lost; the last: what it had finished went with its node."""

    def work(self, jobs: Sequence[ShotJob], count: int) -> Iterator[RenderedShot]:
        waiting = deque(jobs)
        seen = time.monotonic()
        try:
            while waiting or self.busy:
                self._hire(min(count, len(waiting) + len(self.busy)))
                while waiting and self.idle:
                    job, hand = waiting.popleft(), self.idle.pop()
                    there = replace(job, keep=None)  # the worker's disk is not this one
                    self.busy[hand.render.remote(there, Conditioning.load(job.bundle), self.board)] = (hand, job)
                done, _ = self.ray.wait([*self.busy, *self.coming], timeout=WAIT)
                self._tell()
                if self.busy or done:
                    seen = time.monotonic()
                elif time.monotonic() - seen > PATIENCE:
                    raise RenderError(
                        f"no worker of the cluster has come up within {PATIENCE:.0f} s", where=self.runner.cluster.address,
                        todo="look at `ray status`: another run may hold the processors; or render here, without --ray",
                    )  # fmt: skip
                for promise in done:
                    if promise in self.coming:
                        self._welcome(promise)
                    elif (shot := self._finished(promise, waiting)) is not None:
                        yield shot
        finally:
            for hand in [*self.coming.values(), *self.idle, *(hand for hand, _ in self.busy.values())]:
                self.ray.kill(hand)

    def _hire(self, wanted: int) -> None:
        for _ in range(wanted - len(self.coming) - len(self.idle) - len(self.busy)):
            hand = self.worker.remote(self.runner.backend, dict(self.runner.settings), self.runner.code)
            self.coming[hand.ready.remote()] = hand

    def _welcome(self, promise: Any) -> None:
        hand = self.coming.pop(promise)
        try:
            self.ray.get(promise)
        except self.gone as error:
            self.ray.kill(hand)
            self._strike("", f"a worker was lost {{times}} times before it came up: {_last_line(error)}")
        except self.ray.exceptions.RayTaskError as error:
            raise RenderError(
                f"a worker could not come up: {_last_line(error)}", where=self.runner.cluster.address,
                todo="install the same version of ekonte on every node",
            ) from error  # fmt: skip
        else:
            self.idle.append(hand)

    def _finished(self, promise: Any, waiting: deque[ShotJob]) -> RenderedShot | None:
        """The shot; None when its worker was lost, and then it waits again."""
        hand, job = self.busy.pop(promise)
        try:
            shot: RenderedShot = self.ray.get(promise)
        except self.gone:
            self.ray.kill(hand)  # one that is only out of reach would keep its place
            self._again(job, waiting)
            return None
        except self.ray.exceptions.RayTaskError as error:
            raise _told(error, job) from error
        self.idle.append(hand)
        return shot

    def _again(self, job: ShotJob, waiting: deque[ShotJob]) -> None:
        self._strike(job.shot, f"shot {job.shot} lost its worker {{times}} times")
        self.heard(f"{job.shot}, its worker was lost", 0, 1)
        waiting.appendleft(job)

    def _strike(self, shot: str, told: str) -> None:
        """Raises `RenderError` when this has happened too often. `shot`: empty for a worker that had none yet."""
        self.lost[shot] = self.lost.get(shot, 0) + 1
        if self.lost[shot] > LOST:
            raise RenderError(
                told.format(times=self.lost[shot]), where=self.runner.cluster.address,
                todo="look at the node's memory: the worker was killed while it rendered; finished shots are kept",
            )  # fmt: skip

    def _tell(self) -> None:
        try:
            news = self.ray.get(self.board.take.remote(), timeout=5)
        except self.ray.exceptions.RayError:
            return  # progress only: the work itself is watched by what the workers promised
        for what, done, total in news:
            self.heard(what, done, total)


class _Worker:
    """One backend on one node."""

    def __init__(self, backend: str, settings: dict[str, object], code: str) -> None:
        self.name, self.settings, self.code = backend, settings, code
        self.backend: Any = None

    def ready(self) -> None:
        """Answered once the worker has its place and its code."""

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
        if "ray[client]" in str(e):
            todo = "pip install 'ray[client]'"
            raise RenderError("an address that begins with ray:// needs more of Ray", where=address, todo=todo) from e
        if "ersion mismatch" in str(e):
            raise RenderError(
                " ".join(str(e).split())[:400], where=address, todo="install the same versions of Ray and Python here and on every node"
            ) from e
        raise RenderError(
            f"there is no Ray cluster: {str(e).splitlines()[0][:160]}", where=address,
            todo="start one with `ray start --head`, or write --ray here for this machine alone",
        ) from e  # fmt: skip
    return ray


def _room(ray: Any, needs: ClusterSettings) -> int:
    """How many workers fit into the cluster, each on one node. Raises `RenderError` when not even one does."""
    nodes = [(found.get("GPU", 0.0), found.get("CPU", 0.0)) for found in (node["Resources"] for node in ray.nodes() if node["Alive"])]
    count = sum(_fitting(gpus, cpus, needs) for gpus, cpus in nodes)
    if count < 1:
        told = ", ".join(f"{gpus:g} and {cpus:g}" for gpus, cpus in sorted(set(nodes), reverse=True)[:4]) or "none"
        raise RenderError(
            f"one worker needs {needs.gpus:g} GPUs and {needs.cpus:g} cores of one node; the cluster's nodes have {told}",
            where=needs.address, todo="add a node, or ask for less with --ray-gpus and --ray-cpus",
        )  # fmt: skip
    return count


def _fitting(gpus: float, cpus: float, needs: ClusterSettings) -> int:
    fits = [int(has // need) for has, need in ((gpus, needs.gpus), (cpus, needs.cpus)) if need]
    return min(fits, default=1)


def _told(error: Any, job: ShotJob) -> EkonteError:
    """What a worker's failure means to the user: its own words where it has them."""
    cause = error.cause if isinstance(getattr(error, "cause", None), EkonteError) else None
    if cause is not None:
        return RenderError(cause.what, where=f"{job.shot}: {cause.where}" if cause.where else job.shot, todo=cause.todo)
    told = f"a worker could not render shot {job.shot}: {_last_line(error)}"
    return RenderError(told, where=job.shot, todo="see the logs of Ray on that node")


def _last_line(error: Any) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[-1][:200]
