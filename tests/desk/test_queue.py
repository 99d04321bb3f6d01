"""The queue, over the pages that agents use."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from chatbot.conversations import log
from chatbot.conversations.events import Draft
from chatbot.conversations.models import Conversation, Event, Presence, Sender
from chatbot.desk.queue import SHOWN
from tests.desk.conftest import Tell


@pytest.fixture
def waiting(tell: Tell) -> Conversation:
    return tell("talk to a person", "are you there?")


def url(conversation: Conversation, verb: str = "") -> str:
    return f"/admin/queue/{conversation.pk}/" + (f"{verb}/" if verb else "")


def send(client: Client, conversation: Conversation, text: str, token: str = "") -> int:
    fields = {"text": text, "token": token or str(uuid4())}
    return client.post(url(conversation, "reply"), fields).status_code


def get_replies(conversation: Conversation) -> list[str]:
    rows = Event.objects.filter(conversation=conversation, sender=Sender.AGENT)
    return list(rows.values_list("text", flat=True))


def get_status(conversation: Conversation) -> str:
    conversation.refresh_from_db()
    return conversation.status


def test_who_waits_longest_stands_first(anna: Client, tell: Tell) -> None:
    tell("talk to a person", "I came first")
    tell("talk to a person", "I came second")
    tell("where is my order")
    page = anna.get("/admin/queue/").content.decode()
    assert page.index("I came first") < page.index("I came second")
    assert "where is my order" not in page
    assert "2 people are waiting." in page


def test_an_empty_queue_says_how_conversations_come_here(anna: Client) -> None:
    assert "Nobody is waiting" in anna.get("/admin/queue/").content.decode()


def test_an_open_queue_page_counts_its_agent_as_online(anna: Client) -> None:
    assert not Presence.objects.exists()
    anna.get("/admin/queue/rows/")
    assert Presence.objects.get().user.username == "anna"


def test_the_rows_arrive_by_themselves(anna: Client, waiting: Conversation) -> None:
    news = anna.get("/admin/queue/rows/").json()
    assert "are you there?" in news["html"]
    assert news["waiting"] == 1


def test_a_reply_claims_a_conversation_that_nobody_has(anna: Client, waiting: Conversation) -> None:
    assert send(anna, waiting, "Hello, I am here.") == 302
    assert get_status(waiting) == "agent"
    assert get_replies(waiting) == ["Hello, I am here."]


def test_the_same_form_sent_twice_stores_one_reply(anna: Client, waiting: Conversation) -> None:
    token = str(uuid4())
    assert send(anna, waiting, "Once.", token) == send(anna, waiting, "Once.", token) == 302
    assert get_replies(waiting) == ["Once."]


def test_a_form_without_a_token_sends_nothing_and_keeps_the_text(
    anna: Client, waiting: Conversation
) -> None:
    answer = anna.post(url(waiting, "reply"), {"text": "typed with care"})
    assert answer.status_code == 409
    assert "typed with care" in answer.content.decode()
    assert get_replies(waiting) == []


def test_a_colleagues_conversation_refuses_and_keeps_what_was_typed(
    anna: Client, bert: Client, waiting: Conversation
) -> None:
    bert.post(url(waiting, "claim"))
    answer = anna.post(url(waiting, "reply"), {"text": "typed with care", "token": str(uuid4())})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Bert has taken this conversation." in page
    assert "typed with care" in page
    assert get_replies(waiting) == []


def test_a_script_learns_the_same_as_json(
    anna: Client, bert: Client, waiting: Conversation
) -> None:
    fields = {"text": "Hello", "token": str(uuid4())}
    sent = anna.post(url(waiting, "reply"), fields, headers={"Accept": "application/json"})
    assert sent.json()["token"] != fields["token"]
    fields["token"] = str(uuid4())
    refused = bert.post(url(waiting, "reply"), fields, headers={"Accept": "application/json"})
    assert refused.status_code == 409
    assert refused.json() == {"error": "Anna has taken this conversation."}


def test_claiming_opens_the_conversation_and_handing_back_gives_it_to_the_bot(
    anna: Client, waiting: Conversation
) -> None:
    claimed = anna.post(url(waiting, "claim"))
    assert claimed.headers["Location"] == url(waiting)
    assert "With you" in anna.get(url(waiting)).content.decode()
    assert anna.post(url(waiting, "hand-back")).headers["Location"] == "/admin/queue/"
    assert get_status(waiting) == "bot"


def test_closing_ends_it_and_closing_again_is_refused_in_words(
    anna: Client, waiting: Conversation
) -> None:
    anna.post(url(waiting, "close"))
    assert get_status(waiting) == "closed"
    again = anna.post(url(waiting, "close"), follow=True)
    assert "This conversation is closed already." in again.content.decode()


def test_verbs_change_nothing_when_merely_visited(anna: Client, waiting: Conversation) -> None:
    for verb in ("claim", "hand-back", "close", "reply"):
        assert anna.get(url(waiting, verb)).status_code == 405
    assert get_status(waiting) == "queued"


def test_new_lines_come_once_and_after_the_last_one_seen(
    anna: Client, waiting: Conversation
) -> None:
    waiting.refresh_from_db()
    seen = waiting.last_seq
    send(anna, waiting, "Good morning.")
    news = anna.get(url(waiting, "news"), {"after": seen}).json()
    assert "Good morning." in news["html"]
    assert "are you there?" not in news["html"]
    again = anna.get(url(waiting, "news"), {"after": news["last_seq"]}).json()
    assert again["last_seq"] is None


def test_what_visitors_write_stays_text(anna: Client, tell: Tell) -> None:
    hostile = tell("talk to a person", "<script>alert(1)</script>")
    for page in (anna.get(url(hostile)), anna.get("/admin/queue/")):
        assert "<script>alert" not in page.content.decode()
        assert "&lt;script&gt;alert" in page.content.decode()


def test_an_unknown_conversation_is_not_found(anna: Client) -> None:
    assert anna.get(f"/admin/queue/{uuid4()}/").status_code == 404
    assert anna.post(f"/admin/queue/{uuid4()}/close/").status_code == 404


def test_a_very_long_conversation_shows_its_latest_part(
    anna: Client, waiting: Conversation
) -> None:
    now = timezone.now()
    drafts = [Draft(sender=Sender.VISITOR, text=f"line {number};") for number in range(SHOWN)]
    with log.changing(waiting.pk) as held:
        log.append(conversation=held, drafts=drafts, now=now)
    page = anna.get(url(waiting)).content.decode()
    assert "line 0;" in page
    assert f"line {SHOWN - 1};" in page
    assert "are you there?" not in page
    assert "Earlier messages stand in the full record." in page
