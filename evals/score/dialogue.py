"""Measure: is every line spoken as written, by the one who says it?

A line counts when a beat of the film has it word for word, alone or with what the same speaker goes on to say: space is folded,
quotation marks around the whole are taken off, and a last comma or full stop may differ, because English puts a comma before
"said". Lines are aligned in order (Needleman & Wunsch 1970). 0.6 of a line is its words, 0.4 its speaker. A beat with a
sentence in its line that the script does not hold counts against the part.
"""

from __future__ import annotations

import re

from evals.score.align import align
from evals.score.reading import Measure, Reading

WORDS, SPEAKER = 0.6, 0.4
SENTENCE = re.compile(r"(?<=[.!?。！？…])")
QUOTES = "\"'“”‘’「」『』«»"


def dialogue(reading: Reading) -> Measure | None:
    """Dialogue is verbatim, in order, and each line has its speaker."""
    wanted = reading.case.dialogue
    if not wanted:
        return None
    spoken = [shown.beat for shown in reading.film if shown.beat.line]
    likeness = []
    for said in wanted:
        row = []
        for beat in spoken:
            words = bare(said.line) in bare(beat.line)
            row.append(WORDS + SPEAKER * (beat.actor in reading.any_of(said.speaker)) if words else 0.0)
        likeness.append(row)
    pairs = dict(align(likeness))
    faults = []
    for n, said in enumerate(wanted):
        if n not in pairs:
            faults.append(f"dialogue: line {n + 1} is missing: {said.line!r}")
        elif likeness[n][pairs[n]] < WORDS + SPEAKER:
            speaker = spoken[pairs[n]].actor
            faults.append(f"dialogue: {speaker or 'nobody'} says {said.line!r}, not {' or '.join(said.speaker)}")
    script = "".join(reading.case.script.split())
    invented = [beat for beat in spoken if any(_folded(s) not in script for s in SENTENCE.split(beat.line))]
    faults += [f"dialogue: the script has no line {beat.line!r}" for beat in invented]
    total = sum(likeness[n][k] for n, k in pairs.items())
    figures = {"verbatim": len(pairs) / len(wanted), "invented": float(len(invented))}
    return Measure("dialogue", total / (len(wanted) + len(invented)), figures, tuple(faults))


def bare(line: str) -> str:
    """A line without folded space, quotation marks around it and its last comma or full stop."""
    line = " ".join(line.split()).strip(QUOTES).strip()
    return line.rstrip(",.，。、").strip()


def _folded(sentence: str) -> str:
    return "".join(bare(sentence).split())
