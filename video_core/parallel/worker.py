"""One process of a worker group: `python -m torch.distributed.run --standalone --nproc-per-node N -m video_core.parallel.worker SOCKET`.

Knows how it talks with the process that started the group: one line of pickled tuples, a file that only this user may open.
Does not know how a clip is drawn. It ends when the line is closed, whatever it is doing: nothing stays behind when that process is killed.

    it hears   ("settings", WanSettings), then for every shot ("render", Conditioning) in the first process and
               ("follow", SceneCard, frames, size) in the others
    it says    ("here", rank, pid), ("ready",), ("steps", done, total), ("drawn", Clip or None), ("failed", EkonteError),
               ("broke", RenderError) of an error that nobody foresaw, such as that another process is gone
"""

from __future__ import annotations

import contextlib
import os
import queue
import shutil
import socket
import sys
import threading
import traceback
import warnings
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from shotplan.errors import EkonteError, RenderError


def main() -> None:
    """Join the group and draw until the line is closed."""
    warnings.filterwarnings("ignore")
    line = _connect(sys.argv[1])
    line.send(("here", int(os.environ["RANK"]), os.getpid()))
    heard: queue.Queue[Any] = queue.Queue()
    threading.Thread(target=_listen, args=(line, heard), daemon=True).start()
    backend = _guarded(line, lambda: _backend(heard.get()[1]))
    if backend is None:
        os._exit(1)
    line.send(("ready",))
    while True:
        work = heard.get()
        clip = _guarded(line, lambda work=work: _drawn(backend, line, work))
        if clip is not None:
            line.send(("drawn", clip.value))


class _Drawn:
    def __init__(self, value: Any) -> None:
        self.value = value


def _connect(address: str) -> Connection:
    end = socket.socket(socket.AF_UNIX)
    end.connect(address)
    return Connection(end.detach())


def _listen(line: Connection, heard: queue.Queue[Any]) -> None:
    """Everything that is said goes into the queue; the end of the line is the end of the process."""
    with contextlib.suppress(EOFError, OSError):
        while True:
            heard.put(line.recv())
    if os.environ["RANK"] == "0":
        shutil.rmtree(Path(sys.argv[1]).parent, ignore_errors=True)  # whoever made it may have been killed
    os._exit(0)


def _guarded(line: Connection, what: Any) -> Any:
    """What `what` gives, or None after its error has been told."""
    try:
        return what()
    except EkonteError as error:
        line.send(("failed", error))
    except Exception as error:
        traceback.print_exc()
        last = str(error).strip().splitlines()
        told = f"{type(error).__name__}: {last[0][:200]}" if last else type(error).__name__
        line.send(("broke", RenderError(told, where=f"process {os.environ['RANK']} of the worker group")))
    return None


def _backend(settings: Any) -> Any:
    from diffusers.utils import logging

    from video_core.backends.wan.backend import WanBackend
    from video_core.parallel.group import join

    logging.set_verbosity_error()
    on_gpu = settings.device != "cpu"
    group = join("cuda" if on_gpu else "cpu")
    return WanBackend(settings.model_copy(update={"device": str(group.device)}), group)


def _drawn(backend: Any, line: Connection, work: tuple[Any, ...]) -> _Drawn:
    match work:
        case ("render", conditioning):
            return _Drawn(backend.render(conditioning, progress=lambda done, total: line.send(("steps", done, total))))
        case ("follow", scene, frames, size):
            backend.follow(scene, frames, size)
            return _Drawn(None)
    raise AssertionError(work[0])


if __name__ == "__main__":
    main()
