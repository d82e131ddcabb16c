"""Who is who in a reading: mentions become cast members and props, pronouns become candidates.

Knows coreference: the same naming word is the same member, `two samurai` are two, `he` is one of those who fit. Where several
fit, all are kept as candidates, most recent first, for the director to choose. Does not know plans or prompts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from agents.reading import Clause, Mention, Reading
from shotplan.vocabulary import ACTIONS, CHARACTER_KINDS, PROP_KINDS

MOST_CAST = 12
MOST_PROPS = 30
TOGETHER = 7
"""Members of one group who act at once."""
MEN = frozenset({"man", "boy", "old_man", "giant"})
WOMEN = frozenset({"woman", "girl", "old_woman"})
KIN = frozenset({"mother", "father", "mom", "dad", "baby", "son", "daughter", "brother", "sister", "child", "friend"})
NARRATION = re.compile(
    r"(?:the )?(?:narrator|narration|voice[- ]?over|v\.?o\.?|caption|title|旁白|解说|ナレーション|ナレーター|語り)\b", re.IGNORECASE
)
CONVERSE = re.compile(r"\b(?:talk|chat|speak|argue|converse|quarrel)(?:s|ed|ing)?\b|话し|話し|聊|交谈|说话|对话")
MUTUAL = frozenset({"fight", "hug", "dance", "shake_hands", "kiss"})
"""Actions that two do to each other."""


@dataclass
class Entity:
    """A cast member or a thing, before anybody has decided its kind."""

    id: str
    name: str
    sort: Literal["character", "prop"]
    kind: str | None
    adjectives: list[str]
    gender: Literal["he", "she", ""] = ""
    group: str = ""
    """Shared by the members of `two samurai`."""
    scenes: list[int] = field(default_factory=list)
    named: bool = False
    """By a proper name, so that `it` is somebody else while nobody has said what kind of being this is."""

    @property
    def human(self) -> bool:
        return self.kind is None or self.kind in MEN | WOMEN | {"robot"}

    def fits(self, pronoun: str) -> bool:
        if self.sort == "prop":
            return pronoun == "it"
        sex = self.gender or ("he" if self.kind in MEN else "she" if self.kind in WOMEN else "")
        if pronoun in ("he", "she"):
            return sex in ("", pronoun)
        return pronoun != "it" or (not self.named if self.kind is None else self.kind not in MEN | WOMEN)


@dataclass(frozen=True)
class Act:
    """A clause with its candidates: who may be meant, most likely first."""

    clause: Clause
    who: tuple[str, ...]
    """Empty when no character acts."""
    targets: tuple[str, ...]
    also: tuple[str, ...] = ()
    """Others who do the same: each gets a beat of its own."""
    onlookers: tuple[str, ...] = ()
    """Characters who acted just before: whom somebody may be looking at when the script does not say."""
    follows: int | None = None
    """Index of the act whose actor this one goes on with: `She catches it and laughs.`"""
    before: str = ""
    """The clause before, for whoever has to say who is meant."""
    previous: str = ""
    """The sentence before the clause's sentence."""


@dataclass(frozen=True)
class Order:
    """An order to the camera, with what it names."""

    clause: Clause
    seen: tuple[str, ...]
    at: int
    """How many acts came before it."""


