"""Phrases that say nothing, or nothing that others of their intent do not say."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rules.findings.automata import TooLarge, find_message
from rules.findings.finding import Finding, Proof, Witness
from rules.findings.inquiry import Inquiry
from rules.findings.machines import Wording
from rules.findings.pattern_samples import find_samples
from rules.findings.speech import build_wordings
from rules.findings.telling import join, quote
from rules.language.patterns import Pattern
from rules.language.phrases import Phrase
from rules.rulebook.parts import Expression, Intent

_MOST_COMPARED = 200  # phrases with the same words


@dataclass(frozen=True, slots=True)
class Line:
    """A phrase at its place in an intent."""

    intent: Intent
    at: int
    expression: Expression

    @property
    def where(self) -> str:
        return f"intents.{self.intent.name}.phrases[{self.at}]"

    @property
    def wording(self) -> Wording:
        """Of a phrase; a pattern is no matter of words."""
        if isinstance(self.expression, Pattern):
            raise TypeError(f"{self.where} is a pattern")
        return Wording(self.expression, self.intent.typos)

    @property
    def source(self) -> str:
        if isinstance(self.expression, Pattern):
            return f"/{self.expression.expression}/"
        return self.expression.source


def iterate_lines(inquiry: Inquiry) -> Iterator[Line]:
    for intent in inquiry.rulebook.intents.values():
        inquiry.check_time()
        for at, expression in enumerate(intent.phrases):
            yield Line(intent, at, expression)


def find_silent(inquiry: Inquiry) -> frozenset[str]:
    """Intents that no message can have, each phrase being vetoed; only what is certain."""
    found = set()
    for intent in inquiry.rulebook.intents.values():
        inquiry.check_time()
        suspicious = intent.avoid and not inquiry.speech.find_snippets(intent.name)
        if suspicious and all(_is_vetoed(intent, each) == "exact" for each in intent.phrases):
            found.add(intent.name)
    return frozenset(found)


def _is_vetoed(intent: Intent, expression: Expression) -> Proof | None:
    """Whether `avoid` vetoes every message that says it, and how that is known."""
    if isinstance(expression, Pattern):
        return None
    never = build_wordings(intent, intent.avoid)
    try:
        said = Wording(expression, intent.typos)
        found = find_message(said, never=never)
    except TooLarge:
        return None
    if found is not None:
        return None
    return "sampled" if intent.typos else "exact"


def find_vetoed(inquiry: Inquiry) -> Iterator[Finding]:
    """Phrases that the intent's own `avoid` always vetoes."""
    for line in iterate_lines(inquiry):
        if line.intent.avoid and (proof := _find_veto(inquiry, line)) is not None:
            texts = _say(line)
            yield Finding(
                level="WARNING",
                code="vetoed_phrase",
                where=line.where,
                message=(
                    f"{quote(line.source)} never recognises {line.intent.name}: `avoid` rules out"
                    " every message that says it."
                ),
                witness=Witness(texts[0]) if texts else None,
                proof=proof,
            )


def _find_veto(inquiry: Inquiry, line: Line) -> Proof | None:
    """Exact for phrases against phrases; where a pattern has a say, what was tried."""
    if isinstance(line.expression, Phrase):
        if (proof := _is_vetoed(line.intent, line.expression)) is not None:
            return proof
        if not any(isinstance(each, Pattern) for each in line.intent.avoid):
            return None
    texts = _say(line, without_veto=True)
    heard = [line.intent.name in inquiry.speech.hear(text).said.intents for text in texts]
    return "sampled" if heard and not any(heard) else None


def _say(line: Line, *, without_veto: bool = False) -> Sequence[str]:
    """Messages that say it, one for a phrase; those that phrases of `avoid` leave if asked."""
    if isinstance(line.expression, Pattern):
        return find_samples(line.expression)
    never = build_wordings(line.intent, line.intent.avoid) if without_veto else []
    try:
        words = find_message(Wording(line.expression), never=never)
    except TooLarge:
        return ()
    return () if words is None else (" ".join(words),)


def find_covered(inquiry: Inquiry) -> Iterator[Finding]:
    """Phrases that say nothing that others of the same intent do not say."""
    for intent in inquiry.rulebook.intents.values():
        inquiry.check_time()
        lines = [Line(intent, at, each) for at, each in enumerate(intent.phrases)]
        kept = {line.at: line for line in lines if isinstance(line.expression, Phrase)}
        for line in reversed(list(kept.values())):
            others = [
                one
                for at, one in kept.items()
                if at != line.at and one.wording.fits_into(line.wording)
            ]
            if covering := _find_covering(inquiry, line, others):
                del kept[line.at]
                yield _build_covered(line, covering)


def _find_covering(inquiry: Inquiry, line: Line, others: Sequence[Line]) -> list[Line]:
    if not others or len(others) > _MOST_COMPARED:
        return []
    inquiry.check_time()
    try:
        for one in others:
            if _covers([one], line):
                return [one]
        return list(others) if len(others) > 1 and _covers(others, line) else []
    except TooLarge:
        inquiry.left_out.append(f"whether {quote(line.source)} is said by other phrases")
        return []


def _covers(others: Sequence[Line], line: Line) -> bool:
    never = [one.wording for one in others]
    return find_message(line.wording, never=never) is None


def _build_covered(line: Line, covering: Sequence[Line]) -> Finding:
    texts = _say(line)
    sources = join(quote(one.source) for one in covering[:4])
    return Finding(
        level="INFO",
        code="covered_phrase",
        where=line.where,
        message=(
            f"{quote(line.source)} adds nothing to {line.intent.name}: every message that says it"
            f" also says {sources}."
        ),
        witness=Witness(texts[0]) if texts else None,
        proof="sampled" if line.intent.typos else "exact",
    )
