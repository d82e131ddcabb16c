"""Words in pictures: Latin, Chinese and Japanese, measured, wrapped and drawn smoothly.

Knows the fonts that OpenCV 5 carries inside (Rubik and WenQuanYi Micro Hei), so that nothing has to be installed.
Does not know captions or sheets.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Color = tuple[int, int, int]


@lru_cache(maxsize=4)
def _face(name: str) -> cv2.FontFace:
    return cv2.FontFace(name)


def has_cjk(text: str) -> bool:
    return any("\u2e80" <= c <= "\u9fff" or "\uf900" <= c <= "\ufaff" or "\uff00" <= c <= "\uffef" for c in text)


def undrawable(text: str) -> str:
    """The characters of `text` that the fonts at hand have no shape for; empty when all can be drawn."""
    missing = []
    for c in dict.fromkeys(text):
        if c.isspace() or unicodedata.category(c) in ("Cf", "Mn", "Cc"):
            continue
        if not _known(c):
            missing.append(c)
    return "".join(missing)


@lru_cache(maxsize=4096)
def _known(c: str) -> bool:
    code = ord(c)
    if (
        code < 0x250
        or 0x2010 <= code <= 0x2044
        or 0x3000 <= code <= 0x30FF
        or 0x4E00 <= code <= 0x9FA5
        or 0xFF01 <= code <= 0xFF5E
    ):
        return True
    return not np.array_equal(_glyph(c), _glyph("\uf8ff"))


def _glyph(c: str) -> NDArray[np.uint8]:
    image = np.zeros((48, 64), np.uint8)
    cv2.putText(image, c, (8, 36), (255, 0, 0), _face("uni"), 28)
    return image


def measure(text: str, size: int, *, weight: int = 400) -> int:
    """Width in pixels of one line."""
    if not text:
        return 0
    box = cv2.getTextSize((8192, 256), text, (0, 0), _face("sans"), size, weight)
    return int(box[2])


def write(
    image: NDArray[np.uint8],
    text: str,
    at: tuple[int, int],
    size: int,
    color: Color,
    *,
    weight: int = 400,
    halo: Color | None = None,
    halo_width: int = 2,
) -> None:
    """One line with its baseline's left end at pixel `at`, in place; `halo` draws an outline around the letters."""
    x, y = at
    if halo is not None:
        h, w = image.shape[:2]
        pad = halo_width * 2 + size
        x0, x1 = max(x - pad, 0), min(x + measure(text, size, weight=weight) + pad, w)
        y0, y1 = max(y - size - pad, 0), min(y + pad, h)
        if x1 > x0 and y1 > y0:
            mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
            cv2.putText(mask, text, (x - x0, y - y0), (255, 0, 0), _face("sans"), size, weight)
            k = halo_width * 2 + 1
            mask = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (k, k)))
            mask = cv2.blur(mask, (2, 2))
            part = image[y0:y1, x0:x1].astype(np.float32)
            a = mask[..., None].astype(np.float32) / 255
            image[y0:y1, x0:x1] = (part * (1 - a) + np.array(halo, np.float32) * a).astype(np.uint8)
    cv2.putText(image, text, (x, y), color, _face("sans"), size, weight)


def wrap(text: str, size: int, width: int, *, weight: int = 400, lines: int = 3) -> list[str]:
    """Break text into at most `lines` lines of `width` pixels; what does not fit ends in an ellipsis."""
    text = " ".join(text.split())
    tokens: list[str] = []
    for word in text.split(" "):
        if has_cjk(word):
            tokens += list(word)
        else:
            tokens.append(word)
        tokens.append(" ")
    out, line = [], ""
    closing = "，。！？、；：」』）》…,.!?;:)"
    for token in tokens:
        trial = line + token
        if measure(trial.rstrip(), size, weight=weight) <= width or not line.strip() or token in closing:
            line = trial
            continue
        out.append(line.strip())
        line = token if token != " " else ""
    if line.strip():
        out.append(line.strip())
    if len(out) > lines:
        last = out[lines - 1]
        while last and measure(last + "…", size, weight=weight) > width:
            last = last[:-1]
        out = [*out[: lines - 1], last.rstrip() + "…"]
    return out
