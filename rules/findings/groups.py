"""Facts that hang together, and values for each such group on which given tests come out so."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import TypeAlias

from rules.findings.domains import ANYTHING, Domain, build_candidates, find_operands
from rules.language.facts import LOCAL_CLOCK, UTC_CLOCK, Fact, Scalar
from rules.reference import kind_of, leaf_holds
from rules.rulebook.alternatives import Literal
from rules.rulebook.parts import Entity, Rulebook

Facts: TypeAlias = Mapping[str, Fact]

_OFFSETS = (0, 60, -300, 840, -720)  # minutes from UTC that some site's clock shows
_MOST_SETS = 60


def find_group(fact: str, rulebook: Rulebook) -> str:
    """The name of what hangs together: an entity with its slot, a webhook's answer, the clock."""
    kind, _, rest = fact.partition(".")
    name = rest.partition(".")[0]
    if fact in {"intent", "intents"}:
        return "intents"
    if fact == "now" or kind == "clock":
        return "now"
    if kind in {"entity", "slot"} and name in rulebook.entities:
        return f"entity:{name}"
    return f"call:{name}" if kind == "call" else fact


def passes(literals: Iterable[Literal], facts: Facts) -> bool:
    """Whether every test comes out as its literal says."""
    return all(_is_met(each, facts.get(each.test.fact)) for each in literals)


def _is_met(literal: Literal, fact: Fact | None) -> bool:
    return leaf_holds(literal.test, fact) is literal.positive


def _about(fact: str, literals: Iterable[Literal]) -> list[Literal]:
    return [each for each in literals if each.test.fact == fact]


class Chooser:
    """Chooses facts for one group at a time; what it is given twice it remembers."""

    def __init__(
        self,
        rulebook: Rulebook,
        *,
        domains: Mapping[str, Domain],
        impossible: frozenset[str] = frozenset(),
        samples: Mapping[str, tuple[Scalar, ...]],
        now: datetime,
    ) -> None:
        self._rulebook = rulebook
        self._domains = domains
        self._impossible = impossible  # intents that no message has
        self._samples = samples  # values of entities that are known to be found
        self._now = now
        self._known: dict[tuple[str, frozenset[Literal]], Facts | None] = {}

    def choose(self, group: str, literals: frozenset[Literal]) -> Facts | None:
        """Facts on which all of these come out so, as few as do; None if there are none."""
        key = (group, literals)
        if key not in self._known:
            in_order = sorted(literals, key=repr)
            options = self._find_options(group, in_order)
            self._known[key] = next((facts for facts in options if passes(in_order, facts)), None)
        return self._known[key]

    def _find_options(self, group: str, literals: Sequence[Literal]) -> Iterator[Facts]:
        if group == "intents":
            return self._find_intents(literals)
        if group == "now":
            return self._find_times(literals)
        if group.startswith("entity:"):
            return self._find_entity(self._rulebook.entities[group[7:]], literals)
        if group.startswith("call:"):
            return self._find_answers(f"call.{group[5:]}.ok", literals)
        return self._find_values(group, literals)

    def _find_values(self, fact: str, literals: Sequence[Literal]) -> Iterator[Facts]:
        domain = self._domains.get(fact, ANYTHING)
        if not domain.is_always_there:
            yield {}
        for value in build_candidates(literals, domain):
            yield {fact: value}

    def _find_intents(self, literals: Sequence[Literal]) -> Iterator[Facts]:
        wanted = [each for each in literals if each.positive and each.test.operator in {"is", "in"}]
        named = frozenset(find_operands(literals))
        spare = (each for each in self._rulebook.intents if each not in self._impossible | named)
        others = [*itertools.islice(spare, 2), *sorted(map(str, named))]
        choices = itertools.product(*([*find_operands([each])] for each in wanted))
        for choice in itertools.islice(choices, _MOST_SETS):
            for count in range(3):
                for more in itertools.combinations(others[:20], count):
                    found = tuple(sorted({*map(str, choice), *more}))
                    if self._impossible.isdisjoint(found):
                        yield _build_intents(found)

    def _find_times(self, literals: Sequence[Literal]) -> Iterator[Facts]:
        """`now` as text, and both clocks as they follow from it."""
        if "now" not in self._domains:
            yield {}
        yield _build_clock(self._now)
        numbers = [each for each in find_operands(literals) if isinstance(each, int | float)]
        for seconds in build_candidates(literals, ANYTHING) if numbers else ():
            for offset in _OFFSETS if isinstance(seconds, int | float) else ():
                yield from _build_times(float(seconds), offset)

    def _find_entity(self, entity: Entity, literals: Sequence[Literal]) -> Iterator[Facts]:
        """Nothing, found in the message (which fills the slot), or known from before."""
        fact, slot = f"entity.{entity.name}", f"slot.{entity.name}"
        yield {}
        about = _about(fact, literals)
        values = self._find_found(entity, literals)
        fitting = [value for value in values if _is_allowed(value, about)]
        lists = [(value, *(each for each in fitting if each != value)) for value in fitting[:5]]
        few = (itertools.permutations(fitting[:most], count) for count, most in ((1, 200), (2, 12)))
        for found in itertools.chain(*few, lists):
            yield from self._add_money(entity, {fact: found, slot: found[0]}, literals)
        yield from self._find_values(slot, _about(slot, literals))

    def _find_found(self, entity: Entity, literals: Sequence[Literal]) -> list[Scalar]:
        """Values that a message can hold, those asked for first."""
        names = tuple(value.name for value in entity.values)
        own = (f"entity.{entity.name}", f"slot.{entity.name}")
        about = [each for each in literals if each.test.fact in own]
        open_values = () if names else build_candidates(about, ANYTHING)
        asked = [each for each in find_operands(about) if not names or each in names]
        known = self._samples.get(entity.name, ())
        found = dict.fromkeys([*asked, *known, *names[:50], *open_values])
        kind = "number" if entity.builtin == "number" else "text"
        return [value for value in found if kind_of(value) == kind]

    def _add_money(
        self, entity: Entity, facts: Facts, literals: Sequence[Literal]
    ) -> Iterator[Facts]:
        if entity.builtin != "money":
            yield facts
            return
        amount, currency = f"entity.{entity.name}.amount", f"entity.{entity.name}.currency"
        amounts = build_candidates(_about(amount, literals), ANYTHING)
        kinds = build_candidates(_about(currency, literals), ANYTHING)
        numbers = [each for each in amounts if isinstance(each, int | float)] or [20]
        codes = [each for each in kinds if isinstance(each, str) and len(each) == 3] or ["EUR"]
        for number, code in itertools.product([20, *numbers], ["EUR", *codes]):
            value = f"{float(number):.2f} {code}"
            yield {
                f"entity.{entity.name}": (value,),
                f"slot.{entity.name}": value,
                amount: (number,),
                currency: (code,),
            }

    def _find_answers(self, answered: str, literals: Sequence[Literal]) -> Iterator[Facts]:
        """What a webhook answered: each fact apart, and `ok` wherever there is another."""
        facts: dict[str, Fact] = {}
        names = dict.fromkeys(each.test.fact for each in literals)
        for name in names:
            if name != answered:
                about = _about(name, literals)
                facts |= next((one for one in _find_one(name, about) if passes(about, one)), {})
        if not facts:
            yield {}
        yield from ({**facts, answered: ok} for ok in (True, False))


