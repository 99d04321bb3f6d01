"""What rules leave: the model's answer, and what visitors get when there is none."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from chatbot.conversations.models import Event, Exchange, Site
from llm_bridge.models import Article, ModelCall
from rules import releases
from rules.models import Rulebook
from tests.chatbot.conftest import UseModel
from tests.chatbot.staff import Staff
from tests.llm_bridge.fake_modes import ANSWER
from tests.llm_bridge.fake_provider import FakeProvider
from tests.server import Server

UNCOVERED = "do you sell tea towels?"
DESCALING = "how do I descale my kettle?"


def get_exchange(answer: dict[str, Any]) -> Exchange:
    return Exchange.objects.get(pk=answer["exchange"])


def test_a_models_answer_streams_in_order_and_one_final_event_replaces_it(
    server: Server, use_model: UseModel
) -> None:
    use_model("ok")
    with server.chat() as visitor:
        visitor.say(UNCOVERED)
        question = visitor.read_event()
        deltas = []
        while (frame := visitor.read())["type"] == "delta":
            deltas.append(frame)
    answer = frame["event"]
    assert [delta["index"] for delta in deltas] == list(range(len(deltas)))
    assert len(deltas) > 1
    assert {delta["exchange"] for delta in deltas} == {question["exchange"]}
    assert "".join(delta["text"] for delta in deltas) == ANSWER
    assert (answer["text"], answer["source"], answer["sender"]) == (ANSWER, "llm", "bot")
    assert (answer["exchange"], answer["seq"]) == (question["exchange"], 2)
    assert list(Event.objects.values_list("seq", flat=True)) == [1, 2]


def test_the_exchange_names_its_call_in_the_ledger(server: Server, use_model: UseModel) -> None:
    use_model("ok")
    with server.chat() as visitor:
        exchange = get_exchange(visitor.ask(UNCOVERED))
    call = ModelCall.objects.get()
    assert (exchange.model_call, exchange.source, exchange.failure) == (call, "llm", "")
    assert (call.reference, call.outcome) == (exchange.pk, "answered")


@pytest.mark.parametrize("mode", ["rate-limit-then-ok", "error-then-ok", "cut-then-ok"])
def test_a_server_that_recovers_is_asked_again(
    server: Server, use_model: UseModel, mode: str
) -> None:
    use_model(mode)
    with server.chat() as visitor:
        answer = visitor.ask(UNCOVERED)
    assert (answer["source"], answer["text"]) == ("llm", ANSWER)
    assert [call.outcome for call in ModelCall.objects.order_by("pk")] == ["failed", "answered"]


FAILURES = {
    "rate-limit-long": "rate_limited",
    "error": "server_error",
    "unauthorised": "auth",
    "cut": "cut_off",
    "unfinished": "cut_off",
    "garbage": "bad_response",
    "bad-bytes": "bad_response",
    "html": "bad_response",
    "empty": "empty",
    "filtered": "filtered",
}


@pytest.mark.parametrize(("mode", "failure"), FAILURES.items())
def test_when_the_model_fails_a_person_is_called_and_the_reason_kept(
    server: Server, use_model: UseModel, mode: str, failure: str
) -> None:
    use_model(mode)
    with server.chat() as visitor:
        answer = visitor.ask(UNCOVERED)
        status = visitor.read_event()
    assert (answer["sender"], answer["source"]) == ("system", "fallback")
    assert (status["kind"], status["status"]) == ("status", "queued")
    exchange = get_exchange(answer)
    reason = {"filtered": "policy_restriction"}.get(failure, "tool_failure")
    assert (exchange.failure, exchange.handoff_reason) == (failure, reason)
    assert exchange.model_call == ModelCall.objects.order_by("pk").last()
    assert exchange.conversation.handoff_reason == reason


@pytest.mark.parametrize("mode", ["error", "cut", "empty"])
def test_when_the_model_fails_a_fitting_article_is_quoted(
    server: Server, use_model: UseModel, article: Article, mode: str
) -> None:
    use_model(mode)
    with server.chat() as visitor:
        answer = visitor.ask(DESCALING)
    assert (answer["sender"], answer["source"]) == ("bot", "knowledge")
    assert "half with vinegar" in answer["text"]
    assert [source["title"] for source in answer["sources"]] == [article.title]
    exchange = get_exchange(answer)
    assert exchange.failure == FAILURES[mode]
    assert [source["used"] for source in exchange.sources] == [True]
    assert exchange.conversation.status == "bot"


@pytest.mark.long
def test_a_model_that_says_nothing_in_time_is_given_up(server: Server, use_model: UseModel) -> None:
    use_model("slow-first")
    with server.chat() as visitor:
        answer = visitor.ask(UNCOVERED)
    assert get_exchange(answer).failure == "timeout_first_token"


def test_without_a_model_a_fitting_article_is_quoted(server: Server, article: Article) -> None:
    with server.chat() as visitor:
        answer = visitor.ask(DESCALING)
    assert answer["source"] == "knowledge"
    assert get_exchange(answer).failure == "not_configured"


def test_without_a_model_and_an_article_a_person_is_called(server: Server) -> None:
    with server.chat() as visitor:
        answer = visitor.ask(UNCOVERED)
        assert visitor.read_event()["status"] == "queued"
    assert answer["source"] == "fallback"
    exchange = get_exchange(answer)
    assert (exchange.failure, exchange.handoff_reason) == ("not_configured", "missing_knowledge")


def test_a_site_may_switch_the_model_off(
    server: Server, use_model: UseModel, provider: FakeProvider
) -> None:
    use_model("ok")
    Site.objects.update(model_enabled=False)
    with server.chat() as visitor:
        assert visitor.ask(UNCOVERED)["source"] == "fallback"
    assert provider.requests == []


def test_the_models_answer_shows_the_articles_it_was_given(
    server: Server, use_model: UseModel, provider: FakeProvider, article: Article
) -> None:
    use_model("ok")
    with server.chat() as visitor:
        answer = visitor.ask(DESCALING)
    assert answer["sources"] == [{"title": article.title, "url": article.url}]
    asked = str(provider.completions[0].body["messages"])
    assert "half with vinegar" in asked
    assert DESCALING in asked


def test_a_sealed_intent_never_reaches_the_model(
    server: Server, use_model: UseModel, provider: FakeProvider
) -> None:
    use_model("ok")
    with server.chat() as visitor:
        answer = visitor.ask("my payment failed")
        assert visitor.read_event()["status"] == "queued"
    assert answer["source"] == "fallback"
    assert get_exchange(answer).handoff_reason == "policy_restriction"
    assert provider.requests == []


def test_nobody_waits_while_a_model_is_silent_for_somebody_else(
    server: Server, use_model: UseModel, provider: FakeProvider
) -> None:
    use_model("silent")
    with server.chat() as patient, server.chat() as other:
        patient.say(UNCOVERED)
        assert provider.wait_until(lambda each: len(each.completions) == 1)
        assert other.ask("where is my order AB-123456")["source"] == "rule"
        # Not even the same visitor's next question.
        patient.read_event()
        assert patient.ask("track my order AB-123456")["source"] == "rule"
        assert provider.completions[0].closed_by_client is False


def test_answers_may_come_out_of_order_and_each_question_gets_its_own(
    server: Server, use_model: UseModel
) -> None:
    use_model("ok")
    with server.chat() as visitor:
        visitor.say(UNCOVERED)
        visitor.say("where is my order AB-123456")
        visitor.say("and picnic blankets?")
        events = [visitor.read_event() for _ in range(6)]
    asked = [event["exchange"] for event in events if event["sender"] == "visitor"]
    answered = [event["exchange"] for event in events if event["sender"] == "bot"]
    assert [event["seq"] for event in events] == [1, 2, 3, 4, 5, 6]
    assert sorted(answered) == sorted(asked)
    assert len(set(asked)) == 3


@pytest.mark.parametrize("mode", ["silent", "stall"])
def test_a_person_who_takes_over_ends_the_models_answer(
    server: Server, use_model: UseModel, provider: FakeProvider, agent: User, mode: str
) -> None:
    use_model(mode)
    with server.chat() as visitor, Staff(server.url, agent) as anna:
        conversation = visitor.welcome["conversation"]
        visitor.say(UNCOVERED)
        question = visitor.read_event()
        assert provider.wait_until(lambda each: len(each.completions) == 1)
        anna.claim(conversation)
        status = visitor.read_event()
        assert (status["status"], status["discarded"]) == ("agent", [question["exchange"]])
        assert provider.wait_until(lambda each: each.completions[0].closed_by_client)
        anna.reply(conversation, "Hello, this is Anna.")
        assert visitor.read_event()["text"] == "Hello, this is Anna."
        visitor.say("hello Anna")
        assert visitor.read_event()["exchange"] is None
    exchange = Exchange.objects.get()
    assert (exchange.state, exchange.answer_seq) == ("discarded", None)
    assert not Event.objects.filter(sender__in=["bot", "system"], kind="message").exists()


def test_a_rule_that_escalates_says_its_words_first_and_gives_the_model_its_instruction(
    server: Server, use_model: UseModel, provider: FakeProvider
) -> None:
    use_model("ok")
    with server.chat() as visitor:
        visitor.say("I need a gift idea")
        question, notice, answer = (visitor.read_event() for _ in range(3))
    assert (notice["text"], notice["exchange"]) == ("Let me think.", None)
    assert (answer["source"], answer["exchange"]) == ("llm", question["exchange"])
    assert "Suggest one gift from the shop." in str(provider.completions[0].body["messages"])
    assert get_exchange(answer).rule == "gift_to_model"


def test_history_reaches_the_model_as_what_was_said(
    server: Server, use_model: UseModel, provider: FakeProvider
) -> None:
    use_model("ok")
    with server.chat() as visitor:
        visitor.ask("where is my order AB-123456")
        visitor.ask(UNCOVERED)
    said = [(each["role"], each["content"]) for each in provider.completions[0].body["messages"]]
    assert ("user", "where is my order AB-123456") in said
    assert ("assistant", "Order AB-123456 is on its way.") in said


def test_without_a_live_release_everything_goes_to_the_model(
    server: Server, use_model: UseModel
) -> None:
    use_model("ok")
    Rulebook.objects.update(live=None)
    releases.forget()
    with server.chat() as visitor:
        answer = visitor.ask("where is my order AB-123456")
    assert (answer["source"], get_exchange(answer).reason) == ("llm", "no_release")
