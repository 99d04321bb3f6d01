"""Wanted: which built-in entities some rule mentions that could still hold.

What is not looked for yet is unknown, and so is every test on it. A condition is not false
exactly when one of its alternatives has no false part, whatever the unknown ones say: so those
are left out, and what remains is found and tested like any other chain.
"""

from collections.abc import Iterator

from rules.engine.atoms import Facts
from rules.engine.filing import Chain
from rules.engine.program import build_chain, compile_chains, find_ways
from rules.rulebook.parse_actions import PLACEHOLDER
from rules.rulebook.parts import Action, Ask, Call, Reply, Rule, Rulebook, SetSlot, walk_leaves


class WantedFinder:
    """Finds the lazy entities that are wanted on some facts; costs nothing if there are none."""

    def __init__(self, rulebook: Rulebook) -> None:
        lazies = frozenset(entity.name for entity in rulebook.lazies)
        mentions = {
            rule.name: found
            for rule in rulebook.rules.values()
            if lazies and (found := find_mentions(rule, rulebook) & lazies)
        }
        self._mentions = mentions
        self._all = frozenset[str]().union(*mentions.values())
        self._program = compile_chains(
            (rulebook.rules[name], chain)
            for name in mentions
            for chain in dict.fromkeys(_find_known(rulebook.rules[name], lazies))
            if not chain.needs & chain.excludes
        )

    def find(self, facts: Facts) -> frozenset[str]:
        wanted: set[str] = set()
        for number in self._program.index.find(facts) if self._all else ():
            candidate = self._program.candidates[number]
            mentioned = self._mentions[candidate.rule.name]
            if not mentioned <= wanted and candidate.holds(facts):
                wanted |= mentioned
                if len(wanted) == len(self._all):
                    break
        return frozenset(wanted)


def _find_known(rule: Rule, lazies: frozenset[str]) -> Iterator[Chain]:
    """The rule's alternatives without what is unknown in them."""
    for way in find_ways(rule):
        yield build_chain(
            tuple(literal for literal in way if _find_entity(literal.test.fact) not in lazies)
        )


def find_mentions(rule: Rule, rulebook: Rulebook) -> frozenset[str]:
    """The entities, and slots of such a name, that a rule tests, asks for, says or sends."""
    facts = [leaf.fact for leaf in walk_leaves(rule.when)]
    facts += (fact for action in rule.then for fact in _find_facts(action, rulebook))
    return frozenset(entity for fact in facts if (entity := _find_entity(fact)) is not None)


def _find_facts(action: Action, rulebook: Rulebook) -> Iterator[str]:
    """The facts that an action uses; a bare `{name}` may be the entity of that name."""
    texts: list[str] = []
    match action:
        case Reply():
            texts = [version for _, version in action.text.versions]
        case Ask():
            yield f"slot.{action.slot}"
            texts = [version for _, version in action.prompt.versions]
        case SetSlot(value=str(value)):
            texts = [value]
        case Call():
            yield from rulebook.webhooks[action.webhook].send
    for text in texts:
        for name in PLACEHOLDER.findall(text):
            yield name if "." in name else f"entity.{name}"


def _find_entity(fact: str) -> str | None:
    """The entity that a fact tells of: `E` for `entity.E`, `entity.E.amount` and `slot.E`."""
    kind, _, name = fact.partition(".")
    if kind == "entity":
        return name.partition(".")[0]
    return name if kind == "slot" else None
