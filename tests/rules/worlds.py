"""Random rulebooks and situations: small vocabularies, so that things meet by chance."""

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from rules.decision import Situation
from rules.language.text import MAX_MESSAGE
from rules.loops import digest_answer

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
    "refunding",
    "Straße",
    "Bestellung",
    "заказ",
    "\u05d4\u05d6\u05de\u05e0\u05d4",
    "漢",
    "don't",
    "ＡＢ",
    "2",
    "a_b",
]
NOISE = ["😀", "…", "\u200b", "\n", "ß", "e\u0301", "AB-12", "x" * 30, "\ud800", "สวัส", "K"]
NOISE += ["\u202b", "оrder", "o\u0336rder", "👩‍👩‍👧", "\u0627\u0644\u0637\u0644\u0628"]
FINDABLE = ["tomorrow", "morgen", "24.12.2026", "on Monday", "€ 49.90", "49,90 €", "7", "1.234,5"]
FINDABLE += ["030 1234567", "+1 415 555 2671", "me@shop.example", "٣", "明日"]
INTENTS = ["track", "return", "complain", "greet"]
SLOTS = ["size", "code", "product", "due", "price"]
ENTITIES = ["code", "product", "due", "price", "count", "tel", "mail"]
VALUES: list[Any] = ["gold", "1", 1, 1.0, True, False, 0, 2.5, -3, "kettle", "AB-12", "order"]
VALUES += ["2026-12-24", "49.90 EUR", 7, "shipped"]
PATTERNS = [
    r"[A-Z]{2}-?\d+",
    r"(?i)order \w+",
    r"la+te?",
    r"\bmy\b",
    r"(?:is|my) [^ ]+",
    "заказ",
    "x{2,4}",
]
FACTS = ["turn", "visitor.tier", "hours", "entity.product", "slot.size", "entity.price.amount"]
FACTS += ["entity.due", "slot.due", "entity.price.currency", "last_rule", "call.look.status"]
FACTS += ["last_rule_run", "last_answer"]
FACTS += ["call.look.ok", "call.look.error", "call.track.n", "language", "intent", "last_rejected"]
TIMES = ["2026-11-22T14:03:07+01:00", "2026-12-24T00:00:00Z", "2026-12-24T18:00", "soon", "2026"]
SAID = ["Hello   ", "Due  ", "Am ", " ", "Which ?"]  # what rules say when little is known
DAYS = ["2026-11-22", "2026-12-24", "2026-12-24T18:00", "2026-12-24T18:00+01:00"]

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
        extra = draw(st.sampled_from(["", "", "is", "in"]))
        entity = draw(st.sampled_from(ENTITIES))
        return {"entity": entity} | _operand(draw, extra, _find_values(f"entity.{entity}"))
    if kind == "slot":
        operator = draw(st.sampled_from(["known", "is", "not", "in", "not_in"]))
        return {"slot": draw(st.sampled_from(SLOTS))} | _operand(draw, operator)
    operators = ["known", "is", "not", "in", "not_in", "at_least", "at_most", "above", "below"]
    fact = draw(st.sampled_from(FACTS))
    if fact == "intent":
        return {"fact": fact, "is": draw(st.sampled_from(INTENTS))}
    return {"fact": fact} | _operand(draw, draw(st.sampled_from(operators)), _find_values(fact))


def _find_values(fact: str) -> list[Any]:
    """What may be compared with it: an entity that lists its values has no others."""
    return ["kettle", "toaster"] if fact == "entity.product" else VALUES


def _operand(draw: st.DrawFn, operator: str, values: list[Any] = VALUES) -> dict[str, Any]:
    if operator == "known":
        return {operator: draw(st.booleans())}
    if operator in {"is", "not"}:
        return {operator: draw(st.sampled_from(values))}
    if operator in {"in", "not_in"}:
        return {operator: draw(st.lists(st.sampled_from(values), min_size=1, max_size=3))}
    if operator:
        numbers = [-3, 0, 1, 1.0, 2, 2.5]
        return {operator: draw(st.sampled_from(numbers))}
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
    says: list[dict[str, Any]] = [
        {"reply": "Hello {size} {code} {visitor.tier}", "options": ["Yes", "No"]},
        {"reply": {"en": "Due {due} {call.look.status}", "de": "Am {entity.due}"}},
        {"reply": "{entity.price.amount} {slot.price}"},
        {"set": {"size": draw(st.sampled_from([*VALUES, "{product}", "{count}"]))}},
        {"tag": ["one", "two"]},
    ]
    ends: list[dict[str, Any]] = [
        {"handoff": "people"},
        {"ask": draw(st.sampled_from(SLOTS[1:])), "prompt": "Which {size}?", "retries": 1},
        {"escalate": "be kind"},
        {"close": True},
        {"call": draw(st.sampled_from(["look", "track"]))},
    ]
    first = draw(st.lists(st.sampled_from(says), max_size=2, unique_by=str))
    last = draw(st.lists(st.sampled_from(ends), min_size=not first, max_size=1))
    return first + last


