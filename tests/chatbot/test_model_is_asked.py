"""A model that is configured and within its budget is asked whether or not an article fits."""

from __future__ import annotations

import pytest

from chatbot.conversations.models import Exchange, Site
from llm_bridge.models import Article
from tests.chatbot.conftest import UseModel
from tests.llm_bridge.fake_provider import FakeProvider
from tests.server import Server

UNCOVERED = "do you sell tea towels?"


def ask(server: Server) -> str:
    """What the answer to a question that no rule knows comes from."""
    with server.chat() as visitor:
        source: str = visitor.ask(UNCOVERED)["source"]
    return source


def get_prompt(provider: FakeProvider) -> str:
    [request] = provider.completions
    prompt: str = request.body["messages"][-1]["content"]
    return prompt


def test_it_is_asked_where_there_are_no_articles(
    server: Server, provider: FakeProvider, use_model: UseModel
) -> None:
    use_model("ok")
    assert ask(server) == "llm"
    assert UNCOVERED in get_prompt(provider)


def test_it_is_asked_where_no_article_fits(
    server: Server, provider: FakeProvider, use_model: UseModel, article: Article
) -> None:
    use_model("ok")
    assert ask(server) == "llm"
    assert article.body not in get_prompt(provider)
    assert Exchange.objects.get().sources == []


@pytest.mark.usefixtures("article")
def test_a_site_that_wants_no_model_asks_none(
    server: Server, provider: FakeProvider, use_model: UseModel, site: Site
) -> None:
    use_model("ok")
    Site.objects.update(model_enabled=False)
    assert ask(server) == "fallback"
    assert provider.completions == []


def test_it_may_ask_back_although_no_article_fits(
    server: Server, use_model: UseModel, article: Article
) -> None:
    use_model("typed-clarify")
    with server.chat() as visitor:
        answer = visitor.ask(UNCOVERED)
    assert (answer["source"], answer["text"]) == ("llm", "Which one do you mean?")
    assert Exchange.objects.get().conversation.status == "bot"


def test_it_may_hand_over_although_an_article_might_fit(
    server: Server, use_model: UseModel, article: Article
) -> None:
    use_model("typed-handoff")
    with server.chat() as visitor:
        visitor.ask("how do I descale my kettle?")
    assert Exchange.objects.get().conversation.status == "queued"
