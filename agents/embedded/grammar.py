"""JSON Schema to a grammar that says which token may be written next.

Knows llguidance, compact JSON and `x-copy-from`. Does not know logits. Where no `x-copy-from` occurs llguidance
compiles the schema itself; only the objects, arrays and alternatives around a copied string are written out here.
"""

from __future__ import annotations

import json
from typing import Any

from llguidance import LLMatcher, LLTokenizer

from agents.answer import COPY_FROM, copy_chunks

COMPACT = {"whitespace_flexible": False, "json_allowed_escapes": 'nrbtf\\"'}


def compile_grammar(schema: dict[str, Any]) -> str:
    """The grammar of compact JSON valid under `schema`. Raises `ValueError` when it cannot be expressed."""
    writer = _LarkWriter()
    start = writer.rule(schema)
    return LLMatcher.grammar_from_lark("\n".join([f"start: {start}", *writer.lines]))


def matcher(tokenizer: LLTokenizer, grammar: str) -> LLMatcher:
    """A matcher at the start of an answer. Raises `ValueError` when the grammar is not valid."""
    made = LLMatcher(tokenizer, grammar, log_level=0)
    if made.is_error():
        raise ValueError(made.get_error().strip().splitlines()[0])
    return made


def _mentions_copy(schema: Any) -> bool:
    if isinstance(schema, dict):
        return COPY_FROM in schema or any(_mentions_copy(value) for value in schema.values())
    return isinstance(schema, list) and any(_mentions_copy(item) for item in schema)


class _LarkWriter:
    """Collects grammar lines; `rule` returns the name of the rule for a schema."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._count = 0

    def rule(self, schema: Any) -> str:
        if not _mentions_copy(schema):
            return self._add(f"%json {json.dumps({**_as_object(schema), 'x-guidance': COMPACT})}")
        if COPY_FROM in schema:
            return self._add(self._copy(schema))
        for word in ("anyOf", "oneOf"):
            if word in schema:
                return self._add(" | ".join(self.rule(option) for option in schema[word]))
        if schema.get("type") == "object":
            return self._add(self._object(schema))
        if schema.get("type") == "array":
            return self._add(self._array(schema))
        raise ValueError(f"{COPY_FROM} cannot stand under {sorted(schema)}")

    def _add(self, body: str) -> str:
        self._count += 1
        self.lines.append(f"r{self._count}: {body}")
        return f"r{self._count}"

    def _copy(self, schema: dict[str, Any]) -> str:
        chunks = [json.dumps(chunk, ensure_ascii=False)[1:-1] for chunk in copy_chunks(schema[COPY_FROM])]
        if not any(chunk.strip() for chunk in copy_chunks(schema[COPY_FROM])):
            raise ValueError(f"{COPY_FROM} names a text without words")
        low, high = max(1, int(schema.get("minLength", 1))), schema.get("maxLength")
        self._count += 1
        name = f"COPY{self._count}"
        edges = r"/[^\s](?s:.*)[^\s]|[^\s]/"
        length = f"/(?s:.){{{low},{'' if high is None else int(high)}}}/"
        self.lines.append(f"{name}_RUN: %regex {json.dumps({'substring_chunks': chunks})}")
        self.lines.append(f"{name}_EDGES: {edges}")
        self.lines.append(f"{name}_LENGTH: {length}")
        self.lines.append(f'{name}: "\\"" ({name}_RUN & {name}_EDGES & {name}_LENGTH) "\\""')
        return name

    def _object(self, schema: dict[str, Any]) -> str:
        properties = schema.get("properties", {})
        missing = [name for name in properties if name not in schema.get("required", [])]
        if missing:
            raise ValueError(f"beside {COPY_FROM}, every property must be required; {missing[0]!r} is not")
        names = [_literal(json.dumps(name, ensure_ascii=False) + ":") for name in properties]
        parts = [f"{name} {self.rule(each)}" for name, each in zip(names, properties.values(), strict=True)]
        return " ".join(['"{"', ' "," '.join(parts), '"}"'])

    def _array(self, schema: dict[str, Any]) -> str:
        item = self.rule(schema["items"])
        low, high = int(schema.get("minItems", 0)), schema.get("maxItems")
        if high == 0:
            return '"[]"'
        more = f'("," {item}){{{max(low - 1, 0)},{"" if high is None else int(high) - 1}}}'
        filled = f'"[" {item} {more} "]"'
        return filled if low else f'"[]" | {filled}'


def _as_object(schema: Any) -> dict[str, Any]:
    if schema is True:
        return {}
    if not isinstance(schema, dict):
        raise ValueError(f"not a schema: {schema!r}")
    return schema


def _literal(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # a Lark string is written like a JSON string
