"""Where a script speaks to the camera: `The camera pans left`, `Close-up on her face`, `镜头推近`, `カメラが右にパンする`.

Knows how such orders stand in a sentence, and where what the camera shows begins: `the camera stops on a robot asleep on a desk`
is an order, then a robot that sleeps. Does not know what the order asks for (`camera_words`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from shotplan.vocabulary import Language

Span = tuple[int, int]

_SHOT = (
    r"(?:(?:extreme(?:ly)?|big|tight|medium|very|super|full|long|wide|mid|low|high|dutch|canted|overhead|aerial|tracking|"
    r"establishing|static|hand-?held|over-the-shoulder|bird'?s[- ]eye|worm'?s[- ]eye|point[- ]of[- ]view|pov|two|reverse|master|"
    r"crane|dolly|cowboy|bust|profile|slow|fast|quick|smooth|steady|gentle|close)[- ]+)*"
    r"(?:close[- ]?ups?|closeups?|close on|wide on|angle on|(?:two[- ])?shot|angle|view|pov|ecu|mcu|bcu|insert|"
    r"pan(?:s|ning)?|tilt(?:s|ing)?|zoom(?:s|ing)?|dolly|truck|pedestal|crane|push(?:es|ing)?[- ]in|pull(?:s|ing)?[- ](?:back|out)|track(?:s|ing)?|orbit|arc)"
)
_FRAME = re.compile(rf"^(?:(?:an?|the|then|now|again)\s+)*{_SHOT}\b", re.IGNORECASE)
_PLAIN_FIRST = re.compile(r"^(?:the )?(?:view|shot|angle|pan|track|arc|orbit|truck|crane|insert)s?\b(?!\s*(?:left|right|up|down|in\b|out\b|on\b|to\b|of\b|from\b|across|over|along|around|[:.,]))", re.IGNORECASE)
_CAMERA = re.compile(
    r"(?:^|(?<=[,;:.(—-] )|(?<=^\()|(?<=\bas )|(?<=\bwhile )|(?<=\bwhen )|(?<=\band )|(?<=\bthen )|(?<=\buntil )|(?<=\bbut )|(?<=\bbefore )|(?<=\bafter ))(?:(?:the|our|a)\s+)?(?:\w+\s+)?\b(?:camera|lens)\b(?!\s*(?:and|in|on|from|to|with|or|,|\.|$)\b)(?!['’]s\b)|(?:^|(?<=[,;] ))(?:the|our)\s+(?:shot|frame|view|image|picture)\b(?=\s+(?:\w+ly\s+)?(?:pans?|tilts?|zooms?|moves?|pulls?|pushes|widens|tightens|closes|opens|follows|tracks|cranes?|rises|lowers|cuts|stays|holds|circles|orbits|drifts|glides)\b)",
    re.IGNORECASE,
)
_WE_MOVE = re.compile(
    r"\bwe\s+(?:\w+ly\s+)?(?:pan|tilt|zoom|dolly|track|truck|crane|push in|pull (?:back|out|away)|move (?:in|closer|back|away|left|right|up|down|along|around)|follow|orbit|circle|cut|fade|dissolve|hold on|stay on|drift|glide|rise|close in|come closer|fly over)\b",
    re.IGNORECASE,
)
_WE_SEE = re.compile(r"\bwe\s+(?:\w+ly\s+|now\s+|can\s+|then\s+)*(?:see|watch|find|hear|are shown|get a glimpse of|look at|notice|discover)\b(?:\s+(?:that|how))?\s*", re.IGNORECASE)
_CUT = re.compile(
    r"^(?:(?:smash|match|jump|hard|quick)\s+)?(?:cut|fade|dissolve|wipe|iris)\s+(?:back\s+)?(?:to black|to white|to|in on|out on|in|out|on|from)\b\s*:?\s*|^(?:we\s+)?open(?:ing)?\s+(?:on|shot)\b\s*:?\s*|^(?:intercut|montage|end of|the end|title card|super|later|continuous)\b\s*:",
    re.IGNORECASE,
)
_PREFIX = re.compile(
    rf"^(?:in|from|seen|viewed|shot|filmed|with|through|over)\b[^,.;:]*?\b(?:{_SHOT[3:-1]}|above|below|behind|afar|profile|far away|shoulders?|handheld|hand-held)\b[^,.;:]*,\s*",
    re.IGNORECASE,
)
_SUFFIX = re.compile(
    r",?\s*\(?\b(?:in|with|as)\s+(?:an?\s+)?(?:(?:extreme|tight|medium|wide|long|full|low|high|slow|dutch)[- ]+)*(?:close[- ]?ups?|closeups?|(?:wide|long|full|medium|two|tracking|handheld|static)[- ]shot|(?:low|high|dutch)[- ]angle(?: shot)?|slow motion|profile)\b\)?|,?\s*\b(?:seen|viewed|shot|filmed|framed)\s+(?:from|through|over)\b[^,.;]*|,\s*from (?:above|below|behind|the side|a low angle|a high angle|far away|a distance)(?=\s*[.,;]|$)",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"[(\[][^)\]]*\b(?:camera|close[- ]?up|shot|angle|pan|zoom|tilt|dolly|pov|lens|cut to|fade)\b[^)\]]*[)\]]", re.IGNORECASE)
_REVEAL = re.compile(
    r"\b(?:to|and|then|before|until it|until)?\s*(?:reveal(?:s|ing)?|show(?:s|ing)?|find(?:s|ing)?|discover(?:s|ing)?|stop(?:s|ping)? (?:on|at)|settl(?:es|ing) on|land(?:s|ing) on|com(?:es|ing) to rest on|rest(?:s|ing) on|end(?:s|ing) on|catch(?:es|ing)|captur(?:es|ing)|where)\s+",
    re.IGNORECASE,
)
_BOUNDARY = re.compile(r",?\s+(?:as|while|when|until|whilst|where|because)\s+|;\s*|\s+[—–-]+\s+|:\s+|,\s+(?:and|then|but)\s+(?=(?:the|an?|his|her|their|[A-Z]\w+|he|she|it|they)\s)|,\s+(?=(?:the|an?|his|her|their|[A-Z]\w+|he|she|it|they)\s+\w+)|\s+and\s+(?=(?:the|an?|he|she|it|they)\s+\w+\s+\w+(?:s|ed)\b)")
_VERBAL = re.compile(r"\b\w+ing\b|\b(?:who|that|which)\b|\basleep\b|\b(?:sleeps?|runs?|walks?|sits?|stands?|jumps?|flies|fly|eats?|cries|cry|smiles?|laughs?|dances?|looks?|reads?|waits?|falls?|opens?|holds?|lies)\b", re.IGNORECASE)


def orders(sentence: str, quoted: Sequence[Span], language: Language) -> list[Span]:
    """(start, end) of every order to the camera in a sentence, in order; nothing inside quotations."""
    if language != "en":
        return _cjk_orders(sentence, quoted, language)
    found: list[Span] = []
    masked = sentence
    for a, b in quoted:
        masked = masked[:a] + "\0" * (b - a) + masked[b:]
    for pattern in (_BRACKET,):
        found += [m.span() for m in pattern.finditer(masked)]
    opening = len(masked) - len(masked.lstrip(" ,;—–-"))
    for pattern in (_CUT, _PREFIX):
        m = pattern.match(masked[opening:])
        if m:
            found.append((opening, opening + m.end()))
            opening += m.end()
    rest = masked[opening:]
    frame = _FRAME.match(rest)
    if frame and not _PLAIN_FIRST.match(rest):
        found.append((opening, opening + _frame_end(rest, frame.end())))
    for m in _CAMERA.finditer(masked):
        if not _covered(found, m.start()):
            found.append((m.start(), _clause_end(masked, m.end())))
    for m in _WE_MOVE.finditer(masked):
        if not _covered(found, m.start()):
            found.append((m.start(), _clause_end(masked, m.end())))
    for m in _WE_SEE.finditer(masked):
        if not _covered(found, m.start()):
            end = _clause_end(masked, m.end())
            found.append((m.start(), m.end() if _VERBAL.search(masked[m.end() :]) else end))
    found += [m.span() for m in _SUFFIX.finditer(masked) if not _covered(found, m.start() + 1)]
    return sorted((a, b) for a, b in found if b > a)


def _covered(found: Sequence[Span], at: int) -> bool:
    return any(a <= at < b for a, b in found)


def _frame_end(rest: str, end: int) -> int:
    """Where a frame such as `Close-up of` ends: before what it shows if that does something, else with it."""
    tail = rest[end:]
    link = re.match(r"\s*(?:of|on|:|-|–|—)\s*", tail)
    stop = _clause_end(rest, end)
    if link and _VERBAL.search(rest[end + link.end() : stop]):
        return end + link.end()
    if link and link.group().strip() == ":" and re.search(r"\w+\s+\w+", tail[link.end() :]):
        return end + link.end()
    return stop


def _clause_end(text: str, at: int) -> int:
    """Where the order that begins before `at` ends: where the camera finds something, where another clause begins, or at the end."""
    reveal = _REVEAL.search(text, at)
    boundary = _BOUNDARY.search(text, at)
    ends = [m for m in (reveal, boundary) if m is not None]
    if not ends:
        return len(text)
    first = min(ends, key=lambda m: m.start())
    return first.end() if first is reveal else first.start()


_CJK_CAMERA = {
    "zh": re.compile(r"镜头(?!盖)|摄影机|摄像机|相机(?=[慢缓向推拉摇移跟升降])|机位|画面(?=[慢缓向推拉摇移切])"),
    "ja": re.compile(r"カメラ(?!マン|を(?:持|構|向|取|買))|アングル|フレーム(?:イン|アウト)|画面(?:が|は)"),
}
_CJK_FRAME = {
    "zh": re.compile(r"^(?:极|大|近)?(?:特写|远景|全景|中景|近景|俯拍|仰拍|航拍|俯视|仰视|跟拍|过肩|主观)(?:镜头)?(?:[：:，,。]|$|(?=[他她它]|[一-鿿]{1,6}的?脸))|特写$"),
    "ja": re.compile(r"^(?:超|大)?(?:クローズ・?アップ|ロングショット|フルショット|ミディアムショット|ワイドショット|バストショット|俯瞰|あおり|ローアングル|ハイアングル|遠景|全景|アップ|.{1,8}の(?:クローズ・?)?アップ)(?:で|に|[：:、。]|$)"),
}
_CJK_REVEAL = {
    "zh": re.compile(r"\s*(?:停在|对准|定格在|落在|拍到|照到|露出|显出|出现|来到)"),
    "ja": re.compile(r"$^"),
}


def _cjk_orders(sentence: str, quoted: Sequence[Span], language: Language) -> list[Span]:
    found: list[Span] = []
    start = 0
    for m in re.finditer(r"[，,、；;。！？：:]|$", sentence):
        segment, at, start = sentence[start : m.start()], start, m.end()
        if not segment.strip() or any(a <= at < b for a, b in quoted):
            continue
        camera = _CJK_CAMERA[language].search(segment)
        frame = _CJK_FRAME[language].match(segment.strip())
        if camera:
            reveal = _CJK_REVEAL[language].search(segment, camera.end())
            found.append((at + (0 if language == "ja" else camera.start()), at + (reveal.end() if reveal else len(segment))))
        elif frame:
            lead = len(segment) - len(segment.lstrip())
            found.append((at + lead, at + lead + max(frame.end(), 0 if _has_verb_after(segment, frame.end()) else len(segment.strip()))))
        elif found and found[-1][1] == at - 1 and sentence[at - 1] in "：:" and len(segment.strip()) <= 6:
            found[-1] = (found[-1][0], at + len(segment))  # 特写：女孩的脸
        elif found and found[-1][1] >= at - 1 and (shown := _CJK_REVEAL[language].match(segment)):
            found[-1] = (found[-1][0], at + shown.end())
        elif found and found[-1][1] >= at - 1 and _CJK_ON[language].match(segment.strip()):
            found[-1] = (found[-1][0], at + len(segment))
    return found


_CJK_ON = {
    "zh": re.compile(r"^(?:慢慢|缓缓|然后|再|最后|又)?(?:推近|拉远|推进|拉开|左移|右移|上升|下降|环绕|变焦|定格)"),
    "ja": re.compile(r"^(?:ゆっくり(?:と)?)?(?:ズーム|パン|寄っ|引い|ティルト|回り込)"),
}


def _has_verb_after(segment: str, at: int) -> bool:
    return len(segment.strip()[at:]) > 4
