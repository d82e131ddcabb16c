"""Every command of `ekonte`, one file each; importing a file registers its command, in this order."""

from studio.commands import make, render, lines, controls, retouch, show, score, serve, plan_hardware  # isort: skip
from studio.commands import train_character, characters, turntable, doctor  # isort: skip
from studio.commands.app import app

__all__ = [
    "app", "characters", "controls", "doctor", "lines", "make", "plan_hardware", "render", "retouch", "score", "serve", "show",
    "train_character", "turntable",
]  # fmt: skip
