"""Patterns that find nothing, or cost every message time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rules.findings.finding import Finding
from rules.findings.inquiry import Inquiry
from rules.findings.pattern_samples import find_samples
from rules.findings.telling import join
from rules.language.builtins import PATTERNS
from rules.language.patterns import Pattern, find_literal

MAX_PROGRAM = (
    10_000  # instructions of RE2: usual patterns have 10, all letters of all scripts 1,000
)


@dataclass(frozen=True, slots=True)
class Place:
    """A pattern and where it stands."""

    where: str
    pattern: Pattern

    @property
    def is_in_intent(self) -> bool:
        return self.where.startswith("intents.")

    @property
    def shown(self) -> str:
        text = self.pattern.expression
        return f"/{text}/" if len(text) <= 60 else f"/{text[:59]}…/"


def iterate_patterns(inquiry: Inquiry) -> Iterator[Place]:
    for intent in inquiry.rulebook.intents.values():
        for kind in ("phrases", "avoid"):
            for at, expression in enumerate(getattr(intent, kind)):
                if isinstance(expression, Pattern):
                    yield Place(f"intents.{intent.name}.{kind}[{at}]", expression)
    for entity in inquiry.rulebook.entities.values():
        if entity.pattern is not None and entity.pattern not in PATTERNS.values():
            yield Place(f"entities.{entity.name}", entity.pattern)


def find_bad_patterns(inquiry: Inquiry) -> Iterator[Finding]:
    """Patterns that find nothing, that are very large, or that every message is tried on."""
    always = []
    for place in iterate_patterns(inquiry):
        inquiry.check_time()
        if (finding := _find_empty(inquiry, place) or _find_large(place)) is not None:
            yield finding
        elif place.is_in_intent and find_literal(place.pattern.expression) is None:
            always.append(place)
    if always:
        yield _build_always(always)


def _find_empty(inquiry: Inquiry, place: Place) -> Finding | None:
    """A program that no text can pass, or one for which no text could be made."""
    if find_samples(place.pattern, most=1) or _has_example(inquiry, place):
        return None
    certain = place.pattern.compiled.programsize <= 1
    return Finding(
        level="WARNING" if certain else "INFO",
        code="empty_pattern",
        where=place.where,
        message=(
            f"{place.shown} can match no text at all."
            if certain
            else f"No text was found that {place.shown} matches: give an example that it does."
        ),
        proof="exact" if certain else "sampled",
    )


def _has_example(inquiry: Inquiry, place: Place) -> bool:
    """Whether an editor shows that it does find something."""
    section, name = place.where.partition("[")[0].split(".")[:2]
    if section == "entities":
        example = inquiry.rulebook.entities[name].example
        return example is not None and place.pattern.matches(example)
    intent = inquiry.rulebook.intents[name]
    return any(place.pattern.matches(each) for each in (*intent.examples, *intent.counterexamples))


def _find_large(place: Place) -> Finding | None:
    size = place.pattern.compiled.programsize
    if size <= MAX_PROGRAM:
        return None
    return Finding(
        level="WARNING",
        code="expensive_pattern",
        where=place.where,
        message=(
            f"{place.shown} is very large ({size} steps; {MAX_PROGRAM} are a lot): counted"
            " repeats of classes grow fast. Make it shorter, or use words."
        ),
    )


def _build_always(places: Sequence[Place]) -> Finding:
    shown = join(f"{place.where} ({place.shown})" for place in places[:2])
    more = f" and {len(places) - 2} more" if len(places) > 2 else ""
    return Finding(
        level="INFO",
        code="expensive_pattern",
        where="intents",
        message=(
            f"Every message is tried on {shown}{more}, which have no fixed letters to look for"
            " first. Phrases are faster, and so is a pattern with a word outside brackets."
        ),
    )