@st.composite
def intents(draw: st.DrawFn) -> dict[str, Any]:
    expressions = st.lists(phrases(), min_size=1, max_size=3)
    flags = st.integers(0, 5).map(lambda number: number == 0)
    intent: dict[str, Any] = {
        "phrases": draw(expressions),
        "avoid": draw(st.just([]) | expressions),
    }
    own = {
        word
        for source in intent["phrases"] + intent["avoid"]
        for word in WORDS
        if word in source and not source.startswith("/") and len(word) >= 4 and word.isalpha()
    }
    if own and not draw(flags):
        intent["typos"] = {
            word: draw(st.integers(1, 1 + (len(word) >= 8)))
            for word in draw(st.lists(st.sampled_from(sorted(own)), unique=True))
        }
    if draw(flags):
        intent["tags"] = ["rejection", "other"]
    if draw(flags):
        intent["llm"] = "never"
    return intent


def _build_rule(at: int, when: Any, then: Any, priority: int, days: list[str]) -> dict[str, Any]:
    rule = {"name": f"rule {at}", "priority": priority, "when": when, "then": then}
    if days:
        rule["valid"] = dict(zip(("from", "until"), days, strict=False))
    return rule


@st.composite
def rulebooks(draw: st.DrawFn) -> dict[str, Any]:
    """Plain data of a rulebook; now and then a rule lacks a positive leaf."""
    days: st.SearchStrategy[list[str]] = st.just([]) | st.lists(st.sampled_from(DAYS), max_size=2)
    parts = st.tuples(conditions, actions(), st.integers(0, 2), days)
    rules = draw(st.lists(parts, max_size=8))
    setter = {
        "name": "setter",
        "when": {"slot": "size", "is": "never"},
        "then": [{"set": {"size": 1}}],
    }
    criteria = ["two_intents", "asks_spent", "repeated_rule", "rejected_answer"]
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
            "due": {"builtin": "date"},
            "price": {"builtin": "money"},
            "count": {"builtin": "number"},
            "tel": {"builtin": "phone"},
            "mail": {"builtin": "email"},
        },
        "intents": {name: draw(intents()) for name in INTENTS},
        "webhooks": {
            "look": {"url": "https://shop.example/look", "send": ["slot.due", "entity.tel"]},
            "track": {"url": "https://shop.example/track"},
        },
        "rules": [_build_rule(at, *rule) for at, rule in enumerate(rules)] + [setter],
        "complex": draw(st.just([]) | st.lists(st.sampled_from(criteria), unique=True, max_size=4)),
    }


@st.composite
def slips(draw: st.DrawFn) -> str:
    """A word with up to three slips of the key."""
    letters = list(draw(st.sampled_from(["order", "parcel", "refunding", "Bestellung", "заказ"])))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(letters) - 1))
        kind = draw(st.sampled_from(["drop", "add", "change", "swap"]))
        if kind == "drop" and len(letters) > 1:
            del letters[at]
        elif kind == "swap":
            letters[at : at + 2] = reversed(letters[at : at + 2])
        else:
            letters[at : at + (kind == "change")] = draw(st.sampled_from("redé"))
    return "".join(letters)


pieces = st.sampled_from([*WORDS, *WORDS, *NOISE, *FINDABLE, "late order", "kettle", "toaster"])
texts = st.lists(pieces | slips(), max_size=14).flatmap(
    lambda parts: st.sampled_from([" ", " ", " ", ", ", "", "-"]).map(lambda by: by.join(parts))
)
# At the limit and just over it.
long_texts = st.builds(
    lambda text, pad, more: (pad * MAX_MESSAGE)[: MAX_MESSAGE - len(text) + more] + text,
    texts.filter(lambda text: len(text) <= MAX_MESSAGE),
    st.sampled_from(["x", "my order ", "é", "7 ", "漢", "😀 ", "e\u0301"]),
    st.integers(0, 1),
)

facts = st.dictionaries(
    st.sampled_from(
        [
            "turn",
            "visitor.tier",
            "hours",
            "slot.size",
            "slot.code",
            "slot.due",
            "last_rejected",
            "call.look.status",
            "call.track.n",
        ]
    ),
    st.sampled_from(VALUES),
    max_size=4,
)
settings_of_turn = st.fixed_dictionaries(
    {},
    optional={
        "now": st.sampled_from(TIMES),
        "language": st.sampled_from(["en", "de", "he", "ja", "fr-CA", "??"]),
        "last_rule": st.sampled_from(["rule 0", "rule 1", "none"]),
        "last_rule_run": st.sampled_from([1, 2, 2.0, 3, "2", True]),
        "last_answer": st.sampled_from([digest_answer(text) for text in SAID]),
    },
)
answers = st.dictionaries(
    st.sampled_from(["look", "track"]),
    st.sampled_from(
        [
            {"ok": True, "status": "shipped", "n": (1, 2.5)},
            {"ok": True, "status": "gold", "n": 0},
            {"ok": False, "error": "timeout"},
        ]
    ),
    max_size=2,
)
situations = st.builds(
    lambda text, stated, turn, answered: Situation(
        text=text, facts={**stated, **turn}, answers=answered
    ),
    texts | texts | st.text(max_size=40) | long_texts,
    facts,
    settings_of_turn,
    answers,
)
