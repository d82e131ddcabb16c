"""What holds for every test: no model server that happens to run on this machine is found, and Ctrl-C is heard."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _no_servers_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EKONTE_SERVERS", str(tmp_path / "servers"))


def pytest_configure() -> None:
    """A shell that starts the tests in the background has them ignore Ctrl-C, and they would hand that on to what they start."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
