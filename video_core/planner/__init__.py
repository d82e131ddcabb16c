"""Hardware planning: FLOPs, seconds, gigabytes and legal option sets for the large video models."""

from __future__ import annotations

from video_core.planner.options import OptionSet

__all__ = ["OptionSet"]
