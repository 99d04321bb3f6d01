"""How many tokens a text will cost: an estimate before the call; the provider's count is the truth.

Providers cut text differently and none tells how before it is asked. What is known for all of
them: about four letters a token in English, fewer in other alphabets, and nearly one for each
Chinese, Japanese or Korean character (https://platform.openai.com/tokenizer). The estimate stays
above that, because money is reserved by it.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

from llm_bridge.values import Message

PER_MESSAGE = 4  # tokens around each message in the common chat formats
PER_REQUEST = 3  # tokens that begin the answer

_ASCII = 3.2  # characters for one token
_ALPHABETS = 1.8  # accents, Cyrillic, Greek, Arabic, Hebrew …
_LAST_ALPHABET = 0x0900  # from here on about one token a character, and two beyond U+FFFF


def estimate_tokens(text: str) -> int:
    """Tokens of one text; a little more than the providers will count."""
    return ceil(len(text) / _ASCII if text.isascii() else sum(map(_weigh, text)))


def _weigh(character: str) -> float:
    code = ord(character)
    if code < 0x80:
        return 1 / _ASCII
    if code < _LAST_ALPHABET:
        return 1 / _ALPHABETS
    return 1 if code <= 0xFFFF else 2


def estimate_prompt(messages: Iterable[Message]) -> int:
    """Tokens of a whole prompt, with what the chat format adds."""
    return PER_REQUEST + sum(PER_MESSAGE + estimate_tokens(each.content) for each in messages)
