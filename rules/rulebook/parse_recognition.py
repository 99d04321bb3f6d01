"""Reading entities and intents."""

from collections.abc import Iterator, Mapping
from typing import get_args

from rules.language.builtins import PATTERNS, Builtin
from rules.language.facts import is_name
from rules.language.patterns import Pattern, PatternError, parse_pattern
from rules.language.phrases import (
    Choice,
    Phrase,
    PhraseError,
    count_expansions,
    measure_expansions,
    parse_expression,
)
from rules.language.text import MAX_MESSAGE, split_words
from rules.language.typos import MAX_TYPOS, find_shortest
from rules.rulebook.nodes import Node
from rules.rulebook.parts import Entity, EntityValue, Expression, Intent

MAX_PHRASES = 5_000  # for one intent
MAX_EXPRESSION = 2_000  # characters of a phrase or pattern: 200 alternatives have room
MAX_EXAMPLES = 1_000
MAX_VALUES = 20_000  # for one entity
MAX_VALUE = 200  # characters
MAX_TAGS = 50

_BUILTINS: Mapping[str, Builtin] = {kind: kind for kind in get_args(Builtin)}


def check_name(node: Node, kind: str, name: str) -> None:
    if not is_name(name):
        node.fail(
            f"`{name[:60]}` cannot name {kind}: a letter or `_`, then letters, digits, `_` and `-`,"
            " 64 characters at most"
        )


def parse_entity(node: Node, *, name: str) -> Entity:
    check_name(node, "an entity", name)
    fields = node.read_fields(optional=("pattern", "values", "builtin", "example"))
    given = node.value.keys() if isinstance(node.value, Mapping) else set()
    if len(given & {"pattern", "values", "builtin"}) != 1:
        node.fail("an entity has one of `pattern`, `values` and `builtin`")
    example = fields["example"].read_text(most=MAX_MESSAGE) if "example" in fields else None
    pattern, builtin = None, None
    if "pattern" in fields:
        pattern = _parse_entity_pattern(fields["pattern"])
    elif "builtin" in fields:
        kind = fields["builtin"].read_known("built-in entity", (*PATTERNS, *get_args(Builtin)))
        pattern = PATTERNS.get(kind or "")
        builtin = _BUILTINS.get(kind or "")
    return Entity(
        name=name,
        pattern=pattern,
        builtin=builtin,
        values=_parse_values(fields["values"]) if "values" in fields else (),
        example=example,
    )


def _parse_entity_pattern(node: Node) -> Pattern | None:
    expression = node.read_text(most=MAX_EXPRESSION)
    if expression is None:
        return None
    try:
        return parse_pattern(expression)
    except PatternError as error:
        node.fail(str(error))
        return None


def _parse_values(node: Node) -> tuple[EntityValue, ...]:
    owners: dict[tuple[str, ...], str] = {}
    values = []
    for name, child in node.read_mapping(least=1, most=MAX_VALUES).items():
        synonyms = () if child.value is None else child.read_texts(most=MAX_VALUES, each=MAX_VALUE)
        for spelling in (name, *synonyms):
            _check_spelling(child, spelling=spelling, owner=name, owners=owners)
        values.append(EntityValue(name=name, synonyms=synonyms))
    return tuple(values)


def _check_spelling(
    node: Node, *, spelling: str, owner: str, owners: dict[tuple[str, ...], str]
) -> None:
    words = tuple(split_words(spelling))
    if len(spelling) > MAX_VALUE:
        node.fail(f"a value has at most {MAX_VALUE} characters")
    elif not words:
        node.fail(f"`{spelling}` has no word to be found by")
    elif owners.setdefault(words, owner) != owner:
        node.fail(f"`{spelling}` already means `{owners[words]}`")


def parse_intent(node: Node, *, name: str) -> Intent:
    check_name(node, "an intent", name)
    fields = node.read_fields(
        required=("phrases",),
        optional=("avoid", "typos", "llm", "tag", "tags", "examples", "counterexamples"),
    )
    if {"tag", "tags"} <= fields.keys():
        node.fail("`tag` and `tags` are the same: leave one out")
    phrases = _parse_expressions(fields.get("phrases"), least=1)
    avoid = _parse_expressions(fields.get("avoid"))
    tags = fields.get("tags", fields.get("tag"))
    if "llm" in fields and fields["llm"].value != "never":
        fields["llm"].fail("`llm` can only be `never`: leave it out to let the model answer")
    return Intent(
        name=name,
        phrases=phrases,
        avoid=avoid,
        sealed="llm" in fields,
        tags=() if tags is None else tags.read_labels(most=MAX_TAGS),
        typos=_parse_typos(fields["typos"], (*phrases, *avoid)) if "typos" in fields else {},
        examples=_parse_messages(fields.get("examples")),
        counterexamples=_parse_messages(fields.get("counterexamples")),
    )


def _parse_typos(node: Node, expressions: tuple[Expression, ...]) -> dict[str, int]:
    """Words of the phrases that may be misspelt: a list of them, or with a number of slips."""
    if isinstance(node.value, list | tuple):
        items = [(item, item.read_text(most=MAX_VALUE), 1) for item in node.read_list(most=1_000)]
    else:
        items = [
            (child, word, child.read_integer(least=1, most=MAX_TYPOS) or 1)
            for word, child in node.read_mapping(most=1_000).items()
        ]
    known = dict.fromkeys(word for each in expressions for word in find_words(each))
    typos: dict[str, int] = {}
    for child, text, slips in items:
        words = split_words(text or "")
        if text is None:
            continue
        if len(words) != 1 or words[0] not in known:
            child.fail(f"`{text[:60]}` is no word of this intent{child.suggest(text, known)}")
        elif len(words[0]) < (least := find_shortest(slips)):
            child.fail(
                f"`{text[:60]}` is too short: {slips} wrong letters need a word of {least} or more"
            )
        else:
            typos[words[0]] = slips
    return typos


def find_words(expression: Expression) -> Iterator[str]:
    """The words of a phrase; a pattern has none."""
    for item in expression.items if isinstance(expression, Phrase) else ():
        if isinstance(item, Choice):
            yield from (word for words in item.alternatives for word in words)


def _parse_messages(node: Node | None) -> tuple[str, ...]:
    return () if node is None else node.read_texts(most=MAX_EXAMPLES, each=MAX_MESSAGE)


def _parse_expressions(node: Node | None, *, least: int = 0) -> tuple[Expression, ...]:
    items = [] if node is None else node.read_list(most=MAX_PHRASES, least=least)
    return tuple(parsed for item in items if (parsed := _parse_expression(item)) is not None)


def _parse_expression(node: Node) -> Expression | None:
    source = node.read_text(most=MAX_EXPRESSION)
    if source is None:
        return None
    try:
        return parse_expression(source)
    except PhraseError as error:
        node.fail(str(error))
        return None


def count_all_expansions(intents: list[Intent]) -> int:
    """How much the automaton would have to hold."""
    return sum(
        1 if isinstance(expression, Pattern) else count_expansions(expression.items)
        for intent in intents
        for expression in (*intent.phrases, *intent.avoid)
    )


def measure_all_expansions(intents: list[Intent]) -> int:
    """The characters of all that phrases spell out."""
    return sum(
        measure_expansions(expression.items)
        for intent in intents
        for expression in (*intent.phrases, *intent.avoid)
        if isinstance(expression, Phrase)
    )
