"""Ctrl+C in the middle of a call: nobody waits for a model server any longer.

Knows signals. Does not know sessions. Without this the run would end only when its threads have, and one of them may be
waiting for a server that is gone. The main thread cannot be relied on to notice: a signal that comes just before it
starts to wait for the others is heard when they have ended, so a thread of its own listens.
"""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from agents.tape import TapedModel


@contextmanager
def stopped_at_once(model: TapedModel) -> Iterator[None]:
    """While this is open, an interrupt also makes the model give up waiting.

    Does nothing outside the main thread, nor where somebody else handles interrupts.
    """
    model.give_up(now=False)
    ours = threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return

    told, listening = socket.socketpair()
    told.setblocking(False)

    def listen() -> None:
        while numbers := listening.recv(64):
            if signal.SIGINT in numbers:
                model.give_up()

    listener = threading.Thread(target=listen, name="interrupts", daemon=True)
    with told, listening:
        others = signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
        try:
            listener.start()
            yield
        finally:
            signal.set_wakeup_fd(others)
            told.shutdown(socket.SHUT_RDWR)
            listener.join()
