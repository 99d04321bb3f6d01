"""Questions find articles in their own language first, and others only where it has none."""

from __future__ import annotations

import pytest

from llm_bridge.knowledge import find_sources, quote
from llm_bridge.knowledge.lexicon import build_language, build_terms, guess_language
from llm_bridge.models import KnowledgeBase
from tests.llm_bridge.knowledge.conftest import Write

BOTH = frozenset({"de", "en"})


@pytest.fixture
def _two_languages(write: Write) -> None:
    write("Paying by PayPal", "You can pay by PayPal or card.", language="en")
    write("Zahlung mit PayPal", "Sie können mit PayPal oder Karte zahlen.", language="de-AT")
    write("Rücksendungen", "Rücksendungen sind kostenlos.", language="de")


def find_titles(base: KnowledgeBase, question: str, language: str) -> list[str]:
    sources = find_sources(base_id=base.pk, question=question, language=language)
    return [source.title for source in sources]


@pytest.mark.usefixtures("_two_languages")
@pytest.mark.parametrize(
    ("question", "language", "title"),
    [
        ("PayPal", "en", "Paying by PayPal"),
        ("PayPal", "de", "Zahlung mit PayPal"),
        ("PayPal", "de-CH", "Zahlung mit PayPal"),
        # The page says English, the visitor writes German.
        ("Kann ich bei euch mit PayPal zahlen?", "en", "Zahlung mit PayPal"),
        ("Can I pay with PayPal at your shop?", "de", "Paying by PayPal"),
    ],
)
def test_an_article_in_the_questions_language_is_preferred(
    base: KnowledgeBase, question: str, language: str, title: str
) -> None:
    assert find_titles(base, question, language) == [title]


@pytest.mark.usefixtures("_two_languages")
def test_an_article_in_another_language_is_better_than_none_and_says_so(
    base: KnowledgeBase,
) -> None:
    sources = find_sources(base_id=base.pk, question="Rücksendungen kostenlos", language="en")
    assert [source.language for source in sources] == ["de"]
    quoted = quote(sources=sources, language="en")
    assert quoted is not None
    assert quoted.text.startswith("From our help page **Rücksendungen** (German):")


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Die Lieferungen kosten nichts", "Was kostet eine Lieferung?"),
        ("Rückerstattung", "ruckerstattungen"),
        ("STRASSE", "Straße"),
    ],
)
def test_german_words_meet_in_their_stem(written: str, asked: str) -> None:
    common = set(build_terms(written, language="de")) & set(build_terms(asked, language="de"))
    assert common


@pytest.mark.parametrize(
    ("question", "expected", "guessed"),
    [
        ("Wie lange ist die Garantie auf den Kocher?", "en", "de"),
        ("PayPal", "en", "en"),
        ("in", "de", "de"),
        ("¿Cuánto cuesta el envío a mi casa?", "en", "en"),  # nothing here is Spanish
    ],
)
def test_the_language_is_guessed_from_small_words_only_where_they_are_clear(
    question: str, expected: str, guessed: str
) -> None:
    assert guess_language(question, expected=expected, among=BOTH) == guessed


@pytest.mark.parametrize(
    ("code", "language"), [("pt-BR", "pt"), ("EN_gb", "en"), ("", "en"), ("zh-Hant-TW", "zh")]
)
def test_a_language_is_known_without_its_region(code: str, language: str) -> None:
    assert build_language(code) == language


def test_chinese_and_thai_are_found_by_their_characters(base: KnowledgeBase, write: Write) -> None:
    write("退货", "您可以在三十天内退货。", language="zh")
    write("การคืนสินค้า", "คุณสามารถคืนสินค้าได้ภายใน 30 วัน", language="th")
    assert find_titles(base, "退货", "zh") == ["退货"]
    assert find_titles(base, "คืนสินค้า", "th") == ["การคืนสินค้า"]
