from __future__ import annotations

import signal
import threading
import time
from typing import Any, cast

import pytest

from agents.tape import TapedModel
from graph.interrupting import stopped_at_once


class Waits:
    """Stands for a model that waits for its server in another thread."""

    def __init__(self) -> None:
        self.given_up = threading.Event()

    def give_up(self, *, now: bool = True) -> None:
        (self.given_up.set if now else self.given_up.clear)()


def test_an_interrupt_that_the_main_thread_does_not_notice_ends_the_waiting() -> None:
    """As when it comes just before the main thread starts to wait for the others: nothing wakes it but their end."""
    model = Waits()
    begin = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        interrupted_unnoticed(model)
    assert model.given_up.is_set()
    assert time.monotonic() - begin < 10


def interrupted_unnoticed(model: Waits) -> None:
    interrupts = {signal.SIGINT}
    with stopped_at_once(cast(TapedModel, model)):
        other = threading.Timer(0.3, signal.raise_signal, [signal.SIGINT])
        other.start()
        signal.pthread_sigmask(signal.SIG_BLOCK, interrupts)
        try:
            model.given_up.wait(20)
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, interrupts)


def test_who_handles_interrupts_of_their_own_is_left_alone() -> None:
    model, heard = Waits(), []

    def mine(number: int, frame: Any) -> None:
        heard.append(number)

    before = signal.signal(signal.SIGINT, mine)
    try:
        with stopped_at_once(cast(TapedModel, model)):
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
    assert heard == [signal.SIGINT]
    assert not model.given_up.is_set()


def test_the_listener_is_gone_afterwards() -> None:
    threads = threading.active_count()
    with stopped_at_once(cast(TapedModel, Waits())):
        assert threading.active_count() == threads + 1
    assert threading.active_count() == threads
    assert signal.set_wakeup_fd(-1) == -1
