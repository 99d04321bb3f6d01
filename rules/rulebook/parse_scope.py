"""Which names exist: read first, so that what uses them can be checked in any order."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from rules.language.facts import PLAIN_FACTS, is_fact_name
from rules.rulebook.nodes import Node


@dataclass(frozen=True, slots=True)
class Scope:
    """The names that a rulebook defines, and the facts that follow from them."""

    entities: Collection[str]
    intents: Collection[str]
    slots: Collection[str]
    rules: Collection[str]
    facts: Collection[str]
    webhooks: Collection[str] = ()
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # of an entity: by word

    def is_fact(self, name: str) -> bool:
        """Whether there can be a fact of this name; what visitors and webhooks bring is open."""
        return name in self.facts or (is_fact_name(name) and self._is_open(name))

    def _is_open(self, name: str) -> bool:
        kind, _, rest = name.partition(".")
        webhook, _, answer = rest.partition(".")
        return (kind == "visitor" and rest != "") or (
            kind == "call" and webhook in self.webhooks and answer != ""
        )

    def check_fact(self, node: Node, name: str) -> bool:
        if not self.is_fact(name):
            node.fail(f"there is no fact `{name[:60]}`{node.suggest(name, self.facts)}")
            return False
        return True


def build_scope(data: object) -> Scope:
    """Collect names from data that may be wrong anywhere: wrong parts define nothing."""
    sections = data if isinstance(data, Mapping) else {}
    entities = _find_keys(sections.get("entities"))
    slots = dict.fromkeys([*entities, *_find_set_slots(sections.get("rules"))])
    derived = [f"entity.{name}" for name in entities] + [f"slot.{name}" for name in slots]
    for name in _find_money(sections.get("entities")):
        derived += [f"entity.{name}.amount", f"entity.{name}.currency"]
    webhooks = _find_keys(sections.get("webhooks"))
    derived += [f"call.{name}.{part}" for name in webhooks for part in ("ok", "error")]
    return Scope(
        entities=entities,
        intents=_find_keys(sections.get("intents")),
        slots=slots,
        rules=dict.fromkeys(_find_rule_names(sections.get("rules"))),
        facts=dict.fromkeys([*PLAIN_FACTS, *derived]),
        webhooks=webhooks,
        values=dict(_find_values(sections.get("entities"))),
    )


def _find_keys(section: object) -> dict[str, None]:
    keys = section if isinstance(section, Mapping) else ()
    return dict.fromkeys(key for key in keys if isinstance(key, str))


def _find_money(section: object) -> Iterator[str]:
    for name, entity in section.items() if isinstance(section, Mapping) else ():
        if isinstance(entity, Mapping) and entity.get("builtin") == "money":
            yield str(name)


def _find_values(section: object) -> Iterator[tuple[str, Mapping[str, str]]]:
    """For each entity that lists its values, every word with the value that it means."""
    for name, entity in section.items() if isinstance(section, Mapping) else ():
        values = entity.get("values") if isinstance(entity, Mapping) else None
        if isinstance(name, str) and isinstance(values, Mapping) and values:
            yield name, {word: value for value, word in _find_spellings(values)}


def _find_spellings(values: Mapping[object, object]) -> Iterator[tuple[str, str]]:
    for value, synonyms in values.items():
        for word in synonyms if isinstance(synonyms, list | tuple) else ():
            yield str(value), str(word)
    yield from ((str(value), str(value)) for value in values)


def _find_rules(section: object) -> Iterator[Mapping[object, object]]:
    for rule in section if isinstance(section, list | tuple) else ():
        if isinstance(rule, Mapping):
            yield rule


def _find_rule_names(section: object) -> Iterator[str]:
    for rule in _find_rules(section):
        if isinstance(name := rule.get("name"), str):
            yield name


def _find_set_slots(section: object) -> Iterator[str]:
    for rule in _find_rules(section):
        actions = rule.get("then")
        for action in actions if isinstance(actions, list | tuple) else ():
            if isinstance(action, Mapping):
                yield from _find_keys(action.get("set"))
