"""The process between `ekonte serve` and vLLM: whatever dies, no part of vLLM is left behind.

    python guard.py COMMAND...

Runs the command in a process group of its own and ends with its exit code. When standard input closes (the one who
started it is gone, however it went) or a signal comes, the command is asked to stop; what is left of the group after
`GRACE` seconds, or after the command itself has died, is killed. Needs only the standard library.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
from types import FrameType

GRACE = 20.0
"""Seconds that vLLM gets to end by itself."""
PR_SET_PDEATHSIG = 1
"""Linux, prctl(2): the signal that a process gets when its parent dies."""


def main(command: list[str]) -> int:
    """Run the command to its end and return its exit code; 128 + the signal when one ended it."""
    stopping = threading.Event()

    def stop(signum: int, frame: FrameType | None) -> None:
        stopping.set()

    for signum in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the one who started this, who then closes the pipe
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=_end_with_the_guard)
    watchers = (
        threading.Thread(target=_wait_for_the_end_of_input, args=(stopping,), daemon=True),
        threading.Thread(target=_wait_for_the_child, args=(child, stopping), daemon=True),
    )
    for watcher in watchers:
        watcher.start()
    while not stopping.wait(0.5):
        pass
    if child.poll() is None:
        _signal(child.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(GRACE)
    _signal(child.pid, signal.SIGKILL)
    code = child.wait()
    return code if code >= 0 else 128 - code


def _end_with_the_guard() -> None:
    """In the child: get SIGTERM should the guard itself be killed. Only Linux knows this."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _wait_for_the_end_of_input(stopping: threading.Event) -> None:
    while os.read(0, 4096):
        pass
    stopping.set()


def _wait_for_the_child(child: subprocess.Popen[bytes], stopping: threading.Event) -> None:
    child.wait()
    stopping.set()


def _signal(group: int, signum: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signum)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
