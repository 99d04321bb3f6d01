"""What is too complex for rules goes to the model, through the visitors' own door."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from chatbot.conversations.models import Exchange, Site
from tests.chatbot.conftest import UseModel
from tests.conftest import RULEBOOK, publish
from tests.server import Server

CRITERIA = "complex: [two_intents, asks_spent, repeated_rule, rejected_answer]\n"
ORDER = "where is my order AB-123456"
OTHER = "where is my order AB-654321"


class Visitor:
    """Speaks through the HTTP API and waits for answers."""

    def __init__(self, http: httpx.Client, opened: dict[str, Any]) -> None:
        self.http, self.id = http, opened["id"]

    def ask(self, text: str) -> dict[str, Any]:
        body = {"client_id": str(uuid4()), "text": text}
        path = f"/api/v1/conversations/{self.id}/messages"
        response = self.http.post(path, json=body, params={"wait": 20})
        answer: dict[str, Any] = response.json()["answer"]
        return answer

    def rate(self, answer: dict[str, Any], rating: str) -> None:
        path = f"/api/v1/exchanges/{answer['exchange']}/feedback"
        assert self.http.post(path, json={"rating": rating}).status_code == 204


@pytest.fixture
def visitor(server: Server, site: Site, use_model: UseModel) -> Iterator[Visitor]:
    use_model("ok")
    publish(site, RULEBOOK + CRITERIA)
    with server.http() as http:
        opened = http.post("/api/v1/conversations", json={"site": "default"}).json()
    with server.http(opened["token"]) as http:
        yield Visitor(http, opened)


def assert_left(answer: dict[str, Any], criterion: str) -> None:
    """It was the model's to answer, and the exchange says why."""
    assert answer["source"] == "llm"
    exchange = Exchange.objects.get(pk=answer["exchange"])
    assert (exchange.reason, exchange.rule) == (f"complex:{criterion}", "")


def test_two_wishes_in_one_message(visitor: Visitor) -> None:
    assert_left(visitor.ask(f"{ORDER}, and a gift idea please"), "two_intents")
    assert visitor.ask(ORDER)["source"] == "rule"


def test_the_same_rule_twice_in_a_row(visitor: Visitor) -> None:
    assert visitor.ask(ORDER)["source"] == "rule"
    assert_left(visitor.ask(ORDER), "repeated_rule")
    # The model's was the last answer now.
    assert visitor.ask(ORDER)["source"] == "rule"


def test_an_answer_with_a_thumb_down(visitor: Visitor, site: Site) -> None:
    publish(site, RULEBOOK + "complex: [rejected_answer]\n")
    first = visitor.ask(ORDER)
    visitor.rate(first, "down")
    rejected = visitor.ask(ORDER)
    assert_left(rejected, "rejected_answer")
    assert Exchange.objects.get(pk=rejected["exchange"]).facts["last_rejected"] is True
    again = visitor.ask(ORDER)
    assert again["source"] == "rule"
    visitor.rate(first, "down")  # no longer the last one
    assert visitor.ask(OTHER)["source"] == "rule"


def test_a_thumb_turned_up_again_rejects_nothing(visitor: Visitor, site: Site) -> None:
    publish(site, RULEBOOK + "complex: [rejected_answer]\n")
    answer = visitor.ask(ORDER)
    visitor.rate(answer, "down")
    visitor.rate(answer, "up")
    assert visitor.ask(OTHER)["source"] == "rule"


def test_a_question_asked_as_often_as_it_may_be(visitor: Visitor) -> None:
    assert visitor.ask("where is my order")["source"] == "rule"
    assert visitor.ask("I do not know")["source"] == "rule"
    assert_left(visitor.ask("really not"), "asks_spent")


def test_whoever_asks_for_a_person_gets_one(visitor: Visitor) -> None:
    answer = visitor.ask("this is a scandal, goodbye")
    assert (answer["source"], answer["text"]) == ("rule", "I am sorry to hear that.")


def test_a_sealed_intent_goes_to_a_person(visitor: Visitor) -> None:
    answer = visitor.ask(f"payment failed, {ORDER}")
    assert answer["source"] == "fallback"
    exchange = Exchange.objects.get(pk=answer["exchange"])
    assert (exchange.reason, exchange.handoff_reason) == (
        "complex:two_intents",
        "policy_restriction",
    )


def test_the_facts_of_a_turn_are_stored_with_it(visitor: Visitor, site: Site) -> None:
    Site.objects.update(timezone="Asia/Kolkata")
    first, second = visitor.ask(ORDER), visitor.ask("goodbye")
    facts = [Exchange.objects.get(pk=each["exchange"]).facts for each in (first, second)]
    assert facts[0]["now"].endswith("+05:30")
    assert "last_rule" not in facts[0]
    assert (facts[1]["last_rule"], facts[1]["last_rejected"]) == ("order_status", False)


def test_a_reply_in_another_language_says_in_which(visitor: Visitor, site: Site) -> None:
    reply = "{reply: {en: Hello!, de: Hallo!}}"
    greet = f"  - {{name: greet, priority: 5, when: {{intent: tier}}, then: [{reply}]}}\n"
    publish(site, RULEBOOK + greet)
    assert "language" not in visitor.ask("am i gold")
    visitor.ask(ORDER)
    Site.objects.update(language="fr")
    assert visitor.ask("am i gold")["language"] == "en"
    Site.objects.update(language="de-AT")
    answer = visitor.ask("am i gold")
    assert answer["text"] == "Hallo!"
    assert "language" not in answer
