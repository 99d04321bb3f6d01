"""The reference evaluator: decides by looking at one thing after the other."""

from collections.abc import Mapping

from rules.language.facts import Fact
from rules.language.text import replace_surrogates, split_words
from rules.recognition import Recognition
from rules.reference.conditions import rule_holds
from rules.reference.phrases import prepare
from rules.reference.values import build_spellings, find_values
from rules.reference.wanting import find_askers, find_wanted
from rules.rulebook.parts import Entity, Rule, Rulebook


class ReferenceEvaluator:
    """Stateless after it is built, and plain."""

    name = "reference"

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self._rules = rulebook.sort_rules()
        self._intents = [
            (
                intent.name,
                prepare(intent.phrases, intent.typos),
                prepare(intent.avoid, intent.typos),
            )
            for intent in rulebook.intents.values()
        ]
        self._values = {
            entity.name: build_spellings(entity)
            for entity in rulebook.entities.values()
            if entity.values
        }
        self._lazies = frozenset(entity.name for entity in rulebook.lazies)
        self._askers = find_askers(rulebook)

    def recognise(self, text: str) -> Recognition:
        words, raw = split_words(text), replace_surrogates(text)
        intents = (
            name
            for name, phrases, avoid in self._intents
            if phrases.is_found(words, raw) and not avoid.is_found(words, raw)
        )
        found = {
            name: self._find_values(entity, words=words, raw=raw)
            for name, entity in self.rulebook.entities.items()
        }
        return Recognition(
            intents=tuple(sorted(intents)),
            entities={name: values for name, values in found.items() if values},
        )

    def find_winner(self, facts: Mapping[str, Fact]) -> Rule | None:
        return next((rule for rule in self._rules if rule_holds(rule, facts)), None)

    def find_wanted(self, facts: Mapping[str, Fact]) -> frozenset[str]:
        return find_wanted(self._askers, self._lazies, facts)

    def close(self) -> None:
        """Nothing is held outside Python."""

    def _find_values(self, entity: Entity, *, words: list[str], raw: str) -> tuple[str, ...]:
        if entity.builtin is not None:
            return ()  # looked for on request only
        if entity.pattern is not None:
            found = [raw[start:end] for start, end in entity.pattern.find_spans(raw)]
        else:
            found = [value for _, value in find_values(self._values[entity.name], words)]
        return tuple(dict.fromkeys(found))
