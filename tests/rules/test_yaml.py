"""The rulebook file: YAML 1.2 read strictly, written so that everybody reads it alike."""

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.rulebook.parsing import RulebookError
from rules.rulebook.yaml_file import MAX_FILE, parse_yaml, read_rulebook, write_rulebook
from tests.rules.shop import DATA
from tests.rules.worlds import patient, rulebooks


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("Yes", "Yes"),
        ("on", "on"),
        ("true", True),
        ("FALSE", False),
        ("", None),
        ("~", None),
        ("Null", None),
        ("nULL", "nULL"),
        ("012", 12),
        ("0o17", 15),
        ("0x1F", 31),
        ("-7", -7),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("2024-01-01", "2024-01-01"),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("-.inf", float("-inf")),
        ("<<", "<<"),
        ("=", "="),
        ("'no'", "no"),
        ('"1"', "1"),
        ("0b11", "0b11"),
        ("+", "+"),
        (".", "."),
    ],
)
def test_plain_words_follow_the_core_schema(text: str, value: object) -> None:
    found = parse_yaml(f"a: {text}".encode())[0]["a"]
    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"a: 1\nb: &x 2\n", 2, "anchors"),
        (b"a: 1\nb: *x\n", 2, "aliases"),
        (b"a: 1\nb: !!str 2\n", 2, "tags"),
        (b"a: !own {}\n", 1, "tags"),
        (b"a: 1\nb: 2\na: 3\n", 3, "`a` is there twice"),
        (b"a: {x: 1, x: 2}\n", 1, "`x` is there twice"),
        (b"a: 1\n---\nb: 2\n", 2, "more than one document"),
        (b"a: [1,\n", 2, "not YAML"),
        (b"a: 1\nb: \x07\n", 2, "not YAML"),
        (b"a: 1\nb: \xff\n", 2, "not UTF-8"),
        (b"\xff\xfea\x00", 1, "not UTF-8"),
        (b"[" * 200, 1, "deep"),
        (b"a: " + b"9" * 5000, 1, "too long"),
        (b"? [a]\n: 1\n", 1, "a key must be"),
        (b" " * (MAX_FILE + 1), None, "larger than 5 MB"),
        (b"# nothing yet\n", None, "the file is empty"),
    ],
)
def test_what_a_rulebook_may_not_hold_is_refused_with_its_line(
    content: bytes, line: int | None, message: str
) -> None:
    with pytest.raises(RulebookError) as caught:
        read_rulebook(content)
    problem = caught.value.problems[0]
    assert problem.line == line
    assert message in problem.message


def test_a_byte_order_mark_and_an_empty_file_are_read() -> None:
    assert parse_yaml(b"\xef\xbb\xbfa: 1") == ({"a": 1}, {(): 1, ("a",): 1})
    assert parse_yaml(b"")[0] is None


def test_lines_are_known_for_every_path() -> None:
    _, lines = parse_yaml(b"a:\n  - b: 1\n    c: 2\n  - d\n")
    assert lines[("a", 0, "c")] == 3
    assert lines[("a", 1)] == 4


@given(content=st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with pytest.raises(RulebookError):
        read_rulebook(content)


def test_the_written_form_is_pleasant() -> None:
    data = {
        "rulebook": 1,
        "intents": {"hi": {"phrases": ["hello", "good day"], "llm": "never"}},
        "rules": [
            {
                "name": "no",
                "when": {"all": [{"intent": "hi"}, {"fact": "turn", "in": [1, 2]}]},
                "then": [{"reply": "First line\nSecond: line\n"}, {"tag": "0o17"}],
            }
        ],
    }
    assert write_rulebook(data) == (
        "rulebook: 1\n"
        "intents:\n"
        "  hi: {phrases: [hello, good day], llm: never}\n"
        "rules:\n"
        "  - name: 'no'\n"
        "    when:\n"
        "      all:\n"
        "        - {intent: hi}\n"
        "        - {fact: turn, in: [1, 2]}\n"
        "    then:\n"
        "      - reply: |\n"
        "          First line\n"
        "          Second: line\n"
        "      - {tag: '0o17'}\n"
    )


def test_the_documents_example_survives_writing() -> None:
    written = write_rulebook(DATA)
    assert read_rulebook(written.encode())[0] == DATA
    assert yaml.safe_load(written) == DATA


texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30)
tricky = st.sampled_from(
    ["no", "0o17", "1e3", "1:30", "~", "", " a", "a ", "a\n", "\n", "a\n\n", "  a\n b", "a: b",
     "# x",
     "- x", "a\n#b", "x\n...\ny", "---\n", "{a}", "a\u2028b", "\ufeff", "\x85", "é\n😀", "1_0", "=",
     "<<",
     "a\n \nb", "\t", "a\tb\nc", "'", '"', "\\n", "!x", "&x", "*x", "|", ">", "%x", "@x", "`x",
     ".inf"]
)  # fmt: skip
scalars = (
    st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False)
    | st.none()
    | texts
    | tricky
)
plain = st.recursive(
    scalars,
    lambda parts: st.lists(parts, max_size=4) | st.dictionaries(texts | tricky, parts, max_size=4),
    max_leaves=15,
)


@given(data=st.dictionaries(texts | tricky, plain, max_size=4))
def test_what_is_written_reads_back_equal_and_in_order(data: dict[str, Any]) -> None:
    written = write_rulebook(data).encode()
    found = parse_yaml(written)[0]
    assert repr(found) == repr(data)


@settings(patient, max_examples=30)
@given(data=rulebooks())
def test_a_rulebook_reads_the_same_under_yaml_1_1(data: dict[str, Any]) -> None:
    assert yaml.safe_load(write_rulebook(data)) == data
