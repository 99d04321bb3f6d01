"""A site's own principles are held in its words, whatever the model makes of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_bridge.guards.policy import GuardPolicy
from llm_bridge.guards.principles import Principle, PrincipleError, parse_line
from tests.llm_bridge.asking import RETURNS
from tests.llm_bridge.writing import write

COMPARING = Principle(
    name="No comparisons",
    text="Never compare us with other shops.",
    forbidden=("cheaper than", "/better than \\w+/", "konkurr*"),
)
DISCLAIMING = Principle(
    name="Disclaimer",
    text="Say it is no advice.",
    required=("no legal advice", "keine Rechtsberatung"),
)


def judge(text: str, *principles: Principle) -> tuple[str, tuple[str, ...]]:
    """What failure a draft ends with, and what was found."""
    policy = GuardPolicy(grounding=False, promises=False, principles=principles)
    whole = write([text], sources=(RETURNS,), policy=policy).whole
    return whole.failure, whole.notes[0].found if whole.notes else ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We are **cheaper** than Acme.", "cheaper than"),
        ("It is Better than Acme's.", "Better than Acme"),
        ("Unsere Konkurrenz ist teurer.", "konkurrenz"),
    ],
)
def test_what_must_not_be_said_fails_the_answer(text: str, found: str) -> None:
    assert judge(text, COMPARING) == ("principle", ("No comparisons", found))


def test_words_are_found_as_words() -> None:
    assert judge("A cheaper thanksgiving.", COMPARING) == ("", ())


def test_what_has_to_be_said_is_missed_at_the_end() -> None:
    assert judge("You may sue.", DISCLAIMING) == ("principle", ("Disclaimer", "no legal advice"))
    assert judge("You may sue. This is no legal advice.", DISCLAIMING) == ("", ())


def test_a_question_back_and_a_handover_need_not_say_it() -> None:
    for action in ("clarify", "handoff"):
        text = f'{{"action": "{action}", "answer": "Which one?"}}'
        assert judge(text, DISCLAIMING)[0] == ""


def test_lines_count_in_their_languages() -> None:
    german = Principle(name="x", text="", forbidden=("gratis",), languages=("de",))
    assert judge("Das ist für Sie gratis und gut.", german)[0] == "principle"
    assert judge("This is gratis for you and the others.", german)[0] == ""


@pytest.mark.parametrize("line", ["/(/", "/x*/", "//", "/(?=a)/", "x" * 201, "*"])
def test_a_line_that_cannot_be_looked_for_is_refused(line: str) -> None:
    with pytest.raises(PrincipleError):
        parse_line(line)


@given(st.text(max_size=60))
def test_any_line_is_refused_or_found_in_itself(line: str) -> None:
    try:
        parsed = parse_line(line)
    except PrincipleError:
        return
    assert parsed == line.strip()
