"""What the name of a checkpoint says: which published model, and which of two experts.

Knows how Wan, AniSora, Kijai, Comfy-Org, city96 and QuantStack write names. Does not look into files.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

Noise = Literal["high", "low"]
_WRITTEN = (
    (r"[\s_/\\]", "-"),
    (r"(?<![a-z0-9])wan-?(\d)[-.](\d)(?!\d)", r"wan\1.\2"),  # Kijai: Wan2_1
    (r"anisora-v?(\d)[-.](\d)(?!\d)", r"anisora-v\1.\2"),
    (r"anisora-14b(?![\w.])", "anisora-v2"),  # the folder of V2 in Index-anisora
)


def plain(source: str) -> str:
    """The name in one way of writing: `wan2.1-i2v-14b-720p` of `Wan2_1-I2V-14B-720P`."""
    text = source.casefold()
    for pattern, new in _WRITTEN:
        text = re.sub(pattern, new, text)
    return text


def says(source: str, family: str) -> bool:
    """Whether all words of a family's name are in it: `anisora-v3.1` is in `.../Index-anisora/V3.1`."""
    text = plain(source)
    return all(re.search(rf"(?<![\w.]){re.escape(word)}(?![\w.]*\d)", text) for word in family.split("-"))


def whole_name(source: str) -> str:
    """The name with the folders it is in, when it is a path: `V3.1` alone says little."""
    path = Path(source).expanduser()
    return "/".join(path.resolve().parts[-4:]) if path.exists() else source


def noise_of(path: Path) -> Noise | None:
    """The noise level that the name of an expert's file, or of its folder, says it is for."""
    name, folder = plain(path.name), plain(path.parent.name)
    said: list[Noise] = [level for level in ("high", "low") if re.search(rf"(?<![a-z]){level}(?:-?noise)?(?![a-z])", name)]
    if not said:
        said = [level for level in ("high", "low") if re.search(rf"(?<![a-z]){level}-?noise(?![a-z])", folder)]
    return said[0] if len(said) == 1 else None


def one_of_two(path: Path) -> bool:
    """Whether a text-to-video or VACE model of this name has a second expert: all of Wan2.2 have. The nearest folder that tells counts."""
    for part in reversed(path.resolve().parts[-4:]):
        said = re.search(r"((?:high|low)-?noise|wan2\.2)(?![a-z])|wan2\.1", plain(part))
        if said:
            return said[1] is not None
    return False
