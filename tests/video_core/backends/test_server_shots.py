"""Shots shared among several video servers: all are kept busy, one that is away delays nobody, an error ends the rest."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from shotplan.errors import RenderError
from tests.video_core import puppets
from tests.video_core.backends.video_server import VideoServer
from video_core.backends.server import ServerBackend, ServerSettings
from video_core.production.shot_jobs import HereRunner, ShotJob, runner_of
from video_core.rasterise import condition

NOWHERE = "http://127.0.0.1:9"
Made = Callable[..., ServerBackend]


@pytest.fixture
def jobs(tmp_path: Path) -> list[ShotJob]:
    """Five shots of nine frames, each with its own words and seed."""
    bundle, made = condition(puppets.fox_jump(9), size=(64, 96), seed=5), []
    for n in range(1, 6):
        scene = bundle.scene.model_copy(update={"shot": f"s0{n}", "prompt": f"a fox jumps {n} times", "seed": n})
        dataclasses.replace(bundle, scene=scene).save(tmp_path / f"s0{n}.safetensors")
        made.append(ShotJob(f"s0{n}", tmp_path / f"s0{n}.safetensors", f"digest {n}"))
    return made


@pytest.fixture
def servers() -> Iterator[tuple[VideoServer, VideoServer]]:
    with VideoServer() as one, VideoServer() as two:
        yield one, two


@pytest.fixture
def backend(tmp_path: Path) -> Made:
    def make(*servers: VideoServer | str, **more: Any) -> ServerBackend:
        urls = ",".join(server if isinstance(server, str) else server.url for server in servers)
        settings = {"url": urls, "poll": 0.005, "silence": 0.4, "timeout": 20.0, "cache": str(tmp_path)} | more
        return ServerBackend(ServerSettings.model_validate(settings))

    return make


def nothing(what: str, done: int, total: int) -> None: ...


def drawn_by(server: VideoServer) -> set[str]:
    return {sent["prompt"] for sent in server.created}


class Together(VideoServer):
    """A server whose jobs are done only when as many are being drawn, here and at its fellows, as shall be drawn at once."""

    meeting: threading.Barrier

    def fault(self, endpoint: str) -> Any:
        if endpoint == "content" and not self.meeting.broken:
            self.meeting.wait(timeout=30)
        return None


@pytest.mark.parametrize(("count", "at_once"), [(2, {}), (1, {"jobs": 2}), (2, {"jobs": 4})])
def test_as_many_shots_are_drawn_at_once_as_there_are_servers_or_as_is_said(
    backend: Made, jobs: list[ShotJob], count: int, at_once: dict[str, int]
) -> None:
    together = [Together(), Together()][:count]
    meeting = threading.Barrier(at_once.get("jobs", count))
    for server in together:
        server.meeting = meeting
        server.__enter__()
    try:
        made = backend(*together, **at_once)
        shots = {shot.shot: shot for shot in runner_of(made).run(jobs[: meeting.parties], nothing)}
    finally:
        for server in together:
            server.__exit__()
    assert set(shots) == {job.shot for job in jobs[: meeting.parties]}
    assert not meeting.broken, "they were drawn one after the other"
    assert [len(server.created) for server in together] == [meeting.parties // count] * count


def test_shared_among_servers_the_film_is_that_of_one_server(
    servers: tuple[VideoServer, VideoServer], backend: Made, jobs: list[ShotJob], tmp_path: Path
) -> None:
    heard: list[tuple[str, int, int]] = []
    shared = {s.shot: s.mp4 for s in runner_of(backend(*servers)).run(jobs, lambda *told: heard.append(told))}
    with VideoServer() as alone:
        one = {s.shot: s.mp4 for s in HereRunner(backend(alone)).run(jobs, nothing)}
    assert shared == one
    assert {what for what, _, _ in heard} == set(shared)
    assert len(drawn_by(servers[0])) + len(drawn_by(servers[1])) == len(drawn_by(servers[0]) | drawn_by(servers[1])) == 5
    assert not list((tmp_path / "server_jobs").glob("*.json"))


def test_a_server_that_is_away_is_waited_for_by_nobody_and_one_that_falls_silent_by_one_shot(
    servers: tuple[VideoServer, VideoServer], backend: Made, jobs: list[ShotJob]
) -> None:
    made = backend(NOWHERE, servers[0])
    made.check()
    began = time.monotonic()
    assert len(list(runner_of(made).run(jobs, nothing))) == 5
    assert time.monotonic() - began < 10, "the server that was away at the beginning was asked again"
    assert len(servers[0].created) == 5
    servers[1].faults = {"create": ["drop"] * 1000}
    shots = list(runner_of(backend(servers[1], servers[0])).run(jobs, nothing))
    silent = [shot.shot for shot in shots for use in shot.note["controls"] if "cannot be reached" in use["reason"]]
    assert len(silent) == 1, "what is known of a server is known to all hands"
    assert len(servers[0].created) == 10


def test_an_error_ends_the_run_although_others_wait_and_their_jobs_are_found_again(
    servers: tuple[VideoServer, VideoServer], backend: Made, jobs: list[ShotJob]
) -> None:
    servers[0].faults = {"create": [None, 400], "status": ["slow"] * 100000}
    servers[1].faults = {"create": [None, 400], "status": ["slow"] * 40}
    began = time.monotonic()
    with pytest.raises(RenderError, match="told to say 400"):
        list(runner_of(backend(*servers)).run(jobs, nothing))
    assert time.monotonic() - began < 10
    slow = drawn_by(servers[0])
    assert len(slow) == 1
    servers[0].faults = {}
    assert len(list(runner_of(backend(*servers)).run(jobs, nothing))) == 5
    paid = [sent["prompt"] for server in servers for sent in server.created]
    assert paid.count(slow.pop()) == 1, "the job that went on at its server was paid for twice"


def test_servers_of_different_models_are_refused_before_anything_is_drawn(
    servers: tuple[VideoServer, VideoServer], backend: Made
) -> None:
    servers[1].model = "Wan-AI/Wan2.2-I2V-A14B-Diffusers"
    with pytest.raises(RenderError, match="TI2V-5B-Diffusers is not served there") as refused:
        backend(*servers).check()
    assert refused.value.where == servers[1].url
