"""English clauses with who acts in them: the subject before the verb, behind `by`, before `who`, or carried over.

Knows word order, voice, negation and mood. Does not know who is meant by a pronoun: that is casting's work.
"""

from __future__ import annotations

import re
from dataclasses import replace

from agents.reading import words_en as w
from agents.reading.clauses import Clause, Mention, Reading, Scene
from agents.reading.layout import Piece, pieces, quotes, sentences
from agents.reading.nouns_en import BREAKS, after_preposition, mentions_in
from agents.reading.orders import orders
from agents.reading.parts_en import SUBORDINATORS, Part, parts, setting_out
from agents.reading.tokens_en import NEGATIONS, Tokens, Verb, proper_names
from agents.reading.verbs_en import ASPECTS, IRREGULAR, SPEAKING, WISHES, verb_forms
from shotplan.vocabulary import Language

LOCATING = frozenset({"in", "inside", "into", "at", "on", "through", "across", "along", "around", "by", "near", "over"})
GROUND_WORDS = {
    "hill": "hill",
    "slope": "slope",
    "hillside": "slope",
    "stairs": "steps",
    "steps": "steps",
    "staircase": "steps",
    "gap": "gap",
    "ravine": "gap",
    "ditch": "gap",
    "chasm": "gap",
    "pit": "gap",
    "uphill": "slope",
}


def read(script: str, language: Language, *, by_sentence: bool, names: frozenset[str] = frozenset()) -> Reading:
    """Clauses and scenes of an English script. `names`: of characters whom the user's library knows."""
    stretches = pieces(script)
    said = [(p, s) for p in stretches if p.sort == "prose" for s in sentences(p.text, spoken_by=_says_who)]
    called = {word for name in names for word in name.split() if word[0].isupper()}
    known = called | proper_names(script, [s for _, s in said], {p.speaker for p in stretches if p.speaker})
    clauses: list[Clause] = []
    scenes: list[Scene] = []
    carried: tuple[Mention, ...] = ()
    count = 0
    for part in stretches:
        if part.sort == "heading":
            _add_scene(scenes, Tokens.of(part.text, [], known), heading=part.text)
        elif part.sort == "line":
            _open_scene(scenes)
            clauses.append(_spoken(part, count, len(scenes) - 1, known))
            count += 1
        else:
            for offset, sentence in sentences(part.text, spoken_by=_says_who):
                marks = quotes(sentence)
                asked = orders(sentence, marks, language)
                tokens = Tokens.of(sentence, [*marks, *asked], known)
                _add_scene(scenes, Tokens.of(sentence, marks, known))
                at, scene = part.start + offset, len(scenes) - 1
                new = [_order(sentence[a:b], at + a, known, count, scene) for a, b in asked]
                if any(tokens.word(k) for k in range(len(tokens.tokens))) or marks or not new:
                    told = _clauses(sentence, at, tokens, marks, carried, count, scene, by_sentence)
                    new += [_shown(c) for c in told] if asked else told
                for clause in new:
                    carried = clause.subjects or carried
                clauses += sorted(new, key=lambda c: c.start) if asked else new
                count += 1
    if clauses and not any(c.happens or c.camera for c in clauses):
        clauses[0] = replace(clauses[0], happens=True)
    return Reading(language, tuple(clauses), tuple(scenes) or (Scene(),))


def _order(text: str, start: int, names: set[str], count: int, scene: int) -> Clause:
    """An order to the camera, with whom and what it names."""
    start += len(text) - len(text.lstrip(" ,;"))
    text = text.strip(" ,;")
    tokens = Tokens.of(text, [], names)
    seen = tuple(m for _, m in mentions_in(tokens, 0, len(tokens.tokens), start) if m.sort not in ("ambient", "unknown"))
    return Clause(text, start, count, scene, objects=seen, camera=True, happens=False)


def _shown(clause: Clause) -> Clause:
    """Somebody whom the camera comes upon is there, even if no verb says what they do."""
    living = tuple(m for m in (*clause.subjects, *clause.objects) if m.sort in ("character", "name"))
    if clause.happens or clause.actions or clause.near or not living:
        return clause
    rest = tuple(m for m in clause.objects if m not in living)
    return replace(clause, subjects=living, objects=rest, near=("stand", "look"), happens=True)


