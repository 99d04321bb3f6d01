"""The widget's button leads to a person whatever the rulebook holds."""

from __future__ import annotations

from chatbot.conversations.models import Site
from chatbot.conversations.outcome import PERSON_REQUEST
from tests.chatbot.conftest import UseModel
from tests.conftest import publish
from tests.llm_bridge.fake_provider import FakeProvider
from tests.server import Server

NO_RULE_FOR_IT = """
rulebook: 1
intents: {bye: {phrases: [goodbye]}}
rules: [{name: farewell, when: {intent: bye}, then: [{reply: Goodbye!}]}]
"""


def test_without_a_rule_for_it_a_person_is_called_and_the_model_is_not_asked(
    server: Server, site: Site, provider: FakeProvider, use_model: UseModel
) -> None:
    publish(site, NO_RULE_FOR_IT)
    use_model("ok")
    with server.chat() as visitor:
        answer = visitor.ask(f"{PERSON_REQUEST}!")
        status = visitor.read_event()
    assert (answer["sender"], answer["source"]) == ("system", "fallback")
    assert status["status"] == "queued"
    assert site.conversation_set.get().handoff_reason == "customer_request"
    assert provider.completions == []


def test_the_widget_is_told_the_words_that_the_server_knows(server: Server, site: Site) -> None:
    with server.http() as client:
        page = client.get("/widget/frame/", params={"site": site.key}).text
    assert f'"person_request": "{PERSON_REQUEST}"' in page
