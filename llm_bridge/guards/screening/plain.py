"""A text without the disguises that orders are hidden under: each reading is a text of its own."""

from __future__ import annotations

import base64
import binascii
import codecs
import re
import unicodedata
from collections.abc import Iterator

# Letters of other alphabets that look like Latin ones, as Unicode's confusables list them.
_ALIKE = str.maketrans(
    "аеорсухіѕјһԁԛԝвкмнтԍɡαεορτυνικχγβηωρʟɪʀɴᴀᴄᴅᴇᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢ",
    "aeopcyxisjhdqwbkmhtggaeoptuvikxybnwplirnacdejkmoptuvwz",
)
_LEET = str.maketrans("013457@$!", "oieastasi")
# Digits in the midst of letters, or one before many: `1gn0r3`, `1nstructions`, but no `2nd`, no `4k`.
_MIXED = re.compile(
    r"(?<![\w@#./-])(?:\w{0,20}[a-z]{1,20}[013457@$!]{1,2}[a-z]{1,20}\w{0,20}|[013457@$][a-z]{4,20})"
    r"(?![\w@./-]|\d)"
)
_LATIN = re.compile(r"[a-z]")
_FOREIGN = re.compile(r"[\u0370-\u03ff\u0400-\u04ff\u0500-\u052f\u0250-\u02af\u1d00-\u1d7f]")
_WORD = re.compile(r"\w+")
_SPELLED = re.compile(r"(?<!\w)(?:\w[ .\-_*|/]{1,3}){4,200}\w(?!\w)")
_INSIDE = re.compile(r"(?<=[a-z])[*_~`|^\\](?=[a-z])|(?<=(?<![a-z])[a-z])-(?=[a-z]{3})")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{20,3000}={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}[ :]?){12,1500}")
_TAGS = re.compile("[\U000e0020-\U000e007e]+")
_SPACE = re.compile(r"\s+")
_COMMON = re.compile(
    r"\b(?:the|and|you|your|all|previous|instructions?|system|prompt|ignore|tell|me)\b"
)


def build_plain(text: str) -> str:
    """Folded, without what cannot be seen, look-alikes as the letters that they look like."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    visible = "".join(c for c in folded if c in "\n\t" or unicodedata.category(c) not in _UNSEEN)
    words = _WORD.sub(_to_latin, visible)
    joined = _SPELLED.sub(_join_spelled, words)
    return _SPACE.sub(" ", _MIXED.sub(_to_letters, _INSIDE.sub("", joined))).strip()


_UNSEEN = frozenset({"Cc", "Cf", "Co", "Mn"})


def build_readings(text: str) -> Iterator[str]:
    """The plain text, and what it may hide: encoded, shifted, turned round."""
    plain = build_plain(text)
    yield plain
    for hidden in filter(None, _find_hidden(text)):
        yield build_plain(hidden)
    for turned in (codecs.encode(plain, "rot13"), plain[::-1]):
        # Texts of any language have some of these by accident, but hardly three different ones.
        if len(set(_COMMON.findall(turned))) >= 3:
            yield turned


def _find_hidden(text: str) -> Iterator[str]:
    for match in _TAGS.finditer(text):
        yield "".join(chr(ord(each) - 0xE0000) for each in match[0])
    for match in _HEX.finditer(text):
        yield _keep_readable(bytes.fromhex(re.sub("[ :]", "", match[0])))
    for match in _BASE64.finditer(text):
        whole = match[0].rstrip("=").translate(str.maketrans("-_", "+/"))
        try:
            yield _keep_readable(base64.b64decode(whole[: len(whole) // 4 * 4]))
        except binascii.Error:
            continue


def _keep_readable(hidden: bytes) -> str:
    text = hidden.decode("utf-8", "ignore")
    return text if text.isprintable() and len(text) * 4 > len(hidden) * 3 else ""


def _to_latin(match: re.Match[str]) -> str:
    """A word that mixes alphabets is meant to be read as Latin."""
    word = match[0]
    is_mixed = _FOREIGN.search(word) and _LATIN.search(word)
    return word.translate(_ALIKE) if is_mixed else word


def _join_spelled(match: re.Match[str]) -> str:
    """`i g n o r e`; two or more spaces, or another mark, stand between words."""
    letters = match[0]
    if not any(map(str.isalpha, letters)) or sum(map(str.isdecimal, letters)) > len(letters) // 8:
        return letters
    words = re.split(r"\s{2,}|[|/]", letters)
    return " ".join(re.sub(r"\W|_", "", word) for word in words)


def _to_letters(match: re.Match[str]) -> str:
    """`1gn0r3`, but no order's number."""
    word = match[0]
    letters = sum(map(str.isalpha, word))
    return word.translate(_LEET) if letters * 2 >= len(word) else word
