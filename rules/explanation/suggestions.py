"""What somebody could have added to a message so that a condition would hold."""

from collections.abc import Iterator

from rules.language.patterns import Pattern
from rules.language.phrases import Choice, Phrase
from rules.language.text import split_words
from rules.rulebook.parts import Entity, Intent, Rulebook, Test


def suggest_words(leaf: Test, rulebook: Rulebook, text: str) -> Iterator[str]:
    """Words that may make a leaf true, the likeliest first; trying them is for others."""
    kind, _, name = leaf.fact.partition(".")
    operands = leaf.operand if isinstance(leaf.operand, tuple) else (leaf.operand,)
    if kind in {"intent", "intents"}:
        for operand in operands:
            if (intent := rulebook.intents.get(str(operand))) is not None:
                yield from _suggest_intent(intent, text)
    elif kind in {"entity", "slot"} and (entity := rulebook.entities.get(name)) is not None:
        if leaf.operator in {"is", "in"}:
            yield from (operand for operand in operands if isinstance(operand, str))
        elif leaf.operator == "known":
            yield from _suggest_entity(entity)


def _suggest_intent(intent: Intent, text: str) -> Iterator[str]:
    """The phrase of which most is there already, then an example, then the plainest phrase."""
    said = set(split_words(text))
    phrases = [_spell(each) for each in intent.phrases if not isinstance(each, Pattern)]
    shared = [phrase for phrase in phrases if not said.isdisjoint(phrase)]
    if shared:
        best = max(shared, key=lambda phrase: (_measure(phrase, said), -len(phrase)))
        yield " ".join(best)
    yield from intent.examples[:1]
    if phrases:
        plainest = min(phrases, key=len)
        yield " ".join(plainest)


def _suggest_entity(entity: Entity) -> Iterator[str]:
    if entity.example is not None:
        yield entity.example
    yield from (value.name for value in entity.values[:1])
    if entity.builtin is not None:
        yield _SAMPLES[entity.builtin]


_SAMPLES = {"date": "2030-12-24", "money": "€ 49.90", "number": "7", "phone": "+493012345678"}


def _spell(phrase: Phrase) -> list[str]:
    """The plainest way to say a phrase: first alternatives, nothing optional, no gap filled."""
    required = (item for item in phrase.items if isinstance(item, Choice) and not item.optional)
    return [word for item in required for word in item.alternatives[0]]


def measure_nearness(intent: Intent, text: str) -> float:
    """How much of a phrase is said, at best, from 0 to 1."""
    said = set(split_words(text))
    phrases = (_spell(each) for each in intent.phrases if not isinstance(each, Pattern))
    return max((_measure(phrase, said) for phrase in phrases), default=0.0)


def _measure(phrase: list[str], said: set[str]) -> float:
    return sum(word in said for word in phrase) / len(phrase)
