"""Between a model that fails and an article stands what a person of the company approved."""

from __future__ import annotations

from typing import Any

import pytest

from chatbot.conversations.models import Exchange, Site
from llm_bridge.approved.recording import Wording, record_reply
from llm_bridge.models import ApprovedReply, Article, ModelPrice
from rules.releases import pause
from tests.chatbot.conftest import UseModel
from tests.conftest import make_site
from tests.llm_bridge.fake_provider import FakeProvider
from tests.server import Server

DESCALING = "how do I descale my kettle?"
TOWELS = "do you sell tea towels?"
TEXT = "Use **our own** descaler: [here](https://elsewhere.example/descaler)."


@pytest.fixture
def reply(site: Site) -> ApprovedReply:
    wording = Wording(questions=["Tea towels?", DESCALING, TOWELS], text=TEXT)
    return record_reply(base_id=site.knowledge_id, wording=wording, author=None)


@pytest.fixture
def _priced(site: Site) -> None:
    """What is on this machine costs nothing, unless somebody says so."""
    ModelPrice.objects.create(
        provider="other", model="*", valid_from="2026-01-01", input=1_000_000, output=1_000_000
    )


def ask(server: Server, text: str = DESCALING) -> dict[str, Any]:
    with server.chat() as visitor:
        return visitor.ask(text)


@pytest.mark.parametrize("mode", ["error", "cut", "empty", "filtered"])
def test_when_the_model_fails_it_is_said_word_for_word_and_the_exchange_names_it(
    server: Server, use_model: UseModel, article: Article, reply: ApprovedReply, mode: str
) -> None:
    use_model(mode)
    answer = ask(server)
    assert (answer["text"], answer["source"], answer["sources"]) == (TEXT, "knowledge", [])
    exchange = Exchange.objects.get(pk=answer["exchange"])
    first, second = exchange.sources
    assert (first["kind"], first["reply"], first["title"]) == ("reply", reply.pk, DESCALING)
    assert (first["is_exact"], first["score"], first["used"]) == (True, 1.0, True)
    assert (second["article"], second["used"]) == (article.pk, False)
    assert exchange.failure
    assert exchange.conversation.status == "bot"


def test_a_model_that_answers_is_not_interrupted(
    server: Server, use_model: UseModel, reply: ApprovedReply
) -> None:
    use_model("ok")
    assert ask(server)["source"] == "llm"


@pytest.mark.usefixtures("_priced")
@pytest.mark.parametrize("why", ["absent", "switched off", "paused", "budget"])
def test_without_a_model_it_is_said_too(
    server: Server, use_model: UseModel, site: Site, reply: ApprovedReply, why: str
) -> None:
    if why != "absent":
        use_model("ok")
    if why == "switched off":
        Site.objects.update(model_enabled=False)
    if why == "paused":
        pause(rulebook=site.rulebook, kind="model", rule="", reason="", author=None)
    if why == "budget":
        Site.objects.update(budget_day=1)
    assert ask(server)["text"] == TEXT


@pytest.mark.usefixtures("_priced")
def test_at_a_limit_it_is_said_only_where_the_site_wants_an_answer(
    server: Server, use_model: UseModel, reply: ApprovedReply
) -> None:
    use_model("ok")
    Site.objects.update(budget_day=1, at_limit="line")
    assert ask(server)["source"] == "fallback"
    Site.objects.update(at_limit="person")
    assert ask(server)["source"] == "fallback"


def test_a_paused_bot_says_nothing(server: Server, site: Site, reply: ApprovedReply) -> None:
    pause(rulebook=site.rulebook, kind="bot", rule="", reason="", author=None)
    assert ask(server)["source"] == "fallback"


def test_it_is_not_said_twice_in_a_row(
    server: Server, article: Article, reply: ApprovedReply
) -> None:
    with server.chat() as visitor:
        answers = [visitor.ask(DESCALING) for _ in range(3)]
    assert [answer["text"] == TEXT for answer in answers] == [True, False, True]
    assert "half with vinegar" in answers[1]["text"]


def test_said_twice_without_an_article_a_person_is_called(
    server: Server, reply: ApprovedReply
) -> None:
    with server.chat() as visitor:
        assert visitor.ask(TOWELS)["text"] == TEXT
        assert visitor.ask("Do you sell a tea towel, please")["source"] == "fallback"


def test_other_words_for_the_same_are_answered_and_the_exchange_says_so(
    server: Server, reply: ApprovedReply
) -> None:
    answer = ask(server, "hi, do you sell a tea towel please")
    assert answer["text"] == TEXT
    assert Exchange.objects.get(pk=answer["exchange"]).sources[0]["is_exact"] is False


def test_another_sites_reply_is_not_said(server: Server, reply: ApprovedReply) -> None:
    ApprovedReply.objects.update(base=make_site("other").knowledge)
    assert ask(server)["source"] == "fallback"


def test_a_sealed_intent_is_still_for_a_person(
    server: Server, site: Site, provider: FakeProvider
) -> None:
    wording = Wording(questions=["my payment failed"], text="Try again.")
    record_reply(base_id=site.knowledge_id, wording=wording, author=None)
    assert ask(server, "my payment failed")["source"] == "fallback"


def test_a_model_is_shown_how_people_answered_what_is_near(
    server: Server, use_model: UseModel, provider: FakeProvider, article: Article, site: Site
) -> None:
    use_model("ok")
    wording = Wording(questions=["How do I descale my old kettle?"], text=TEXT)
    row = record_reply(base_id=site.knowledge_id, wording=wording, author=None)
    answer = ask(server)
    asked = provider.completions[0].body["messages"]
    assert "Approved answer to: How do I descale my old kettle?" in asked[-1]["content"]
    assert "<source 2>" in asked[-1]["content"]
    assert "our own" not in asked[0]["content"]
    assert answer["source"] == "llm"
    assert [each["title"] for each in answer["sources"]] in ([], [article.title])
    sources = Exchange.objects.get(pk=answer["exchange"]).sources
    assert [each.get("reply") for each in sources] == [None, row.pk]


def test_an_example_is_neither_quoted_nor_listed_where_the_model_fails(
    server: Server, use_model: UseModel, site: Site
) -> None:
    use_model("empty")
    wording = Wording(questions=["Can I descale my kettle?"], text=TEXT)
    record_reply(base_id=site.knowledge_id, wording=wording, author=None)
    answer = ask(server)
    assert answer["source"] == "fallback"
    assert Exchange.objects.get(pk=answer["exchange"]).sources == []


def test_an_edited_example_makes_it_another_question_for_the_store(
    server: Server, use_model: UseModel, site: Site
) -> None:
    use_model("ok")
    wording = Wording(questions=["Can I descale my kettle?"], text=TEXT)
    row = record_reply(base_id=site.knowledge_id, wording=wording, author=None)
    assert [ask(server)["source"] for _ in range(2)] == ["llm", "cache"]
    row.text = "Better not."
    row.save()
    assert ask(server)["source"] == "llm"