def _says_who(rest: str) -> bool:
    """`he cries` after a quotation; a capital letter that opens no name begins another sentence."""
    words = re.findall(r"[A-Za-z']+", rest[:60])[:5]
    if words and words[0] in ("The", "A", "An", "He", "She", "They", "It", "His", "Her", "Then", "Two", "There"):
        return False
    return any(f in SPEAKING for word in words for f in verb_forms(word))


def _spoken(part: Piece, sentence: int, scene: int, names: set[str]) -> Clause:
    manner = Tokens.of(part.manner, [], names)
    felt = tuple(dict.fromkeys(f.id for f in manner.nouns.values() if f.sort == "emotion"))
    return Clause(
        part.text, part.start, sentence, scene, actions=("talk",), emotions=felt, line=part.text, speaker=part.speaker
    )


def _open_scene(scenes: list[Scene]) -> None:
    if not scenes:
        scenes.append(Scene())


def _add_scene(scenes: list[Scene], tokens: Tokens, heading: str = "") -> None:
    """Note the place, time, weather and ground the words name; a new place opens a new scene."""
    located: list[str] = []
    named: list[str] = []
    found: dict[str, list[str]] = {"time": [], "weather": []}
    grounds = [GROUND_WORDS[t.low] for t in tokens.tokens if t.low in GROUND_WORDS]
    for k, noun in tokens.nouns.items():
        if k != noun.first:
            continue
        if noun.sort == "place":
            j = k - 1
            while (
                j >= 0
                and tokens.word(j)
                and tokens.low(j) not in w.PREPOSITIONS
                and j not in tokens.verbs
                and k - j < 5
            ):
                j -= 1
            entered = (j + 1 < k and tokens.low(j) in LOCATING) or tokens.low(k - 1) in LOCATING
            (located if entered or heading else named).append(noun.id)
        elif noun.sort in found and k not in tokens.verbs:
            found[noun.sort].append(noun.id)
            if tokens.low(k) == "sunny":
                found["weather"].append("clear")
    places = tuple(dict.fromkeys(located or named))
    new = Scene(
        places,
        tuple(dict.fromkeys(found["time"])),
        tuple(dict.fromkeys(found["weather"])),
        tuple(dict.fromkeys(grounds)),
        heading,
    )
    current = scenes[-1] if scenes else None
    moved = current is not None and bool(current.places) and bool(located) and located[0] not in current.places
    if current is None or (heading and (current.places or current.heading)) or moved:
        scenes.append(new)
        return
    scenes[-1] = Scene(
        tuple(dict.fromkeys(current.places + (places if not current.places else ()))),
        tuple(dict.fromkeys(current.times + new.times)),
        tuple(dict.fromkeys(current.weathers + new.weathers)),
        tuple(dict.fromkeys(current.grounds + new.grounds)),
        heading or current.heading,
    )


def _clauses(
    sentence: str,
    start: int,
    tokens: Tokens,
    marks: list[tuple[int, int]],
    carried: tuple[Mention, ...],
    count: int,
    scene: int,
    whole: bool,
) -> list[Clause]:
    """The clauses of one sentence; `start` is its offset in the script."""
    n = len(tokens.tokens)
    segments = [Part(0, n)] if whole or not n else parts(tokens)
    bounds = [_span(sentence, tokens, p.a, p.b) for p in segments]
    if marks:  # every quotation lies in one clause
        bounds = _around_quotes(bounds, marks)
    everybody = dict(mentions_in(tokens, 0, n, start))
    opening = [_subjects(tokens, p, start) for p in segments]
    found: list[Clause] = []
    subjects = carried
    for k, (part, (left, right)) in enumerate(zip(segments, bounds, strict=True)):
        lines = [sentence[x:y].strip(' "“”「」『』«»') for x, y in marks if left <= x < right]
        given = subjects
        if part.kind == "relative" and part.noun in everybody:
            given = (everybody[part.noun],)
        elif part.kind == "participle" and not any(segments[j].kind == "main" for j in range(k)):
            given = next((o for p, o in zip(segments[k:], opening[k:], strict=True) if p.kind == "main" and o), subjects)
        clause = _clause(sentence[left:right], start, left, tokens, part, given, count, scene, " ".join(lines))
        found.append(clause)
        if part.kind != "relative":
            subjects = clause.subjects or subjects
    return [replace(c, around=sentence) for c in found] if len(found) > 1 else found


