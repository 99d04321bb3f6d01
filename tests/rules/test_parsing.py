"""The rulebook's door: what is wrong is said, all of it, with its place; nothing else is raised."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.rulebook.parsing import RulebookError, parse_rulebook
from rules.rulebook.yaml_file import read_rulebook
from tests.rules.shop import DATA, build_data, say
from tests.rules.worlds import patient, rulebooks

HI = {"intent": "hi"}


def find_problems(data: object) -> dict[str, str]:
    with pytest.raises(RulebookError) as caught:
        parse_rulebook(data)
    return {problem.path: problem.message for problem in caught.value.problems}


def build_rule(**parts: Any) -> dict[str, Any]:
    return build_data({"when": HI, "then": [{"close": True}], **parts})


def build_hook(**parts: Any) -> dict[str, Any]:
    return build_data(webhooks={"w": {"url": "https://x.example/w", **parts}})


@pytest.mark.parametrize(
    ("data", "path", "message"),
    [
        (None, "", "expected a mapping, not nothing"),
        ({}, "", "`rulebook` is missing"),
        ({"rulebook": True}, "rulebook", "reads `rulebook: 1`"),
        ({"rulebook": 2}, "rulebook", "reads `rulebook: 1`"),
        (build_data(rulse=[]), "rulse", "did you mean `rules`"),
        (build_data(complex=["two_intent"]), "complex[0]", "did you mean `two_intents`"),
        (build_data(complex="two_intents"), "complex", "expected a list"),
        (build_rule(valid={}), "rules.a.valid", "expected `from`, `until` or both"),
        (build_rule(valid={"from": "tomorrow"}), "rules.a.valid.from", "like `2026-12-24`"),
        (build_rule(valid={"from": "2026-02-30"}), "rules.a.valid.from", "like `2026-12-24`"),
        (build_rule(valid={"till": "2026-12-24"}), "rules.a.valid.till", "unknown key"),
        (
            build_rule(valid={"from": "2026-12-24", "until": "2026-12-23"}),
            "rules.a.valid",
            "ends before it begins",
        ),
        (build_rule(valid={"until": "9999-12-31"}), "rules.a.valid.until", "like `2026-12-24`"),
        (build_rule(then=[{"call": "x"}]), "rules.a.then[0].call", "there is no webhook `x`"),
        (
            build_data(entities={"e": {"builtin": "dates"}}),
            "entities.e.builtin",
            "did you mean `date`",
        ),
        (build_data(webhooks={"w": {}}), "webhooks.w", "`url` is missing"),
        (build_data(webhooks={"w w": {"url": "https://x.example"}}), "webhooks.w w", "cannot name"),
        (build_hook(url="ftp://x.example"), "webhooks.w.url", "expected an address"),
        (build_hook(url="https://me:pw@x.example"), "webhooks.w.url", "without a password"),
        (build_hook(url="https://x.example:99999"), "webhooks.w.url", "expected an address"),
        (build_hook(url="https://[::1"), "webhooks.w.url", "expected an address"),
        (build_hook(timeout=60), "webhooks.w.timeout", "from 0.1 to 10"),
        (build_hook(timeout=True), "webhooks.w.timeout", "expected a number"),
        (build_hook(send=["slot.sise"]), "webhooks.w.send[0]", "did you mean `slot.size`"),
        (build_hook(public="yes"), "webhooks.w.public", "expected true or false"),
        (
            build_data(intents={"i": {"phrases": ["x"], "tag": "a", "tags": ["b"]}}),
            "intents.i",
            "`tag` and `tags` are the same",
        ),
        (
            build_rule(when={"entity": "size", "is": "larg"}),
            "rules.a.when.is",
            "size has no value `larg` (did you mean `large`?)",
        ),
        (
            build_rule(when={"entity": "size", "in": ["small", "big"]}),
            "rules.a.when.in",
            "`big` is another word for `large`",
        ),
        (build_rule(when={"entity": "size", "is": 1}), "rules.a.when.is", "size has no value `1`"),
        (build_data(entities={"e": {}}), "entities.e", "has one of `pattern`, `values`"),
        (build_data(entities={"e": {"values": {}}}), "entities.e.values", "at least 1"),
        (build_data(entities={"e": {"values": {"!": []}}}), "entities.e.values.!", "no word"),
        (
            build_data(entities={"e": {"values": {"a": ["x"], "b": ["X!"]}}}),
            "entities.e.values.b",
            "already means `a`",
        ),
        (build_data(entities={"1e": {"pattern": "x"}}), "entities.1e", "cannot name an entity"),
        (build_data(intents={"a b": {"phrases": ["x"]}}), "intents.a b", "cannot name an intent"),
        (build_data(intents={"i": {"phrases": []}}), "intents.i.phrases", "at least 1"),
        (build_data(intents={"i": {"phrases": [404]}}), "intents.i.phrases[0]", "in quotes"),
        (build_data(intents={"i": {"phrases": ["/a*/"]}}), "intents.i.phrases[0]", "everything"),
        (build_data(intents={"i": {"phrases": ["/a"]}}), "intents.i.phrases[0]", "last slash"),
        (
            build_data(intents={"i": {"phrases": ["a" * 2001]}}),
            "intents.i.phrases[0]",
            "at most 2000 characters",
        ),
        (
            build_data(entities={"e": {"pattern": "a" * 2001}}),
            "entities.e.pattern",
            "at most 2000 characters",
        ),
        (
            build_data(intents={"i": {"phrases": ["a"], "llm": "no"}}),
            "intents.i.llm",
            "can only be `never`",
        ),
        (build_rule(when={"intent": "hii"}), "rules.a.when.intent", "did you mean `hi`"),
        (build_rule(when={"entity": "siz"}), "rules.a.when.entity", "did you mean `size`"),
        (build_rule(when={"slot": "q", "is": 1}), "rules.a.when.slot", "there is no slot `q`"),
        (build_rule(when={"fact": "trun", "is": 1}), "rules.a.when.fact", "did you mean `turn`"),
        (build_rule(when={"fact": "turn"}), "rules.a.when", "exactly one of"),
        (build_rule(when={"fact": "turn", "is": 1, "not": 2}), "rules.a.when", "exactly one of"),
        (build_rule(when={"slot": "size", "above": 1}), "rules.a.when.above", "unknown key"),
        (build_rule(when={"fact": "turn", "above": True}), "rules.a.when.above", "a number"),
        (build_rule(when={"fact": "turn", "above": "1"}), "rules.a.when.above", "a number"),
        (build_rule(when={"fact": "turn", "is": float("nan")}), "rules.a.when.is", "finite"),
        (build_rule(when={"fact": "turn", "is": None}), "rules.a.when.is", "not a text"),
        (build_rule(when={"fact": "turn", "in": []}), "rules.a.when.in", "at least 1"),
        (build_rule(when={"fact": "intent", "is": "x"}), "rules.a.when.is", "no intent `x`"),
        (build_rule(when={"all": []}), "rules.a.when.all", "at least 1"),
        (build_rule(when={"all": [HI], "none": [HI]}), "rules.a.when", "two conditions"),
        (build_rule(when={"al": [HI]}), "rules.a.when.al", "did you mean `all`"),
        (build_rule(when="hi"), "rules.a.when", "expected a condition"),
        (build_rule(when={"none": [HI]}), "rules.a.when", "to be there"),
        (build_rule(when={"slot": "size", "known": False}), "rules.a.when", "to be there"),
        (
            build_rule(when={"all": [{"any": [HI] * 8}, {"any": [HI] * 9}]}),
            "rules.a.when",
            "more than 64 alternatives (72)",
        ),
        (build_rule(then=[]), "rules.a.then", "at least 1"),
        (build_rule(then=[{"repyl": "x"}]), "rules.a.then[0].repyl", "did you mean `reply`"),
        (build_rule(then=[{"reply": "x", "tag": "y"}]), "rules.a.then[0]", "two actions"),
        (build_rule(then=[{"reply": ""}]), "rules.a.then[0].reply", "empty"),
        (build_rule(then=[{"reply": "x" * 4001}]), "rules.a.then[0].reply", "at most 4000"),
        (build_rule(then=[{"reply": "{siz}"}]), "rules.a.then[0].reply", "did you mean `size`"),
        (build_rule(then=[{"reply": {"de": "{x}"}}]), "rules.a.then[0].reply.de", "names no"),
        (build_rule(then=[{"reply": {"!": "x"}}]), "rules.a.then[0].reply.!", "no language"),
        (build_rule(then=[{"ask": "mood", "prompt": "?"}]), "rules.a.then[0].ask", "no entity"),
        (build_rule(then=[{"ask": "size"}]), "rules.a.then[0]", "`prompt` is missing"),
        (
            build_rule(then=[{"ask": "size", "prompt": "?", "retries": True}]),
            "rules.a.then[0].retries",
            "whole number from 0 to 10",
        ),
        (
            build_rule(then=[{"ask": "size", "prompt": "?"}, {"ask": "code", "prompt": "?"}]),
            "rules.a.then",
            "only once",
        ),
        (build_rule(then=[{"set": {"x": None}}]), "rules.a.then[0].set.x", "not a text"),
        (build_rule(then=[{"handoff": False}]), "rules.a.then[0].handoff", "expected a text"),
        (build_rule(then=[{"close": False}]), "rules.a.then[0].close", "only be `true`"),
        (build_rule(then=[{"tag": "a\nb"}]), "rules.a.then[0].tag", "cannot be seen"),
        (build_rule(name="a\x00"), "rules.a\x00.name", "cannot be seen"),
        (build_rule(priority=1.5), "rules.a.priority", "whole number"),
        (
            build_rule(examples=[{"text": "x", "expect": "aa"}]),
            "rules.a.examples[0].expect",
            "did you mean `a`",
        ),
        (
            build_rule(examples=[{"text": "x", "facts": {"hour": 1}}]),
            "rules.a.examples[0].facts.hour",
            "did you mean `hours`",
        ),
        (
            build_rule(examples=[{"text": "x", "facts": {"intent": "hi"}}]),
            "rules.a.examples[0].facts",
            "follows from the text",
        ),
    ],
)
def test_what_is_wrong_is_named_where_it_is(data: object, path: str, message: str) -> None:
    problems = find_problems(data)
    assert message in problems[path]


def test_all_problems_are_collected() -> None:
    data = build_data({"when": {"intent": "x"}, "then": [{"reply": "{y}"}]}, extra=1)
    assert list(find_problems(data)) == ["extra", "rules.a.when.intent", "rules.a.then[0].reply"]


def test_a_doubled_rule_name_is_an_error() -> None:
    rule = {"name": "same", "when": HI, "then": [{"close": True}]}
    assert "already a rule `same`" in find_problems(build_data(rule, rule))["rules[1]"]


def test_what_the_language_allows_is_accepted() -> None:
    then = [
        {"reply": {"en": "{size} {visitor.name} {entity.code} {} {1} { x }", "de-AT": "Ja"}},
        {"set": {"mood": "{size}", "count": 1}},
        {"tag": ["a", "b"]},
        {"handoff": True},
        {"ask": "size", "prompt": "?"},
        {"close": True},
    ]
    when = {
        "any": [{"slot": "mood", "not_in": ["x", 1]}, {"none": [{"slot": "count", "known": False}]}]
    }
    rulebook = parse_rulebook(build_data({"when": when, "then": then}))
    assert len(rulebook.rules["a"].then) == 7


def test_one_mistake_is_one_problem() -> None:
    values = {"e": {"values": ["kettle"]}, "f": {"values": {1: []}}}
    assert find_problems(build_data(entities=values)) == {
        "entities.e.values": "expected a mapping, not a list",
        "entities.f.values": "the key `1` must be a text: put it in quotes",
    }
    with pytest.raises(RulebookError, match=r"\Aexpected a mapping") as caught:
        parse_rulebook([])
    assert len(caught.value.problems) == 1


def test_a_phrase_may_spell_out_two_hundred_whole_alternatives() -> None:
    alternatives = [f"word{at}" for at in range(200)]
    intents = {"i": {"phrases": [f"({'|'.join(alternatives)})"]}}
    assert say("word199", data=build_data(intents=intents)).intents == ("i",)


def test_absent_and_empty_sections_are_fine() -> None:
    assert parse_rulebook({"rulebook": 1, "rules": None, "intents": {}}).rules == {}


def test_problems_of_a_file_name_their_lines() -> None:
    content = (
        b"rulebook: 1\nintents:\n  hi: {phrases: [hi]}\nrules:\n- name: a\n  when: {intent: hey}\n"
    )
    with pytest.raises(RulebookError) as caught:
        read_rulebook(content)
    found = {(problem.line, problem.path) for problem in caught.value.problems}
    assert found == {(6, "rules.a.when.intent"), (5, "rules.a")}


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
keys = st.sampled_from(
    ["rulebook", "rules", "intents", "entities", "name", "when", "then", "all", "none", "intent",
     "fact", "is", "in", "phrases", "values", "pattern", "reply", "ask", "set", "tag", "examples"]
) | st.text(max_size=4)  # fmt: skip
json_like = st.recursive(
    scalars,
    lambda parts: (
        st.lists(parts, max_size=4)
        | st.dictionaries(keys, parts, max_size=5)
        | st.dictionaries(st.none() | st.booleans() | st.integers(), parts, max_size=2)
    ),
    max_leaves=25,
)


@given(data=json_like)
def test_arbitrary_data_is_refused_and_never_crashes(data: object) -> None:
    with pytest.raises(RulebookError):
        parse_rulebook({"rulebook": 1, "surely": "wrong", "rules": data, "intents": data})
    with pytest.raises(RulebookError):
        parse_rulebook(data)


@st.composite
def spoiled(draw: st.DrawFn) -> Any:
    """A sound rulebook with one part of it replaced by something else."""
    data = draw(rulebooks())
    spot: Any = data
    while isinstance(spot, dict | list) and spot:
        key = draw(st.sampled_from(list(spot) if isinstance(spot, dict) else range(len(spot))))
        if not isinstance(spot[key], dict | list) or draw(st.integers(0, 4)) == 0:
            spot[key] = draw(json_like)
            break
        spot = spot[key]
    return data


@settings(patient, max_examples=30)
@given(data=spoiled())
def test_a_spoiled_rulebook_is_read_or_refused(data: Any) -> None:
    with suppress(RulebookError):
        parse_rulebook(data)


def test_what_all_phrases_spell_out_is_bounded() -> None:
    alternatives = "|".join(f"w{number}" for number in range(200))
    long = f"({alternatives}) {'word ' * 160}"
    phrases = [f"{long} {number}" for number in range(200)]
    assert (
        "million characters" in find_problems(build_data(intents={"i": {"phrases": phrases}}))[""]
    )


def test_what_is_complex_keeps_the_order_of_the_file() -> None:
    criteria = ["rejected_answer", "two_intents", "rejected_answer"]
    assert parse_rulebook(build_data(complex=criteria)).complex == tuple(criteria[:2])


def test_places_count_from_one_in_what_people_read() -> None:
    with pytest.raises(RulebookError, match=r"^rules.a.then 2.reply: expected a text"):
        parse_rulebook(build_rule(then=[{"tag": "x"}, {"reply": 3}]))


def test_the_documents_example_is_sound() -> None:
    assert list(parse_rulebook(DATA).rules) == [
        "order_status",
        "ask_order_number",
        "complaint_to_person",
    ]
