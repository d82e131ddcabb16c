"""How readily the embedded reader overrules what code found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from agents.embedded.chat_tokens import ChatTokens
from agents.embedded.first_option import FirstOption, read_trust
from agents.embedded.lora import CONFIG, TRUST, WEIGHTS, adapter_digest
from shotplan.errors import ModelError

SCHEMA = {"type": "object", "properties": {"action": {"enum": ["jump", "fly"]}, "who": {"enum": ["fox", "owl"]}}}


def _raised(folder: Path, written: str, trust: dict[str, float]) -> dict[str, float]:
    """What is added to the score of the next letters f, j, o and u."""
    tokens = ChatTokens.load(folder)
    allowed = torch.tensor(sorted(tokens.ids(letter)[0] for letter in "fjou"))
    logits = FirstOption(SCHEMA, tokens, trust).raised(tokens.ids(written), allowed, torch.zeros(4))
    return {tokens.text([int(i)]): float(x) for i, x in zip(allowed, logits, strict=True)}


def test_the_first_option_of_the_field_being_written_is_raised(folder: Path) -> None:
    trust = {"default": 1.5}
    assert _raised(folder, '{"action":"', trust) == {"f": 0, "j": 1.5, "o": 0, "u": 0}
    assert _raised(folder, '{"action":"j', trust) == {"f": 0, "j": 0, "o": 0, "u": 1.5}
    assert _raised(folder, '{"action":"fly","who":"', trust) == {"f": 1.5, "j": 0, "o": 0, "u": 0}


def test_once_it_has_left_the_first_option_a_reader_goes_its_way(folder: Path) -> None:
    assert set(_raised(folder, '{"action":"f', {"default": 1.5}).values()) == {0}


def test_a_field_may_have_a_trust_of_its_own(folder: Path) -> None:
    assert _raised(folder, '{"action":"fly","who":"', {"default": 1.0, "who": 3.0})["f"] == 3.0
    assert set(_raised(folder, '{"action":"', {"who": 3.0}).values()) == {0}


def test_trust_comes_with_an_adapter_and_counts_as_part_of_it(tmp_path: Path) -> None:
    assert read_trust(None) == {}
    assert read_trust(tmp_path) == {}
    for name in (CONFIG, WEIGHTS):
        (tmp_path / name).write_text("x")
    before = adapter_digest(tmp_path)
    (tmp_path / TRUST).write_text(json.dumps({"default": 1}))
    assert read_trust(tmp_path) == {"default": 1.0}
    assert adapter_digest(tmp_path) != before  # a recorded answer of the one is no answer of the other


def test_a_damaged_trust_file_is_named(tmp_path: Path) -> None:
    (tmp_path / TRUST).write_text("[1]")
    with pytest.raises(ModelError, match="trust"):
        read_trust(tmp_path)
