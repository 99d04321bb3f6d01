"""Texts that break other programs are decided like any other, and explained."""

import gzip
import json
from pathlib import Path

import pytest

from rules.decision import Situation
from rules.explanation import explain
from rules.language.builtins import Builtin, find_builtin
from tests.rules.shop import RULEBOOK, say

KINDS: tuple[Builtin, ...] = ("date", "money", "number", "phone")
NAUGHTY = Path(__file__).parents[2].parent / "shared/data/naughty_strings/test.jsonl.gz"


def read_naughty() -> list[str]:
    if not NAUGHTY.exists():
        pytest.skip("the corpus naughty_strings is not beside the project")
    with gzip.open(NAUGHTY, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    texts = [value for record in records for value in record.values() if isinstance(value, str)]
    assert len(texts) > 100
    return texts


def test_naughty_strings_hold_what_they_hold_wherever_it_stands() -> None:
    for text in read_naughty():
        message = f"{text[:900]} — 24.12.2026"
        for kind in KINDS:
            found = find_builtin(kind, message, language="ar", today=None)
            assert all(message[each.start : each.end].strip() for each in found)


def test_naughty_strings_are_decided_alike_and_explained() -> None:
    for text in read_naughty():
        message = f"{text[:900]} where is my order {text[:900]}"
        decision = say(message, {"visitor.name": text[:512]})
        assert explain(RULEBOOK, Situation(message)).decision.intents == decision.intents
