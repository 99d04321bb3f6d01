"""Stop that now."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.decision import Situation, settle
from rules.evaluator import build_evaluator
from rules.models import Pause, Rulebook
from rules.releases import Pauses, find_active, find_live, find_pauses, get_release, pause, resume
from rules.releases.paused import PausedEvaluator
from tests.rules.test_agreement import parse_or_skip
from tests.rules.worlds import patient, rulebooks, situations


def reply(rulebook: Rulebook, text: str) -> str | None:
    live = find_live(rulebook_id=rulebook.pk)
    assert live is not None
    return settle(live.evaluator, Situation(text=text)).reply


def test_a_paused_rule_decides_no_more_until_it_goes_on(rulebook: Rulebook, edna: User) -> None:
    row = pause(rulebook=rulebook, kind="rule", rule="farewell", reason="Rude", author=edna)
    assert reply(rulebook, "goodbye") is None
    live = find_live(rulebook_id=rulebook.pk)
    assert live is not None
    assert live.paused_rules == ("farewell",)
    resume(pause=row, author=edna)
    assert reply(rulebook, "goodbye") == "Goodbye!"


def test_the_next_best_rule_decides_instead(rulebook: Rulebook, edna: User) -> None:
    pause(rulebook=rulebook, kind="rule", rule="order_status", author=edna)
    assert reply(rulebook, "where is my order AB-123456") is None  # the number is known: no asking
    assert reply(rulebook, "where is my order") == "What is your order number?"


def test_model_and_bot_are_paused_without_a_rule(rulebook: Rulebook, edna: User) -> None:
    pause(rulebook=rulebook, kind="model", author=edna)
    row = pause(rulebook=rulebook, kind="bot", author=edna)
    assert find_pauses(rulebook_id=rulebook.pk) == Pauses(model=True, bot=True)
    resume(pause=row, author=edna)
    assert find_pauses(rulebook_id=rulebook.pk) == Pauses(model=True)
    for kind, rule in (("bot", "farewell"), ("rule", ""), ("world", "")):
        with pytest.raises(ValueError, match=r"paused|world"):
            pause(rulebook=rulebook, kind=kind, rule=rule, author=edna)


def test_a_second_click_changes_nothing_and_everything_is_on_record(
    rulebook: Rulebook, edna: User, otto: User
) -> None:
    first = pause(rulebook=rulebook, kind="bot", reason="Wrong prices", author=edna)
    assert pause(rulebook=rulebook, kind="bot", author=otto) == first
    resume(pause=first, author=otto)
    resume(pause=first, author=edna)
    assert not find_active(rulebook=rulebook).exists()
    again = pause(rulebook=rulebook, kind="bot", author=otto)
    assert [row.pk for row in Pause.objects.all()] == [again.pk, first.pk]
    first.refresh_from_db()
    assert (first.paused_by, first.ended_by, first.reason) == (edna, otto, "Wrong prices")


def test_an_exchange_is_decided_again_with_the_rules_that_were_paused(
    rulebook: Rulebook, edna: User
) -> None:
    row = pause(rulebook=rulebook, kind="rule", rule="farewell", author=edna)
    live = find_live(rulebook_id=rulebook.pk)
    assert live is not None
    resume(pause=row, author=edna)
    then = get_release(release_id=live.release_id, paused=live.paused_rules)
    now = get_release(release_id=live.release_id)
    told = [settle(each.evaluator, Situation(text="goodbye")).rule for each in (then, now)]
    assert told == [None, "farewell"]


def test_a_rule_that_the_release_does_not_have_is_paused_all_the_same(
    rulebook: Rulebook, edna: User
) -> None:
    pause(rulebook=rulebook, kind="rule", rule="to_come", author=edna)
    live = find_live(rulebook_id=rulebook.pk)
    assert live is not None
    assert live.paused_rules == ()
    assert find_pauses(rulebook_id=rulebook.pk).rules == ("to_come",)


def test_readiness_says_what_is_paused(rulebook: Rulebook, edna: User, client: Client) -> None:
    assert client.get("/readyz").json()["parts"]["paused"] == {}
    pause(rulebook=rulebook, kind="rule", rule="farewell", author=edna)
    paused = client.get("/readyz").json()["parts"]["paused"]
    assert paused == {"default": {"rules": ["farewell"], "model": False, "bot": False}}


@settings(patient, max_examples=20)
@given(
    data=rulebooks(),
    messages=st.lists(situations, min_size=1, max_size=3),
    chosen=st.data(),
)
def test_without_some_rules_it_decides_as_if_they_had_never_been(
    data: dict[str, Any], messages: list[Situation], chosen: st.DataObject
) -> None:
    whole = parse_or_skip(data)
    names = chosen.draw(st.sets(st.sampled_from(sorted(whole.rules)))) if whole.rules else set()
    paused = PausedEvaluator(build_evaluator(whole), paused=names)
    never = build_evaluator(paused.rulebook, "reference")
    for message in messages:
        assert settle(paused, message) == settle(never, message)
