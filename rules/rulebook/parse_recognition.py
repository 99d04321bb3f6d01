"""Reading entities and intents."""

from collections.abc import Mapping

from rules.language.builtins import BUILTINS, PLANNED
from rules.language.facts import is_name
from rules.language.patterns import Pattern, PatternError, parse_pattern
from rules.language.phrases import PhraseError, count_expansions, parse_expression
from rules.language.text import MAX_MESSAGE, split_words
from rules.rulebook.nodes import Node
from rules.rulebook.parts import Entity, EntityValue, Expression, Intent

MAX_PHRASES = 5_000  # for one intent
MAX_EXPRESSION = 2_000  # characters of a phrase or pattern: 200 alternatives have room
MAX_EXAMPLES = 1_000
MAX_VALUES = 20_000  # for one entity
MAX_VALUE = 200  # characters


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
    pattern = None
    if "pattern" in fields:
        pattern = _parse_entity_pattern(fields["pattern"])
    elif "builtin" in fields:
        pattern = _parse_builtin(fields["builtin"])
    return Entity(
        name=name,
        pattern=pattern,
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


def _parse_builtin(node: Node) -> Pattern | None:
    if node.value in PLANNED:
        node.fail(f"`builtin: {node.value}` is not supported yet")
    elif not isinstance(node.value, str) or node.value not in BUILTINS:
        node.fail(f"`builtin` is one of {', '.join(sorted((*BUILTINS, *PLANNED)))}")
    else:
        return BUILTINS[node.value]
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
        required=("phrases",), optional=("avoid", "llm", "examples", "counterexamples")
    )
    if "llm" in fields and fields["llm"].value != "never":
        fields["llm"].fail("`llm` can only be `never`: leave it out to let the model answer")
    return Intent(
        name=name,
        phrases=_parse_expressions(fields.get("phrases"), least=1),
        avoid=_parse_expressions(fields.get("avoid")),
        sealed="llm" in fields,
        examples=_parse_messages(fields.get("examples")),
        counterexamples=_parse_messages(fields.get("counterexamples")),
    )


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
