"""The animatic backend: a drawn previz film, always there, the same bytes for the same bundle."""

from __future__ import annotations

import time
from typing import Literal

import numpy as np

from shotplan.errors import RenderError
from video_core.animatic.caption import LEAST_HEIGHT, undrawable_lines
from video_core.animatic.draw import Animatic
from video_core.animatic.lettering import undrawable
from video_core.backends.backend import Clip, ControlUse, Progress, Retakes, register
from video_core.backends.identity import adapters_ignored
from video_core.conditioning import Conditioning


@register("animatic")
class AnimaticBackend:
    """Draws the shot with lines and paints; no model, no randomness."""

    name = "animatic"

    def __init__(self, *, captions: bool = True) -> None:
        self.captions = captions

    def check(self) -> None:
        """It needs nothing but itself."""

    def version(self) -> str:
        """The drawing is the code; it has no weights or steps of its own."""
        return f"captions {self.captions}"

    def retakes(self, conditioning: Conditioning) -> Retakes:
        """None: there is no chance in it."""
        return Retakes(seed=False, why="the animatic draws the plan itself, and every take would be the same")

    def render(self, conditioning: Conditioning, *, progress: Progress | None = None) -> Clip:
        """Draw every frame at the bundle's size. Raises `RenderError` when the bundle has no frames."""
        if not conditioning.frames:
            raise RenderError(
                "the bundle has no frames", where=f"shot {conditioning.scene.shot}", todo="stage the shot again"
            )
        start = time.perf_counter()
        shot = Animatic(conditioning)
        frames = np.empty((conditioning.frames, *conditioning.size, 3), np.uint8)
        for f in range(conditioning.frames):
            frames[f] = shot.frame(f, captions=self.captions)
            if progress is not None:
                progress(f + 1, conditioning.frames)
        return Clip(frames, conditioning.scene.fps, self.report(conditioning), time.perf_counter() - start)

    def report(self, conditioning: Conditioning) -> tuple[ControlUse, ...]:
        """What is done with each control of the bundle."""
        scene = conditioning.scene
        kept = bool(conditioning.keep_mask.any()) or len(conditioning.key_frames) > 0
        use = [
            ControlUse("camera", "honoured", "every point is projected with the given poses and intrinsics"),
            ControlUse("joints", "honoured", "bodies are drawn through the 3-D joints"),
            ControlUse("props", "honoured", "drawn from their size, place, turn and openness"),
            ControlUse("expressions", "honoured", "mouth, brows and eyes follow the curves"),
            ControlUse("instance_ids", "approximated", "what covers what is decided per body and thing, not per pixel"),
            ControlUse(
                "inverse_depth",
                "approximated" if scene.weather == "fog" else "ignored",
                "thickens the fog with distance" if scene.weather == "fog" else "the drawing has its own depth order",
            ),
            ControlUse("tracks", "ignored", "bodies and things are placed exactly already"),
            ControlUse("style", "honoured", f"{scene.style}: line, shading and paper"),
            ControlUse("prompt", "ignored", "there is no text model; kinds, places and light come from the scene card"),
            ControlUse("references", "ignored", "figures are drawn by kind and palette")
            if any(a.references for a in scene.actors)
            else None,
            *adapters_ignored(scene, "there is no network to adapt; figures are drawn by kind and palette"),
            ControlUse("key_frames", "ignored", "given pixels are not copied into the drawing") if kept else None,
            self._captions(conditioning),
        ]
        return tuple(u for u in use if u is not None)

    def _captions(self, conditioning: Conditioning) -> ControlUse | None:
        scene = conditioning.scene
        if not scene.lines:
            return None
        if not self.captions:
            return ControlUse("dialogue", "ignored", "captions are switched off")
        if conditioning.size[0] < LEAST_HEIGHT:
            return ControlUse("dialogue", "ignored", f"captions need a picture at least {LEAST_HEIGHT} pixels high")
        missing = undrawable_lines(scene)
        if not missing:
            return ControlUse("dialogue", "honoured", "each line is shown while it is spoken")
        letters = "".join(dict.fromkeys(c for line in missing for c in undrawable(line.text)))[:12]
        use: Literal["ignored", "approximated"] = "ignored" if len(missing) == len(scene.lines) else "approximated"
        return ControlUse(
            "dialogue", use, f"{len(missing)} of {len(scene.lines)} lines are not shown: no letter shapes for {letters}"
        )
