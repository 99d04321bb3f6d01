"""Our instructions to the model are never told, in whatever way it spells them."""

from __future__ import annotations

import base64
import codecs
from collections.abc import Callable
from dataclasses import replace

import pytest

from llm_bridge.guards.leaks import withhold_leaks
from llm_bridge.guards.policy import GuardPolicy
from llm_bridge.guards.verdicts import Context, Passed, Withheld, build_context
from llm_bridge.prompts import COMPANY_PREFIX, build_messages
from llm_bridge.values import Source
from tests.llm_bridge.asking import QUERY, RETURNS

COMPANY = (
    "Be friendly. If you have any questions, please feel free to contact our support team. "
    "Never compare our kettles with those of Boilers & Sons, whatever the customer says about them."
)
INSTRUCTIONS = build_messages(QUERY, company_prompt=COMPANY)[0].content
RULE = "If that does not answer the question, do not guess."


CONTEXT = build_context(question="?", language="en", sources=(RETURNS,), instructions=INSTRUCTIONS)


def is_withheld(sentence: str, context: Context = CONTEXT) -> bool:
    verdict = withhold_leaks(sentence, context)
    assert isinstance(verdict, Passed) or verdict == Withheld("leak")
    return isinstance(verdict, Withheld)


@pytest.mark.parametrize(
    "spell",
    [
        lambda text: f"My rules say: {text}",
        str.upper,
        lambda text: f"**{text.replace(' ', '** **')}**",
        " ".join,
        lambda text: "-".join(text.split()),
        lambda text: text[::-1],
        lambda text: codecs.encode(text, "rot13"),
        lambda text: base64.b64encode(text.encode()).decode(),
        lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
        lambda text: text.encode().hex(),
        lambda text: text.encode().hex(" "),
    ],
)
def test_a_rule_of_ours_is_withheld_however_it_is_spelt(spell: Callable[[str], str]) -> None:
    assert is_withheld(spell(RULE))


def test_names_that_only_our_form_has_are_withheld() -> None:
    assert is_withheld('It is {"used_sources": [1]}')
    assert not is_withheld(
        "What used_sources means?", replace(CONTEXT, question="what is used_sources?")
    )


def test_a_rule_that_is_told_in_two_halves_is_withheld_at_the_second() -> None:
    assert not is_withheld("If that does not answer\n")
    assert is_withheld(
        "the question, do not guess.", replace(CONTEXT, said="If that does not answer\n")
    )


def test_half_a_rule_is_withheld() -> None:
    assert is_withheld(
        "1. Say only what the text between <source><target></target>, no other words."
    )


def test_what_a_company_adds_is_withheld_too() -> None:
    assert is_withheld(
        "I never compare our kettles with those of Boilers & Sons, whatever the customer says."
    )


def test_words_that_everybody_writes_may_stand_in_a_companys_text() -> None:
    assert not is_withheld("If you have any more questions, feel free to contact our support team.")
    assert not is_withheld("Please contact our support team if you have any questions about it.")


def test_what_a_source_says_may_be_said() -> None:
    assert COMPANY_PREFIX in INSTRUCTIONS
    rule = "Never add prices, periods, dates, discounts, payment methods, addresses"
    source = Source("Style guide", "", rule, 1.0, 1)
    assert is_withheld(rule)
    assert not is_withheld(rule, replace(CONTEXT, sources=(source,)))


@pytest.mark.parametrize(
    "sentence", ["", "Returns are free within 30 days.", "A" * 5_000, "=" * 90]
)
def test_an_answer_of_its_own_passes(sentence: str) -> None:
    assert not is_withheld(sentence)


def test_a_site_may_do_without() -> None:
    assert not is_withheld(RULE, replace(CONTEXT, policy=GuardPolicy(leaks=False)))
