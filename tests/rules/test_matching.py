"""Words, phrases, patterns and values: what is found in a text and what is not."""

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from rules.engine.literals import PatternFinder
from rules.engine.matcher import Matcher
from rules.engine.words import find_words
from rules.language.patterns import PatternError, find_literal, fold_case, parse_pattern
from rules.language.phrases import PhraseError, build_expansions, parse_phrase
from rules.language.text import find_word_spans, normalise, replace_surrogates, split_words
from rules.recognition import Recognition
from rules.reference import ReferenceEvaluator, find_phrase, matches_phrase
from rules.rulebook.parsing import parse_rulebook
from tests.rules.worlds import PATTERNS, patient, phrases, texts


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Where's MY order?", ["where", "s", "my", "order"]),
        ("a_b 12-3", ["a_b", "12", "3"]),
        ("Straße STRASSE", ["strasse", "strasse"]),
        ("ＡＢ ﬁne", ["ab", "fine"]),
        ("e\u0301te\u0301", ["été"]),
        ("漢字kana ひらカタ", ["漢", "字", "kana", "ひ", "ら", "カ", "タ"]),
        ("กา ລາ ខ្ម မြ", list("กาລາខ្មမြ")),
        ("заказ №5", ["заказ", "no5"]),
        ("👍 … \ud800", []),
        ("二〇二四年", list("二〇二四年")),
        ("한국어 हिन्दी", ["한국어", "हिन्दी"]),
    ],
)
def test_words_are_runs_of_letters_marks_digits_and_underscores(
    text: str, words: list[str]
) -> None:
    assert split_words(text) == words


@given(text=st.text())
def test_word_positions_belong_to_the_same_words(text: str) -> None:
    spans = find_word_spans(text)
    assert [span.word for span in spans] == split_words(text)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)


@given(text=st.text() | st.text(alphabet="aÄß çŠŁřΩςшЁשלاي·'_-–„5²№…!?e\u0301", max_size=40))
def test_the_short_way_to_words_leads_to_the_same(text: str) -> None:
    assert find_words(text, text.casefold()) == split_words(text)


def test_the_short_way_is_right_for_every_character_beside_others() -> None:
    folding = [each for each in map(chr, range(0x30000)) if each != each.casefold()]
    for character in [*map(chr, range(0x2200)), *folding]:
        text = f"ш{character}Ж {character}{character}é"
        assert find_words(text, text.casefold()) == split_words(text)


def test_positions_point_into_the_text_as_written() -> None:
    text = "My ORDE\u0301R, 漢字 ﬁne"
    assert [text[span.start : span.end] for span in find_word_spans(text)] == [
        "My",
        "ORDE\u0301R",
        "漢",
        "字",
        "ﬁne",
    ]


def test_normalising_is_a_fixed_point() -> None:
    assert normalise(normalise("It's ＡB… ẞ")) == normalise("It's ＡB… ẞ") == "it s ab ss"


def recognises(phrase: str, text: str) -> bool:
    words = split_words(text)
    data = {"rulebook": 1, "intents": {"i": {"phrases": [phrase]}}}
    found = Matcher(parse_rulebook(data)).recognise(text).intents == ("i",)
    assert found == matches_phrase(parse_phrase(phrase), words)
    return found


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        ("my order", "my orders", False),
        ("my order", "all my, ORDER!", True),
        ("don't go", "I don’t go", True),
        ("a * b", "a b", True),
        ("a * b", "a 1 2 3 4 b", True),
        ("a * b", "a 1 2 3 4 5 b", False),
        ("a * [x] * b", "a 1 2 3 4 5 6 7 8 b", True),
        ("a * [x] * b", "a 1 2 3 4 5 6 7 8 9 b", False),
        ("a * [x] * b", "a 1 2 3 4 x 5 6 7 8 b", True),
        ("[x] * b", "b", True),
        ("b * [x]", "b", True),
        ("a [b|c d] e", "a c d e", True),
        ("a [b|c d] e", "a e", True),
        ("a [b|c d] e", "a b c d e", False),
        ("a * a * b", "a a b", True),
        ("a * a * b", "a b", False),
        ("漢 字", "漢字", True),
        ("where is it ?", "where is it", True),
        ("is it (a|b)?", "is it b", True),
    ],
)
def test_a_phrase_means_what_it_says(phrase: str, text: str, expected: bool) -> None:
    assert recognises(phrase, text) is expected


@patient
@given(phrase=phrases().filter(lambda source: source[0] != "/"), text=texts)
def test_automaton_and_walk_agree_on_every_phrase(phrase: str, text: str) -> None:
    found = recognises(phrase, text)
    assert found == (find_phrase(parse_phrase(phrase), split_words(text)) is not None)


@pytest.mark.parametrize(
    ("phrase", "message"),
    [
        ("", "at least one word"),
        ("?!", "at least one word"),
        ("[a]", "at least one word"),
        ("* a", "between items"),
        ("a *", "between items"),
        ("a * * b", "doubled"),
        ("a* b", "space"),
        ("a(b|c)", "space"),
        ("(a|b)(c|d)", "space"),
        ("(a|b) *c", "space"),
        ("(a||b)", "no word"),
        ("(a|?)", "no word"),
        ("(a|[b])", "inside other brackets"),
        ("(a", "no partner"),
        ("a]", "no partner"),
        ("(a * b)", "not inside"),
        ("a | b", "belongs inside"),
        (" ".join(["(a|b)"] * 8), "256"),
    ],
)
def test_a_wrong_phrase_is_refused_with_its_reason(phrase: str, message: str) -> None:
    with pytest.raises(PhraseError, match=message):
        parse_phrase(phrase)


