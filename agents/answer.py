"""Is what a model wrote a valid answer? The same judgement for every model.

Knows JSON Schema and two keywords of our own: `{"type": "string", "x-copy-from": "<text>"}` means that the answer is a
contiguous copy of whole words of that text, `{"type": "string", "x-language": "zh"}` that it is written in that language
(`agents.language`). Does not know who asked or how the text was made.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema
from jsonschema import Draft202012Validator
from jsonschema.validators import extend

from agents.language import LANGUAGE_NAMES, written_in
from shotplan.errors import ModelError

COPY_FROM = "x-copy-from"
LANGUAGE = "x-language"

_CHUNK = re.compile(
    r"[぀-ヿ㐀-䶿一-鿿豈-﫿]"  # kana and han: every character is a word
    r"|[^\W_぀-ヿ㐀-䶿一-鿿豈-﫿]+(?:['’-][^\W_]+)*"  # fox's, well-known
    r"|\s+|."
)


def copy_chunks(text: str) -> list[str]:
    """The text cut into words, runs of white space and single marks; joined they are the text again."""
    return _CHUNK.findall(text)


def is_copy(span: str, text: str) -> bool:
    """True when `span` is a run of whole words of `text`, neither empty nor with white space at its ends."""
    if not span or span != span.strip():
        return False
    starts, position = {0}, 0
    for chunk in copy_chunks(text):
        position += len(chunk)
        starts.add(position)
    found = (match.start() for match in re.finditer(f"(?={re.escape(span)})", text))
    return any(at in starts and at + len(span) in starts for at in found)


def _copied(validator: Any, text: str, instance: Any, schema: Any) -> Iterator[jsonschema.ValidationError]:
    if isinstance(instance, str) and not is_copy(instance, text):
        yield jsonschema.ValidationError(f"{instance[:80]!r} is not copied word for word from {text[:200]!r}")


def _in_language(validator: Any, language: str, instance: Any, schema: Any) -> Iterator[jsonschema.ValidationError]:
    if isinstance(instance, str) and not written_in(instance, language):
        yield jsonschema.ValidationError(f"{instance[:80]!r} is not written in {LANGUAGE_NAMES[language]}")


AnswerValidator: Any = extend(Draft202012Validator, {COPY_FROM: _copied, LANGUAGE: _in_language})


class InvalidAnswer(ValueError):
    """The text is not a valid answer; the message says why, in words a model can act on."""


def parse_answer(text: str, schema: dict[str, Any]) -> Any:
    """The JSON value in `text`, valid under `schema`. Raises `InvalidAnswer`; nothing is repaired."""
    if not text.strip():
        raise InvalidAnswer("The answer was empty.")
    try:
        content = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise InvalidAnswer(f"The answer was not JSON: {error}.") from error
    faults = sorted(AnswerValidator(schema).iter_errors(content), key=lambda fault: fault.json_path)
    if faults:
        raise InvalidAnswer(f"At {faults[0].json_path}: {faults[0].message[:300]}.")
    return content


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


def checked_schema(schema: dict[str, Any], where: str) -> dict[str, Any]:
    """The schema itself. Raises `ModelError` naming the call when it is not a JSON Schema, before a model is asked."""
    try:
        AnswerValidator.check_schema(schema)
    except jsonschema.SchemaError as error:
        raise ModelError(f"The answer schema is not valid: {error.message[:200]}", where=where) from error
    return schema


def public_schema(schema: Any) -> Any:
    """The schema without our own `x-` keywords, for servers that refuse what they do not know."""
    if isinstance(schema, dict):
        return {
            key: value if key in {"enum", "const", "default", "examples"} else public_schema(value)
            for key, value in schema.items()
            if not key.startswith("x-")
        }
    return [public_schema(item) for item in schema] if isinstance(schema, list) else schema
