"""How a message reads in one line, for people and for the agents that hear it.

Knows verbs per performative in English, Chinese and Japanese. Does not know colours or layout (`studio`).
"""

from __future__ import annotations

from graph.contents import Accept, Content, Counter, Inform, Objection, Propose, Query, Refuse, Request, Withdraw
from shotplan.vocabulary.term import Language

VERBS: dict[str, dict[Language, str]] = {
    "request": {"en": "requests", "zh": "请求", "ja": "依頼"},
    "propose": {"en": "proposes", "zh": "提议", "ja": "提案"},
    "object": {"en": "objects", "zh": "反对", "ja": "異議"},
    "counter": {"en": "counters", "zh": "反提议", "ja": "対案"},
    "accept": {"en": "accepts", "zh": "接受", "ja": "承諾"},
    "refuse": {"en": "refuses", "zh": "拒绝", "ja": "拒否"},
    "inform": {"en": "informs", "zh": "通知", "ja": "通知"},
    "query": {"en": "asks", "zh": "询问", "ja": "質問"},
    "withdraw": {"en": "withdraws", "zh": "撤回", "ja": "撤回"},
}
MEASURED: dict[Language, str] = {
    "en": "measured {measured}, limit {limit}",
    "zh": "实测 {measured}，限值 {limit}",
    "ja": "実測 {measured}、限度 {limit}",
}
LONGEST = 240
"""Characters of free text shown in one line."""


def number(value: float, unit: str) -> str:
    """`1.4 m`: three significant digits are enough for people."""
    shown = f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
    return f"{shown} {unit}".strip()


def one_line(text: str) -> str:
    """Free text without line breaks or control characters, cut at `LONGEST` characters."""
    flat = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return flat if len(flat) <= LONGEST else flat[: LONGEST - 1] + "…"


def say(content: Content, intent: str, language: Language) -> str:
    """What is said, without who says it to whom."""
    match content:
        case Objection():
            numbers = MEASURED[language].format(
                measured=number(content.measured, content.unit), limit=number(content.limit, content.unit)
            )
            shot = f" {content.shot}" if content.shot else ""
            return one_line(f"{content.rule}{shot} [{numbers}] {content.text}")
        case Counter():
            text = f"{content.remedy.agent}: {content.remedy.label}"
        case Accept():
            text = content.remedy.label if content.remedy else ""
        case Refuse():
            return one_line(content.reason or intent)
        case Request():
            text = content.what
        case Inform():
            text = f"{', '.join(content.shots)}: {content.what}" if content.shots else content.what
        case Query():
            text = content.question
        case Withdraw():
            return one_line(f"{content.message}: {content.reason}")
        case Propose():
            text = ""
    if intent and intent.strip() != text.strip():
        text = f"{text} ({intent})" if text else intent
    return one_line(text)
