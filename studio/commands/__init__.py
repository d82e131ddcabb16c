"""Every command of `ekonte`, one file each; importing a file registers its command, in this order."""

from studio.commands import make, render, show, score, serve, plan_hardware, doctor  # isort: skip
from studio.commands.app import app

__all__ = ["app", "doctor", "make", "plan_hardware", "render", "score", "serve", "show"]
