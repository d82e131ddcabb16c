"""Seconds: how long beats need and how shots share the film's time.

Knows speeds, speaking rates and the target length. Does not know models.
Speaking rates: about 14 characters per second in English subtitles (Netflix timed-text style: at most 17-20 for reading), 4.5 in
Chinese and 5 in Japanese.
"""

from __future__ import annotations

from collections.abc import Sequence

from shotplan.plan import Beat, Character
from shotplan.vocabulary import ACTIONS, EMOTIONS, Language

CHARACTERS_PER_SECOND: dict[Language, float] = {"en": 13.0, "zh": 4.0, "ja": 5.0}
SHORTEST, LONGEST = 1.5, 12.0
ORDINARY_WAY = 5.0
"""Metres that a travelling beat is taken to cover before anybody has chosen marks."""
TURN = 0.6
"""Seconds to turn, start and stop around a way."""
REACHING = 2.6
"""Metres from wherever somebody is to a thing beside which the next beat plays."""
AT_A_THING = frozenset({"sit", "lie", "hide", "ride", "fight", "chase", "follow"})
"""Actions that begin at their target, although they touch nothing at a contact distance."""
PACES = {"calm": 1.25, "normal": 1.0, "brisk": 0.8}


def approach(beat: Beat, before: Sequence[Beat], cast: dict[str, Character]) -> float:
    """Metres that the actor first has to go to touch what the beat is about, before anybody has chosen marks. `before`: earlier beats.

    Nothing for who is there already, or holds the thing.
    """
    action = ACTIONS[beat.action]
    if beat.target is None or beat.actor is None or (action.contact is None and beat.action not in AT_A_THING):
        return 0.0
    own = [b for b in before if b.actor == beat.actor]
    if any(b.target == beat.target for b in own[-2:]):
        return 0.0
    if not own and beat.target not in cast:
        return 0.0  # whoever begins with a thing starts beside it
    return REACHING if beat.target not in cast else REACHING / 2


def needed(beat: Beat, actor: Character | None, language: Language, first: float = 0.0) -> float:
    """Least seconds in which the beat can be played and its line spoken. `first`: metres to go before it begins."""
    action = ACTIONS[beat.action]
    time = action.least_seconds
    if first > 0 and actor is not None:
        time = max(time, action.seconds) + TURN + first / max(0.2, actor.limits.walk_speed * EMOTIONS[beat.emotion].tempo)
    if action.travels and actor is not None:
        speed = actor.limits.run_speed if action.gait in ("run", "fly") else actor.limits.walk_speed
        if action.gait in ("sneak", "climb", "swim"):
            speed *= 0.7
        way = 3.0 if action.gait in ("sneak", "climb", "swim") else ORDINARY_WAY
        time = max(time, TURN + way / max(0.2, speed * EMOTIONS[beat.emotion].tempo))
        if action.gait == "climb" or beat.action in ("jump_over", "jump_onto"):
            time = max(time, action.seconds)
    if beat.action in ("chase", "follow"):
        time = max(time, 3.0)  # both have to be seen to set off
    if beat.line:
        time = max(time, len(beat.line) / CHARACTERS_PER_SECOND[language] + 0.8)
    return min(LONGEST, time)


def natural(beat: Beat, actor: Character | None, language: Language, first: float = 0.0) -> float:
    """Seconds the beat likes to have: its ordinary time and a breath after it."""
    action = ACTIONS[beat.action]
    return min(LONGEST, max(needed(beat, actor, language, first) * 1.15 + 0.3, action.seconds + 0.5))


def share(wished: Sequence[float], least: Sequence[float], target: float | None) -> list[float]:
    """Shot lengths near `wished` that add up to `target` where each shot's least and the longest shot allow it. Seconds, 0.05 steps."""
    low = [max(SHORTEST, x) for x in least]
    times = [min(LONGEST, max(a, b)) for a, b in zip(wished, low, strict=True)]
    if target is not None and times:
        for _ in range(12):
            missing = target - sum(times)
            movable = [
                k
                for k in range(len(times))
                if (missing > 0 and times[k] < LONGEST) or (missing < 0 and times[k] > low[k])
            ]
            if abs(missing) < 0.02 or not movable:
                break
            whole = sum(times[k] for k in movable)
            for k in movable:
                times[k] = min(LONGEST, max(low[k], times[k] + missing * times[k] / whole))
    rounded = [round(t * 20) / 20 for t in times]
    if target is not None and rounded and abs(sum(times) - target) < 0.05:
        rest = round(target - sum(rounded), 3)
        k = max(range(len(rounded)), key=lambda i: rounded[i])
        rounded[k] = round(rounded[k] + rest, 3)
    return [round(t, 3) for t in rounded]
