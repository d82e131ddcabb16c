"""`ekonte serve` as a process, for tests that need a real vLLM server with real weights."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

EKONTE = (sys.executable, "-m", "studio.cli")
LONG = 900.0
"""Seconds that a command may take on a busy machine; alone on two cores none takes a minute."""


class Served:
    """One `ekonte serve` on one port, started as often as a test needs it. `folder`: its state and logs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}/v1"
        self.announced: dict[str, Any] = {}
        self.arguments: tuple[str, ...] = ()
        """What the last start was given besides the port."""
        self._process: subprocess.Popen[str] | None = None

    @property
    def variables(self) -> dict[str, str]:
        """The environment in which `--llm auto` finds this server and no other."""
        return {**os.environ, "EKONTE_SERVERS": str(self.folder)}

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def ensure(self, *arguments: str) -> None:
        """Have it run with exactly these arguments; started again where it does not."""
        if self.running and self.arguments == arguments:
            return
        self.stop()
        self.start(*arguments)

    def start(self, *arguments: str) -> None:
        """Start and wait until it is announced. Fails with what it said when it is not."""
        self.arguments = arguments
        words = [*EKONTE, "serve", "--port", str(self.port), "--json", *arguments]
        self._process = subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.variables
        )
        assert self._process.stdout is not None
        text = ""
        while not text.endswith("\n}\n"):
            line = self._process.stdout.readline()
            assert line, f"ekonte serve ended: {self._process.communicate()[1]}"
            text += line
        self.announced = json.loads(text)

    def ekonte(self, *arguments: str, timeout: float = LONG) -> subprocess.CompletedProcess[str]:
        """A command of `ekonte` that finds this server."""
        words = [*EKONTE, *arguments]
        return subprocess.run(words, capture_output=True, text=True, env=self.variables, timeout=timeout, check=False)

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        """The same, not waited for."""
        words = [*EKONTE, *arguments]
        return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.variables)

    def vllm_processes(self) -> list[int]:
        """vLLM's main process, then its children, for as long as they live."""
        assert self._process is not None
        guards = _children(self._process.pid)
        main = [pid for guard in guards for pid in _children(guard)]
        return main + [pid for parent in main for pid in _descendants(parent)]

    def kill_vllm(self) -> tuple[int, str]:
        """Kill vLLM's main process with signal 9; returns how `ekonte serve` then ended: (exit code, what it said)."""
        assert self._process is not None
        os.kill(self.vllm_processes()[0], signal.SIGKILL)
        _, errors = self._process.communicate(timeout=60)
        return self._process.returncode, errors

    def stop(self) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGTERM)
            with contextlib.suppress(ValueError):  # its output was read to the end before
                self._process.communicate(timeout=60)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(word) for word in task.read_text().split()]
    return found


def _descendants(pid: int) -> list[int]:
    children = _children(pid)
    return children + [below for child in children for below in _descendants(child)]
