"""The guard that lets no promise pass, unless a source states it as a fact."""

from __future__ import annotations

import re

from llm_bridge.guards.grounding.folding import clean, fold
from llm_bridge.guards.grounding.ground import Ground
from llm_bridge.guards.grounding.support import NEAR
from llm_bridge.guards.grounding.terms import read_sentence
from llm_bridge.guards.promises.patterns import get_promises
from llm_bridge.guards.verdicts import Context, Passed, Verdict, Withheld

_CLAUSES = re.compile(r";\s+|,\s+(?=(?:and|but|so|und|et|y|e|en|mais|aber|pero|ma|maar|mas)\s)")
_DENIED = re.compile(
    r"\b(?:not|never|cannot|nicht|kein\w*|ne|pas|no|non|niet|geen|nao|nunca)\b|n't\b"
)


def keep_promises(sentence: str, context: Context) -> Verdict:
    """Withheld with the words of the promise."""
    if not context.policy.promises:
        return Passed()
    for clause in _CLAUSES.split(clean(sentence)):
        if (found := _find_promise(clause, context)) is not None:
            return Withheld("promise", (found,), failure="promise")
    return Passed()


def _find_promise(clause: str, context: Context) -> str | None:
    folded, promises = fold(clause), get_promises()
    if clause.rstrip().endswith("?"):
        return None  # "Shall I send it to you?" is asked, and nobody will
    if found := promises.never.search(folded):
        return None if _is_denied(found) else found[0].strip()
    if found := promises.done.search(folded):
        return None if _is_denied(found) or _is_stated(clause, context, by_tool=True) else found[0]
    if found := promises.future.search(folded):
        return None if _is_denied(found) or _is_stated(clause, context) else found[0].strip()
    return None


def _is_denied(found: re.Match[str]) -> bool:
    return _DENIED.search(found[0]) is not None


def _is_stated(clause: str, context: Context, *, by_tool: bool = False) -> bool:
    """Whether one line of a source says all but a few of its words."""
    ground: Ground = context.ground
    said = read_sentence(clause, context.language)
    stems = {term.stem for term in said.terms}
    shared = {stem for stem in stems if stem[0] in "=@"}  # all that two languages have in common
    for passage in ground.passages:
        is_same = passage.language in {said.language, ""} or passage.is_data
        wanted, least = (stems, 1) if is_same else (shared, 2)
        for line in passage.lines if passage.is_data or not by_tool else ():
            if len(wanted) >= least and len(wanted & line.stems) >= NEAR * len(wanted):
                return True
    return False
