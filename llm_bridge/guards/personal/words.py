"""Finds personal words: addresses of mail and houses, names, passwords, links that open things."""

from __future__ import annotations

import re
from collections.abc import Iterator

from llm_bridge.guards.personal.kinds import Kind, Span

_EMAIL = re.compile(
    r"[\w.!#$%&'*+/=?^`{|}~-]{0,63}[\w+-]@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"
    r"|(?i:[\w.+-]{1,64} ?[(\[] ?(?:at|ät|@) ?[)\]] ?[\w-]{1,63}"
    r"(?:(?:\.| ?[(\[] ?(?:dot|punkt|punto|point|\.) ?[)\]] ?)[\w-]{1,63}){1,4})"
)
_URL = re.compile(r"(?i)\b[a-z][a-z0-9+.-]{1,15}://[^\s<>\"'()\[\]]{4,1500}")
_OPENS = re.compile(
    r"(?i)[?&#;](?:[\w-]{0,30}(?:token|key|secret|password|passwd|pwd|signature|session|auth|code|otp"
    r"|jwt|hash|credential)|sig|sid|e?mail|user|phone)=[^&\s]{3}"
    r"|://[^/\s@]{1,100}:[^/\s@]{1,100}@"
    r"|[/=](?=[a-z]{0,60}\d)(?=\d{0,60}[a-z])[a-z0-9]{20,200}(?![a-z0-9])"
)
_KEY = re.compile(
    r"\beyJ[\w-]{10,2000}\.[\w-]{10,2000}\.[\w-]{5,2000}"
    r"|\b(?:sk|pk|rk|ghp|gho|ghs|glpat|xox[abps]|whsec)[-_][\w-]{12,200}|\bAKIA[A-Z0-9]{16}\b"
)
_PASSWORD = re.compile(
    r"(?i)(?<!\w)(?:password|pass ?phrase|passcode|passwort|kennwort|pin(?: ?(?:code|number))?|cvv2?|cvc"
    r"|contraseña|clave|mot de passe|parola d'ordine|wachtwoord|senha|palavra-passe|hasło|lösenord"
    r"|adgangskode|пароль|otp|security (?:code|answer)|api[ _-]?key|secret|access token)"
    r"(?:\s{1,3}(?:is|was|are|ist|lautet|war|es|est|è|é|to|jest|är|er|für \w{1,20} ist)(?!\w)"
    r"[ \t]{0,3}[:=]?|[ \t]{0,3}[:=])[ \t]{0,3}(?P<value>\"[^\"\n]{1,80}\"|'[^'\n]{1,80}'|\S{3,80})"
)
_BIRTHDAY = re.compile(
    r"(?i)(?:\bborn (?:on|in)?|birth ?(?:day|date)|date of birth|\bdob\b|geboren am|geburtsdatum"
    r"|geburtstag|nacid[oa] el|fecha de nacimiento|née? le|date de naissance|nat[oa] il"
    r"|data di nascita|data de nascimento|geboortedatum|data urodzenia|дата рождения)"
    r"[^\d\n]{0,25}?(?P<value>\d{1,4}[./ -]{1,2}(?:\d{1,2}|\w{3,12})[./ ,-]{1,3}\d{2,4}"
    r"|[A-Z][a-z]{2,9} \d{1,2}(?:st|nd|rd|th)?,? \d{4})"
)