def _around_quotes(bounds: list[tuple[int, int]], marks: list[tuple[int, int]]) -> list[tuple[int, int]]:
    out = [list(b) for b in bounds]
    for x, y in marks:
        inside = next((k for k, (a, b) in enumerate(out) if a <= x < b), None)
        if inside is None:
            before = [k for k, (_, b) in enumerate(out) if b <= x]
            inside = before[-1] if before else 0
        out[inside] = [min(out[inside][0], x), max(out[inside][1], y)]
        for k in range(inside + 1, len(out)):
            out[k][0] = max(out[k][0], out[inside][1])
            out[k][1] = max(out[k][1], out[k][0])
    return [(a, b) for a, b in out]


def _span(sentence: str, tokens: Tokens, a: int, b: int) -> tuple[int, int]:
    """Character range of tokens [a, b) without joining words and punctuation at its ends."""
    while a < b - 1 and (tokens.low(a) in BREAKS or not tokens.word(a)):
        a += 1
    while b - 1 > a and (tokens.low(b - 1) in BREAKS or tokens.tokens[b - 1].text in ".…:"):
        b -= 1
    if not tokens.tokens or a >= b:
        return 0, len(sentence)
    return tokens.tokens[a].start, tokens.tokens[b - 1].end


def _main_verb(tokens: Tokens, part: Part) -> tuple[Verb | None, list[Verb]]:
    """The verb that says what happens, and all verbs of the clause: `begins to run` is running."""
    verbs = [v for k, v in sorted(tokens.verbs.items()) if part.has(k)]
    moving = [v for v in verbs if not setting_out(tokens, v.at)] or verbs
    main = next((v for v in moving if v.finite), moving[0] if moving else None)
    if main is not None and tokens.bases(main.at) & ASPECTS:
        inner = next((v for v in verbs if v.at > main.at and v.form in ("infinitive", "ing")), None)
        between = range(main.at + 1, inner.at) if inner else range(0)
        if inner and all(tokens.low(k) in ("to", "on", "back") or tokens.low(k).endswith("ly") for k in between):
            main = inner
    return main, verbs


def _subjects(tokens: Tokens, part: Part, start: int) -> tuple[Mention, ...]:
    """Whom the clause itself names before its verb."""
    main, verbs = _main_verb(tokens, part)
    first = min([main.at, *[v.at for v in verbs if setting_out(tokens, v.at)]]) if main else part.b
    if main is not None and main.form in ("ing", "participle", "infinitive") and part.kind != "main":
        first = part.a
    found = [
        m
        for k, m in mentions_in(tokens, part.a, part.b, start)
        if part.has(k) and k < first and not _in_phrase(tokens, part, k)
    ]
    return tuple(m for m in found if not (m.sort == "pronoun" and m.head == "who"))


def _in_phrase(tokens: Tokens, part: Part, k: int) -> bool:
    """Whether the mention at `k` stands behind a preposition; a word such as `after` that opens the clause is none."""
    a = part.a
    while a < k and (tokens.low(a) in BREAKS or tokens.low(a) in SUBORDINATORS or not tokens.word(a)):
        a += 1
    return after_preposition(tokens, a, k)


