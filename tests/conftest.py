"""What holds for every test: no model server that happens to run on this machine is found, random numbers and the cases that
hypothesis draws are the same in every run (HYPOTHESIS_PROFILE=search looks for new ones), and Ctrl-C is heard."""

from __future__ import annotations

import os
import random
import signal
import sys
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, database=None)
settings.register_profile("search", derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


@pytest.fixture(autouse=True)
def _no_servers_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EKONTE_SERVERS", str(tmp_path / "servers"))


@pytest.fixture(autouse=True)
def _the_same_numbers_in_every_run() -> None:
    random.seed(0)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(0)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(0)


def pytest_configure() -> None:
    """A shell that starts the tests in the background has them ignore Ctrl-C, and they would hand that on to what they start."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