_CAP = r"(?:[^\W\d_a-zß-öø-ÿ][\w'’-]{1,30}|[^\W\d_a-z]\.?(?= )|(?:von|van|der|den|de|da|di|del|la|le|el|al|bin|ten|zu|y)(?= ))"
_SURNAME = r"[^\W\d_a-zß-öø-ÿ][\w'’-]{1,30}"
_FULL = rf"{_CAP}(?: {_CAP}){{0,4}}"
_INTRODUCED = re.compile(
    r"(?i:\bmy (?:full |first |last |sur|user)?name(?:'s| is| was)|\bname ?:|\bi(?: a|')m called"
    r"|\bcall me|\bmein name ist|\bich hei(?:ß|ss)e|\bme llamo|\bmi nombre es|\bje m['’]appelle"
    r"|\bmon nom est|\bmi chiamo|\bil mio nome è|\bmijn naam is|\bik heet|\bmeu nome é|\bme chamo"
    r"|\bnazywam się|\bmam na imię|\bjag heter|\bmitt namn är|\bjeg hedder|\bменя зовут|\bмоё имя"
    r"|\bmaiden name is|\bunder the name(?: of)?|\bin the name of|\bon behalf of|\bauf den namen"
    r"|\ba nombre de|\bau nom de|\baccount holder(?: is)?:?|\bcardholder(?: is)?:?|\bcustomer(?: name)?:"
    r"|\bsigned,?)\s{1,3}"
    rf"(?P<value>{_FULL})"
    rf"|\b(?i:name)[?:,]? (?P<full>{_SURNAME}(?: {_CAP}){{0,2}} {_SURNAME})"
)
# Typed without capitals: no more than two words, and none that goes on with a sentence.
_INTRODUCED_LOW = re.compile(
    r"(?i)\b(?:my (?:full |first |last |sur)?name(?:'s| is)|mein name ist|ich heiße|me llamo"
    r"|je m['’]appelle|mi chiamo|ik heet|me chamo|меня зовут)\s{1,3}"
    r"(?P<value>[^\W\d_][\w'’-]{1,30}(?: (?!(?:and|und|y|et|e|en|i|but|my|on|is|from|with|the|for"
    r"|und|aber|mit|pero|con|mais|avec|ma|of|in|to|not|wrong)\b)[^\W\d_][\w'’-]{1,30})?)"
)
_TITLED = re.compile(
    r"(?<!\w)(?i:mr|mrs|ms|miss|dr|prof|sir|herrn?|frau|señora?|sra?|srta|don|doña|mme|mlle|monsieur"
    r"|madame|signora?|sig|dott|mevrouw|meneer)(?:\.\s?|\s)"
    rf"(?P<value>{_SURNAME}(?: (?:{_CAP} ){{0,2}}{_SURNAME})?)"
)
_LOW_TITLED = re.compile(r"\b(?:mr|mrs|ms|dr)\. (?P<value>[^\W\d_]{2,30})")
_SIGNED = re.compile(
    r"(?im)(?:regards|thanks|thank you|cheers|sincerely|best wishes|yours|grüße|grüßen|gruß|mfg"
    r"|saludos|cordialement|saluti|groeten|pozdrawiam|с уважением)[,.! ]{0,3}\n\s{0,5}"
    rf"(?-i:(?P<value>{_SURNAME}(?: {_CAP}){{0,3}}))[ .]{{0,3}}$"
)
_KEYED = re.compile(
    r"(?i)\"(?:[a-z_.]{0,30}(?:name|street|address|city|zip|postcode|postal_code))\""
    r" ?: ?\"(?P<value>[^\"\\\n]{2,200})\""
)
_SAYS_HOW = re.compile(r"(?:ed|ing|able|ible|en|ful)\Z")
_NO_NAMES_TEXT = """
sir madam customer team support all everyone friend user not on wrong misspelled spelled
incorrect missing the a an is in of to and customers service herr frau damen
"""
_NO_NAMES = frozenset(_NO_NAMES_TEXT.split())
_NO_SECRETS_TEXT = """
not wrong incorrect correct invalid expired forgotten lost locked blocked reset changed too
working required needed being still never always also the a an my your no in on at so what weak
strong secure safe same different old new set it this that falsch gesperrt vergessen nicht
abgelaufen ungültig incorrecta olvidada perdida oublié incorrect perdu bloqué protected asked
sent stored displayed rejected accepted something written
"""
_NO_SECRETS = frozenset(_NO_SECRETS_TEXT.split())


def find_emails(text: str) -> Iterator[Span]:
    if "@" in text or "at" in text.casefold():
        yield from _find(_EMAIL, text, Kind.EMAIL)


def find_links(text: str) -> Iterator[Span]:
    """Web addresses with a token, a session or a password in them."""
    for match in _URL.finditer(text):
        if _OPENS.search(match[0]):
            yield Span(match.start(), match.start() + len(match[0].rstrip(".,;:!?")), Kind.LINK)


def find_secrets(text: str) -> Iterator[Span]:
    yield from _find(_KEY, text, Kind.SECRET)
    for match in _PASSWORD.finditer(text):
        value = match["value"].rstrip(".,;!?")
        is_word = value.isalpha() and value.islower()
        if not (is_word and _SAYS_HOW.search(value)) and _is_secret(match[0], value):
            yield Span(match.start("value"), match.start("value") + len(value), Kind.SECRET)


def _is_secret(said: str, value: str) -> bool:
    """`My password is wrong` tells none, and neither does `a PIN to talk to somebody`."""
    leads = said[: -len(value)].rstrip().casefold()
    if value.casefold() in _NO_SECRETS or (leads.endswith(" to") and value.isalpha()):
        return False
    return len(value) > 2


def find_birthdays(text: str) -> Iterator[Span]:
    yield from _find_values(_BIRTHDAY, text, Kind.BIRTHDAY)


def find_names(text: str) -> Iterator[Span]:
    """Where somebody says that it is one: by itself a name is a word like any other."""
    for pattern in (_INTRODUCED, _INTRODUCED_LOW, _TITLED, _LOW_TITLED, _SIGNED):
        for span in _find_values(pattern, text, Kind.NAME):
            name = text[span.start : span.end].rstrip(".'’-")
            if name.partition(" ")[0].casefold() not in _NO_NAMES and len(name) > 1:
                yield Span(span.start, span.start + len(name), Kind.NAME)


def find_keyed(text: str) -> Iterator[Span]:
    """What JSON calls a name or an address, as webhooks return it."""
    for match in _KEYED.finditer(text):
        is_name = "name" in match[0].partition(":")[0].casefold()
        kind = Kind.NAME if is_name else Kind.ADDRESS
        yield Span(match.start("value"), match.end("value"), kind)


def _find(pattern: re.Pattern[str], text: str, kind: Kind) -> Iterator[Span]:
    return (Span(match.start(), match.end(), kind) for match in pattern.finditer(text))


def _find_values(pattern: re.Pattern[str], text: str, kind: Kind) -> Iterator[Span]:
    for match in pattern.finditer(text):
        group = "value" if match["value"] else "full"
        yield Span(match.start(group), match.end(group), kind)
