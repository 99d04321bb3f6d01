"""Articles are cut where a reader would, and nothing of them is lost."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from llm_bridge.knowledge.chunks import MAX_PASSAGE_CHARACTERS, build_chunks


def cut(body: str) -> list[tuple[str, str]]:
    return [(chunk.heading, chunk.text) for chunk in build_chunks(body)]


def test_headings_go_with_all_that_follows_and_lists_stay_with_what_precedes() -> None:
    body = "# Title\n\nYou need:\n\n- a box\n- a label\n\n## Where\nAt the post.\r\n\r\nBye."
    body += "\n\n# End\nDone."
    assert cut(body) == [
        ("Title", "You need:\n- a box\n- a label"),
        ("Title › Where", "At the post."),
        ("Title › Where", "Bye."),
        ("End", "Done."),
    ]


def test_underlined_headings_count_and_hashes_in_code_do_not() -> None:
    assert cut("Setup\n=====\n\n```\n# a comment\n\nrun\n```") == [
        ("Setup", "```\n# a comment\nrun\n```")
    ]


def test_a_heading_is_a_passage_only_where_nothing_stands_below_it() -> None:
    assert cut("# A\n\n## B\n\n## C\n\nText.\n\n# D") == [
        ("A", "B"),
        ("A › C", "Text."),
        ("", "D"),
    ]
    assert cut("") == []


def test_a_long_paragraph_is_cut_at_sentences() -> None:
    pieces = cut("A sentence about tea. " * 120)
    assert len(pieces) > 2
    assert all(text.endswith("tea.") for _, text in pieces)
    assert all(len(text) <= MAX_PASSAGE_CHARACTERS for _, text in pieces)


def test_each_part_of_a_long_table_has_its_head() -> None:
    rows = "\n".join(f"| Country {number} | {number}.90 |" for number in range(100))
    pieces = cut(f"## Prices\n\n| Country | Price |\n| --- | --- |\n{rows}")
    assert len(pieces) > 2
    assert all(text.startswith("| Country | Price |\n| --- | --- |\n") for _, text in pieces)
    assert all(heading == "Prices" for heading, _ in pieces)


def test_a_word_without_end_is_cut_too() -> None:
    assert "".join(text for _, text in cut("x" * 5_000)) == "x" * 5_000


WORDS = st.lists(st.text("abcäß.!?#*-|> 漢", min_size=1, max_size=60), max_size=60)


@given(WORDS)
def test_nothing_but_space_and_marks_is_lost(lines: list[str]) -> None:
    body = "\n\n".join(lines)
    kept = "".join(f"{heading} {text}" for heading, text in cut(body))
    for letter in "abcäß漢":
        assert kept.count(letter) >= len(re.findall(letter, body))


@given(st.text(max_size=3_000))
def test_any_text_gives_bounded_passages_without_blank_lines(body: str) -> None:
    for _, text in cut(body):
        assert text.strip()
        assert "\n\n" not in text
        assert len(text) <= 2 * MAX_PASSAGE_CHARACTERS
