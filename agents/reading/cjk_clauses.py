"""Who acts on whom in a stretch of Chinese or Japanese: word order, 把 and 被; particles and endings.

Knows one clause at a time. Does not know who is meant by a pronoun: that is casting's work.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from agents.reading.cjk_words import Hit, hits_in, mentions_of, without_quotes
from agents.reading.clauses import Clause, Mention
from agents.reading.layout import quotes
from shotplan.vocabulary import ACTIONS, Language


@dataclass(frozen=True)
class Segment:
    """A stretch of a sentence with what was found in it; offsets are into `plain`."""

    text: str
    """Verbatim, trimmed."""
    start: int
    """In the script."""
    plain: str
    """With quotations blanked."""
    hits: tuple[Hit, ...]
    mentions: tuple[tuple[int, Mention], ...]
    line: str

    @classmethod
    def of(cls, text: str, start: int, language: Language, names: frozenset[str] = frozenset()) -> Segment:
        trimmed = text.strip(" ，,、；;。.\n：:")
        start += text.find(trimmed) if trimmed else 0
        trimmed = trimmed or text
        plain = without_quotes(trimmed)
        hits = hits_in(plain, language, names)
        line = " ".join(trimmed[a:b].strip('“”"「」『』') for a, b in quotes(trimmed))
        return cls(trimmed, start, plain, tuple(hits), tuple(mentions_of(plain, hits, language, start)), line)

    def of_sort(self, sort: str) -> list[Hit]:
        return [h for h in self.hits if h.sort == sort]

    def clause(
        self, count: int, scene: int, subjects: tuple[Mention, ...], objects: list[Mention], verbs: list[Hit], *, event: bool
    ) -> Clause:
        """The clause, once it is known who acts and which verbs say what happens."""
        felt = tuple(dict.fromkeys(h.id for h in self.of_sort("emotion")))
        actions = tuple(dict.fromkeys(h.id for h in verbs if h.id != "perform"))
        if self.line and not set(actions) & {"read"}:
            actions = ("talk",)
        alive = any(m.sort in ("character", "name", "pronoun", "unknown") for m in subjects)
        near = ("perform",) if verbs and not actions else ("look", "stand") if not verbs and felt else ()
        happens = bool(self.line) or (event and alive and (bool(verbs) or bool(felt)))
        rest = tuple(m for m in dict.fromkeys(objects) if m not in subjects)
        return Clause(
            self.text, self.start, count, scene, subjects, rest, actions, near, felt, self.line, happens=happens
        )


ZH_NOT = re.compile(
    r"(?:不(?:要|会|能|想|敢|肯|再|是)?|没有?|別|别|未|无法|从不|从未|不曾"
    r"|想要?|希望|打算|应该|可以|能够?|会|要是|如果|梦想|渴望)(?:\w{0,1})$"
)
ZH_NAME_STOPS = re.compile(
    "马上|立刻|赶紧|赶快|终于|一起|突然|然后|接着|最后|于是|忽然|慢慢|悄悄|再|又|就|都|也|在|从|对|被|把|这|那|有|是|一|着|了|的|地|得|"
    "里|上|下|中|前|后|边|他|她|它|我|你"
)


def chinese(part: Segment, carried: tuple[Mention, ...], count: int, scene: int) -> Clause:
    """A Chinese clause: subject before the verb, `被` turns it round, `把` and `给` put others before or after it."""
    plain = part.plain
    every = part.of_sort("action")
    verbs = [h for k, h in enumerate(every) if not _in_modifier(plain, every, k)] or every[:1]
    denied = [h for h in verbs if ZH_NOT.search(plain[: h.start])]
    told = [h for h in verbs if h not in denied and not (h.id == "think" and any(d.start <= h.end for d in denied))]
    told = sorted(told, key=lambda h: plain[h.end : h.end + 1] == "着" and len(told) > 1)
    first = min((h.start for h in verbs), default=len(plain))
    people = [(at, m) for at, m in part.mentions if not _modifies(plain, at, m)]
    by = re.search("被|让(?=[^，。]{1,8}(?:抓|追|打|吃|偷))", plain[:first])
    leading = [
        m for at, m in people
        if at < first and m.sort in ("character", "name", "pronoun") and not _oblique(plain, at) and not (by and at > by.start())
    ]  # fmt: skip
    if not leading:
        leading = list(_unnamed(part, first))
    joined = bool(re.search("[和与跟同]", plain[:first]))
    subjects = tuple(leading[: 3 if joined or "、" in plain[:first] else 1])
    if by:
        agents = [m for at, m in people if by.start() < at < first and m.sort in ("character", "name", "pronoun")]
        patients = list(subjects or carried)
        after = [*patients, *[m for _, m in people if m not in agents]]
        return part.clause(count, scene, tuple(agents[:1]), after, told, event=True)
    after = [m for _, m in people if m not in subjects]
    if told and not [m for m in after if m.sort == "prop"]:
        after += _unknown_object(part, told[0])
    return part.clause(count, scene, subjects or carried, after, told, event=not (denied and not told))


def _in_modifier(plain: str, verbs: list[Hit], k: int) -> bool:
    """Whether a verb only says which one: 睡觉的猫走了, 望着亮着灯的窗户."""
    of = re.match(r"[^，。]{0,6}的(?!时候)", plain[verbs[k].end :])
    return of is not None and (k > 0 or any(h.start >= verbs[k].end + of.end() for h in verbs[k + 1 :]))


def _modifies(plain: str, at: int, mention: Mention) -> bool:
    """Whether a mention only says whose or which: 女孩的狗, 亮着灯的窗户."""
    end = plain.find(mention.head, at) + len(mention.head) if mention.sort != "pronoun" else at + len(mention.text)
    return bool(re.match(r"(?:[上里下中前后边旁]{0,2})的", plain[end:]))


def _unnamed(part: Segment, first: int) -> tuple[Mention, ...]:
    """Leading characters that no vocabulary knows, as a name: 小明走过来."""
    lead = part.plain[:first].strip()
    m = re.match(r"([一-鿿]{2,3})(?:正|悄悄|慢慢|突然|立刻|马上|轻轻|又|也|就|都|在|正在)*$", lead)
    doubled = m is not None and m.group(1)[0] == m.group(1)[1]  # 轻轻
    if m and not doubled and not any(h.start < first for h in part.hits if h.sort != "emotion") and not ZH_NAME_STOPS.search(m.group(1)):
        return (Mention(m.group(1), m.group(1), "name", part.start + part.plain.find(m.group(1))),)
    return ()


def _unknown_object(part: Segment, verb: Hit) -> list[Mention]:
    """A noun that no vocabulary knows, behind a verb that handles things: 放下手里的毛线."""
    if ACTIONS[verb.id].family != "object":
        return []
    tail = re.split(r"[，。！？；]", part.plain[verb.end :])[0]
    tail = re.sub(r"^(?:了|着|过|起|下|上)?(?:[一两二三这那几]?[个只把根条本张朵块件杯盏顶封支束双辆])?", "", tail)
    tail = tail.split("的")[-1]
    if re.fullmatch(r"[一-鿿]{1,4}", tail) and not any(h.end > len(part.plain) - len(tail) for h in part.hits):
        return [Mention(tail, tail, "unknown", part.start + part.plain.rfind(tail))]
    return []


def _oblique(text: str, at: int) -> bool:
    """Whether a mention stands behind a preposition: 对, 向, 给, 在, 把."""
    return bool(
        re.search(r"(对|向|给|在|把|将|朝|从|跟着|为|替|往|离|到)(?:[一两三这那]?[只个条位名匹头]?)?(?:[^，。]{0,4}的)?$", text[:at])
    )


JA_PARTICLE = re.compile(r"(?:たち|ら|さん|くん|君|ちゃん|様|さま)?(は|が|も|を|に|へ|から|と|の|で|や|まで)")
JA_DENIED = re.compile(r"^[ぁ-ん]{0,2}?(?:ない|なかっ|なく|ず|ぬ|ません|まい|たい|たく|たがっ|そうとし|ようとし|ことができ|つもり)")
JA_PASSIVE = re.compile(r"^(?:れ|られ)(?:る|た|て|、|$|ま)")
JA_COMING = frozenset({"fall", "walk", "enter"})


def japanese(part: Segment, carried: tuple[Mention, ...], count: int, scene: int) -> Clause:
    """A Japanese clause: particles say who acts (は, が), on what (を) and toward whom (に, へ); the verb stands last."""
    plain = part.plain
    verbs = part.of_sort("action")[::-1]
    told = [h for h in verbs if not JA_DENIED.match(plain[h.end :])]
    told = [h for h in told if not re.match(r"[ぁ-ん]{0,3}(?:[一-鿿ァ-ヶー])", plain[h.end :]) or h is told[0]]
    marked = [(JA_PARTICLE.match(_behind(plain, at, m)), at, m) for at, m in part.mentions]
    acting = [m for particle, _, m in marked if particle and particle.group(1) in "がはも" and m.sort != "prop"]
    both = re.search(r"(?:と|や)[^、。]*?(?:が|は|も)", plain)
    if acting and both:
        acting = [m for particle, at, m in marked if m.sort in ("character", "name") and at <= plain.find(both.group()[-1], both.start())]
    unnamed = [] if acting else _unmarked(part, told)
    subjects = tuple(acting[:3] if both else acting[:1]) or tuple(unnamed)
    objects = [m for particle, _, m in marked if particle and particle.group(1) == "を" and m not in subjects]
    objects += [m for p, at, m in marked if m not in subjects and m not in objects and not (p and _owns(_behind(plain, at, m)))]
    objects += _unknown_by_wo(part)
    passive = bool(told) and bool(JA_PASSIVE.match(plain[told[0].end :]))
    if passive:
        agents = [m for particle, _, m in marked if particle and particle.group(1) == "に" and m.sort != "prop"]
        return part.clause(count, scene, tuple(agents[:1]), [*(subjects or carried), *objects], told[:1], event=True)
    return part.clause(count, scene, subjects or carried, objects, told, event=not (verbs and not told))


def _owns(behind: str) -> bool:
    """`女の子の` in 女の子の犬, but not `木の` in 木の後ろに."""
    return bool(re.match(r"の(?!後ろ|前|左|右|上|中|下|横|隣|そば|方|ところ)", behind))


def _behind(text: str, at: int, mention: Mention) -> str:
    head = mention.text if mention.sort == "pronoun" else mention.head
    return text[text.find(head, at) + len(head) :]


def _unmarked(part: Segment, told: list[Hit]) -> list[Mention]:
    """A noun before は or が that no vocabulary knows: a name, or somebody if what is done takes a body; a wave is nobody."""
    m = re.match(r"(?:[^、。]{0,8}?[、で])??([一-鿿ァ-ヶー]{1,6})(?:は|が)", part.plain)
    if not m or any(h.start < m.end(1) and m.start(1) < h.end for h in part.hits if h.sort != "name"):
        return []
    at = part.start + m.start(1)
    lively = bool(told) and told[0].id not in JA_COMING and len(m.group(1)) > 1
    return [Mention(m.group(1), m.group(1), "name" if lively else "ambient", at)]


NO_THINGS = frozenset(["目", "手", "首", "頭", "顔", "足", "口", "耳", "声", "腰", "肩", "背中", "空", "道", "中", "上", "前"])


def _unknown_by_wo(part: Segment) -> list[Mention]:
    """A noun before を that no vocabulary knows."""
    found = []
    for m in re.finditer(r"([一-鿿ァ-ヶー]{1,6})を", part.plain):
        held = (h for h in part.hits if h.sort in ("character", "prop", "name", "place"))
        if m.group(1) not in NO_THINGS and not any(h.start < m.end(1) and m.start(1) < h.end for h in held):
            found.append(Mention(m.group(1), m.group(1), "unknown", part.start + m.start(1)))
    return found
