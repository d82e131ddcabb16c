"""What a character looks like: the script's adjectives as words and as a palette.

Knows colour words. Does not know models.
"""

from __future__ import annotations

import colorsys
from collections.abc import Sequence

from agents.reading.words_en import COLORS, SIZES
from shotplan.plan import Character
from shotplan.vocabulary import CHARACTER_KINDS

CJK_COLORS = {
    "红": "red",
    "赤": "red",
    "橙": "orange",
    "黄": "yellow",
    "绿": "green",
    "緑": "green",
    "蓝": "blue",
    "青": "blue",
    "紫": "purple",
    "粉": "pink",
    "白": "white",
    "黑": "black",
    "黒": "black",
    "灰": "grey",
    "棕": "brown",
    "茶": "brown",
    "金": "golden",
    "银": "silver",
    "銀": "silver",
}
HEIGHTS = {"tiny": 0.6, "small": 0.8, "large": 1.2, "huge": 1.5}
CJK_SIZES = {"巨大": "huge", "大": "large", "小さ": "small", "小": "small", "高": "large", "低": "small"}


def character(id: str, name: str, kind: str, adjectives: Sequence[str], twin: int) -> Character:
    """A cast member with its kind's body, coloured and sized as the script says. `twin`: 0 for the first of its kind."""
    base = CHARACTER_KINDS[kind]
    palette = list(base.palette)
    colors = [COLORS.get(a) or COLORS.get(_color(a), "") for a in adjectives]
    colors = [c for c in colors if c]
    animal = base.body != "biped" or kind in ("monkey", "penguin", "robot", "creature", "giant")
    if colors:
        palette[0 if animal else 1] = colors[0]
    elif twin:
        palette[0 if animal else 1] = _turned(palette[0 if animal else 1], twin)
        palette[3] = _turned(palette[3], twin)
    size = next((s for a in adjectives for s in (SIZES.get(a) or _size(a),) if s), "")
    height = round(base.height * HEIGHTS.get(size, 1.0), 3)
    look = " ".join(dict.fromkeys([*adjectives, name]))
    return Character.of_kind(id, name, kind, palette=tuple(palette), height=height, look=look[:400])


def _color(adjective: str) -> str:
    return next((c for han, c in CJK_COLORS.items() if adjective.startswith(han)), "")


def _size(adjective: str) -> str:
    return next((s for han, s in CJK_SIZES.items() if adjective.startswith(han)), "")


def _turned(color: str, steps: int) -> str:
    r, g, b = (int(color[k : k + 2], 16) / 255 for k in (1, 3, 5))
    h, v, s = colorsys.rgb_to_hls(r, g, b)
    r, g, b = colorsys.hls_to_rgb((h + 0.31 * steps) % 1.0, min(0.8, max(0.25, v)), max(0.3, s))
    return f"#{round(r * 255):02x}{round(g * 255):02x}{round(b * 255):02x}"
