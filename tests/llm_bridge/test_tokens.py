"""The estimate by which money is reserved: never below what providers count for usual texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_bridge.tokens import PER_MESSAGE, PER_REQUEST, estimate_prompt, estimate_tokens
from llm_bridge.values import Message


@pytest.mark.parametrize(
    ("text", "counted"),  # about, as today's tokenizers cut them
    [
        ("", 0),
        ("How long can I return things?", 7),
        ("Returns are free within 30 days. Use the label in the box.", 14),
        ("Wie lange kann ich Artikel zurückgeben?", 9),
        ("Сколько дней у меня есть на возврат?", 9),
        ("退货期限是多久？", 6),
        ("返品はいつまでできますか？", 8),
    ],
)
def test_an_estimate_is_not_below_the_count_and_not_far_above(text: str, counted: int) -> None:
    assert counted <= estimate_tokens(text) <= 2.5 * counted + 2


@given(st.text(), st.text())
def test_more_text_never_costs_less(text: str, more: str) -> None:
    assert estimate_tokens(text) <= estimate_tokens(text + more)
    assert estimate_tokens(text + more) <= estimate_tokens(text) + estimate_tokens(more)


def test_a_prompt_costs_its_texts_and_the_format_around_them() -> None:
    messages = [Message(role="system", content="a"), Message(role="user", content="b")]
    assert estimate_prompt(messages) == PER_REQUEST + 2 * (PER_MESSAGE + 1)
