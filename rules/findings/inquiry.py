"""The inquiry: what every kind of finding looks at, its witnesses, and the time it may take."""

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TypeAlias

from rules.decision import Decision, Pass, Situation, find_passes, settle
from rules.evaluator import Evaluator
from rules.findings.cases import Case, Casebook
from rules.findings.domains import Domain, build_domains
from rules.findings.finding import Witness
from rules.findings.groups import Chooser
from rules.findings.solving import MAX_STEPS, Clause, Solver, TooHard, World
from rules.findings.speech import Draft, Snippet, Speech
from rules.language.facts import Fact, Scalar
from rules.language.text import MAX_MESSAGE
from rules.memory import LAST_FACTS
from rules.reference import ReferenceEvaluator, rule_holds
from rules.rulebook.parts import Rule, Rulebook

MAX_LOGGED = 5_000  # messages of the log that are looked at
_MOST_WORLDS = 6
_MOST_DRAFTS = 24  # of one world
_MOST_TRIALS = 40  # logged messages decided for one finding

Clock: TypeAlias = Callable[[], float]


class OutOfTime(Exception):
    """A kind of finding has used up its seconds."""


@dataclass(frozen=True)
class Trial:
    """A message as one evaluator decides it, with what its rules saw at first."""

    evaluator: Evaluator
    situation: Situation

    @cached_property
    def first(self) -> Pass:
        return find_passes(self.evaluator, self.situation)[0]

    @cached_property
    def decision(self) -> Decision:
        """To the end, calling nothing."""
        return settle(self.evaluator, self.situation)

    @property
    def text(self) -> str:
        return self.situation.text

    @property
    def winner(self) -> Rule | None:
        return self.first.winner

    @property
    def facts(self) -> Mapping[str, Fact]:
        return self.first.facts

    @property
    def intents(self) -> tuple[str, ...]:
        found = self.facts.get("intents", ())
        return tuple(map(str, found)) if isinstance(found, tuple) else ()

    @property
    def is_set_aside(self) -> bool:
        """Whether the message goes on although a rule has won."""
        has_criteria = self.evaluator.rulebook.complex != ()
        may_loop = not self.situation.facts.keys().isdisjoint(LAST_FACTS)
        return (has_criteria or may_loop) and self.decision.reason.sets_aside

    def holds(self, rule: Rule) -> bool:
        return rule_holds(rule, self.facts)

    def is_won_by(self, *rules: Rule) -> bool:
        return self.winner in rules and not self.is_set_aside


Check: TypeAlias = Callable[[Trial], bool]


def build_trial(evaluator: Evaluator, text: str, facts: Mapping[str, Scalar]) -> Trial:
    return Trial(evaluator, Situation(text=text[:MAX_MESSAGE], facts=dict(facts)))


@dataclass(frozen=True, slots=True)
class Proven:
    """A witness that was tried, and a logged message that does the same if there is one."""

    witness: Witness
    logged: str | None
    trial: Trial


class Inquiry:
    """One rulebook under examination. Nothing here may run on live traffic."""

    def __init__(
        self,
        evaluator: Evaluator,
        *,
        live: Rulebook | None,
        logged: Iterable[str],
        now: datetime,
        clock: Clock,
    ) -> None:
        self.rulebook = evaluator.rulebook
        self.now = now
        self.speech = Speech(evaluator)
        self._evaluator = evaluator
        self.reference = ReferenceEvaluator(self.rulebook)
        self.live = ReferenceEvaluator(live) if live is not None else None
        self.left_out: list[str] = []  # what was too hard, in words
        self.never_said: frozenset[str] = frozenset()  # intents that no message can have
        self._texts = tuple(itertools.islice(logged, MAX_LOGGED))
        self._clock = clock
        self._end = float("inf")

    def start(self, seconds: float) -> None:
        """Another kind of finding begins."""
        self._end = self._clock() + seconds

    def check_time(self) -> None:
        """Called in every loop; raises `OutOfTime`."""
        if self._clock() > self._end:
            raise OutOfTime

    def prepare(self) -> None:
        """What all kinds share is made before the first of them begins."""
        self._end = float("inf")
        _ = self.book, self.speech.examples, self._logged

    @cached_property
    def book(self) -> Casebook:
        return Casebook(self.rulebook)

    @cached_property
    def solver(self) -> Solver:
        """With what conversations really bring: `hours` is open or closed, and always there."""
        return self._build_solver(build_domains(self.rulebook))

    @cached_property
    def loose_solver(self) -> Solver:
        """Whatever facts anybody may state."""
        return self._build_solver({})

    def _build_solver(self, domains: Mapping[str, Domain]) -> Solver:
        chooser = Chooser(
            self.rulebook,
            domains=domains,
            impossible=self.never_said,
            samples=self.speech.samples,
            now=self.now,
        )
        return Solver(self.rulebook, chooser)

    def iterate_cases(self) -> Iterator[Case]:
        for case in self.book.cases:
            self.check_time()
            yield case

    def find_worlds(self, clauses: Sequence[Clause], *, steps: int = MAX_STEPS) -> Iterator[World]:
        """As the solver's, ending where it becomes too hard."""
        try:
            yield from self.solver.find_worlds(clauses, steps=steps)
        except TooHard:
            return

    def try_message(self, text: str, facts: Mapping[str, Scalar] | None = None) -> Trial:
        """Decided by the reference."""
        return build_trial(self.reference, text, facts or {})

    def passes(self, text: str, facts: Mapping[str, Scalar], check: Check) -> bool:
        """By the faster evaluator: what is shown as a witness the reference has decided too."""
        return check(build_trial(self._evaluator, text, facts))

    def decide(self, text: str) -> str | None:
        """The rule that answers a message, by the faster evaluator."""
        return settle(self._evaluator, Situation(text=text)).rule

    def prove(self, worlds: Iterable[World], check: Check, *, joined: bool = True) -> Proven | None:
        """The first message that passes the check; nothing is shown that was not tried."""
        for world in itertools.islice(worlds, _MOST_WORLDS):
            drafts = self.speech.find_drafts(world)
            for draft in itertools.islice(drafts, _MOST_DRAFTS):
                self.check_time()
                if (joined or not draft.joined) and self._may_show(draft, world):
                    trial = self.try_message(draft.text, world.given)
                    if self.passes(draft.text, world.given, check) and check(trial):
                        witness = Witness(trial.text, world.given)
                        return Proven(witness, self.find_logged(trial, check), trial)
        return None

    def _may_show(self, draft: Draft, world: World) -> bool:
        """A cheap look before the reference decides."""
        return set(world.intents) <= set(self.speech.hear(draft.text).said.intents)

    def find_logged(self, like: Trial, check: Check) -> str | None:
        """What a visitor wrote that passes the same check on the same facts."""
        for snippet in self._find_alike(like)[:_MOST_TRIALS]:
            self.check_time()
            if self.passes(snippet.text, like.situation.facts, check):
                return snippet.text
        return None

    def _find_alike(self, like: Trial) -> Sequence[Snippet]:
        lists = [self._logged.get(intent, ()) for intent in like.intents or ("",)]
        return min(lists, key=len)

    @cached_property
    def _logged(self) -> Mapping[str, Sequence[Snippet]]:
        """By intent what visitors wrote, and under no name what says none."""
        found: dict[str, list[Snippet]] = defaultdict(list)
        for text in dict.fromkeys(self._texts):
            snippet = self.speech.hear(text)
            for intent in snippet.said.intents or ("",):
                found[intent].append(snippet)
        return found
