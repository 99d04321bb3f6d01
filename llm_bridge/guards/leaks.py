"""Keeps our instructions to the model where they are, however it spells them.

Compared are runs of letters, so spaces, marks and Markdown hide nothing; turned round, shifted by
thirteen letters or encoded, a text is compared as well as what it hides.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from llm_bridge.guards.verdicts import Context, Passed, Verdict, Withheld
from llm_bridge.prompts import COMPANY_PREFIX

# Letters in a row that nobody writes by accident: five or six words of our rules. What a company
# adds may hold words that everybody writes ("please feel free to contact our support"): twice that.
RUN, COMPANY_RUN = 24, 56
_SHORTEST = 20  # letters of a sentence of ours that counts although it is shorter
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{24,4000}={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}[ :,]?){16,2000}")
# Names of ours that are no words of any language: no customer is told of them.
_OWN_WORDS = re.compile(
    r"\b(?:used_sources|customer_request|missing_knowledge|unsupported_request|policy_restriction"
    r"|tool_failure|pending_clarification)\b"
)


def withhold_leaks(sentence: str, context: Context) -> Verdict:
    """A sentence of our instructions is not for visitors; what sources or the visitor say is."""
    if not context.instructions or not context.policy.leaks:
        return Passed()
    if _OWN_WORDS.search(sentence) and not _OWN_WORDS.search(context.question):
        return Withheld("leak")
    # The words before it, because a sentence may be cut where its line ends.
    before = _get_letters(context.said[-300:])
    for text in _read_hidden(sentence):
        copied = _find_copies(context.instructions, before, text)
        if any(each not in _build_known(context) for each in copied):
            return Withheld("leak")
    return Passed()


def _find_copies(instructions: str, before: str, letters: str) -> Iterator[str]:
    """Runs of the instructions, and whole sentences of theirs that are shorter than a run."""
    ours, _, company = instructions.partition(COMPANY_PREFIX)
    for part, size in ((ours, RUN), (company, COMPANY_RUN)):
        whole = before[1 - size :] + letters
        starts = range(len(whole) - size + 1)
        runs = _build_runs(part, size)
        yield from (run for at in starts if (run := whole[at : at + size]) in runs)
    if len(letters) >= _SHORTEST and letters in _build_sentences(instructions):
        yield letters


def _build_known(context: Context) -> str:
    """What the visitor may read elsewhere, or wrote himself."""
    texts = (context.question, *(source.text for source in context.sources))
    return "\n".join(map(_get_letters, texts))


@lru_cache(maxsize=64)
def _build_runs(text: str, size: int) -> frozenset[str]:
    letters = _get_letters(text)
    return frozenset(letters[at : at + size] for at in range(len(letters) - size + 1))


@lru_cache(maxsize=64)
def _build_sentences(text: str) -> frozenset[str]:
    return frozenset(map(_get_letters, re.split(r"[.;:\n]", text)))


def _read_hidden(sentence: str) -> Iterator[str]:
    """The letters of a sentence, and of what it may hide."""
    letters = _get_letters(sentence)
    yield letters
    for match in _BASE64.finditer(sentence):
        yield _get_letters(_decode(match[0]))
    for match in _HEX.finditer(sentence):
        digits = re.sub(r"[ :,]", "", match[0])
        yield _get_letters(bytes.fromhex(digits).decode("utf-8", "ignore"))
    if len(letters) >= _SHORTEST:
        yield letters[::-1]
        yield codecs.encode(letters, "rot13")


def _decode(text: str) -> str:
    whole = text.rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        return base64.b64decode(whole[: len(whole) // 4 * 4]).decode("utf-8", "ignore")
    except binascii.Error:
        return ""


def _get_letters(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(filter(str.isalpha, folded))
