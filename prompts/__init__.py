"""Wording, per role and language, in files that people edit while a session runs.

Knows templates: `prompts/<language>/<name>.j2`, each a short chat in sections opened by a line `=== system ===`,
`=== user ===` or `=== assistant ===`. Does not know roles, plans or models. A file that changed on disk is read again.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from shotplan.errors import ModelError

FOLDER = Path(__file__).parent
_SECTION = re.compile(r"^=== (system|user|assistant) ===\n", re.MULTILINE)


def render(name: str, language: str, /, **values: Any) -> tuple[tuple[str, str], ...]:
    """The messages of template `name` as (role, text).

    Sections are split before values are filled in, so that no value can open a section. Raises `ModelError` naming the file
    when it is missing or broken.
    """
    path = FOLDER / language / f"{name}.j2"
    try:
        stamp = path.stat().st_mtime_ns
        return tuple((role, template.render(**values).strip()) for role, template in _sections(path, stamp))
    except OSError:
        raise ModelError("there is no prompt template", where=str(path), todo="restore the file") from None
    except Exception as error:
        raise ModelError(
            f"the prompt template cannot be filled in: {error}", where=str(path), todo="mend the template"
        ) from error


def quoted(text: object) -> str:
    """Script text as data: between `<<<` and `>>>`, which cannot occur inside, nor can a chat template's markup."""
    within = harmless(text)
    return f"<<< {within} >>>" if _MARKUP_NAME.fullmatch(within) else f"<<<{within}>>>"


def harmless(text: object) -> str:
    """The text with quotation marks and chat markup of every common template (`<|im_end|>`, `[INST]`, `<s>`) defused.

    A server tokenises what a template has rendered, so markup inside a script would otherwise end a turn and forge the
    next. Ordinary text comes back unchanged, single `<` and `>` included.
    """
    defused = str(text).replace("<<<", "‹").replace(">>>", "›")
    between = f"<{defused}>"  # as it will stand between quotation marks, which may complete a half markup
    return _MARKUP.sub(lambda found: found.group().translate(_DEFUSED), between)[1:-1]


_MARKUP = re.compile(
    r"<[|｜]|[|｜]>"  # ChatML, Llama 3, Phi, DeepSeek
    r"|</?[A-Za-z_][\w:▁-]*/?>"  # <s>, <think>, <start_of_turn>, <tool_call>
    r"|<</?[A-Z]+>>"  # Llama 2
    r"|\[/?[A-Z][A-Z_]{2,}\]"  # [INST], Mistral
)
_MARKUP_NAME = re.compile(r"/[\w:]+/?|s|bos|eos|pad|unk|mask|think|tool_call|(start|end)_of_turn")
_DEFUSED = str.maketrans("<>[]", "‹›［］")


@lru_cache(maxsize=8)
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER / language),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=True,
    )
    environment.filters |= {"quoted": quoted, "harmless": harmless}
    return environment


@lru_cache(maxsize=256)
def _sections(path: Path, stamp: int) -> tuple[tuple[str, Template], ...]:
    parts = _SECTION.split(path.read_text(encoding="utf-8"))
    environment = _environment(path.parent.name)
    return tuple((role, environment.from_string(text)) for role, text in zip(parts[1::2], parts[2::2], strict=True))