@dataclass
class Story:
    """All entities, acts and orders to the camera of a reading."""

    entities: dict[str, Entity]
    acts: list[Act]
    orders: tuple[Order, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def cast(self) -> list[Entity]:
        return [e for e in self.entities.values() if e.sort == "character"]

    @property
    def props(self) -> list[Entity]:
        return [e for e in self.entities.values() if e.sort == "prop"]


def slug(words: str, fallback: str) -> str:
    """A plan id from words; `fallback` when they have no Latin letters."""
    s = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")[:32].strip("_")
    return s if re.match(r"[a-z]", s) else fallback


class Casting:
    """Reads clauses in order and keeps who was named last."""

    def __init__(self) -> None:
        self.entities: dict[str, Entity] = {}
        self.by_head: dict[str, list[str]] = {}
        self.recent: list[str] = []
        self.together: list[str] = []
        """Who acted together last: whom `they` means."""
        self.left_out: list[str] = []

    def _new(self, mention: Mention, sort: Literal["character", "prop"], scene: int) -> list[str]:
        full = len([e for e in self.entities.values() if e.sort == sort]) >= (
            MOST_CAST if sort == "character" else MOST_PROPS
        )
        if full:
            if mention.text not in self.left_out:
                self.left_out.append(mention.text)
            return []
        count = mention.count if sort == "character" else 1
        base = slug(mention.also or mention.head, mention.kind or ("person" if sort == "character" else "thing"))
        ids = []
        for n in range(count):
            id = base if count == 1 else f"{base}_{n + 1}"
            k = 2
            while id in self.entities:
                id, k = f"{base}_{k if count == 1 else k + n}", k + 1
            name = mention.also or (mention.head if count == 1 else f"{mention.head} {n + 1}")
            self.entities[id] = Entity(
                id, name, sort, mention.kind, list(mention.adjectives), group=base if count > 1 else "", scenes=[scene],
                named=mention.sort == "name" or bool(mention.also),
            )  # fmt: skip
            ids.append(id)
        for head in {mention.head, mention.also} - {""}:
            self.by_head[head.casefold()] = [*self.by_head.get(head.casefold(), []), *ids] if mention.fresh else ids
        return ids

    def resolve(
        self, mention: Mention, scene: int, *, subject: bool, thing: bool = True
    ) -> tuple[list[str], list[str]]:
        """(ids certainly meant, candidate ids where not certain)."""
        if mention.sort == "pronoun":
            return self._pronoun(mention.head, subject)
        if mention.sort == "ambient" or (mention.sort == "unknown" and not subject and not thing):
            return [], []
        known = self.by_head.get((mention.also or mention.head).casefold()) or self.by_head.get(mention.head.casefold())
        if known and not mention.fresh and not (mention.count > 1 and len(known) < mention.count):
            chosen = known if mention.count > 1 or len(known) == 1 else None
            for id in known:
                entity = self.entities[id]
                entity.kind = entity.kind or mention.kind
                entity.adjectives += [a for a in mention.adjectives if a not in entity.adjectives]
                if scene not in entity.scenes:
                    entity.scenes.append(scene)
            if mention.also and len(known) == 1 and mention.also.casefold() not in self.by_head:
                self.by_head[mention.also.casefold()] = known
                self.entities[known[0]].name = mention.also
            if chosen is None:
                fitting = [i for i in known if set(mention.adjectives) & set(self.entities[i].adjectives)]
                return (fitting, []) if len(fitting) == 1 else ([], known)
            return list(chosen), []
        mention = self._kin(mention)
        alike = self._alike(mention)
        if alike:
            return [alike], []
        sort: Literal["character", "prop"] = (
            "character" if mention.sort in ("character", "name") or (mention.sort == "unknown" and subject) else "prop"
        )
        return self._new(mention, sort, scene), []

    def _kin(self, mention: Mention) -> Mention:
        """`their mother`, said of ducklings, is a duck."""
        owner = self.entities[self.recent[0]] if self.recent else None
        if owner is None or owner.sort != "character" or owner.kind is None or CHARACTER_KINDS[owner.kind].body == "biped":
            return mention
        if mention.head in KIN and re.match(r"(?:their|its|his|her)\b", mention.text, re.IGNORECASE):
            return replace(mention, kind=owner.kind)
        return mention

    def _alike(self, mention: Mention) -> str | None:
        """Who or what `the tree` means when the story has one oak: the only one of its kind, called by the kind's own word."""
        if not mention.head.isascii() and mention.count == 1 and not re.search("[一另别別]", mention.text):
            ending = [e.id for e in self.entities.values() if e.sort == mention.sort and e.name.endswith(mention.head)]
            return ending[0] if len(ending) == 1 else None
        definite = re.match(r"(?:the|this|that)\b|这|那", mention.text, re.IGNORECASE)
        vocabulary = CHARACTER_KINDS if mention.sort == "character" else PROP_KINDS
        if not definite or mention.kind is None or mention.count > 1 or vocabulary.find(mention.head) != mention.kind:
            return None
        if mention.head not in (mention.kind, mention.kind.replace("_", " ")):
            return None
        same = [e.id for e in self.entities.values() if e.kind == mention.kind and e.sort == mention.sort]
        return same[0] if len(same) == 1 else None

    def _pronoun(self, head: str, subject: bool) -> tuple[list[str], list[str]]:
        people = [i for i in self.recent if self.entities[i].sort == "character"]
        if head == "they":
            group = self._last_group(people)
            return group, []
        if head in ("one", "other"):
            grouped = next((self.entities[i].group for i in people if self.entities[i].group), "")
            group = [i for i in self.entities if grouped and self.entities[i].group == grouped] or self._last_group(people)
            if len(group) < 2:
                return [], people[:4]
            return [group[0] if head == "one" else group[1]], []
        if head == "i":
            return self._new(
                Mention("I", "narrator", "name", 0), "character", 0
            ) if "narrator" not in self.entities else ["narrator"], []
        pool = people if subject or head != "it" else self.recent
        fitting = [i for i in pool if self.entities[i].fits(head)]
        if head in ("he", "she"):
            sure = [
                i
                for i in fitting
                if self.entities[i].human
                and (self.entities[i].gender == head or self.entities[i].kind in (MEN if head == "he" else WOMEN))
            ]
            human = sorted(
                (i for i in fitting if self.entities[i].human),
                key=lambda i: _sounds_female(self.entities[i]) != (head == "she"),
            )
            fitting = sure or human or fitting
        if not fitting and head in ("he", "she") and not people:
            kind = "man" if head == "he" else "woman"
            return self._new(Mention(head, kind, "character", 0, kind), "character", 0), []
        if len(fitting) == 1 and head in ("he", "she"):
            self.entities[fitting[0]].gender = head  # type: ignore[assignment]
        return (fitting, []) if len(fitting) == 1 else ([], fitting[:4])

    def _last_group(self, people: Sequence[str]) -> list[str]:
        if self.together:
            return list(self.together)
        if people and self.entities[people[0]].group:
            group = self.entities[people[0]].group
            return sorted(i for i in self.entities if self.entities[i].group == group)
        return list(people[:2])

    def seen(self, ids: Iterable[str]) -> None:
        for id in reversed(list(ids)):
            if id in self.recent:
                self.recent.remove(id)
            self.recent.insert(0, id)


def cast_story(reading: Reading, *, every_clause: bool = False) -> Story:
    """Entities and acts of a reading, in order. `every_clause`: clauses in which nothing seems to happen are acts too."""
    casting = Casting()
    acts: list[Act] = []
    previous: list[str] = []
    speakers: list[str] = []
    asked: list[Order] = []
    last: Clause | None = None
    previous_sentence = ""
    addressed: list[str] = []
    for clause in reading.clauses:
        scene = clause.scene
        if clause.camera:
            seen = [i for m in clause.objects for i in _of_order(casting, m, scene)]
            asked.append(Order(clause, tuple(dict.fromkeys(seen)), len(acts)))
            casting.seen([i for m in clause.objects if m.sort != "pronoun" for i in casting.by_head.get(m.head.casefold(), [])])
            continue
        certain: list[str] = []
        candidates: list[str] = []
        if clause.speaker and NARRATION.match(clause.speaker):
            casting.left_out.append(f"the words of the {clause.speaker.split('(')[0].strip().lower()}")
            continue
        if clause.speaker:
            certain = _speaker(casting, clause, scene)
        for mention in clause.subjects:
            if mention.sort == "unknown" and not clause.happens:
                continue
            ids, maybe = casting.resolve(mention, scene, subject=True)
            certain += [i for i in ids if i not in certain]
            candidates += [i for i in maybe if i not in candidates]
        handles = _handles(clause)
        objects: list[str] = []
        told_to = not clause.happens and not clause.subjects and bool(clause.actions or clause.near)  # `Reply with the word banana`
        for mention in clause.objects:
            if told_to and mention.sort not in ("character", "name"):
                continue
            before = list(certain)
            ids, maybe = casting.resolve(mention, scene, subject=False, thing=handles)
            objects += [i for i in [*ids, *maybe] if i not in objects and i not in before]
        actors = [i for i in certain if casting.entities[i].sort == "character"]
        things = [i for i in certain if casting.entities[i].sort == "prop"]
        if not actors and not candidates and clause.line and previous:
            candidates = _implied_speaker(casting, clause, last, previous, addressed)
        who = tuple(actors[:1]) or tuple(i for i in candidates if casting.entities[i].sort == "character")
        also: tuple[str, ...] = tuple(actors[1:TOGETHER])
        mutual = bool(set(clause.actions[:1]) & MUTUAL) or (
            not objects and len(actors) == 2 and bool(CONVERSE.search(clause.span)) and not clause.line
        )
        if also and (mutual or (clause.line and len(actors) == 2)):
            objects = [also[0], *objects]
            also = ()
        if len(actors) > 1:
            casting.together = actors[:TOGETHER]
        if not who and things:
            objects = [*things, *objects]
        others = [i for i in casting.recent if casting.entities[i].sort == "character" and i not in who]
        if clause.line and not objects and speakers and speakers[-1] not in who:
            objects = [speakers[-1]]
        elif clause.line and not objects and len(others) == 1 and len(who) == 1:
            objects = others
        if clause.line and who:
            speakers.append(who[0])
            addressed = objects[:1]
        casting.seen([*actors, *objects, *things])
        if who:
            previous = list(who)
        if last is not None and last.sentence != clause.sentence:
            previous_sentence = last.around or last.span
        if clause.happens or every_clause:
            goes_on = (
                last is not None
                and last.happens
                and bool(clause.subjects)
                and clause.subjects == last.subjects
                and len(who) > 1
            )
            acts.append(
                Act(
                    clause,
                    who,
                    tuple(objects),
                    also,
                    tuple(others[:2]),
                    len(acts) - 1 if goes_on else None,
                    last.span if last else "",
                    previous_sentence,
                )
            )
        last = clause
    _settle_names(casting)
    return Story(casting.entities, acts, tuple(asked), tuple(casting.left_out))


def _of_order(casting: Casting, mention: Mention, scene: int) -> list[str]:
    certain, maybe = casting.resolve(mention, scene, subject=False, thing=False)
    return certain or maybe[:1]


def _speaker(casting: Casting, clause: Clause, scene: int) -> list[str]:
    name = clause.speaker
    known = casting.by_head.get(name.casefold())
    if known:
        return known[:1]
    kind = CHARACTER_KINDS.find(name) or next(
        (CHARACTER_KINDS.find(w) for w in reversed(name.split()) if CHARACTER_KINDS.find(w)), None
    )
    head = name.title() if name.isupper() else name
    return casting.resolve(
        Mention(name, head, "character" if kind else "name", clause.start, kind), scene, subject=True
    )[0]


def _implied_speaker(
    casting: Casting, clause: Clause, last: Clause | None, previous: list[str], addressed: list[str]
) -> list[str]:
    """Who says a line that no words ascribe: after a line, who was spoken to; else who acted last, but nobody who is called by name."""
    called = [i for i in casting.recent if re.search(rf"\b{re.escape(casting.entities[i].name)}\b", clause.line)]
    people = [i for i in casting.recent if casting.entities[i].sort == "character"]
    answering = addressed if last is not None and last.line and last.sentence != clause.sentence else []
    return list(dict.fromkeys(i for i in (*answering, *previous, *people) if i not in called))[:1] or previous[:1]


def _handles(clause: Clause) -> bool:
    """Whether the clause does something to a thing, so that an unknown noun after it is a prop."""
    ids = (*clause.actions, *clause.near)
    return any(
        ACTIONS[i].family == "object" or i in ("jump_over", "jump_onto", "climb_over", "climb_onto", "fight", "point")
        for i in ids
    )


def _sounds_female(entity: Entity) -> bool:
    return entity.kind is None and entity.name.endswith(("a", "ie", "elle", "ine", "y"))


def _settle_names(casting: Casting) -> None:
    for id, entity in casting.entities.items():
        casting.entities[id] = replace(entity, name=entity.name[:80])
