"""No text of a model carries a link elsewhere, a control character or a broken character."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_bridge.excerpts import cut_at_sentence
from llm_bridge.guards.chain import guard_answer
from llm_bridge.guards.characters import strip_control
from llm_bridge.guards.links import build_link_policy, find_host, guard_links
from tests.llm_bridge.asking import RETURNS

POLICY = build_link_policy([RETURNS, replace(RETURNS, url="/help/returns")])

# Fragments that links are made of, so that random joins come close to what an attacker writes.
FRAGMENTS = [
    *(
        "[",
        "]",
        "(",
        ")",
        "](",
        "<",
        ">",
        "!",
        "\\",
        " ",
        "\n",
        "\t",
        "\x00",
        "\r",
        "\x1c",
        "\u202e",
        "\u200b",
    ),
    *(
        "http://",
        "https://",
        "HTTPS:",
        "//",
        "/",
        ":",
        "@",
        "mailto:",
        "javascript:",
        ".",
        ",",
        "#",
    ),
    *("shop.example", "evil.example", "https://shop.example/returns", "https://evil.example/x"),
    *("。", "！", "」", "…", "? ", "退", "货", "[" + "x" * 310),
    *("h", "t", "ps", "word", "[text](https://evil.example)", "**", "\ud83d", "\ude00", "ü"),
]
TEXTS = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=3), max_size=30).map("".join)


def find_addresses(text: str) -> list[str]:
    """Every absolute address and link destination, found more greedily than by the guard."""
    absolute = re.findall(r"(?i)(?:https?:/|mailto:|javascript:)[^\s<>()\[\]]*", text)
    return absolute + re.findall(r"\[[^\[\]]*\]\(\s*<?([^\s()<>]*)", text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a](https://shop.example/x)", "[a](https://shop.example/x)"),
        ("[a](https://evil.example/x)", "a"),
        ("[a](//evil.example)", "a"),
        ("[a](javascript:alert)", "a"),
        ("[a](<https://evil.example>)", "a"),
        ('[a](https://evil.example "title")', "a"),
        ("![a](https://evil.example/pixel.png)", "a"),
        ("[a](https://shop.example@evil.example/)", "a"),
        ("[a](https://evil.example\\@shop.example/)", "a"),
        ("[a](https://shop.example.evil.example/)", "a"),
        ("[a [b] c](https://evil.example)", "[a [b] c] (evil.example)"),
        ("[a](/help/returns)", "[a](/help/returns)"),
        ("[a](/admin/)", "a"),
        ("[a](mailto:help@shop.example)", "[a](mailto:help@shop.example)"),
        ("[a](mailto:help@evil.example)", "a"),
        ("see https://shop.example/x.", "see https://shop.example/x."),
        ("see https://evil.example/x.", "see evil.example."),
        ("<https://evil.example>", "<evil.example>"),
        ("a < b & <b>c</b>", "a < b & <b>c</b>"),
        ("[1] and [x] stay (really)", "[1] and [x] stay (really)"),
        ("**bold** costs 5:30", "**bold** costs 5:30"),
    ],
)
def test_only_links_to_the_sources_hosts_stay(text: str, expected: str) -> None:
    assert guard_links(text, policy=POLICY) == expected


def assert_no_address_elsewhere(text: str) -> None:
    for address in find_addresses(text):
        assert POLICY.allows(address.rstrip(".,;:!?*_\"'`")) or find_host(address) is None


@given(TEXTS)
def test_no_address_elsewhere_survives(text: str) -> None:
    assert_no_address_elsewhere(guard_answer(text, links=POLICY))


@given(TEXTS)
def test_guarding_twice_changes_nothing(text: str) -> None:
    once = guard_answer(text, links=POLICY)
    assert guard_answer(once, links=POLICY) == once


@given(st.text() | TEXTS)
def test_what_is_left_can_be_stored_and_shown(text: str) -> None:
    clean = strip_control(text)
    clean.encode("utf-8")
    assert all(c in "\n\t" or unicodedata.category(c) != "Cc" for c in clean)
    assert "\u202e" not in clean


@given(st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs", "Cf"))))
def test_a_text_without_anything_forbidden_stays_as_it_is(text: str) -> None:
    assert strip_control(text) == text


@given(TEXTS, st.integers(min_value=1, max_value=60))
def test_a_cut_text_is_within_its_limit(text: str, limit: int) -> None:
    cut = cut_at_sentence(text, limit=limit)
    assert len(cut) <= limit
    assert cut == text or cut.removesuffix("…").rstrip() in text


def test_a_cut_ends_with_a_sentence_if_one_fits() -> None:
    assert cut_at_sentence("It is free. It is quick. It is", limit=26) == "It is free. It is quick."
    assert cut_at_sentence("It costs 4.50 per item today", limit=16) == "It costs 4.50…"
