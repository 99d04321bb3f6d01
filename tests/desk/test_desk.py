"""The desk, over the pages that agents use."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from chatbot.conversations import log
from chatbot.conversations.events import Draft
from chatbot.conversations.models import Conversation, Event, Presence, Sender
from chatbot.desk.thread import SHOWN
from chatbot.desk.waiting import PAGE
from tests.desk.conftest import Tell

JSON = {"Accept": "application/json"}


@pytest.fixture
def waiting(tell: Tell) -> Conversation:
    return tell("talk to a person", "are you there?")


def url(conversation: Conversation, verb: str = "") -> str:
    return f"/desk/{conversation.pk}/" + (f"{verb}/" if verb else "")


def send(client: Client, conversation: Conversation, text: str, token: str = "") -> int:
    fields = {"text": text, "token": token or str(uuid4())}
    return client.post(url(conversation, "reply"), fields).status_code


def act(client: Client, conversation: Conversation, verb: str) -> Any:
    """As the page's script does it."""
    return client.post(url(conversation, verb), headers=JSON)


def read(client: Client, path: str = "/desk/") -> str:
    return client.get(path).content.decode()


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
    page = read(anna)
    assert page.index("I came first") < page.index("I came second")
    assert "where is my order" not in page
    assert "2 people are waiting." in page


def test_mine_waiting_and_colleagues_are_lists_of_their_own(
    anna: Client, bert: Client, tell: Tell
) -> None:
    send(anna, tell("talk to a person"), "Anna's words")
    send(bert, tell("this is a scandal"), "Bert's words")
    tell("talk to a person", "still alone")
    places = [read(anna).index(words) for words in ("Anna&#x27;s", "still alone", "Bert&#x27;s")]
    assert places == sorted(places)
    assert "With Bert" not in read(bert)
    assert "With Bert" in read(anna)


def test_a_row_says_why_and_how_long_and_what_was_said_last(anna: Client, tell: Tell) -> None:
    conversation = tell("this is a scandal", "I mean it")
    Conversation.objects.filter(pk=conversation.pk).update(
        queued_at=timezone.now() - timedelta(minutes=7)
    )
    page = read(anna)
    for part in (
        "waiting 7 min",
        "I mean it",
        "Test shop",
        "complaints",
        "on request or by a rule",
    ):
        assert part in page


def test_a_long_list_goes_on_where_its_page_ended(anna: Client, tell: Tell) -> None:
    now = timezone.now()
    rows = [tell("talk to a person") for _ in range(3)]
    for number in range(PAGE):
        copy = Conversation.objects.get(pk=rows[number % 3].pk)
        copy.pk, copy.queued_at = uuid4(), now - timedelta(days=1)  # the same moment for all
        copy.save(force_insert=True)
    first = read(anna)
    assert f"{PAGE}+" in first
    address = first.split("?show=waiting&amp;after=")[1].split('"')[0]
    later = read(anna, f"/desk/?show=waiting&after={address}")
    assert "Yours" not in later
    assert [str(row.pk) in first for row in rows] == [False] * 3
    assert [str(row.pk) in later for row in rows] == [True] * 3
    assert later.count("data-key") == 3


@pytest.mark.parametrize("after", ["", "x", "20260101T000000000000-x", "-", "\x00"])
def test_an_address_changed_by_hand_begins_at_the_front(
    anna: Client, waiting: Conversation, after: str
) -> None:
    page = anna.get("/desk/", {"show": "waiting", "after": after}).content.decode()
    assert "are you there?" in page
    assert "Yours" in page


def test_an_empty_desk_says_how_conversations_come_here(anna: Client) -> None:
    assert "Nobody is waiting" in read(anna)


def test_an_open_desk_counts_its_agent_as_online(anna: Client) -> None:
    assert not Presence.objects.exists()
    anna.get("/desk/rows/")
    assert Presence.objects.get().user.username == "anna"


def test_the_rows_arrive_by_themselves(anna: Client, waiting: Conversation) -> None:
    news = anna.get("/desk/rows/").json()
    assert "are you there?" in news["html"]
    assert news["waiting"] == 1


def test_whoever_may_not_answer_is_told_what_to_do(editor: Client) -> None:
    refused = editor.get("/desk/")
    assert refused.status_code == 403
    page = refused.content.decode()
    assert "Ask an administrator to put it into the group Agents" in page
    assert editor.get("/desk/rows/", headers=JSON).json() == {
        "error": "Your account may not answer visitors."
    }
    assert not Presence.objects.exists()


def test_whoever_was_signed_out_is_told_so_without_losing_the_page(
    anna: Client, waiting: Conversation
) -> None:
    anna.logout()
    assert "/login/?next=/desk/" in anna.get("/desk/").headers["Location"]
    for answer in (act(anna, waiting, "claim"), anna.get("/desk/rows/", headers=JSON)):
        assert answer.status_code == 401
        assert answer.json() == {"error": "You are signed out."}
    assert get_status(waiting) == "queued"


def test_a_reply_claims_a_conversation_that_nobody_has(anna: Client, waiting: Conversation) -> None:
    assert send(anna, waiting, "Hello, I am here.") == 302
    assert get_status(waiting) == "agent"
    assert get_replies(waiting) == ["Hello, I am here."]


def test_the_same_form_sent_twice_stores_one_reply(anna: Client, waiting: Conversation) -> None:
    token = str(uuid4())
    assert send(anna, waiting, "Once.", token) == send(anna, waiting, "Once.", token) == 302
    assert get_replies(waiting) == ["Once."]


