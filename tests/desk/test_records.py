"""Transcripts and the reasons for answers, as staff read them."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from django.test import Client
from django.utils import timezone

from chatbot.conversations import log
from chatbot.conversations.events import Draft
from chatbot.conversations.models import Conversation, Exchange, Sender, Site, Source
from llm_bridge.models import Article, ModelCall
from tests.conftest import RULEBOOK, publish
from tests.desk.conftest import Tell, get_exchange


def read(client: Client, row: Conversation | Exchange) -> str:
    answer = client.get(f"/admin/conversations/{row._meta.model_name}/{row.pk}/change/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_transcript_says_who_said_what_and_links_to_the_reason(anna: Client, tell: Tell) -> None:
    conversation = tell("where is my order AB-123456")
    page = read(anna, conversation)
    assert "where is my order AB-123456" in page
    assert "Order AB-123456 is on its way." in page
    assert f"/admin/conversations/exchange/{get_exchange(conversation).pk}/change/" in page
    assert "order_status" in page


def test_the_reason_shows_release_rule_words_facts_and_conditions(anna: Client, tell: Tell) -> None:
    page = read(anna, get_exchange(tell("where is my order AB-123456")))
    for part in (
        "Release 1",
        "order_status",
        '<mark title="intent track_order">where is my order</mark>',
        '<mark title="entity order_number">AB-123456</mark>',
        "intent is track_order",
        "slot order_number known",
        "“AB-123456”",
    ):
        assert part in page
    # Rules of one leaf are always one leaf away, which says nothing.
    assert "Nearly held" not in page


def test_a_rule_that_nearly_held_says_what_was_missing(anna: Client, tell: Tell) -> None:
    page = read(anna, get_exchange(tell("where is my order")))
    assert "Nearly held" in page
    assert "ould have won if it also said “AB-123456”" in page


def test_a_rule_that_held_too_is_shown_with_why_it_lost(
    anna: Client, site: Site, tell: Tell
) -> None:
    second = "  - name: second\n    when: {intent: bye}\n    then: [{reply: See you.}]\n"
    publish(site, RULEBOOK + second)
    page = read(anna, get_exchange(tell("goodbye")))
    assert "Held too, but lost" in page
    assert "Its name comes after farewell." in page


def test_a_question_that_no_rule_covers_says_so_and_shows_the_articles(
    anna: Client, article: Article, tell: Tell
) -> None:
    exchange = get_exchange(tell("tell me about descaling"))
    found = {"article": article.pk, "title": "<b>Descaling</b>", "url": "", "score": 0.71}
    Exchange.objects.filter(pk=exchange.pk).update(
        sources=[{**found, "used": True}, {**found, "title": "Other", "used": None}],
        failure="not_configured",
    )
    page = read(anna, exchange)
    assert "No rule&#x27;s condition held" in page or "No rule's condition held" in page
    assert "No model is configured" in page
    assert "&lt;b&gt;Descaling&lt;/b&gt;" in page
    assert "shown to the model" in page


def test_a_models_call_is_shown_with_its_cost(anna: Client, tell: Tell) -> None:
    exchange = get_exchange(tell("what is love"))
    call = ModelCall.objects.create(
        reference=exchange.pk,
        provider_host="models.example",
        model="tiny-1",
        prompt_version="v7",
        prompt_tokens=210,
        completion_tokens=34,
        first_token_ms=120,
        total_ms=480,
        outcome=ModelCall.Outcome.ANSWERED,
        attempt=2,
        started_at=timezone.now(),
    )
    Exchange.objects.filter(pk=exchange.pk).update(model_call=call, source=Source.LLM)
    page = read(anna, exchange)
    for part in ("models.example", "tiny-1", "v7", "210 in, 34 out", "120 ms", "480 ms, attempt 2"):
        assert part in page


def test_hostile_text_is_text_wherever_it_shows(anna: Client, tell: Tell) -> None:
    conversation = tell("where is my order <img src=x onerror=alert(1)>")
    exchange = get_exchange(conversation)
    lists = ("/admin/conversations/conversation/", "/admin/conversations/exchange/", "/admin/")
    pages = [anna.get(path).content.decode() for path in lists]
    for page in [*pages, read(anna, conversation), read(anna, exchange)]:
        assert "<img src=x" not in page
        assert "&lt;img src=x" in page


def test_markdown_of_an_answer_is_drawn_but_neither_html_nor_odd_links(
    anna: Client, site: Site
) -> None:
    now = timezone.now()
    conversation = log.open_conversation(site=site, now=now, language="", verified={}, claimed={})
    text = "**Bold** <b>html</b> [bad](javascript:alert(1)) [good](https://shop.example)"
    with log.changing(conversation.pk) as held:
        draft = Draft(sender=Sender.BOT, text=text, source=Source.RULE)
        log.append(conversation=held, drafts=[draft], now=now + timedelta(seconds=1))
    page = read(anna, conversation)
    assert "<strong>Bold</strong>" in page
    assert "&lt;b&gt;html&lt;/b&gt;" in page
    assert 'href="javascript' not in page
    assert 'href="https://shop.example"' in page


def test_a_release_that_can_no_longer_be_read_still_shows_the_exchange(
    anna: Client, tell: Tell
) -> None:
    exchange = get_exchange(tell("goodbye"))
    release = exchange.release
    assert release is not None
    type(release).objects.filter(pk=release.pk).update(content={"rulebook": 99})
    assert "farewell" in read(anna, exchange)


def test_an_exchange_is_found_by_its_id_and_by_its_rules_name(anna: Client, tell: Tell) -> None:
    exchange = get_exchange(tell("goodbye"))
    tell("talk to a person")
    for term in (str(exchange.pk), "farewell"):
        page = anna.get("/admin/conversations/exchange/", {"q": term}).content.decode()
        assert "goodbye" in page
        assert "talk to a person" not in page


def test_records_can_be_neither_edited_nor_deleted(administrator: Client, tell: Tell) -> None:
    exchange = get_exchange(tell("goodbye"))
    base = f"/admin/conversations/exchange/{exchange.pk}"
    assert administrator.get(f"{base}/delete/").status_code == 403
    assert administrator.get("/admin/conversations/exchange/add/").status_code == 403
    assert administrator.get(f"/admin/conversations/exchange/{uuid4()}/change/").status_code == 404


def test_the_first_page_counts_todays_questions_by_who_answered(anna: Client, tell: Tell) -> None:
    tell("goodbye")
    tell("talk to a person")
    context = anna.get("/admin/").context
    assert context["figures"] == {"questions": 2, "rules": 1, "model": 0, "people": 1}
    assert context["waiting"] == "1"


def test_the_first_page_of_a_new_installation_says_what_to_do(anna: Client) -> None:
    assert "No conversation yet" in anna.get("/admin/").content.decode()


def test_a_webhook_that_was_asked_is_shown_with_its_answer(anna: Client, tell: Tell) -> None:
    exchange = get_exchange(tell("where is my order AB-123456"))
    lookup = {"webhook": "lookup", "sent": "", "ms": 12}
    exchange.answers = [
        {**lookup, "facts": {"ok": False, "error": "timeout"}, "unused": True},
        {**lookup, "facts": {"ok": True, "status": "shipped"}},
    ]
    exchange.save()
    page = read(anna, exchange)
    for part in ("Webhooks asked", "no answer in time", "not used", "“shipped”", "12 ms"):
        assert part in page


def test_what_was_decided_by_an_earlier_meaning_is_not_derived_again(
    anna: Client, tell: Tell
) -> None:
    exchange = get_exchange(tell("where is my order AB-123456"))
    exchange.semantics = 1
    exchange.save()
    page = read(anna, exchange)
    assert "cannot be derived again" in page
    assert "What was recognised" not in page
