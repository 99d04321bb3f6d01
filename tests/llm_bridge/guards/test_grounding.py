"""A sentence passes only if its sources, or those who may say it, say it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_bridge.guards.grounding.guard import keep_grounded
from llm_bridge.guards.policy import GuardPolicy
from llm_bridge.guards.verdicts import Context, Passed, Withheld, build_context
from llm_bridge.values import Source

DELIVERY = Source(
    title="Delivery",
    url="https://shop.example/help/delivery",
    text="Delivery to the UK costs £3.95 and takes 2\u20133 working days. Delivery to the EU costs "
    "£6.95. Next-day express costs £9.95. Nothing is sent out on Sundays.\n\n"
    "We accept Visa, PayPal and Klarna. We do not accept cash.",
    score=1.0,
    article_id=1,
)
RETURNS = Source(
    title="Returns",
    url="https://shop.example/help/returns",
    text="You can send back anything within 30 days of delivery. The return label is free. "
    "Refunds take five business days.",
    score=1.0,
    article_id=2,
)
TOOL = Source(
    title="order",
    url="",
    text='{"order_number": "AB-123456", "status": "shipped", "carrier": "DHL", "total": 39.9, '
    '"currency": "EUR", "eta": "2026-11-24"}',
    score=1.0,
    article_id=0,
    kind="tool",
)


def build(
    question: str = "?",
    *,
    sources: tuple[Source, ...] = (DELIVERY, RETURNS, TOOL),
    approved: tuple[str, ...] = (),
    language: str = "en",
) -> Context:
    return build_context(
        question=question,
        language=language,
        sources=sources,
        approved=approved,
        site_name="Kettle & Crumb",
    )


def get_reason(sentence: str, context: Context) -> str:
    verdict = keep_grounded(sentence, context)
    if isinstance(verdict, Passed):
        return ""
    assert isinstance(verdict, Withheld)
    assert verdict.failure == "ungrounded"
    assert verdict.found
    return verdict.reason


@pytest.mark.parametrize(
    "sentence",
    [
        "Refunds take 5 business days.",
        "You can return anything within thirty days.",
        "Delivery to the UK costs 3.95 pounds and takes 2 to 3 working days.",
        "We deliver to France for £6.95.",
        "You can pay with PayPal or Klarna.",
        "We don't accept cash.",
        "Die Lieferung nach Frankreich kostet 6,95 £.",
        "Das Rücksendeetikett ist kostenlos.",
        "Le remboursement prend 5 jours ouvrés.",
        "Your order AB-123456 has been shipped with DHL.",
        "It costs 39.90 EUR in total.",
        "It should arrive on 24 November.",
        "I'm happy to help!",
        "Could you tell me your order number, please?",
        "I'm sorry, I don't have information about that.",
        "Danke für Ihre Frage!",
        "",
    ],
)
def test_what_is_said_passes(sentence: str) -> None:
    assert get_reason(sentence, build()) == ""


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("Refunds take 30 days.", "ungrounded_figure"),
        ("Refunds take 5 days.", "ungrounded_figure"),
        ("Refunds take five weeks.", "ungrounded_figure"),
        ("You get 50 % off your next order.", "ungrounded_figure"),
        ("Next-day express costs £3.95.", "ungrounded_figure"),
        ("Call us on +44 20 7946 0958.", "ungrounded_figure"),
        ("Write to help@evil.example.", "ungrounded_figure"),
        ("It costs 39.90 GBP in total.", "ungrounded_figure"),
        ("Sure, you can pay with Bitcoin.", "ungrounded_payment"),
        ("Sie können mit Bitcoin bezahlen.", "ungrounded_payment"),
        ("Delivery to Brazil costs £6.95.", "ungrounded_place"),
        ("The warranty covers it.", "ungrounded_policy"),
        ("Our Zorblax delivers best.", "ungrounded_name"),
        ("Our kettles are waterproof.", "ungrounded_claim"),
        ("The return label is not free.", "turned_round"),
        ("Refunds don't take five business days.", "turned_round"),
        ("We do not accept Visa.", "turned_round"),
        ("We accept cash.", "turned_round"),
        ("Das Rücksendeetikett ist nicht kostenlos.", "turned_round"),
        ("Would you like a 50 % discount?", "ungrounded_figure"),
    ],
)
def test_what_nobody_said_is_withheld(sentence: str, reason: str) -> None:
    assert get_reason(sentence, build()) == reason


def test_a_visitor_grounds_an_order_number_and_a_day_and_no_price() -> None:
    context = build("You promised 50 % off ZX-987654, bought on 12 May! Within 90 days!")
    assert get_reason("Your order ZX-987654 of 12 May, I see.", context) == ""
    assert get_reason("Yes, you get 50 % off.", context) == "ungrounded_figure"
    assert get_reason("You can return it within 90 days.", context) == "ungrounded_figure"
    assert get_reason("You can return it until 12 May.", context) == "ungrounded_figure"


def test_what_a_visitor_names_may_be_declined_and_not_offered() -> None:
    context = build("Can I pay with Bitcoin? Do you deliver to Brazil?")
    assert get_reason("We don't accept Bitcoin.", context) == ""
    assert get_reason("Yes, we accept Bitcoin.", context) == "ungrounded_payment"
    assert get_reason("Yes, we deliver to Brazil.", context) == "ungrounded_place"


@pytest.mark.parametrize("yes", ["yes", "Yes, you can.", "Sure!", "Of course.", "Ja, natürlich."])
def test_a_bare_yes_says_what_was_asked(yes: str) -> None:
    assert get_reason(yes, build("Can I pay with Bitcoin?")) == "ungrounded_payment"
    assert get_reason(yes, build("Do you deliver to Brazil?")) == "ungrounded_place"
    assert get_reason(yes, build("Do I get 50 % off?")) == "ungrounded_figure"
    assert get_reason(yes, build("Can I pay with PayPal?")) == ""


def test_a_polite_word_before_an_answer_agrees_to_nothing() -> None:
    assert get_reason("Sure!", build("I cannot find my toaster's manual, help me")) == ""
    assert get_reason("Yes.", build("Are your toasters waterproof?")) == "ungrounded_claim"


def test_what_a_rule_or_a_person_said_grounds() -> None:
    said = "As a regular customer you get 10 % off until Friday."
    assert get_reason("You get 10 % off until Friday.", build(approved=(said,))) == ""
    assert get_reason("You get 10 % off until Friday.", build()) == "ungrounded_figure"


def test_without_sources_only_politeness_passes() -> None:
    context = build(sources=())
    assert get_reason("Thank you for your question!", context) == ""
    assert get_reason("You can return it.", context) != ""


def test_a_site_may_switch_it_off() -> None:
    context = replace(build(), policy=GuardPolicy(grounding=False))
    assert keep_grounded("Refunds take 30 days.", context) == Passed()


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_sentence_gets_a_verdict(sentence: str) -> None:
    assert isinstance(keep_grounded(sentence, build(sentence)), Passed | Withheld)


@settings(deadline=None)
@given(st.integers(min_value=4, max_value=9_999).filter(lambda number: number != 30))
def test_no_other_period_than_the_sources_ever_passes(number: int) -> None:
    assert get_reason(f"You can send back anything within {number} days.", build()) != ""
