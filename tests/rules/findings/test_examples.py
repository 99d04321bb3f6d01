"""Examples that do not come out as written, said in words that name both rules."""

from rules.evaluator import build_evaluators
from rules.findings.examples import find_failures
from rules.rulebook.parsing import parse_rulebook
from tests.rules.shop import build_data


def test_every_kind_of_wrong_example_is_a_finding_once() -> None:
    rule = {
        "when": {"intent": "hi"},
        "then": [{"close": True}],
        "examples": ["hello", "goodbye", {"text": "hello", "expect": None}],
    }
    intent = {"phrases": ["hello"], "examples": ["hey"], "counterexamples": ["say hello"]}
    data = build_data(
        rule,
        intents={"hi": intent},
        entities={"code": {"pattern": "[A-Z]", "example": "x"}},
    )
    rulebook = parse_rulebook(data)
    evaluators = build_evaluators(rulebook)
    findings = find_failures(rulebook, evaluators)
    assert [(finding.code, finding.where) for finding in findings] == [
        ("entity_example", "entities.code.example"),
        ("intent_example", "intents.hi.examples[0]"),
        ("intent_counterexample", "intents.hi.counterexamples[0]"),
        ("rule_example", "rules.a.examples[1]"),
        ("rule_example", "rules.a.examples[2]"),
    ]
    assert "“goodbye” goes to no rule, not to a" in findings[3].message
