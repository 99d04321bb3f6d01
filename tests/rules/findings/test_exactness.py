"""What is claimed holds: against brute force over short messages, and on random rulebooks."""

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.decision import Situation, find_passes, settle
from rules.evaluator import build_evaluators
from rules.findings.automata import find_message
from rules.findings.cases import build_case
from rules.findings.domains import build_domains
from rules.findings.finding import Finding
from rules.findings.groups import Chooser
from rules.findings.machines import Wording
from rules.findings.search import find_findings
from rules.findings.solving import Solver, TooHard
from rules.findings.spelling import count_slips, is_near
from rules.language.phrases import Phrase, parse_phrase
from rules.reference import ReferenceEvaluator, matches_phrase, rule_holds
from rules.rulebook.parts import Rulebook
from tests.rules.findings.worlds import HOUR, NOW
from tests.rules.test_agreement import parse_or_skip
from tests.rules.worlds import facts, patient, rulebooks, texts

LETTERS = ["a", "b", "c"]
parts = st.sampled_from(["a", "b", "c", "(a|b)", "[c]", "(a b|c)", "[a|b c]"])
drawn_phrases = st.tuples(st.lists(parts, max_size=2), st.booleans(), st.sampled_from("abc"))
few_phrases = st.lists(drawn_phrases, max_size=2)


def build_phrases(drawn: Sequence[tuple[list[str], bool, str]]) -> list[Phrase]:
    return [
        parse_phrase(" ".join([*items, *(["*"] if items and gap else []), last]))
        for items, gap, last in drawn
    ]


def iterate_messages(most: int) -> Iterator[tuple[str, ...]]:
    """Every message of so many words, short ones first; `x` is a word of no phrase."""
    for count in range(1, most + 1):
        yield from itertools.product([*LETTERS, "x"], repeat=count)


def says_whole(phrase: Phrase, words: Sequence[str]) -> bool:
    """Whether the message is one way to say the phrase and nothing else."""
    marked = parse_phrase(f"start {phrase.source} end")
    return matches_phrase(marked, ["start", *words, "end"])


@settings(max_examples=50, deadline=None)
@given(said=drawn_phrases, also=few_phrases, never=few_phrases)
def test_automata_agree_with_trying_every_short_message(
    said: Any, also: list[Any], never: list[Any]
) -> None:
    [first] = build_phrases([said])
    wanted, forbidden = build_phrases(also), build_phrases(never)
    found = find_message(
        Wording(first),
        also=[Wording(each) for each in wanted],
        never=[Wording(each) for each in forbidden],
    )
    if found is not None:
        assert says_whole(first, found)
        assert all(matches_phrase(each, found) for each in wanted)
        assert not any(matches_phrase(each, found) for each in forbidden)
    most = 4 if found is None else min(len(found) - 1, 4)
    for words in iterate_messages(most):
        assert not (
            says_whole(first, words)
            and all(matches_phrase(each, words) for each in wanted)
            and not any(matches_phrase(each, words) for each in forbidden)
        )


def test_a_misspelling_is_a_message_where_the_word_itself_is_vetoed() -> None:
    said = Wording(parse_phrase("refund me"), {"refund": 1})
    never = Wording(parse_phrase("refund"))
    found = find_message(said, never=[never])
    assert found is not None
    assert is_near(found[0], "refund", 1)
    assert find_message(said, never=[Wording(parse_phrase("refund"), {"refund": 1})]) is None


@given(one=st.text("abc", max_size=5), other=st.text("abc", max_size=5))
def test_slips_are_counted_alike_from_both_sides(one: str, other: str) -> None:
    slips = count_slips(one, other)
    assert slips == count_slips(other, one)
    assert (slips == 0) is (one == other)
    assert abs(len(one) - len(other)) <= slips <= max(len(one), len(other))


def build_solver(rulebook: Rulebook) -> Solver:
    domains = build_domains(rulebook)
    return Solver(rulebook, Chooser(rulebook, domains=domains, samples={}, now=NOW))


def is_usual(rulebook: Rulebook, given_facts: dict[str, Any]) -> bool:
    """Whether a conversation could have these facts."""
    domains = build_domains(rulebook)
    always = (name for name, domain in domains.items() if domain.is_always_there)
    known = all(domains[name].has(value) for name, value in given_facts.items() if name in domains)
    return known and all(name in given_facts for name in always)


USUAL = {"site": "s", "language": "en", "hours": "open", "turn": 1, "repeat": 0, "agents_online": 1}


@settings(patient, max_examples=30)
@given(data=rulebooks(), text=texts, stated=facts, turn=st.integers(1, 4))
def test_what_holds_on_some_message_is_never_called_impossible(
    data: dict[str, Any], text: str, stated: dict[str, Any], turn: int
) -> None:
    rulebook = parse_or_skip(data)
    usual = {**USUAL, **stated, "turn": turn}
    usual["hours"] = "open" if turn % 2 else "closed"
    if not is_usual(rulebook, usual):
        usual = {**USUAL, "turn": turn}
    solver, reference = build_solver(rulebook), ReferenceEvaluator(rulebook)
    seen = find_passes(reference, Situation(text=text, facts=usual))[0].facts
    cases = [build_case(rule, at) for at, rule in enumerate(rulebook.sort_rules())]
    holding = [rule_holds(case.rule, seen) for case in cases]
    clauses = [
        case.alternatives if held else case.denials
        for case, held in zip(cases, holding, strict=True)
        if held or case.denials is not None
    ]
    try:
        assert solver.find_world([each for each in clauses if each is not None]) is not None
    except TooHard:
        return


@settings(patient, max_examples=20)
@given(data=rulebooks(), logged=st.lists(texts, max_size=5))
def test_every_witness_and_every_logged_message_triggers_what_its_finding_says(
    data: dict[str, Any], logged: list[str]
) -> None:
    rulebook = parse_or_skip(data)
    evaluators = build_evaluators(rulebook)
    findings = find_findings(
        rulebook=rulebook,
        evaluators=evaluators,
        logged=logged,
        budget_seconds=HOUR,
        now=NOW,
    )
    for finding in findings:
        if finding.witness is not None and finding.witness.before is None:
            check_witness(rulebook, finding, finding.witness.text)
            if finding.logged is not None:
                check_witness(rulebook, finding, finding.logged)
    for evaluator in evaluators:
        evaluator.close()


def check_witness(rulebook: Rulebook, finding: Finding, text: str) -> None:
    assert finding.witness is not None
    situation = Situation(text=text, facts=finding.witness.facts)
    reference = ReferenceEvaluator(rulebook)
    [first, *_] = find_passes(reference, situation)
    decision = settle(reference, situation)
    rules = [rulebook.rules[name] for name in finding.rules]
    name = finding.where.split(".")[1].partition("[")[0] if "." in finding.where else ""
    match finding.code:
        case "unreachable" | "subsumed":
            assert rule_holds(rules[0], first.facts)
            assert first.winner in rules[1:]
        case "conflict" | "two_wishes":
            assert all(rule_holds(rule, first.facts) for rule in rules)
            assert first.winner in rules
        case "empty_placeholder" | "uncaught_failure":
            assert first.winner == rules[0]
        case "unhandled_intent" | "uncovered":
            assert first.winner is None
            assert name in decision.intents
        case "overlap" | "near_word":
            assert name in decision.intents
        case "vetoed_phrase":
            assert name not in decision.intents
