"""Examples of rules as situations that can be decided."""

from datetime import UTC, datetime, timedelta

from rules.reading import Situation
from rules.rulebook.parts import Rule, RuleExample, Validity


def build_example_situation(rule: Rule, example: RuleExample) -> Situation:
    """What an example stands for: at a time when its rule is valid, if it names none itself."""
    facts = dict(example.facts)
    if rule.validity is not None and "now" not in facts:
        facts["now"] = find_valid_moment(rule.validity).isoformat()
    return Situation(text=example.text, facts=facts)


def find_valid_moment(validity: Validity) -> datetime:
    """The first moment of a validity, else one just before its end; both clocks agree on it."""
    if validity.start is not None:
        return datetime.fromtimestamp(validity.start.seconds, UTC)
    end = validity.until.seconds if validity.until is not None else 0.0
    return datetime.fromtimestamp(end, UTC) - timedelta(seconds=1)
