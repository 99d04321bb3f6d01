"""The widget knows which questions wait, and shows no streamed answer with a hole in it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

FOLLOW = """async (happenings) => {
  const { Exchanges } = await import("/widget/exchanges.js");
  const exchanges = new Exchanges();
  for (const { delta, ...event } of happenings) {
    if (delta) exchanges.addDelta(delta);
    else exchanges.add(event);
  }
  return [exchanges.isWaiting, exchanges.isSilent, exchanges.findText("x")];
}"""

QUESTION = {"kind": "message", "sender": "visitor", "exchange": "x"}


def piece(index: int, text: str) -> dict[str, Any]:
    return {"delta": {"exchange": "x", "index": index, "text": text}}


def test_a_question_waits_in_silence_until_its_answer(page: Page) -> None:
    assert page.evaluate(FOLLOW, [QUESTION]) == [True, True, ""]
    answer = {"kind": "message", "sender": "bot", "exchange": "x"}
    assert page.evaluate(FOLLOW, [QUESTION, answer]) == [False, False, ""]


def test_pieces_are_shown_as_far_as_none_is_missing(page: Page) -> None:
    happenings = [QUESTION, piece(0, "a"), piece(2, "c")]
    assert page.evaluate(FOLLOW, happenings) == [True, False, "a"]
    assert page.evaluate(FOLLOW, [*happenings, piece(1, "b")])[2] == "abc"


def test_a_piece_after_the_answer_is_dropped(page: Page) -> None:
    answer = {"kind": "message", "sender": "system", "exchange": "x"}
    assert page.evaluate(FOLLOW, [QUESTION, answer, piece(0, "late")]) == [False, False, ""]


def test_members_that_do_not_apply_may_be_null(page: Page) -> None:
    assert page.evaluate(FOLLOW, [{**QUESTION, "status": None, "discarded": None}])[0] is True


def test_a_person_who_takes_over_ends_the_wait(page: Page) -> None:
    taken = {"kind": "status", "sender": "system", "status": "agent", "discarded": ["x"]}
    assert page.evaluate(FOLLOW, [QUESTION, piece(0, "a"), taken]) == [False, False, ""]
