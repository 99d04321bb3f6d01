"""The reference: the same meaning a second time, written plainly and sharing no shortcut.

It is the oracle of tests and publishing, the source of explanations, and the stand-in where
durable-rules does not load. It walks phrases and conditions as they were written.
"""

from rules.reference.conditions import holds, is_same, kind_of, leaf_holds, rule_holds
from rules.reference.evaluator import ReferenceEvaluator
from rules.reference.phrases import find_phrase, matches_phrase
from rules.reference.values import Span, build_spellings, find_values

__all__ = [
    "ReferenceEvaluator",
    "Span",
    "build_spellings",
    "find_phrase",
    "find_values",
    "holds",
    "is_same",
    "kind_of",
    "leaf_holds",
    "matches_phrase",
    "rule_holds",
]
