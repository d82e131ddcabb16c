"""Ray on this machine, as the tests start it."""

from __future__ import annotations

import os

SAID = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_raylet_start_wait_time_s": "180",
    "RAY_worker_niceness": "0",  # Ray's own 15 gives a worker a thirtieth of a processor that anything else is using
}


def prepare() -> None:
    """Say it to what is started from here."""
    os.environ.update(SAID)
