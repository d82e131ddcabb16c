"""Hardware planning: FLOPs, seconds, gigabytes and legal option sets for the large video models."""

from __future__ import annotations

from video_core.planner.choose import choose, plan_load
from video_core.planner.clip import ClipSpec
from video_core.planner.machine import Machine, machine_here, machine_of
from video_core.planner.models import MODELS, VideoModel, find_model
from video_core.planner.options import OptionSet
from video_core.planner.predict import Prediction, predict

__all__ = [
    "MODELS", "ClipSpec", "Machine", "OptionSet", "Prediction", "VideoModel", "choose", "find_model", "machine_here", "machine_of",
    "plan_load", "predict",
]  # fmt: skip
