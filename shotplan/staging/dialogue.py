"""How long lines take and when they are spoken.

Knows characters per second. Does not know mouths (expression) or staging.
Source: 14 characters per second of English is an easy speaking rate (BBC Subtitle Guidelines, 160-180 words per minute);
4.5 for Chinese and 7 for Japanese are the usual dubbing counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shotplan.staging.staged import Line
from shotplan.vocabulary import EMOTIONS, Language

if TYPE_CHECKING:
    from shotplan.staging.scene import Scene, Severity

CHARACTERS_PER_SECOND: dict[Language, float] = {"en": 14.0, "zh": 4.5, "ja": 7.0}
LEAST_SECONDS = 0.5


def line_seconds(text: str, language: Language, emotion: str = "neutral", intensity: float = 0.6) -> float:
    """Seconds that a line takes to say; the emotion's tempo speeds or slows it by half its effect on movement."""
    tempo = 1.0 + 0.5 * (EMOTIONS[emotion].tempo - 1.0) * intensity
    return max(LEAST_SECONDS, len(text.strip()) / (CHARACTERS_PER_SECOND[language] * tempo))


def spoken_lines(scene: Scene, stretch: float) -> tuple[list[Line], list[tuple[str, Severity, str]]]:
    """The shot's lines in time, each within the performance of its beat, one after another; and remarks about lines that do not fit."""
    plan, shot = scene.plan, scene.shot
    lines: list[Line] = []
    remarks: list[tuple[str, Severity, str]] = []
    end = 0.0
    for beat_id in shot.beats:
        beat = plan.beat(beat_id)
        if beat is None or not beat.line.strip() or beat.actor is None:
            continue
        seconds = line_seconds(beat.line, plan.brief.language, beat.emotion, beat.intensity)
        said = [d for d in scene.drafts if d.performance.beat == beat.id and d.performance.actor == beat.actor]
        said.sort(key=lambda d: d.performance.action != "talk")
        t0 = end
        if said:
            cue = next(
                (
                    c
                    for c in scene.courses[beat.actor].cues
                    if c.spoken and said[0].t0 - 1e-6 <= c.t0 <= said[0].t1 and c.steps is None and c.pose != "turn"
                ),
                None,
            )
            t0 = max(end, (cue.t0 if cue is not None else said[0].t0) * stretch + 0.08)
        else:
            remarks.append(
                (
                    f"/shots/{scene.index}",
                    "warning",
                    f"no performance plays beat {beat.id}; {beat.actor} speaks its line all the same",
                )
            )
        t0 = min(t0, max(0.0, shot.duration - 0.3))
        t1 = min(t0 + seconds, shot.duration)
        if t1 - t0 < 0.9 * seconds:
            remarks.append(
                (
                    f"/shots/{scene.index}",
                    "warning",
                    f"{beat.actor}'s line of {len(beat.line)} characters needs {seconds:.1f} s and has {t1 - t0:.1f} s",
                )
            )
        lines.append(Line(beat.actor, beat.line, t0, t1))
        end = t1 + 0.1
    return lines, remarks
