"""The animatic: a drawn previz film of a shot."""

from video_core.animatic.draw import Animatic, draw, frames_of, instance_colors

__all__ = ["Animatic", "draw", "frames_of", "instance_colors"]
