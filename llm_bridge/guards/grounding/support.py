"""Whether a sentence says only what its ground says, and else what it says without one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from llm_bridge.guards.grounding.comparing import find_turned, gives, holds, unique
from llm_bridge.guards.grounding.figures import Figure, find_figures
from llm_bridge.guards.grounding.folding import clean, fold
from llm_bridge.guards.grounding.ground import Ground, Line, Passage
from llm_bridge.guards.grounding.terms import Said, Term, read_sentence
from llm_bridge.guards.grounding.vocabulary import HOWEVERS, IGNORANCE

# All three measured by benchmarks/guards/grounding.py.
ENOUGH = 0.5  # of the words that say something stand in one passage
NEAR = 0.6  # of what the best line supports: in such a line a figure has to stand
TIED = 0.9  # of the best: lines that are about the same thing


# What a visitor may tell about themselves; never an amount, a share, a period or an address.
_VISITORS_OWN = frozenset({"code", "date", "time", "weekday", "number", "email", "phone"})
# What a text is about rather than what it grants: any line may name it.
_TOPICS = frozenset({"return", "cancel", "deadline", "refund"})
# What is an offer even in a question.
_OFFERS = frozenset({"discount", "free", "warranty", "credit", "lifetime"})

_CLAUSES = re.compile(r";\s+")
_PIECES = re.compile(r",\s|\s-\s|\s(?:and|und|et|y|e|en|but|aber)\s")


@dataclass(frozen=True, slots=True)
class Unsupported:
    """What a sentence says without a ground: a reason's code and the words."""

    reason: str
    found: tuple[str, ...]


def find_unsupported(sentence: str, ground: Ground, *, language: str) -> Unsupported | None:
    """None for a sentence that its ground supports, or that claims nothing."""
    is_question = _is_question(sentence)
    for clause in _CLAUSES.split(sentence):
        claim = _Claim(read_sentence(clause, language), ground, is_question=is_question)
        if (found := next(claim.find_problems(), None)) is not None:
            return found
    return None


@dataclass(frozen=True, slots=True)
class _Match:
    line: Line
    share: float