def _clause(
    span: str,
    start: int,
    left: int,
    tokens: Tokens,
    part: Part,
    carried: tuple[Mention, ...],
    count: int,
    scene: int,
    line: str,
) -> Clause:
    a, b = part.a, part.b
    main, verbs = _main_verb(tokens, part)
    if part.kind == "relative" and tokens.low(a) == "whose" and tokens.low(a + 1) == "name":
        return Clause(span, start + left, count, scene, happens=False)  # the name is said of the noun before
    mentions = [(k, m) for k, m in mentions_in(tokens, a, b, start) if part.has(k)]
    first = main.at if main else b
    subjects = _subjects(tokens, part, start)
    if part.kind == "relative" and tokens.low(a) not in ("whose", "whom") and not subjects:
        subjects = carried
    after = [m for k, m in mentions if k > first or (m not in subjects and _in_phrase(tokens, part, k))]
    after = [m for m in after if not (m.sort == "pronoun" and m.head == "who")]
    if main is not None and main.form in ("passive", "participle"):
        subjects, after = _turned(tokens, mentions, main, subjects or (carried if part.kind != "main" else ()), after, b)
    elif not subjects and (verbs or line):
        sorts = ("character", "name", "pronoun", *(("unknown",) if line else ()))
        living = [m for k, m in mentions if k > first and m.sort in sorts]
        fronted = main is not None and first > a and any(tokens.low(k) in {*w.PREPOSITIONS, "there", "here"} for k in range(a, first))
        inverted = part.kind == "main" and bool(living) and not line and fronted and main is not None and main.form == "finite"
        if line and living and (not carried or (main is not None and tokens.bases(main.at) & SPEAKING)):
            inverted = True  # "Hello," says the fox
        subjects = (living[0],) if inverted else () if line and not verbs else carried
        after = [m for m in after if m not in subjects]
    ordered = ([main] if main else []) + [v for v in verbs if v is not main and v.finite]
    actions = tuple(dict.fromkeys(id for v in ordered for id in v.actions))
    near = tuple(dict.fromkeys(id for v in ordered for id in v.near)) if not actions else ()
    felt = tuple(
        dict.fromkeys(f.id for k, f in sorted(tokens.nouns.items()) if part.has(k) and f.sort == "emotion")
    ) or next((FELT[base] for v in verbs for base in tokens.bases(v.at) if base in FELT), ())
    if main is not None and main.actions == ("open",) and _eyes(tokens, a, main.at):
        actions = ("look",)
    if line and not (main is not None and set(main.actions) & {"read", "write"}):
        actions = ("talk",)
    alive = any(m.sort in ("character", "name", "pronoun", "unknown") for m in subjects)
    if not verbs:
        subjects, after = _told(tokens, part, subjects, after)
    if not verbs and felt and subjects:
        near = ("look", "stand")
    stirring = any(m.sort == "prop" for m in subjects) and _stirs(actions)
    moved = bool(verbs) and (alive or stirring or (not subjects and main is not None and main.form == "passive"))
    happens = bool(line) or ((moved or (bool(felt) and alive)) and not _no_event(tokens, part, main))
    return Clause(
        span,
        start + left,
        count,
        scene,
        subjects,
        tuple(after),
        actions,
        near,
        felt,
        line,
        happens=happens,
    )


def _turned(
    tokens: Tokens,
    mentions: list[tuple[int, Mention]],
    main: Verb,
    patients: tuple[Mention, ...],
    after: list[Mention],
    b: int,
) -> tuple[tuple[Mention, ...], list[Mention]]:
    """(who acts, to whom) of a passive clause. Without `by` nobody is said to act; a thing behind `by` does not act."""
    by = next((k for k in range(main.at, b) if tokens.low(k) == "by"), None)
    agents = [m for k, m in mentions if by is not None and k > by]
    acting = agents[:1] if agents and agents[0].sort in ("character", "name", "pronoun", "unknown") else []
    if acting:
        return tuple(acting), [*patients, *[m for m in after if m not in acting and m not in patients]]
    if agents:
        return patients, [m for m in after if m not in patients]
    return (), [*patients, *[m for m in after if m not in patients]]


