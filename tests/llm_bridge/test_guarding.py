"""Sentence after sentence through the guards: what is shown, replaced or withheld, and why."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from llm_bridge.guards.chain import GUARDS
from llm_bridge.guards.verdicts import (
    Context,
    Passed,
    Replaced,
    Verdict,
    Withheld,
    build_context,
    check_sentence,
)
from tests.llm_bridge.asking import RETURNS
from tests.llm_bridge.test_guards import TEXTS, assert_no_address_elsewhere
from tests.llm_bridge.writing import cut, write

CONTEXT = build_context(question="?", language="en", sources=(RETURNS,))
SIZES = st.lists(st.integers(min_value=1, max_value=30), min_size=1, max_size=4)


def withhold_promises(sentence: str, _: Context) -> Verdict:
    return Withheld("promise") if "we will" in sentence.casefold() else Passed()


def shout(sentence: str, _: Context) -> Verdict:
    return Replaced(sentence.upper(), "shouted")


def test_a_withheld_sentence_is_neither_streamed_nor_in_the_whole() -> None:
    shown = write("It is free. We will call you. Bye.", guards=(*GUARDS, withhold_promises))
    assert shown.text == shown.whole.text == "It is free. Bye."
    assert shown.whole.guarded == ("promise",)


def test_a_replaced_sentence_is_what_the_next_guard_sees() -> None:
    checked = check_sentence("we will call.", CONTEXT, (shout, withhold_promises, shout))
    assert (checked.text, checked.reasons) == ("", ("shouted", "promise"))


def test_a_guard_is_told_what_was_said_before_and_what_it_rests_on() -> None:
    seen: list[str] = []

    def look(sentence: str, context: Context) -> Verdict:
        seen.append(context.said)
        assert context.sources == (RETURNS,)
        return Passed()

    write("One is free. Two is not. Three?", guards=(look,))
    assert seen == ["", "One is free. ", "One is free. Two is not. "]


def test_a_sentence_leaves_only_when_its_guards_have_passed_it() -> None:
    shown = write(cut("See [win](https://evil.example). Ok", [1]))
    assert shown.pieces == ("See win. ", "Ok")
    assert shown.whole.guarded == ("links",)


def test_when_everything_is_withheld_nothing_is_left() -> None:
    shown = write("We will call you.", guards=(withhold_promises,))
    assert (shown.text, shown.whole.text, shown.whole.guarded) == ("", "", ("promise",))


def test_nothing_of_an_answer_that_hands_over_is_streamed() -> None:
    shown = write('{"action": "handoff", "answer": "I do not know. Sorry.", "reason": ""}')
    assert shown.pieces == ()
    assert shown.whole.text == "I do not know. Sorry."


def test_of_a_sentence_that_broke_off_nothing_is_streamed() -> None:
    shown = write("Returns are free. Refunds take fi", is_whole=False)
    assert shown.text.strip() == shown.whole.text == "Returns are free."


@settings(deadline=None)
@given(TEXTS, SIZES)
def test_no_address_elsewhere_is_ever_streamed(text: str, sizes: list[int]) -> None:
    shown = write(cut(text, sizes))
    assert_no_address_elsewhere(shown.text)
    assert_no_address_elsewhere(shown.whole.text)


@settings(deadline=None)
@given(st.text(alphabet="ab .,\n。!", max_size=80), SIZES)
def test_what_was_streamed_is_the_answer_when_there_is_nothing_to_guard(
    text: str, sizes: list[int]
) -> None:
    text = f"So {text}"
    shown = write(cut(text, sizes))
    assert shown.text == shown.whole.text == text.strip()


@given(st.integers(min_value=10, max_value=80))
def test_a_long_answer_ends_with_a_sentence_and_only_what_fits_is_streamed(limit: int) -> None:
    shown = write("One is free. " * 50, limit=limit)
    assert len(shown.whole.text) <= limit
    assert shown.text.strip() == shown.whole.text or shown.whole.text.startswith(shown.text.strip())
