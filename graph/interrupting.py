"""Ctrl+C in the middle of a call: nobody waits for a model server any longer.

Knows signals. Does not know sessions. Without this the run would end only when its threads have, and one of them may be
waiting for a server that is gone.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from agents.tape import TapedModel


@contextmanager
def stopped_at_once(model: TapedModel) -> Iterator[None]:
    """While this is open, an interrupt also makes the model give up waiting. Does nothing outside the main thread."""
    model.give_up(now=False)
    ours = threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return

    def stop(number: int, frame: Any) -> None:
        model.give_up()
        signal.default_int_handler(number, frame)

    signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