class _Claim:
    """One sentence beside its ground."""

    def __init__(self, said: Said, ground: Ground, *, is_question: bool) -> None:
        self.said = said
        self.ground = ground
        figures = find_figures(said.text, said.language)
        self.figures = [each for each in figures if not _is_list_number(each, said.text)]
        self.terms = [term for term in said.terms if not term.is_polite or term.is_name]
        self.is_question = is_question
        self.knows_not = _says_nothing_known(said.text)
        self.matches = self._match()
        self.best = max((match.share for match in self.matches), default=0.0)

    def find_problems(self) -> Iterator[Unsupported]:
        """Each as soon as it is found, the plainest first."""
        found = self._find_figures()
        if found:
            yield Unsupported("ungrounded_figure", found)
        if found := self._find_payments():
            yield Unsupported("ungrounded_payment", found)
        if found := self._find_places():
            yield Unsupported("ungrounded_place", found)
        if found := self._find_policies():
            yield Unsupported("ungrounded_policy", found)
        if found := self._find_names():
            yield Unsupported("ungrounded_name", found)
        if self.is_question or self.knows_not:
            return
        if found := self._find_loose():
            yield Unsupported("ungrounded_claim", found)
        if found := self._find_turned():
            yield Unsupported("turned_round", found)

    def _match(self) -> list[_Match]:
        return [
            _Match(line, self._weigh(line.stems))
            for passage in self.ground.passages
            for line in passage.lines
        ]

    def _weigh(self, stems: frozenset[str]) -> float:
        terms = {term.stem for term in self.terms}
        return len(terms & stems) / len(terms) if terms else 0.0

    def _find_figures(self) -> tuple[str, ...]:
        return unique(each.text for each in self.figures if not self._has_figure(each))

    def _has_figure(self, figure: Figure) -> bool:
        if any(holds(line, figure) for line in self._find_near()):
            return True
        if any(holds(line, figure) for line in self._find_beside(figure)):
            return True
        data = [passage for passage in self.ground.passages if passage.is_data]
        if any(gives(passage, figure) for passage in data):
            return True
        is_visitors = figure.kind in _VISITORS_OWN or figure.kind.startswith("unit:")
        if not is_visitors or figure.is_limit:
            return False
        lines = (line for passage in self.ground.claimed for line in passage.lines)
        return any(holds(line, figure) for line in lines)

    def _find_near(self) -> list[Line]:
        """The lines that are about what the sentence is about; in another language any may be."""
        language = self.said.language
        if self.terms and not self.best and language:  # about nothing that any line is about
            return [
                match.line
                for match in self.matches
                if match.line.said.language not in {language, ""}
            ]
        return [
            match.line
            for match in self.matches
            if match.share >= NEAR * self.best
            or (language and match.line.said.language not in {language, ""})
        ]

    def _find_beside(self, figure: Figure) -> list[Line]:
        """The lines that support the part of the sentence in which the figure stands."""
        pieces = [
            each for each in _PIECES.split(self.said.text) if figure.text in fold(clean(each))
        ]
        if not pieces or len(pieces[0]) == len(self.said.text):
            return []
        said = read_sentence(pieces[0], self.said.language)
        stems = {term.stem for term in said.terms if not term.is_polite}
        lines = (match.line for match in self.matches)
        return [line for line in lines if stems and len(stems & line.stems) >= NEAR * len(stems)]

    def _find_payments(self) -> tuple[str, ...]:
        """A way to pay that only the visitor named may be declined, never offered."""
        known = _join(passage.lines for passage in self.ground.passages)
        lacking = self.said.payments - {name for line in known for name in line.said.payments}
        if lacking and self.said.is_denied:
            asked = _join(passage.lines for passage in self.ground.claimed)
            lacking -= {name for line in asked for name in line.said.payments}
        return tuple(sorted(name.replace("_", " ") for name in lacking))

    def _find_places(self) -> tuple[str, ...]:
        """A country that only the visitor named may be declined, never served."""
        lines = _join(passage.lines for passage in self.ground.passages)
        known = {stem for line in lines for stem in line.stems if stem.startswith("@")}
        if self._may_name():
            asked = _join(passage.lines for passage in self.ground.claimed)
            known |= {stem for line in asked for stem in line.stems}
        lacking = (term for term in self.said.terms if term.stem.startswith("@"))
        return unique(term.written for term in lacking if term.stem not in known)

    def _find_policies(self) -> tuple[str, ...]:
        if self.knows_not:
            return ()
        lines = [match.line for match in self.matches]
        known = {name for line in self._find_near() for name in line.policies}
        known |= _TOPICS.intersection(*[{n for line in lines for n in line.policies}])
        lacking = self.said.policies - known
        return tuple(sorted(lacking & _OFFERS if self.is_question else lacking))

    def _find_names(self) -> tuple[str, ...]:
        known = self.ground.own.union(*(passage.words for passage in self.ground.passages))
        stems = frozenset().union(*(passage.stems for passage in self.ground.passages))
        lacking = [
            term
            for term in self.terms
            if term.is_name and term.word not in known and term.stem not in stems
        ]
        if self._may_name():
            theirs = frozenset().union(*(passage.words for passage in self.ground.claimed))
            lacking = [term for term in lacking if term.word not in theirs]
        return unique(term.written for term in lacking)

    def _may_name(self) -> bool:
        """Whether it may name what only the visitor named: it affirms nothing of it."""
        affirms_nothing = self.is_question or self.knows_not or self.said.is_denied
        return affirms_nothing or all(term.is_name for term in self.terms)

    def _find_loose(self) -> tuple[str, ...]:
        """The words without support, if too many of them have none in any one passage."""
        names = [term for term in self.terms if term.is_name]
        terms = [term for term in self.terms if term not in names or not self._may_name()]
        if not terms:
            return ()
        best: list[Term] = terms
        for passage in self.ground.passages:
            lacking = self._find_lacking(terms, passage)
            if lacking is not None and len(lacking) < len(best):
                best = lacking
        known = len({figure.text for figure in self.figures})  # else it would not come this far
        all_of, missed = {term.stem for term in terms}, {term.stem for term in best}
        share = 1 - len(missed) / (len(all_of) + known)
        return unique(term.written for term in best) if share < ENOUGH else ()

    def _find_lacking(self, terms: list[Term], passage: Passage) -> list[Term] | None:
        """In another language only what means the same can be compared, and figures."""
        stems = passage.stems
        if not self.said.language or self.said.language == passage.language or passage.is_data:
            return [
                term
                for term in terms
                if term.stem not in stems and term.word not in self.ground.own
            ]
        known = [term for term in terms if term.stem.startswith(("=", "@")) or term.is_name]
        if not any(term.stem in stems for term in known) and not self.figures:
            return None
        return [term for term in known if term.stem not in stems]

    def _find_turned(self) -> tuple[str, ...]:
        """Words that are denied here and not in the line that says it, or the other way round."""
        if not self.best or (self.said.payments and self.said.is_denied and not self._shares()):
            return ()
        turned: tuple[str, ...] = ()
        for line in self._find_tied():
            turned = find_turned(self.said, line)
            if not turned:
                return ()
        return turned

    def _find_tied(self) -> list[Line]:
        """The lines that are about the same thing, of these the ones with the same figures."""
        tied = [match.line for match in self.matches if match.share >= TIED * self.best]
        exact = [
            line
            for line in tied
            if self.figures and all(holds(line, each) for each in self.figures)
        ]
        return exact or tied

    def _shares(self) -> bool:
        known = _join(passage.lines for passage in self.ground.passages)
        return not self.said.payments.isdisjoint(
            name for line in known for name in line.said.payments
        )


def _is_question(sentence: str) -> bool:
    return sentence.rstrip(" \n\"'”’)*_").endswith(("?", "？", "؟", ";?"))


def _says_nothing_known(sentence: str) -> bool:
    folded = fold(sentence.replace("’", "'"))
    found = IGNORANCE.search(folded)
    return found is not None and HOWEVERS.isdisjoint(folded[found.end() :].split())


def _is_list_number(figure: Figure, sentence: str) -> bool:
    """1. Log in. 2) Choose."""
    return figure.kind == "number" and bool(
        re.match(rf"\s*{re.escape(figure.text.split()[0])}[.)]?\s", sentence)
        and not sentence[: figure.start].strip()
        and re.match(r"\s*\d{1,2}[.)]", sentence)
    )


def _join(parts: Iterable[tuple[Line, ...]]) -> list[Line]:
    return [line for lines in parts for line in lines]