def test_a_reply_sent_again_is_stored_once_whatever_was_said_since(
    anna: Client, waiting: Conversation
) -> None:
    token = str(uuid4())
    send(anna, waiting, "Did this arrive?", token)
    send(anna, waiting, "More, from another tab.")
    act(anna, waiting, "close")
    assert send(anna, waiting, "Did this arrive?", token) == 302
    assert get_replies(waiting) == ["Did this arrive?", "More, from another tab."]


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
    sent = anna.post(url(waiting, "reply"), fields, headers=JSON)
    assert sent.json()["token"] != fields["token"]
    fields["token"] = str(uuid4())
    refused = bert.post(url(waiting, "reply"), fields, headers=JSON)
    assert refused.status_code == 409
    assert refused.json() == {"error": "Anna has taken this conversation."}
    assert act(bert, waiting, "claim").json() == refused.json()
    assert act(anna, waiting, "claim").json() == {"said": "You have this conversation now."}
    assert act(anna, waiting, "hand-back").json() == {"next": "/desk/"}
    assert "The bot has this conversation again." in read(anna)


def test_a_person_who_steps_in_unasked_leaves_no_reason_for_a_handover(
    anna: Client, tell: Tell
) -> None:
    conversation = tell("where is my order")
    assert send(anna, conversation, "Let me help.\r\nAnna") == 302
    conversation.refresh_from_db()
    assert (conversation.status, conversation.handoff_reason) == ("agent", "")
    assert get_replies(conversation) == ["Let me help.\nAnna"]
    assert "Let me help." in read(anna)


def test_claiming_opens_the_conversation_and_handing_back_gives_it_to_the_bot(
    anna: Client, waiting: Conversation
) -> None:
    claimed = anna.post(url(waiting, "claim"))
    assert claimed.headers["Location"] == url(waiting)
    assert "With you" in read(anna, url(waiting))
    assert anna.post(url(waiting, "hand-back")).headers["Location"] == "/desk/"
    assert get_status(waiting) == "bot"


def test_closing_ends_it_and_closing_again_is_refused_in_words(
    anna: Client, waiting: Conversation
) -> None:
    anna.post(url(waiting, "close"))
    assert get_status(waiting) == "closed"
    again = anna.post(url(waiting, "close"), follow=True)
    assert "This conversation is closed already." in again.content.decode()


def test_verbs_change_nothing_when_merely_visited(anna: Client, waiting: Conversation) -> None:
    for verb in ("claim", "hand-back", "close", "reply", "typing"):
        assert anna.get(url(waiting, verb)).status_code == 405
    assert get_status(waiting) == "queued"


def test_new_lines_come_once_and_after_the_last_one_seen(
    anna: Client, waiting: Conversation
) -> None:
    waiting.refresh_from_db()
    seen = waiting.last_seq
    send(anna, waiting, "Good morning.")
    news = anna.get(url(waiting, "news"), {"after": seen}).json()
    assert "Good morning." in news["lines"]
    assert "are you there?" not in news["lines"]
    again = anna.get(url(waiting, "news"), {"after": news["last_seq"], "key": news["key"]}).json()
    assert again == {"is_typing": False}


def test_the_page_learns_that_a_colleague_took_it(
    anna: Client, bert: Client, waiting: Conversation
) -> None:
    bert.post(url(waiting, "claim"))
    news = anna.get(url(waiting, "news"), {"after": f"{waiting.last_seq}", "key": "queued:"}).json()
    assert "took over" in news["lines"]
    assert news["can_write"] is False
    assert news["said"] == "With Bert. Bert has it, so only they can write here."


def test_what_visitors_write_stays_text(anna: Client, tell: Tell) -> None:
    hostile = tell("talk to a person", "<script>alert(1)</script>")
    for page in (read(anna, url(hostile)), read(anna)):
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def test_an_unknown_conversation_is_not_found(anna: Client) -> None:
    assert anna.get(f"/desk/{uuid4()}/").status_code == 404
    assert anna.get(f"/desk/{uuid4()}/news/").status_code == 404
    assert anna.post(f"/desk/{uuid4()}/close/").status_code == 404


def test_a_very_long_conversation_shows_its_latest_part(
    anna: Client, waiting: Conversation
) -> None:
    now = timezone.now()
    drafts = [Draft(sender=Sender.VISITOR, text=f"line {number};") for number in range(SHOWN)]
    with log.changing(waiting.pk) as held:
        log.append(conversation=held, drafts=drafts, now=now)
    page = read(anna, url(waiting))
    assert "line 0;" in page
    assert f"line {SHOWN - 1};" in page
    assert "are you there?" not in page
    assert "Earlier messages stand in the full record." in page


def test_the_visitors_signed_name_stands_over_the_conversation(
    anna: Client, waiting: Conversation
) -> None:
    Conversation.objects.filter(pk=waiting.pk).update(
        verified={"id": "7", "name": "Ada Byron"}, claimed={"name": "Root"}
    )
    assert "Ada Byron" in read(anna)
    assert "Root" not in read(anna)
    page = read(anna, url(waiting))
    assert page.index("signed") < page.index("Root") < page.index("claimed")


def test_names_are_what_colleagues_call_each_other(
    anna: Client, bert: Client, waiting: Conversation
) -> None:
    User.objects.filter(username="bert").update(last_name="Brown")
    bert.post(url(waiting, "claim"))
    assert "With Bert Brown" in read(anna, url(waiting))
