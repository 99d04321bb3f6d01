"""Finds personal numbers: cards, accounts, identities, telephones, addresses of machines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from ipaddress import ip_address

import phonenumbers
from stdnum import iban, luhn

from llm_bridge.guards.personal import contexts
from llm_bridge.guards.personal.contexts import tells, tells_last
from llm_bridge.guards.personal.kinds import Kind, Span

_IBAN = re.compile(r"(?i)(?<!\w)[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}(?!\w)")
_IBAN_LENGTHS = range(15, 35)
_CARD = re.compile(r"(?<![\w+])\d(?:[ .-]?\d){11,18}(?!\w)")
# How the numbers of payment cards begin (ISO/IEC 7812, as the schemes publish their ranges).
_BRANDS = re.compile(
    r"4|5[0-8]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)|3[47]|30[0-5]|3[689]|35|6(?:011|22|4[4-9]|5|3|7)"
    r"|1800|2131"
)
_V4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)")
_V6 = re.compile(r"(?i)(?<![\w:])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?![\w:])")
_ID = re.compile(r"(?<![\w@/])[A-Za-z]{0,6}\d[\w./-]{4,20}(?!\w)")
_SPACED_ID = re.compile(r"(?<!\w)[A-Z]?\d(?: ?[\dA-Z]){8,17}(?!\w)")
_ANY_ID = re.compile(
    r"(?<!\w)(?=[A-Z\d-]{0,18}\d[A-Z\d-]{0,18}\d)[A-Z\d][A-Z\d-]{4,18}[A-Z\d](?!\w)"
)
_PHONE = re.compile(
    r"(?i)(?<![\w@/.+-])(?:\+|\(\+)?\(?\d[\d ()./–-]{4,22}\d(?:\s?(?:x|ext\.?)\s?\d{1,6})?(?![\w@])"
)
_DATE = re.compile(r"\d{1,2}([./-])\d{1,2}\1\d{2,4}|\d{4}([./-])\d{1,2}\2\d{1,2}(?: \d{1,2})?")
_YEARS = re.compile(r"(?:19|20)\d\d ?[–/-] ?(?:19|20)?\d\d")
_GROUPS = re.compile(r"\d+")

# Numbers whose form or checksum is telling enough by itself …
_CERTAIN = (
    "es.dni",
    "es.nie",
    "it.codicefiscale",
    "fr.nir",
    "ch.ssn",
    "cn.ric",
    "fi.hetu",
    "mx.curp",
)
# … those that need their usual marks between the digits …
_MARKED = ("us.ssn", "br.cpf", "se.personnummer", "dk.cpr", "be.nn", "ro.cnp", "cz.rc")
# … and those that need somebody to say what they are.
_NAMED = (
    "pl.pesel",
    "de.idnr",
    "de.stnr",
    "gb.nhs",
    "nl.bsn",
    "no.fodselsnummer",
    "pt.cc",
    "in_.aadhaar",
    "ca.sin",
    "au.tfn",
    "at.vnr",
    "tr.tckimlik",
    "ie.pps",
    "za.idnr",
    "hr.oib",
)
_FORMS = {
    "us.ssn": r"\d{3}-\d{2}-\d{4}",
    "br.cpf": r"\d{3}\.\d{3}\.\d{3}-\d{2}",
    "se.personnummer": r"(?:\d\d)?\d{6}[-+]\d{4}",
    "dk.cpr": r"\d{6}-\d{4}",
    "be.nn": r"\d\d\.\d\d\.\d\d-\d{3}\.\d\d",
    "ro.cnp": r"\d{13}",
    "cz.rc": r"\d{6}/\d{3,4}",
}


def find_ibans(text: str) -> Iterator[Span]:
    """Only with the right checksum; what follows one may look like more of it."""
    for match in _IBAN.finditer(text):
        places = [at for at, each in enumerate(match[0]) if each.isalnum()]
        for length in reversed(_IBAN_LENGTHS):
            if length <= len(places) and _is_iban(match[0][: places[length - 1] + 1]):
                yield Span(match.start(), match.start() + places[length - 1] + 1, Kind.IBAN)
                break


def _is_iban(text: str) -> bool:
    return bool(iban.is_valid(text))


def find_cards(text: str) -> Iterator[Span]:
    """With the right last digit, and a scheme's beginning or a word that says card."""
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        is_card = _BRANDS.match(digits) and len(digits) >= 13
        is_card = is_card and not tells_last(contexts.ORDER, contexts.CARD, text, match.start())
        if (is_card or tells(contexts.CARD, text, match.start())) and luhn.is_valid(digits):
            yield Span(match.start(), match.end(), Kind.CARD)


