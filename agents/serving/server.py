"""One vLLM server from start to stop.

Knows processes, the log file and /health. Does not know which flags are good (`agents.serving.flags`) nor what people see.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import IO

import httpx

from agents.serving import guard
from agents.serving.flags import Launch
from agents.serving.log_reading import Progress, advice, last_fault, progress
from agents.serving.running import RunningServer, log_file, running_servers, strike_out, write_down
from shotplan.errors import ModelError

LOOK_EVERY = 0.5
"""Seconds between two looks at the log and at /health."""
KEY_VARIABLE = "EKONTE_API_KEY"


class Server:
    """A started server. Use as a context manager: whatever happens inside, nothing is left running after it."""

    def __init__(self, launch: Launch) -> None:
        """Start it. Raises `ModelError` when the port is taken or the log cannot be written."""
        self.launch = launch
        self.log = log_file(launch.port)
        check_port(launch.host, launch.port)
        variables = {**os.environ, **launch.variables}
        key = variables.pop(KEY_VARIABLE, None)
        if key:
            variables["VLLM_API_KEY"] = key  # not on the command line, where other users read it
        try:
            self.log.parent.mkdir(parents=True, exist_ok=True)
            with self.log.open("w", encoding="utf-8") as log:
                log.write(f"{launch}\n")
                log.flush()
                self._guard = subprocess.Popen(
                    [sys.executable, "-I", guard.__file__, *launch.command],
                    stdin=subprocess.PIPE,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    env=variables,
                    cwd="/",
                )
        except OSError as error:
            raise ModelError(
                f"The server cannot be started: {error.strerror}", where=str(self.log), todo="Check the disk and `make vllm`"
            ) from error
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http = httpx.Client(timeout=5.0, trust_env=False, headers=headers)
        self._read: IO[str] = self.log.open(encoding="utf-8", errors="replace")
        self.seen = RunningServer(
            url=launch.url,
            port=launch.port,
            models=launch.model.names,
            source=launch.model.source,
            vllm=f"{launch.environment.version} {launch.environment.build}",
            state="starting",
            pid=os.getpid(),
            log=str(self.log),
            started=datetime.now(UTC),
            command=str(launch),
        )
        write_down(self.seen)

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def wait_ready(self, tell: Callable[[Progress], None], *, timeout: float = 3600.0) -> None:
        """Return when the server answers. `tell` hears every phase of the start, in order.

        Raises `ModelError` with the log's last useful line when it dies, or after `timeout` seconds.
        """
        deadline, step = time.monotonic() + timeout, -1
        while time.monotonic() < deadline:
            healthy = self._healthy()
            for found in map(progress, self._new_lines()):
                if found is not None and found.step >= step:
                    step = found.step
                    tell(found)
            self.check()
            if healthy:
                self.seen = self.seen.model_copy(update={"state": "ready"})
                write_down(self.seen)
                return
            time.sleep(LOOK_EVERY)
        raise ModelError(
            f"The server was not ready after {timeout:.0f} s", where=str(self.log), todo="Read the log, or serve a smaller model"
        )

    def wait_end(self) -> None:
        """Wait until the server ends. Raises `ModelError`, since a server does not end by itself."""
        self._guard.wait()
        self.check()

    def check(self) -> None:
        """Raises `ModelError` that says why, when the server has ended."""
        code = self._guard.poll()
        if code is None:
            return
        with self.log.open(encoding="utf-8", errors="replace") as log:
            fault = last_fault(log.readlines()[1:])  # the first line is the command
        how = f"was killed (signal {code - 128})" if code > 128 else f"ended with code {code}"
        before = "while it started" if self.seen.state == "starting" else "while it served"
        killed = code == 128 + 9
        todo = "Start it again; if it was killed for memory, serve a smaller model" if killed else advice(fault)
        said = f"{how} {before}: {fault}" if fault and not killed else f"{how} {before}"
        self.seen = self.seen.model_copy(update={"state": "failed", "fault": said})
        write_down(self.seen)
        raise ModelError(f"vLLM {said}", where=str(self.log), todo=todo or "Read the log there")

    def stop(self) -> None:
        """Stop the server and all its processes; safe to call twice."""
        if self._guard.stdin is not None:
            with contextlib.suppress(OSError):
                self._guard.stdin.close()
        try:
            self._guard.wait(guard.GRACE + 10)
        except subprocess.TimeoutExpired:
            self._guard.kill()
            self._guard.wait()
        self._read.close()
        self._http.close()
        if self.seen.state != "failed":
            strike_out(self.seen)

    def _new_lines(self) -> list[str]:
        return [piece for line in self._read.readlines() for piece in line.split("\r")]

    def _healthy(self) -> bool:
        root = self.launch.url.removesuffix("/v1")
        try:
            return self._http.get(f"{root}/health").is_success
        except httpx.HTTPError:
            return False


def check_port(host: str, port: int) -> None:
    """Raises `ModelError` that says who listens there, when the port is taken or may not be used."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            return
        except OSError as error:
            reason = error.strerror or str(error)
    raise ModelError(
        f"Port {port} cannot be used: {_who(port) or reason}",
        where=f"{host}:{port}",
        todo=f"Use that server with --llm http://127.0.0.1:{port}/v1, or serve on another --port",
    )


def _who(port: int) -> str:
    for server in running_servers():
        if server.port == port:
            return f"ekonte serves {', '.join(server.models)} there (process {server.pid}, {server.state})"
    try:
        answer = httpx.get(f"http://127.0.0.1:{port}/v1/models", timeout=1.0, trust_env=False)
        names = [str(entry["id"]) for entry in answer.json()["data"]]
        return f"a model server is there already, with {', '.join(names) or 'no model'}"
    except httpx.HTTPError:
        return ""
    except (ValueError, KeyError, TypeError):
        return "another program listens there"

