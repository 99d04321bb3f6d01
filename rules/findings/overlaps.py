"""Pairs of intents that one wish says both of, and misspellings that say another's word."""

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from rules.findings.automata import MAX_STATES, TooLarge, find_message
from rules.findings.finding import Finding, Witness
from rules.findings.inquiry import Inquiry, Trial
from rules.findings.phrases import Line, iterate_lines
from rules.findings.speech import build_wordings
from rules.findings.spelling import is_near
from rules.findings.telling import quote
from rules.language.phrases import Phrase
from rules.language.text import split_words
from rules.rulebook.parts import Intent

Pair = tuple[str, str]  # two intents, by name


def find_overlaps(inquiry: Inquiry) -> Iterator[Finding]:
    """Wishes recognised as two intents: an example, or one way to say a phrase of one."""
    seen = _find_named_together(inquiry)
    for pair, text in itertools.chain(_find_examples(inquiry), _compare_phrases(inquiry, seen)):
        if pair not in seen:
            seen.add(pair)
            trial = inquiry.try_message(text)
            if _says_both(pair, trial):
                yield _build_overlap(inquiry, pair, trial)


def _sort(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)


def _find_named_together(inquiry: Inquiry) -> set[Pair]:
    """Pairs that a rule tells apart or puts together: somebody has thought of them."""
    found: set[Pair] = set()
    for case in inquiry.book.cases:
        tests = {each.test for alternative in case.alternatives for each in alternative}
        named = sorted(str(each.operand) for each in tests if each.fact == "intents")[:10]
        found |= {_sort(one, other) for one in named for other in named}
    return found


def _find_examples(inquiry: Inquiry) -> Iterator[tuple[Pair, str]]:
    for name in inquiry.rulebook.intents:
        for snippet in inquiry.speech.examples.get(name, ()):
            for other in snippet.said.intents:
                if other != name:
                    yield _sort(name, other), snippet.text


def _compare_phrases(inquiry: Inquiry, seen: set[Pair]) -> Iterator[tuple[Pair, str]]:
    lines = [line for line in iterate_lines(inquiry) if isinstance(line.expression, Phrase)]
    index = _index_words(lines)
    for line in lines:
        inquiry.check_time()
        for host in _find_hosts(line, index):
            pair = _sort(line.intent.name, host.intent.name)
            if pair not in seen and (text := _find_shared(inquiry, host, line)) is not None:
                yield pair, text


def _index_words(lines: Sequence[Line]) -> Mapping[str, list[Line]]:
    index: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        for word in line.wording.words:
            index[word].append(line)
    return index


def _find_hosts(line: Line, index: Mapping[str, list[Line]]) -> Iterator[Line]:
    """Phrases of other intents that may say this one with a word of their own."""
    openings = [[words[0] for words in item.alternatives] for item in line.wording.required]
    rarest = min(openings, key=lambda words: sum(len(index[word]) for word in words))
    found = {host.where: host for word in rarest for host in index[word]}
    for host in found.values():
        if host.intent is not line.intent and line.wording.fits_into(host.wording):
            yield host


def _find_shared(inquiry: Inquiry, host: Line, line: Line) -> str | None:
    """One way to say the first, with nothing in its gaps, that says the second as well."""
    never = [one for each in (host, line) for one in build_wordings(each.intent, each.intent.avoid)]
    try:
        words = find_message(host.wording.without_gaps(), also=[line.wording], never=never)
    except TooLarge:
        inquiry.left_out.append(
            f"whether {quote(host.source)} says {line.intent.name}: more than {MAX_STATES} states"
        )
        return None
    if words is None:
        return None
    text = " ".join(words)
    both = {host.intent.name, line.intent.name}
    return text if both <= set(inquiry.speech.hear(text).said.intents) else None


def _says_both(pair: Pair, trial: Trial) -> bool:
    return set(pair) <= set(trial.intents)


def _build_overlap(inquiry: Inquiry, pair: Pair, trial: Trial) -> Finding:
    winner = inquiry.decide(trial.text)
    goes = f"It goes to {winner}" if winner else "No rule answers it"
    return Finding(
        level="INFO",
        code="overlap",
        where=f"intents.{pair[0]}",
        message=(
            f"{quote(trial.text)} is recognised as {pair[0]} and as {pair[1]}. {goes}; if that is"
            " wrong, put what sets such messages apart into `avoid` of the other intent."
        ),
        rules=(winner,) if winner else (),
        witness=Witness(trial.text),
        logged=inquiry.find_logged(trial, partial(_says_both, pair)),
    )


def find_near_words(inquiry: Inquiry) -> Iterator[Finding]:
    """Words that forgive slips and thereby take another intent's word for theirs."""
    lines = [line for line in iterate_lines(inquiry) if isinstance(line.expression, Phrase)]
    index = _index_words(lines)
    for intent in inquiry.rulebook.intents.values():
        for word, slips in intent.typos.items():
            inquiry.check_time()
            for other, users in index.items():
                theirs = sorted({line.intent.name for line in users})
                if word != other and intent.name not in theirs and is_near(other, word, slips):
                    yield from _build_near(inquiry, intent, theirs[0], (word, other))


def _build_near(
    inquiry: Inquiry, intent: Intent, their: str, words: tuple[str, str]
) -> Iterator[Finding]:
    word, other = words
    if (text := _find_mistaken(inquiry, intent.name, word, other)) is not None:
        trial = inquiry.try_message(text)
        yield Finding(
            level="INFO",
            code="near_word",
            where=f"intents.{intent.name}.typos",
            message=(
                f"{intent.name} takes “{other}”, a word of {their}, for a misspelt “{word}”:"
                f" {quote(text)} is recognised as {intent.name}."
            ),
            witness=Witness(text),
            logged=_find_logged_word(inquiry, trial, intent.name, other),
        )


def _find_logged_word(inquiry: Inquiry, trial: Trial, name: str, word: str) -> str | None:
    return inquiry.find_logged(
        trial,
        lambda each: name in each.intents and word in split_words(each.text),
    )


def _find_mistaken(inquiry: Inquiry, name: str, word: str, other: str) -> str | None:
    """A message with the other's word that is recognised all the same."""
    for snippet in inquiry.speech.find_snippets(name):
        words = [other if each == word else each for each in split_words(snippet.text)]
        text = " ".join(words)
        if other in words and name in inquiry.speech.hear(text).said.intents:
            return text
    return None
