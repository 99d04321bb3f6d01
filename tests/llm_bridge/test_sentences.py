"""Cutting sentences while they are written: whole ones, soon, the same however they arrive."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_bridge.answers.sentences import MAX_HELD, SentenceCutter
from tests.llm_bridge.writing import cut

FRAGMENTS = [
    *("Hello.", "Is it free?", "e.g.", "z. B.", "3.", "4.50", "…", "...", "!?", "\n", "\n\n", "- "),
    *(
        " ",
        "  ",
        "[",
        "]",
        "(",
        ")",
        "](",
        "![",
        "**",
        '."',
        "退货。",
        "吗？",
        "「",
        "」",
        "ครับ ",
        "है। ",
    ),
    *("https://shop.example/a.b?c", "word", "ü", "\t", "،", "؟ ", "x" * 200),
]
TEXTS = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=5), max_size=30).map("".join)
SIZES = st.lists(st.integers(min_value=1, max_value=50), min_size=1, max_size=4)


def cut_sentences(pieces: list[str]) -> list[str]:
    cutter = SentenceCutter()
    found = [sentence for piece in pieces for sentence in cutter.add(piece)]
    return [*found, *filter(None, [cutter.finish()])]


def show(text: str) -> list[str]:
    return [sentence.strip() for sentence in cut_sentences([text])]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("It is free. Is it? Yes! Good.", ["It is free.", "Is it?", "Yes!", "Good."]),
        ("It costs 4.50 euros. Or 1.000,5.", ["It costs 4.50 euros.", "Or 1.000,5."]),
        ("Dr. Smith, e.g. at No. 5, J. Jones.", ["Dr. Smith, e.g. at No. 5, J. Jones."]),
        ("Bis zum 3. Mai, z. B. oder z.B. Montag. Danke.",
         ["Bis zum 3. Mai, z. B. oder z.B. Montag.", "Danke."]),
        ("Por ej. Madrid. ¿Sí? ¡Claro!", ["Por ej. Madrid.", "¿Sí?", "¡Claro!"]),
        ("C'est p. ex. gratuit. Et voilà !", ["C'est p. ex. gratuit.", "Et voilà !"]),
        ("Open until 5 p.m. We close then.", ["Open until 5 p.m.", "We close then."]),
        ("Wait... then go. Wait... Then go.", ["Wait... then go.", "Wait...", "Then go."]),
        ("Hm… yes. Hm… Yes.", ["Hm… yes.", "Hm…", "Yes."]),
        ("What?! “Yes?” she (no!) said.", ["What?!", "“Yes?” she (no!) said."]),
        ("**Free.** _Yes._ Ok", ["**Free.**", "_Yes._", "Ok"]),
        ("Steps:\n1. Print.\n2. Post.\n\nOk", ["Steps:", "1. Print.", "2. Post.", "Ok"]),
        ("- one\n- two\n* three", ["- one", "- two", "* three"]),
        ("退货免费。请用标签！好吗？好", ["退货免费。", "请用标签！", "好吗？", "好"]),
        ("「はい。」と言う。以上", ["「はい。」", "と言う。", "以上"]),
        ("यह मुफ़्त है। धन्यवाद।", ["यह मुफ़्त है।", "धन्यवाद।"]),
        ("هل هو مجاني؟ نعم.", ["هل هو مجاني؟", "نعم."]),
        ("See [a page. Really. Yes](https://shop.example/a) now. Ok",
         ["See [a page. Really. Yes](https://shop.example/a) now.", "Ok"]),
        ("See https://shop.example/a?b=1. Ok", ["See https://shop.example/a?b=1.", "Ok"]),
        ("Version 2.1.3 is out. In 2024. Ok", ["Version 2.1.3 is out.", "In 2024.", "Ok"]),
        ("", []),
    ],
)  # fmt: skip
def test_sentences_end_where_readers_end_them(text: str, sentences: list[str]) -> None:
    assert show(text) == sentences


def test_thai_ends_a_sentence_with_a_space() -> None:
    sentences = ["คุณสามารถคืนสินค้าได้ภายในสามสิบวันนับจากวันที่ได้รับสินค้าโดยไม่มีค่าใช้จ่ายใดๆ"] * 2
    assert show(" ".join(sentences)) == sentences


@settings(deadline=None)
@given(TEXTS, SIZES)
def test_nothing_is_lost_and_no_arrival_changes_the_sentences(text: str, sizes: list[int]) -> None:
    sentences = cut_sentences([text])
    assert "".join(sentences) == text
    assert cut_sentences(cut(text, sizes)) == cut_sentences(list(text)) == sentences


@pytest.mark.parametrize("part", ["word ", "a clause of it, ", "退货免费", "ครับผม", "word\t"])
def test_without_an_end_a_piece_is_given_before_long(part: str) -> None:
    cutter = SentenceCutter()
    held = 0
    for character in part * 400:
        held = held + 1 - sum(map(len, cutter.add(character)))
        assert held <= MAX_HELD + 1


@pytest.mark.parametrize(
    "text",
    ["[" + "a word " * 40 + "](https://shop.example/" + "a" * 900 + ")", "x" * 2_000],
)
def test_a_link_or_a_word_is_never_cut(text: str) -> None:
    assert (
        show(f"{text} and more.") == [text, "and more."] or show(f"{text}. More")[0] == f"{text}."
    )


@settings(deadline=None)
@given(TEXTS)
def test_no_cut_parts_a_bracket_from_its_address(text: str) -> None:
    sentences = cut_sentences([text])
    for before, after in pairwise(sentences):
        assert not (before.endswith("]") and after.startswith("("))


def test_a_sentence_is_given_with_the_first_letter_of_the_next() -> None:
    cutter = SentenceCutter()
    given = [cutter.add(character) for character in "Free. No"]
    assert given == [[], [], [], [], [], [], ["Free. "], []]
