"""Random rulebooks and situations: small vocabularies, so that things meet by chance."""

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from rules.decision import Situation

# Whole rulebooks are large examples and their first decision builds engine handles.
patient = settings(
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.data_too_large,
    ],
)

WORDS = [
    "order",
    "parcel",
    "late",
    "my",
    "is",
    "Straße",
    "заказ",
    "漢",
    "don't",
    "ＡＢ",
    "2",
    "a_b",
]
NOISE = ["😀", "…", "\u200b", "\n", "ß", "e\u0301", "AB-12", "x" * 30, "\ud800", "สวัส", "K"]
INTENTS = ["track", "return", "complain", "greet"]
SLOTS = ["size", "code", "product"]
VALUES: list[Any] = ["gold", "1", 1, 1.0, True, False, 0, 2.5, -3, "kettle", "AB-12", "order"]
PATTERNS = [
    r"[A-Z]{2}-?\d+",
    r"(?i)order \w+",
    r"la+te?",
    r"\bmy\b",
    r"(?:is|my) [^ ]+",
    "заказ",
    "x{2,4}",
]

words = st.sampled_from(WORDS)
word_runs = st.lists(words, min_size=1, max_size=2).map(" ".join)
groups = st.lists(word_runs, min_size=1, max_size=3).map("|".join)


@st.composite
def phrases(draw: st.DrawFn) -> str:
    """A phrase in the language, with an item that is required."""
    if draw(st.integers(0, 9)) == 0:
        return f"/{draw(st.sampled_from(PATTERNS))}/"
    item = st.one_of(words, groups.map("({})".format), groups.map("[{}]".format))
    items = [*draw(st.lists(item, max_size=3)), draw(words)]
    items = draw(st.permutations(items))
    gaps = draw(st.lists(st.booleans(), min_size=len(items) - 1, max_size=len(items) - 1))
    parts = [items[0]]
    for gap, following in zip(gaps, items[1:], strict=True):
        parts += ["*", following] if gap else [following]
    return " ".join(parts)


@st.composite
def leaves(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["intent", "intent", "entity", "slot", "fact"]))
    if kind == "intent":
        return {"intent": draw(st.sampled_from(INTENTS))}
    if kind == "entity":
        extra = draw(st.sampled_from(["", "is", "in"]))
        return {"entity": draw(st.sampled_from(["code", "product"]))} | _operand(draw, extra)
    if kind == "slot":
        operator = draw(st.sampled_from(["known", "is", "not", "in", "not_in"]))
        return {"slot": draw(st.sampled_from(SLOTS))} | _operand(draw, operator)
    operators = ["known", "is", "not", "in", "not_in", "at_least", "at_most", "above", "below"]
    fact = draw(st.sampled_from(["turn", "visitor.tier", "hours", "entity.product", "slot.size"]))
    return {"fact": fact} | _operand(draw, draw(st.sampled_from(operators)))


def _operand(draw: st.DrawFn, operator: str) -> dict[str, Any]:
    if operator == "known":
        return {operator: draw(st.booleans())}
    if operator in {"is", "not"}:
        return {operator: draw(st.sampled_from(VALUES))}
    if operator in {"in", "not_in"}:
        return {operator: draw(st.lists(st.sampled_from(VALUES), min_size=1, max_size=3))}
    if operator:
        return {operator: draw(st.sampled_from([-3, 0, 1, 1.0, 2, 2.5]))}
    return {}


conditions = st.recursive(
    leaves(),
    lambda parts: st.tuples(
        st.sampled_from(["all", "any", "none"]), st.lists(parts, min_size=1, max_size=3)
    ).map(lambda pair: {pair[0]: pair[1]}),
    max_leaves=6,
)


@st.composite
def actions(draw: st.DrawFn) -> list[dict[str, Any]]:
    choices: list[dict[str, Any]] = [
        {"reply": "Hello {size} {code} {visitor.tier}", "options": ["Yes", "No"]},
        {"set": {"size": draw(st.sampled_from([*VALUES, "{product}"]))}},
        {"tag": ["one", "two"]},
        {"handoff": "people"},
        {"ask": draw(st.sampled_from(["code", "product"])), "prompt": "Which?", "retries": 1},
        {"escalate": "be kind"},
        {"close": True},
    ]
    return draw(st.lists(st.sampled_from(choices), min_size=1, max_size=3, unique_by=str))


@st.composite
def rulebooks(draw: st.DrawFn) -> dict[str, Any]:
    """Plain data of a rulebook; now and then a rule lacks a positive leaf."""
    expressions = st.lists(phrases(), min_size=1, max_size=3)
    rules = draw(st.lists(st.tuples(conditions, actions(), st.integers(0, 2)), max_size=8))
    setter = {
        "name": "setter",
        "when": {"slot": "size", "is": "never"},
        "then": [{"set": {"size": 1}}],
    }
    return {
        "rulebook": 1,
        "entities": {
            "code": {"pattern": draw(st.sampled_from(PATTERNS))},
            "product": {
                "values": {
                    "kettle": ["late order", "漢"],
                    "toaster": draw(st.sampled_from([[], ["order"], ["my order is"]])),
                }
            },
        },
        "intents": {
            name: {"phrases": draw(expressions), "avoid": draw(st.just([]) | expressions)}
            for name in INTENTS
        },
        "rules": [
            {"name": f"rule {at}", "priority": priority, "when": when, "then": then}
            for at, (when, then, priority) in enumerate(rules)
        ]
        + [setter],
    }


texts = st.lists(
    st.sampled_from([*WORDS, *WORDS, *NOISE, "late order", "kettle", "toaster"]), max_size=14
).flatmap(
    lambda parts: st.sampled_from([" ", " ", " ", ", ", "", "-"]).map(lambda by: by.join(parts))
)

facts = st.dictionaries(
    st.sampled_from(["turn", "visitor.tier", "hours", "slot.size", "slot.code", "language"]),
    st.sampled_from(VALUES),
    max_size=4,
)
situations = st.builds(Situation, text=texts | st.text(max_size=40), facts=facts)
