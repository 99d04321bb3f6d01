"""Evaluators: what decides by a rulebook, in one of two independent ways."""

import logging
from collections.abc import Mapping
from functools import cached_property
from typing import Protocol

from rules.building import beside_traffic
from rules.engine.durable import DURABLE_AVAILABLE, DURABLE_PROBLEM, DurableEngine, EngineError
from rules.engine.matcher import Matcher
from rules.engine.wanted import WantedFinder
from rules.language.facts import Fact
from rules.recognition import Recognition
from rules.reference import ReferenceEvaluator
from rules.rulebook.parts import Rule, Rulebook

logger = logging.getLogger(__name__)


class Evaluator(Protocol):
    """Recognises and decides; stateless, and safe to share between threads."""

    @property
    def name(self) -> str:
        """`durable` or `reference`."""

    @property
    def rulebook(self) -> Rulebook: ...

    def recognise(self, text: str) -> Recognition:
        """What a message of at most `MAX_MESSAGE` characters says."""

    def find_wanted(self, facts: Mapping[str, Fact]) -> frozenset[str]:
        """The built-in entities that some rule needs which could hold on these facts."""

    def find_winner(self, facts: Mapping[str, Fact]) -> Rule | None:
        """The first rule in the total order that holds on facts by full name."""

    def close(self) -> None:
        """Free what lies outside Python; decisions still running end as they should."""


class DurableEvaluator:
    """durable-rules behind an index, with the reference for when it fails."""

    name = "durable"

    def __init__(self, rulebook: Rulebook, *, reuse: "DurableEvaluator | None" = None) -> None:
        self.rulebook = rulebook
        self.engine = DurableEngine(rulebook)
        self.matcher = _find_matcher(rulebook, reuse) or Matcher(rulebook)
        self._wanted = WantedFinder(rulebook)

    def recognise(self, text: str) -> Recognition:
        return self.matcher.recognise(text)

    def find_wanted(self, facts: Mapping[str, Fact]) -> frozenset[str]:
        return self._wanted.find(facts)

    def find_winner(self, facts: Mapping[str, Fact]) -> Rule | None:
        try:
            return self.engine.find_winner(facts)
        except EngineError:
            # The answer does not depend on which of the two gives it.
            logger.exception("rule engine failed, the reference answers")
            return self._reference.find_winner(facts)

    @cached_property
    def _reference(self) -> ReferenceEvaluator:
        """Built when first needed: mostly never."""
        return ReferenceEvaluator(self.rulebook)

    def close(self) -> None:
        """Nothing of one rulebook is held outside Python."""


def _find_matcher(rulebook: Rulebook, previous: DurableEvaluator | None) -> Matcher | None:
    """The matcher of a rulebook that recognises the same."""
    if previous is None or previous.rulebook.intents != rulebook.intents:
        return None
    return previous.matcher if previous.rulebook.entities == rulebook.entities else None


def build_evaluator(
    rulebook: Rulebook,
    engine: str = "durable",
    reuse: Evaluator | None = None,
) -> Evaluator:
    """The evaluator asked for; the reference where durable-rules does not load.

    `reuse` is the evaluator that this one follows: what stays the same is shared.
    """
    if engine == "reference":
        return ReferenceEvaluator(rulebook)
    if not DURABLE_AVAILABLE:
        logger.warning("durable-rules does not load", extra={"problem": DURABLE_PROBLEM})
        return ReferenceEvaluator(rulebook)
    previous = reuse if isinstance(reuse, DurableEvaluator) else None
    with beside_traffic(len(rulebook.rules) + len(rulebook.intents)):
        return DurableEvaluator(rulebook, reuse=previous)


def build_evaluators(rulebook: Rulebook) -> tuple[Evaluator, ...]:
    """Every evaluator that loads here, the reference last: what publishing and tests compare."""
    reference = ReferenceEvaluator(rulebook)
    return (DurableEvaluator(rulebook), reference) if DURABLE_AVAILABLE else (reference,)


def find_engine(wanted: str) -> str:
    """The engine that decides here when `wanted` is asked for."""
    return "durable" if wanted == "durable" and DURABLE_AVAILABLE else "reference"
