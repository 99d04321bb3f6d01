"""Reading a model's answer: whatever form it has, the words come out and JSON never does."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from llm_bridge.guards.chain import guard_answer
from llm_bridge.guards.links import build_link_policy
from llm_bridge.values import Action
from tests.llm_bridge.asking import RETURNS
from tests.llm_bridge.writing import FORMS, LIMIT, cut, write

ANSWER = 'Returns are free within 30 days. Use the "blue" label: {"x"} costs 4.50.\nGrüße 😀 退货。'
FIELDS: dict[str, object] = {
    "action": "clarify",
    "answer": ANSWER,
    "reason": "pending_clarification",
    "used_sources": [1],
}
SIZES = st.lists(st.integers(min_value=1, max_value=40), min_size=1, max_size=5)
# Near JSON and near our keys, so that random joins come close to what a model may write.
FRAGMENTS = [
    *('{"answer": "', '"answer":', "'answer': '", '", "action": "handoff"}', '"reason"', "{", "}"),
    *("[", "]", '"', "'", "\\", '\\"', "\\n", "\\u", "\\ud83d", "\\ude00", "\\u00e", ",", ":", "“"),
    *("```json\n", "```", "`", "<think>", "</think>", "<", "null", "-1.5", "used_sources", "1"),
    *("Hello.", " how are you? ", "{name}", "\n", " " * 50, "\ud83d", "\ude00", "\x00", "ü", "。"),
]
TEXTS = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=4), max_size=25).map("".join)
WORDS = st.lists(
    st.sampled_from(
        ["Hello.", "it's", '"so"', "4.50", "e.g.", "\n", "{a}", "[b]", "退货。", "😀", "\\"]
    )
    | st.text(
        st.characters(exclude_categories=["Cc", "Cf", "Cs", "Co", "Cn"]), min_size=1, max_size=6
    ),
    min_size=1,
    max_size=12,
).map(lambda words: " ".join(["So", *words]))


@pytest.mark.parametrize("form", FORMS)
@settings(deadline=None)
@given(sizes=SIZES)
def test_every_form_of_the_same_answer_shows_the_same(form: str, sizes: list[int]) -> None:
    shown = write(cut(FORMS[form](FIELDS), sizes))
    assert shown.text == shown.whole.text == ANSWER
    assert shown.whole.action is Action.CLARIFY
    assert shown.whole.used == (0,)


@settings(deadline=None)
@given(st.sampled_from(sorted(FORMS.keys() - {"python"})), WORDS, SIZES)
def test_any_answer_is_read_back_as_it_was_meant(form: str, words: str, sizes: list[int]) -> None:
    shown = write(cut(FORMS[form]({**FIELDS, "answer": words}), sizes))
    assert shown.whole.text == guard_answer(words, links=build_link_policy([RETURNS])).strip()
    assert shown.text.strip() == shown.whole.text


@settings(deadline=None)
@given(TEXTS, SIZES)
@example('{"answer": "a", "x": "', [1])
@example('Hi {"answer', [3])
@example('"answer":</think>', [1])
def test_nothing_breaks_it_and_no_cut_changes_what_is_shown(text: str, sizes: list[int]) -> None:
    one_by_one, otherwise, at_once = write(text), write(cut(text, sizes)), write([text])
    assert one_by_one.text == otherwise.text == at_once.text
    assert one_by_one.whole == otherwise.whole == at_once.whole


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read(raw: bytes) -> None:
    text = raw.decode("utf-8", "surrogateescape")
    write(text).whole.text.encode("utf-8")
    write([raw.decode("latin-1")])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("{}", ""),
        ("…", ""),
        ('{"answer": "…"}', ""),
        ("Returns are free.", "Returns are free."),
        (
            'Write {name} or {} or `x`; {"foo": 1} too.',
            'Write {name} or {} or `x`; {"foo": 1} too.',
        ),
        ("{name} is a placeholder.", "{name} is a placeholder."),
        ('{"answer": "It is free. It takes 3 da', "It is free."),
        ('{"answer": "It is free."', "It is free."),
        ('{"answer": "It is free.",', "It is free."),
        ('{"answer": "It is free.", "action": "cont', "It is free."),
        ('{"answer": "It is free.\\', "It is free."),
        ('{"answer": "It is free.\\u00', "It is free."),
        ('{"answer": "He said "free" to me.", "action": "continue"}', 'He said "free" to me.'),
        ('{"answer": "The "blue", not the red one."}', 'The "blue", not the red one.'),
        ("{'answer': 'Don't worry.', 'action': 'continue'}", "Don't worry."),
        ("{answer: 'Free.', action: continue}", "Free."),
        ("{“answer”: “Free.”}", "Free."),
        ('{"answer": "Line\none."}', "Line\none."),
        ('{"answer": "Free." "action": "continue"}', "Free."),
        ('{"answer": "Free."\n```', "Free."),
        ('{"answer": "Free."<|im_end|>', "Free."),
        ('{"answer": 42}', "42"),
        ('{"answer": null}', ""),
        ('{"answer": true}', ""),
        ('{"answer": {"type": "string"}}', ""),
        ('{"answer": ["One.", "Two."]}', "One.\nTwo."),
        ('{"answer": "", "answer": "Free."}', "Free."),
        ('"{\\"answer\\": \\"Free.\\"}"', ""),
        ('{"thoughts": "Is {it} free?", "answer": "Free."}', "Free."),
        ('{"error": "no"}', ""),
        ("```\nFree.\n```", "```\nFree.\n```"),
        ('I pass you on. {"action": "continue"}', "I pass you on."),
        ("Is it free? I think so.</think>It is free.", "It is free."),
        ("<think>Is it", ""),
    ],
)
def test_what_models_get_wrong_about_json_never_shows(text: str, shown: str) -> None:
    assert write(text).whole.text == shown


def test_words_before_the_object_only_led_to_it() -> None:
    shown = write('Sure! Here is the JSON: {"answer": "It is free."}')
    assert shown.whole.text == "It is free."
    assert shown.pieces == ("Sure! ", "It is free.")


@pytest.mark.parametrize(
    ("field", "action"),
    [
        ('"handoff"', Action.HANDOFF),
        ('"Hand-off"', Action.HANDOFF),
        ('"escalate"', Action.HANDOFF),
        ('["handoff", "continue"]', Action.HANDOFF),
        ('" CLARIFY "', Action.CLARIFY),
        ('"continue"', Action.CONTINUE),
        ('"dance"', Action.CONTINUE),
        ("7", Action.CONTINUE),
        ("null", Action.CONTINUE),
        ('{"deep": {"er": 1}}', Action.CONTINUE),
        ('"' + "x" * 100_000 + '"', Action.CONTINUE),
    ],
)
def test_an_action_is_what_was_meant_and_else_to_go_on(field: str, action: Action) -> None:
    assert write([f'{{"action": {field}, "answer": "Yes."}}']).whole.action is action


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"action": "handoff", "reason": "customer_request"}', "customer_request"),
        ('{"action": "handoff", "reason": "Policy restriction"}', "policy_restriction"),
        ('{"action": "handoff", "reason": "because"}', "missing_knowledge"),
        ('{"action": "handoff", "reason": 5}', "missing_knowledge"),
        ('{"action": "handoff"}', "missing_knowledge"),
        ('{"action": "clarify", "reason": "because"}', "pending_clarification"),
        ('{"action": "continue", "reason": "customer_request"}', ""),
    ],
)
def test_a_reason_is_one_of_the_known_ones(text: str, reason: str) -> None:
    assert write([text]).whole.reason == reason


@pytest.mark.parametrize(
    ("field", "used"),
    [
        ("[1]", (0,)),
        ("[2, 1, 2]", (0, 1)),
        ('["1", "[2]", "source 2"]', (0, 1)),
        ('["Returns"]', (0,)),
        ('["https://shop.example/returns"]', (0,)),
        ('[{"id": 2}]', (1,)),
        ('"1, 2"', (0, 1)),
        ("2", (1,)),
        ("[]", ()),
        ("[7]", None),
        ("[0, -1]", None),
        ("null", None),
        ("[true, {}]", None),
    ],
)
def test_used_sources_are_found_however_they_are_named(
    field: str, used: tuple[int, ...] | None
) -> None:
    text = f'{{"answer": "Yes.", "used_sources": {field}}}'
    other = type(RETURNS)(title="Other", url="", text="", score=0.5, article_id=2)
    assert write(text, sources=(RETURNS, other)).whole.used == used


def test_an_answer_that_names_no_sources_does_not_say() -> None:
    assert write(["Returns are free."]).whole.used is None


@pytest.mark.parametrize(
    "text",
    [
        "{" * 1_000_000,
        '{"answer": ' * 100_000,
        '{"answer": "' + '"' * 1_000_000,
        '{"answer": "' + '\\"' * 500_000,
        '{"reason": "' + "x" * 1_000_000,
        "`" * 1_000_000,
        '{"answer": "x"' + " " * 1_000_000,
        "[" * 1_000_000 + "{",
        "<think>" + "x" * 1_000_000,
        " " * 1_000_000,
        "a. " * 300_000,
        "[a" * 300_000,
        "。" * 1_000_000,
    ],
)
@pytest.mark.parametrize("size", [1, 1_000_000])
def test_a_huge_answer_takes_no_time_and_stays_within_its_limit(text: str, size: int) -> None:
    started = time.process_time()
    shown = write(text[at : at + size] for at in range(0, 8_000 if size == 1 else len(text), size))
    assert len(shown.whole.text) <= LIMIT
    assert time.process_time() - started < 5


def test_marks_without_a_word_are_not_shown_to_anybody() -> None:
    shown = write(["][", "\n\n", "][. ", "] ["])
    assert shown.text == ""
    assert shown.whole.text == ""
