"""Where things are kept that can be made again. Knows one folder; does not know what is in it."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def cache_root() -> Path:
    """The folder for things that can be made again: `EKONTE_CACHE`, else the user's cache folder."""
    override = os.environ.get("EKONTE_CACHE")
    return Path(override) if override else Path(platformdirs.user_cache_dir("ekonte"))