def _told(
    tokens: Tokens, part: Part, subjects: tuple[Mention, ...], after: list[Mention]
) -> tuple[tuple[Mention, ...], list[Mention]]:
    """`Max is a dog`: the name and its kind are one mention."""
    is_a = any(tokens.low(k) in w.TO_BE and tokens.low(k + 1) in w.DETERMINERS for k in range(part.a, part.b) if part.has(k))
    kinds = [m for m in (*subjects, *after) if m.sort == "character"]
    if is_a and subjects and subjects[0].sort == "name" and kinds:
        told = replace(subjects[0], kind=subjects[0].kind or kinds[0].kind, adjectives=kinds[0].adjectives)
        return (told,), [m for m in after if m is not kinds[0]]
    return subjects, after


FELT: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("laugh", "smile", "giggle", "grin", "cheer", "celebrate", "beam", "chuckle", "rejoice"), ("happy",)),
    **dict.fromkeys(("cry", "weep", "sob"), ("sad",)),
    **dict.fromkeys(("scream", "tremble", "shiver", "cower", "flee"), ("afraid",)),
    **dict.fromkeys(("yawn", "doze", "snore"), ("tired",)),
    **dict.fromkeys(("growl", "snarl", "glare", "roar"), ("angry",)),
    **dict.fromkeys(("gasp",), ("surprised",)),
}
"""What a verb says of the feeling, where no other word does."""


def _eyes(tokens: Tokens, a: int, verb: int) -> bool:
    """`its eyes open`: looking, not opening a thing."""
    return any(tokens.low(k) in ("eyes", "eye") for k in range(max(a, verb - 2), verb))


NOBODY = frozenset({"nobody", "nothing", "none", "neither"})


def _no_event(tokens: Tokens, part: Part, main: Verb | None) -> bool:
    """A negation, a wish, an ability, the past before the story, a state, or a clause that only says which one is meant."""
    until = main.at if main is not None else part.b
    begin = part.a
    helpers = [tokens.low(k) for k in range(begin, until) if part.has(k)]
    if any(h in NEGATIONS - {"no", "neither"} or h in NOBODY or h.endswith("n't") or h in w.MODALS for h in helpers):
        return True
    if "no" in helpers and main is not None:
        return True
    if (helpers and helpers[0] in ("if", "unless")) or "had" in helpers or ("used" in helpers and "to" in helpers):
        return True
    if main is None:
        return part.kind == "relative"
    low = tokens.low(main.at)
    if tokens.bases(main.at) & WISHES and not main.actions:
        return True
    if not main.actions and not main.near and tokens._state(main.at) is not None:
        return True
    finite = [v for k, v in sorted(tokens.verbs.items()) if part.has(k) and v.finite]
    if finite and finite[0] is not main and tokens.bases(finite[0].at) & WISHES:
        return True
    if tokens.bases(main.at) & WISHES and any(tokens.low(k) == "to" for k in range(main.at + 1, main.at + 3)):
        return True
    if "keep" in tokens.bases(main.at):
        return True
    if main.actions == ("talk",) and tokens.low(main.at + 1) in ("nothing", "no"):
        return True
    if low in ("going", "about") and tokens.low(main.at + 1) == "to":
        return True
    if tokens.low(tokens.before(main.at)) == "having" or (part.kind == "participle" and low in ("having", "being")):
        return True
    if part.kind == "relative":
        progressive = low.endswith("ing") or "being" in helpers
        past = not progressive and main.form == "finite" and _past(tokens, main.at)
        return (part.restrictive and not progressive) or (past and not _told_in_past(tokens))
    return False


def _past(tokens: Tokens, k: int) -> bool:
    low = tokens.low(k)
    return low in IRREGULAR or low.endswith("ed")


def _told_in_past(tokens: Tokens) -> bool:
    """Whether the first verb of the sentence is in the past tense."""
    first = next((k for k, v in sorted(tokens.verbs.items()) if v.form == "finite"), None)
    return first is not None and _past(tokens, first)


STIRRING = frozenset({"fall", "fly", "open", "close", "run", "walk", "jump_up", "push", "turn", "swim", "leave", "enter"})


def _stirs(actions: tuple[str, ...]) -> bool:
    """A thing that moves is a happening; a thing that lies somewhere, or that somebody would have to use, is none."""
    return bool(set(actions) & STIRRING)
