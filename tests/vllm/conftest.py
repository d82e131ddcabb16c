"""One server for all tests of this folder; it is started again only after a test that ends it or needs other arguments."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.vllm.served import Served


@pytest.fixture(scope="session")
def _started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    made = Served(tmp_path_factory.mktemp("servers"))
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture
def served(_started: Served, monkeypatch: pytest.MonkeyPatch) -> Served:
    """The running server; `--llm auto` inside the test's own process finds it too."""
    monkeypatch.setenv("EKONTE_SERVERS", str(_started.folder))
    _started.ensure()
    return _started
