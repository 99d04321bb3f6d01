"""Which names exist: read first, so that what uses them can be checked in any order."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

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

    def is_fact(self, name: str) -> bool:
        """Whether there can be a fact of this name; what visitors bring is open."""
        return name in self.facts or (name.startswith("visitor.") and is_fact_name(name))

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
    return Scope(
        entities=entities,
        intents=_find_keys(sections.get("intents")),
        slots=slots,
        rules=dict.fromkeys(_find_rule_names(sections.get("rules"))),
        facts=dict.fromkeys([*PLAIN_FACTS, *derived]),
    )


def _find_keys(section: object) -> dict[str, None]:
    keys = section if isinstance(section, Mapping) else ()
    return dict.fromkeys(key for key in keys if isinstance(key, str))


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
