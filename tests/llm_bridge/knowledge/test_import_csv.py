"""A CSV file gives an article a row; a bad row is named by its line and stops no other."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_bridge.knowledge.importing.csv_rows import parse_rows
from llm_bridge.knowledge.importing.pages import Page, Refused


def parse(text: str) -> tuple[list[Page], list[tuple[int, str]]]:
    rows = list(parse_rows(text=text, key="faq.csv"))
    return (
        [row for row in rows if isinstance(row, Page)],
        [row for row in rows if not isinstance(row, Page)],
    )


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_rows_are_pages_whatever_parts_them(mark: str) -> None:
    text = f"Question{mark}Answer{mark}category\nHow long?{mark}30 days.{mark}Returns\n"
    [page], problems = parse(text)
    assert (page.title, page.body, page.category) == ("How long?", "30 days.", "Returns")
    assert problems == []


def test_cells_may_have_lines_and_rows_know_theirs() -> None:
    text = 'title,body,url\nA,"One.\n\nTwo.",\n\nB,,\nC,Three.,/c\nD,Four.,"x",y\nC,Again.,/c\n'
    pages, problems = parse(text)
    assert [(page.title, page.line, page.body) for page in pages] == [
        ("A", 2, "One.\n\nTwo."),
        ("C", 7, "Three."),
    ]
    assert [line for line, _ in problems] == [6, 8, 9]
    assert "no text" in problems[0][1]
    assert "4 cells" in problems[1][1]
    assert "twice" in problems[2][1]


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "title\nA\n"])
def test_a_file_without_the_columns_is_refused_by_its_first_line(text: str) -> None:
    with pytest.raises(Refused, match="first line") as refused:
        parse(text)
    assert refused.value.line == 1


def test_an_unclosed_quotation_mark_is_told_and_what_stood_before_it_stays() -> None:
    pages, problems = parse('title,body\nA,One.\nB,"Two\nC,Three\n')
    assert [page.title for page in pages] == ["A"]
    assert [line for line, _ in problems] == [3]


@given(st.text(max_size=400))
def test_any_text_is_pages_or_problems(text: str) -> None:
    with suppress(Refused):
        parse(f"title,body\n{text}")
