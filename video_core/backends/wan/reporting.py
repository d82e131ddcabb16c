"""What a render says it did with every control of the bundle.

Knows what each way of conditioning can carry besides what its adapter reports. Does not render.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from video_core.backends.animatic import AnimaticBackend
from video_core.backends.backend import ControlUse
from video_core.backends.wan.families import Family
from video_core.backends.wan.sampling import Sampling
from video_core.conditioning import Conditioning
from video_core.long_shot.draw import Window
from video_core.planner import OptionSet

BY_WORDS = "the model has no input for it; the prompt says it in words"
NO_INPUT = "the model has no input for it"
SAID = {"honoured": 0, "approximated": 1, "ignored": 2}


@dataclass(frozen=True)
class Said:
    """What the words given to the model say."""

    motion: float
    """The motion score in them."""
    left_out: str = ""
    """The end of the prompt, as far as the model cannot read it."""


def report_of(
    conditioning: Conditioning, family: Family, sampling: Sampling, parts: Sequence[Window], clips: Sequence[Sequence[ControlUse]],
    *, said: Said, options: OptionSet, notes: Sequence[str],
) -> tuple[ControlUse, ...]:  # fmt: skip
    """One row per control: what the adapters said of every clip, then everything else."""
    rows = _merged(clips)
    named = " ".join(row.control for row in rows)
    scene = conditioning.scene

    def unless(control: str, use: ControlUse) -> None:
        if control not in named:
            rows.append(use)

    seen = {"vace": "through the control video", "animate": "through the skeleton drawn at its place"}.get(family.kind)
    unless("camera", ControlUse("camera", "approximated", seen or "by words, and by the framing of the pictures given"))
    unless("joints", ControlUse("joints", "approximated", seen) if seen else ControlUse("joints", "ignored", NO_INPUT))
    for control in ("inverse_depth", "instance_ids", "boxes", "tracks"):
        unless(control, ControlUse(control, "ignored", NO_INPUT))
    unless("expressions", ControlUse("expressions", "approximated", BY_WORDS))
    rows += [
        _prompt(said.left_out),
        ControlUse("style, time, weather", "approximated", "as words of the prompt"),
        ControlUse("negative_prompt", "honoured", f"guidance {_numbers(sampling.guidance)}")
        if max(sampling.guidance) > 1
        else ControlUse("negative_prompt", "ignored", "guidance is 1: there is no unconditional pass"),
        _motion(family, conditioning, said.motion),
        ControlUse("seed", "honoured", f"{scene.seed}, noise drawn on the CPU: the same on every machine"),
    ]
    if any(card.references for card in scene.actors):
        unless("references", ControlUse("references", "ignored", f"{family.name} takes no pictures of characters"))
    rows += _length(conditioning, family, parts)
    rows += [ControlUse("lossy option", "approximated", f"{word} changes the picture slightly") for word in options.lossy]
    rows += [ControlUse("checkpoint", "approximated", note) for note in notes]
    if scene.lines:
        rows += [use for use in AnimaticBackend().report(conditioning) if use.control == "dialogue"]
    return tuple(rows)


def _merged(clips: Sequence[Sequence[ControlUse]]) -> list[ControlUse]:
    """A control that several clips report is said once, the least of what was done with it."""
    rows: dict[str, ControlUse] = {}
    for use in (use for clip in clips for use in clip):
        before = rows.get(use.control)
        if before is None or SAID[use.use] > SAID[before.use]:
            rows[use.control] = use
    return list(rows.values())


def _prompt(left_out: str) -> ControlUse:
    if not left_out:
        return ControlUse("prompt", "honoured", "all of its words")
    told = left_out if len(left_out) <= 80 else f"{left_out[:77]}..."
    return ControlUse("prompt", "approximated", f"the model reads 512 tokens; left out is its end, from: {told}")


def _motion(family: Family, conditioning: Conditioning, motion: float) -> ControlUse:
    if not family.suffix:
        return ControlUse("motion_score", "ignored", f"{family.name} was not trained with one")
    asked = conditioning.scene.motion_score
    if motion == asked:
        return ControlUse("motion_score", "honoured", f"{motion:g}, in the prompt's last words")
    low, high = family.motion
    return ControlUse("motion_score", "approximated", f"{motion:g} instead of {asked:g}; the model was tuned with {low:g} to {high:g}")


def _length(conditioning: Conditioning, family: Family, parts: Sequence[Window]) -> list[ControlUse]:
    drawn = parts[-1].start + parts[-1].length
    frames, rows = conditioning.frames, []
    if drawn != frames:
        rows.append(ControlUse("length", "approximated", f"{frames} frames are cut from {drawn}: clips have {family.frame_grid}n+1"))
    else:
        rows.append(ControlUse("length", "honoured", f"{frames} frames"))
    if len(parts) > 1:
        told = f"{len(parts)} clips of {parts[0].length} frames, {parts[1].overlap} handed over, colours matched at the joins"
        rows.append(ControlUse("one take", "approximated", told))
    if max(part.length for part in parts) > family.max_frames:
        rows.append(ControlUse("clip length", "approximated", f"above {family.max_frames} frames motion tends to repeat"))
    if conditioning.scene.fps != family.fps:
        told = f"{conditioning.scene.fps} frames per second; the model was trained at {family.fps}, so motion looks faster or slower"
        rows.append(ControlUse("frame rate", "approximated", told))
    return rows


def _numbers(pair: tuple[float, float]) -> str:
    return f"{pair[0]:g}" if pair[0] == pair[1] else f"{pair[0]:g} and {pair[1]:g}"
