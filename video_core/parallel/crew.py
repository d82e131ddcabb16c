"""Starts a worker group, gives it shots one after the other, hears how far they are, and ends it.

Knows torchrun and the lines to its processes (`worker` tells what is said). Does not know what is drawn. The processes live in a session
of their own, so that Ctrl-C reaches only who started them; they end by themselves when that process ends in whatever way.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from shotplan.errors import EkonteError
from video_core.backends.backend import Clip, Progress
from video_core.conditioning import Conditioning

STARTING = 300.0
"""Seconds that the processes have to import torch and find each other."""
OTHERS = 20.0
"""Seconds that the others have to say the same when one process has failed; then they are stuck waiting for it."""
HERE = ("--standalone", "--local-addr", "127.0.0.1")
"""How torchrun is told that all processes are on this machine: by itself it looks for them under the machine's name, which need not
lead anywhere."""
TORCHRUN = "PET_"
"""What the names of variables begin with that are torchrun's options: a job of a training operator has them, with its own nodes."""
SOCKET_NAME = 107
"""Bytes of a Unix socket's name (unix(7))."""
LOOK = 0.5
"""Seconds between two looks at whether they are alive."""


class CrewLost(Exception):
    """A process of the group died or is stuck. The message says which and what was last written to its error output."""


class CrewStopped(Exception):
    """The group was ended while it drew."""


class Crew:
    """A running group of `size` processes."""

    def __init__(self, size: int, settings: Any) -> None:
        """Raises `CrewLost` when they do not come up, `RenderError` when they cannot make their backend."""
        self.size = size
        self.folder = _short_folder()
        self.lines: dict[int, Connection] = {}
        self.stopped = False
        self.pids: dict[int, int] = {}
        server = socket.socket(socket.AF_UNIX)
        server.settimeout(LOOK)
        try:
            server.bind(str(self.folder / "line"))
            server.listen(size)
            self.launcher = self._launch()
            self._welcome(server)
            for line in self.lines.values():
                line.send(("settings", settings))
            self._collect("ready", None)
        except BaseException:
            self.stop()
            raise
        finally:
            server.close()

    def draw(self, conditioning: Conditioning, progress: Progress | None) -> Clip:
        """The shot's clip. Raises `CrewLost`, and the error that all processes agree on."""
        scene, frames, size = conditioning.scene, conditioning.frames, conditioning.size
        for rank, line in self.lines.items():
            with contextlib.suppress(OSError):
                line.send(("render", conditioning) if rank == 0 else ("follow", scene, frames, size))
        clip: Clip = self._collect("drawn", progress)[0]
        return clip

    def stop(self) -> None:
        """End every process; returns when they are gone."""
        self.stopped = True
        for line in self.lines.values():
            line.close()
        launcher = getattr(self, "launcher", None)
        if launcher is not None:
            for end in (None, signal.SIGTERM, signal.SIGKILL):
                if end is not None:
                    launcher.send_signal(end)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    launcher.wait(timeout=5)
                    break
            for pid in self.pids.values():
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    if _is_worker(pid):
                        os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _launch(self) -> subprocess.Popen[bytes]:
        words = [sys.executable, "-m", "torch.distributed.run", *HERE, "--nproc-per-node", str(self.size)]
        words += ["-m", "video_core.parallel.worker", str(self.folder / "line")]
        threads = str(max(1, len(os.sched_getaffinity(0)) // self.size))
        environment = {"OMP_NUM_THREADS": threads} | {name: said for name, said in os.environ.items() if not name.startswith(TORCHRUN)}
        home = str(Path(__file__).parents[2])
        environment["PYTHONPATH"] = os.pathsep.join([home, *filter(None, [environment.get("PYTHONPATH")])])
        log = (self.folder / "log").open("wb")
        with log:
            return subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, start_new_session=True)

    def _welcome(self, server: socket.socket) -> None:
        until = time.monotonic() + STARTING
        while len(self.lines) < self.size:
            self._check_launcher()
            if time.monotonic() > until:
                raise CrewLost(f"{len(self.lines)} of {self.size} processes came up in {STARTING:.0f} s")
            with contextlib.suppress(TimeoutError):
                end, _ = server.accept()
                end.setblocking(True)
                line = Connection(end.detach())
                try:
                    _, rank, pid = line.recv()
                except (EOFError, OSError):
                    continue
                self.lines[rank], self.pids[rank] = line, pid

    def _collect(self, word: str, progress: Progress | None) -> dict[int, Any]:
        """What every process says with `word`. Raises `CrewLost`, and the first error when all of them have one."""
        said: dict[int, Any] = {}
        failed: dict[int, EkonteError] = {}
        broke: set[int] = set()
        stuck: float | None = None
        ranks = {line: rank for rank, line in self.lines.items()}
        while len(said) + len(failed) < self.size:
            waiting = [line for line, rank in ranks.items() if rank not in said and rank not in failed]
            for line in self._speaking(waiting):
                rank = ranks[line]
                try:
                    news = line.recv()
                except (EOFError, OSError) as e:
                    if self.stopped:
                        raise CrewStopped from e
                    if failed.keys() - broke:
                        self.stop()
                        raise failed[min(failed.keys() - broke)] from e
                    raise CrewLost(f"process {rank} of {self.size} died{self._last_words()}") from e
                match news:
                    case ("steps", done, total) if progress is not None:
                        progress(done, total)
                    case ("failed" | "broke" as how, error):
                        failed[rank] = error
                        broke |= {rank} if how == "broke" else set()
                        stuck = stuck or time.monotonic() + OTHERS
                    case (str(about), *rest) if about == word:
                        said[rank] = rest[0] if rest else None
            self._check_launcher()
            if stuck is not None and time.monotonic() > stuck:
                break
        if failed:
            error = failed[min(failed.keys() - broke or failed)]
            if broke or len(failed) < self.size:
                self.stop()  # the others wait for one that has given up
            raise error
        return said

    def _speaking(self, lines: list[Connection]) -> list[Connection]:
        try:
            ready = wait(lines, timeout=LOOK)
            return [line for line in lines if line in ready]
        except OSError as e:
            if self.stopped:
                raise CrewStopped from e
            raise

    def _check_launcher(self) -> None:
        if self.stopped:
            raise CrewStopped
        if self.launcher.poll() is not None:
            raise CrewLost(f"the group of {self.size} processes ended{self._last_words()}")

    def _last_words(self) -> str:
        """The last line of an error in what the processes wrote; torchrun needs a moment to say which signal it was."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.launcher.wait(timeout=3)
        try:
            lines = (self.folder / "log").read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return ""
        told = [line.strip() for line in lines if "Error:" in line or "error:" in line or "Signal " in line]
        return f": {told[-1][-200:]}" if told else ""

    @property
    def alive(self) -> bool:
        """Whether it may still be asked to draw."""
        return not self.stopped


def _short_folder() -> Path:
    """A folder for the socket: the name of one has at most 107 bytes, and that of the folder for temporary files may be longer."""
    folder = Path(tempfile.mkdtemp(prefix="ekonte-"))
    if len(os.fsencode(folder / "line")) <= SOCKET_NAME:
        return folder
    folder.rmdir()
    return Path(tempfile.mkdtemp(prefix="ekonte-", dir="/tmp"))


def _is_worker(pid: int) -> bool:
    """Whether that process is one of ours still, not another that got its number."""
    try:
        return b"video_core.parallel.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