def _build_intents(found: tuple[str, ...]) -> Facts:
    facts: dict[str, Fact] = {"intents": found} if found else {}
    return facts | ({"intent": found[0]} if len(found) == 1 else {})


def _find_one(fact: str, literals: Sequence[Literal]) -> Iterator[Facts]:
    """Nothing, a value, or a list of all values that none of the tests forbids."""
    yield {}
    values = build_candidates(literals, ANYTHING)
    yield from ({fact: value} for value in values)
    yield {fact: tuple(value for value in values if _is_allowed(value, literals))}


def _is_allowed(value: Scalar, literals: Iterable[Literal]) -> bool:
    """Whether this may be one value of several: a list passes `is` by any, fails `not` by any."""
    binding = (each for each in literals if each.test.operator != "known")
    return all(
        _is_met(each, value)
        for each in binding
        if each.positive is (each.test.operator in {"not", "not_in"})
    )


def _build_times(seconds: float, offset: int) -> Iterator[Facts]:
    """The moment itself, and the one when the clock on the wall shows it."""
    zone = timezone(timedelta(minutes=offset))
    for shift in (0, offset * 60):
        try:
            yield _build_clock(datetime.fromtimestamp(seconds - shift, tz=UTC).astimezone(zone))
        except (OverflowError, ValueError, OSError):
            continue


def _build_clock(moment: datetime) -> Facts:
    return {
        "now": moment.isoformat(timespec="microseconds" if moment.microsecond else "seconds"),
        UTC_CLOCK: moment.timestamp(),
        LOCAL_CLOCK: moment.replace(tzinfo=UTC).timestamp(),
    }
