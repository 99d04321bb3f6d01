"""Placeholders: what is put in their place comes back exactly, whatever the model does to them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_bridge.guards.personal import Kind, Known, Vault

MAIL = "jo@example.org"
# Personal data, placeholders typed by hand, and what may stand around them.
PIECES = st.sampled_from(
    [MAIL, "4111 1111 1111 1111", "+49 30 1234567", "My name is Ada Lovelace", "hunter2", "[EMAIL_482]",
     "[email_1]", "EMAIL_482", "[EMAIL]", "[ NAME - 7 ]", "NAME\\_12345", "[", "]", "[[", "_", " ", "\n", ".",
     "password: ", "482", "[EMAIL_", "EMAIL", "CARD_", "x", "ß", "\ud800", "(", "**"]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=120), st.lists(PIECES, max_size=12).map("".join))


def mask(text: str, *, salt: str = "a") -> tuple[Vault, str]:
    vault = Vault(salt=salt)
    vault.learn(text)
    return vault, vault.mask(text)


def get_placeholder(masked: str) -> str:
    [found] = re.findall(r"\[[A-Z]+_\d+\]", masked)
    return str(found)


@given(TEXTS)
def test_every_text_comes_back_as_it_was(text: str) -> None:
    vault, masked = mask(text)
    assert vault.restore(masked) == text


@given(st.lists(TEXTS, max_size=4))
def test_so_do_all_texts_of_one_call(texts: list[str]) -> None:
    vault = Vault(salt="a", own="Write to help@shop.example")
    for text in texts:
        vault.learn(text)
    for text in texts:
        assert vault.restore(vault.mask(text)) == text
        assert vault.restore(vault.mask(text, is_ours=True)) == text


def test_nothing_of_it_is_left() -> None:
    _, masked = mask(f"I am at {MAIL}, card 4111-1111-1111-1111.")
    assert MAIL not in masked
    assert "1111" not in masked


@pytest.mark.parametrize(
    "change",
    [
        str.lower,
        str.title,
        lambda text: text.replace("_", " "),
        lambda text: text.replace("_", r"\_"),
        lambda text: text.replace("[", "[ ").replace("]", " ]"),
        lambda text: text.strip("[]"),
        lambda text: re.sub(r"_\d+", "", text),
    ],
    ids=["lower", "title", "spaced", "escaped", "wide", "bare", "without number"],
)
def test_a_placeholder_is_known_as_models_change_it(change: object) -> None:
    assert callable(change)
    vault, masked = mask(MAIL)
    assert vault.restore(f"**{change(masked)}**.") == f"**{MAIL}**."


def test_an_invented_one_stands_for_nothing() -> None:
    vault, masked = mask(MAIL)
    number = int(get_placeholder(masked)[7:-1])
    assert vault.restore(f"It is [EMAIL_{number + 1}].") is None
    assert vault.restore("Dear [NAME],") is None


def test_another_conversations_placeholder_stands_for_nothing_here() -> None:
    _, masked = mask(MAIL, salt="theirs")
    ours, _ = mask("jane@example.org", salt="ours")
    assert ours.restore(masked) is None


def test_one_without_a_number_is_not_guessed_between_two() -> None:
    vault, _ = mask(f"{MAIL} or jane@example.org")
    assert vault.restore("[EMAIL]") is None


def test_the_same_value_has_the_same_placeholder_in_the_whole_conversation() -> None:
    _, first = mask(f"I am {MAIL}")
    _, later = mask(f"It is 4111 1111 1111 1111, and as I said {MAIL}")
    assert get_placeholder(first) in later


def test_what_is_known_is_found_without_anything_around_it() -> None:
    vault = Vault(salt="a")
    vault.note(Known(Kind.NAME, "Ada Lovelace"))
    masked = vault.mask("Is Ada in? Adamant Lovelace!", is_ours=True)
    assert "Ada " not in masked
    assert "Adamant" in masked
    assert "Lovelace" not in masked


def test_the_companys_own_address_is_nobodys_data() -> None:
    vault = Vault(salt="a", own="Questions: help@shop.example or 030 123 45 67.")
    text = "I wrote to help@shop.example and called 030 123 45 67."
    vault.learn(text)
    assert vault.mask(text) == text


def test_many_values_have_as_many_placeholders() -> None:
    text = " ".join(f"a{number}@example.org" for number in range(2_000))
    vault, masked = mask(text)
    assert len(set(masked.split())) == len(vault) == 2_000
    assert vault.restore(masked) == text