def find_machines(text: str) -> Iterator[Span]:
    for match in (*_V4.finditer(text), *_V6.finditer(text)):
        if sum(map(str.isalnum, match[0])) > 3 and _is_address(match[0]):
            yield Span(match.start(), match.end(), Kind.IP)


def _is_address(text: str) -> bool:
    try:
        return bool(ip_address(text))
    except ValueError:
        return False


def find_ids(text: str) -> Iterator[Span]:
    """By checksum; without one only where somebody says what it is."""
    for match in (*_ID.finditer(text), *_SPACED_ID.finditer(text)):
        if _is_id(text, match):
            yield Span(match.start(), match.start() + len(match[0].rstrip(".,-/")), Kind.ID)
    for match in _ANY_ID.finditer(text.upper() if text.upper().lower() == text.lower() else text):
        if tells(contexts.ID, text, match.start()) or _is_account(text, match):
            yield Span(match.start(), match.end(), Kind.ID)


def _is_id(text: str, match: re.Match[str]) -> bool:
    number = match[0].rstrip(".,-/")
    if any(re.fullmatch(_FORMS[name], number) and _check(name, number) for name in _MARKED):
        return True
    if any(_check(name, number) for name in _CERTAIN):
        return not tells(contexts.ORDER, text, match.start())
    is_named = tells(contexts.ID, text, match.start())
    return is_named and any(_check(name, number) for name in _NAMED)


def _is_account(text: str, match: re.Match[str]) -> bool:
    return match[0].replace("-", "").isdecimal() and tells(contexts.ACCOUNT, text, match.start())


def _check(name: str, number: str) -> bool:
    return bool(_get_check(name)(number))


_checks: dict[str, Callable[[str], bool]] = {}


def _get_check(name: str) -> Callable[[str], bool]:
    if name not in _checks:
        _checks[name] = import_module(f"stdnum.{name}").is_valid
    return _checks[name]


def find_phones(text: str) -> Iterator[Span]:
    """In international form, in the usual groups, or where somebody says that it is one."""
    for match in _PHONE.finditer(text):
        number = _strip(match[0])
        if _is_phone(number, text, match.start()):
            yield Span(match.start(), match.start() + len(number), Kind.PHONE)


def _strip(number: str) -> str:
    """Without a bracket that was closed only after it, and the like."""
    number = number.rstrip(" -./–(")
    while number.count(")") > number.count("("):
        number = number[: number.rindex(")")].rstrip(" -./–(")
    return number


def _is_phone(number: str, text: str, at: int) -> bool:
    groups = _GROUPS.findall(re.split(r"(?i)\s?(?:x|ext)", number)[0])
    digits = "".join(groups)
    if number.lstrip("(").startswith("+"):
        return _is_possible(digits)
    if not 6 <= len(digits) <= 15 or _DATE.fullmatch(number) or _YEARS.fullmatch(number):
        return False
    if tells_last(contexts.PHONE, contexts.ORDER, text, at):
        return True
    if tells(contexts.ORDER, text, at) or len(digits) > 13:
        return False
    if digits.startswith("00"):
        return len(groups) > 1 and _is_possible(digits[2:])
    return _has_usual_groups(number, groups)


def _is_possible(digits: str) -> bool:
    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_possible_number(number)


def _has_usual_groups(number: str, groups: list[str]) -> bool:
    sizes, total = [*map(len, groups)], sum(map(len, groups))
    if "," in number or not 8 <= total <= 12:
        return False
    if number[0] == "(" and ")" in number:
        return True
    if groups[0].startswith("0"):
        return total >= 9 and (sizes[0] <= 5 if len(sizes) > 1 else total in {10, 11})
    if sizes in ([3, 3, 4], [1, 3, 3, 4]):
        return True
    return len(sizes) >= 4 and all(size in {2, 3} for size in sizes[1:]) and sizes[0] <= 3