@given(source=st.text(alphabet="ab ()[]|*'", max_size=20) | st.text(max_size=20))
def test_any_text_is_a_phrase_or_a_phrase_error(source: str) -> None:
    try:
        phrase = parse_phrase(source)
    except PhraseError:
        return
    for expansion in build_expansions(phrase):
        said = " x ".join(" ".join(segment) for segment in expansion.segments)
        assert matches_phrase(phrase, split_words(said))


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("a(", "missing"),
        (r"(a)\1", "invalid escape"),
        ("a(?=b)", "invalid"),
        ("x*", "matches everything"),
        (r"\b", "matches everything"),
        ("a|", "matches everything"),
        ("\ud800", "surrogate"),
    ],
)
def test_a_wrong_pattern_is_refused_with_its_reason(expression: str, message: str) -> None:
    with pytest.raises(PatternError, match=message):
        parse_pattern(expression)


@pytest.mark.parametrize(
    ("expression", "literal"),
    [
        (r"\btrack(ing)? (no|number)\b", "track"),
        ("(?i)Refund NOW", "refund now"),
        ("abc?d", "ab"),
        ("x{0}abc{2,3}de", "ab"),
        (r"[abc\]]foo\.bar", "foo.bar"),
        ("(abc)?de+f", "de"),
        ("ab|cd", None),
        ("ab(?i)cd", None),
        (r"\Qab\E", None),
        (r"\x41bcd", None),
        ("[[:alpha:]]abc", None),
        ("(?i)Straße", "stra"),
        ("a.b", None),
    ],
)
def test_only_what_every_match_contains_is_a_literal(expression: str, literal: str | None) -> None:
    assert find_literal(expression) == literal


pieces = st.sampled_from(
    [*"abkKsS.^$|?*+(){}[]-\\/ ſß", "(?i)", "(?:", "(?P<n>", "{2}", "{0,1}", r"\d", r"\.", r"\b",
     "[ab]", "[^a]", "ab", "ABK", "??", "+?", r"\Q", r"\x41"]
)  # fmt: skip
subjects = st.text(alphabet="abABkKsS\u212aſ.{}-2 ß|n", max_size=30)


@given(expression=st.lists(pieces, max_size=10).map("".join), text=subjects)
def test_no_match_is_ever_lost_to_its_literal(expression: str, text: str) -> None:
    try:
        pattern = parse_pattern(expression)
    except PatternError:
        return
    literal = find_literal(expression)
    if literal is not None and pattern.matches(text):
        assert literal in fold_case(text)


@given(expression=st.lists(pieces, max_size=10).map("".join), text=subjects)
def test_the_finder_of_patterns_finds_what_each_alone_would(expression: str, text: str) -> None:
    try:
        pattern = parse_pattern(expression)
    except PatternError:
        return
    other = parse_pattern("ab.*k")
    found = PatternFinder({pattern: 1, other: 2}).find(text, text.casefold())
    expected = {number for each, number in ((pattern, 1), (other, 2)) if each.matches(text)}
    assert pattern == other or set(found) == expected


sigmas = st.text(alphabet="ΣσςAsſSKkİiı aẞß", max_size=12)


@given(literal=sigmas, around=st.tuples(sigmas, sigmas))
def test_folding_more_still_finds_every_literal(literal: str, around: tuple[str, str]) -> None:
    text = literal.join(around)
    assert fold_case(literal).casefold() in text.casefold()


def test_folding_covers_every_character_that_re2_takes_for_an_ascii_letter() -> None:
    everything = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x30000)]))
    for letter in "abcdefghijklmnopqrstuvwxyz":
        found = re2.findall(f"(?i){letter}", everything)
        assert {fold_case(character) for character in found} == {letter}


def recognise_all(text: str, **entities: object) -> Recognition:
    rulebook = parse_rulebook({"rulebook": 1, "entities": entities})
    found = Matcher(rulebook).recognise(text)
    expected = ReferenceEvaluator(rulebook).recognise(text)
    assert (found, list(found.entities)) == (expected, list(expected.entities))
    return found


def test_values_are_found_leftmost_longest_in_order_and_once() -> None:
    values = {"tea": ["green tea"], "kettle": ["tea kettle", "Wasserkocher"], "ä b": []}
    text = "green tea kettle, tea kettle; Ä-B and wasserKOCHER tea"
    assert recognise_all(text, e={"values": values}).entities == {"e": ("tea", "kettle", "ä b")}


def test_entities_come_in_the_order_of_the_file_whoever_looks() -> None:
    tea: dict[str, object] = {"values": {"tea": []}}
    digit = {"pattern": r"\d"}
    found = recognise_all("tea 1", b=tea, c=digit, a=tea)
    assert list(found.entities) == ["b", "c", "a"]


def test_pattern_values_are_text_as_written_in_order_and_once() -> None:
    found = recognise_all("ab-1 AB-2 \ud800AB-1 AB-2", e={"pattern": r"(?i)(ab)-\d"})
    assert found.entities == {"e": ("ab-1", "AB-2", "AB-1")}


@patient
@given(text=texts, pattern=st.sampled_from(PATTERNS))
def test_every_span_of_a_pattern_lies_in_the_text(text: str, pattern: str) -> None:
    raw = replace_surrogates(text)
    assert len(raw) == len(text)
    for start, end in parse_pattern(pattern).find_spans(raw):
        assert parse_pattern(pattern).matches(raw[start:end])


def test_avoid_vetoes_across_kinds_of_expression() -> None:
    intent = {"phrases": ["order * late", "/LATE/"], "avoid": ["not [so] late", "/never/"]}
    matcher = Matcher(parse_rulebook({"rulebook": 1, "intents": {"late": intent}}))
    said = ["order is late", "LATE", "order not so late", "LATE never", "late"]
    assert [matcher.recognise(text).intents for text in said] == [("late",), ("late",), (), (), ()]
