"""What holds for every test: a model server that happens to run on this machine is not found."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _no_servers_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EKONTE_SERVERS", str(tmp_path / "servers"))
