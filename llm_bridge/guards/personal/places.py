"""Finds postal addresses by the words of many languages for streets, flats and boxes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from llm_bridge.guards.personal.kinds import Kind, Span

_W = r"[^\W\d_][\w'’.-]{0,30}"
_NO = r"\d{1,6}[a-zA-Z]?(?:[/-]\d{1,4}[a-zA-Z]?)?"
_AFTER = (
    r"street|avenue|ave|road|rd|lane|ln|boulevard|blvd|crescent|terrace|highway|hwy|parkway|pkwy"
)
# Words of everyday, too: only with capitals before them.
_AFTER_NAME = (
    r"str|st|av|drive|dr|court|ct|way|place|pl|square|sq|ter|close|cres|trail|trl|circle|cir|alley"
    r"|row|grove|gardens|hill|mews|park|rise|wharf|quay|walk|loop|plaza|heights"
)
_BEFORE = (
    r"rue|boulevard|allée|chemin|impasse|calle|c/|avenida|avda|paseo|carrera|viale|piazza|piazzetta"
    r"|vicolo|rua|rúa|travessa|praça|estrada|ulica|ul|aleja|ulitsa|улица|ул|проспект|пр|пер"
    r"|οδός|λεωφόρος|πλατεία|an der|auf der|unter den"
)
# Words of everyday, too: only with a capital behind them.
_BEFORE_NAME = r"avenue|av|bd|place|quai|route|plaza|camino|via|corso|largo|al|pl|am"
_GLUED = (
    r"stra(?:ß|ss)e|str|weg|gasse|allee|platz|damm|ufer|straat|laan|plein|kade|gracht"
    r"|dijk|singel|gatan|vägen|gata|väg|veien|vegen|vej|gade|stræde|katu|kuja|polku"
    r"|vegur|stræti|stígur|út|utca|útja|ulice|náměstí|braut"
)
_UNIT = (
    r"(?:[\s,>?]{0,40}(?:apt|apartment|suite|ste|unit|flat|floor|room|wohnung|etage|piso|appt|int"
    r"|kv|кв)\.?\s{0,2}#?\w{1,6}\b)"
)
_TAIL = r"(?:[\s,>?]{1,40}(?:[A-Z]{1,3}-)?\d{4,6}(?:[ -]\d{2,4})?\b(?![.,]?\d))"
_TOWN = r"(?:[\s,]{1,6}[^\W\d_a-z][\w'’.-]{1,30}(?:[ -][^\W\d_a-z][\w'’.-]{0,30}){0,3})"

_ENGLISH = (
    rf"(?:{_NO} ){{1,2}}(?!(?:and|or|of|on|from|in|to|the|my)\b)(?:{_W} ){{1,2}}(?:{_AFTER})\b\.?"
    rf"|(?:{_NO} ){{1,2}}(?-i:(?:[^\W\d_a-z][\w'’.-]{{0,30}} ){{1,4}})(?:{_AFTER}|{_AFTER_NAME})\b\.?"
    rf"|the corner of [^\n?]{{4,60}}? and {_W}(?: {_W})?"
)
_ROMANCE = (
    rf"(?:{_NO},? (?:bis |ter )?){{0,2}}(?<!\w)"
    rf"(?:(?:{_BEFORE})(?:\.\s?|\s)|(?:{_BEFORE_NAME})(?:\.\s?|\s)(?-i:(?=[^\W\d_a-zß-öø-ÿ])))"
    rf"(?:{_W}[ ,]{{1,2}}){{1,5}}{_NO}\b"
    rf"|(?:{_NO},? (?:bis |ter )?){{1,2}}(?:rue|avenue|boulevard|place|allée|chemin|impasse|quai|route|rua"
    rf"|via|viale|calle|avenida)(?:\s{_W}){{1,5}}"
)
_GERMANIC = rf"(?:{_NO} ){{0,2}}(?:{_W} ){{0,2}}[^\W\d_][\w'’-]{{1,30}}(?:{_GLUED})\.?,? {_NO}\b"
_PLAIN = (
    rf"(?:{_NO} ){{1,2}}{_W}(?: {_W}){{0,3}}(?: {_NO})?(?=[\s>?,]{{1,40}}(?:apt|suite)\.? \d)"
    rf"|(?:apt|suite)\. ?\d{{1,4}}\b|suite \d{{3}}\b"
)
_BOX = (
    r"(?:\d{2,6} )?(?:p\.? ?o\.? ?box|post ?box|postfach|apartado(?: postal)?|boîte postale|postbus"
    r"|casella postale|skr\.? poczt\.?) \d{1,6}"
    r"|(?:unit \d{4} box|psc \d{3,4},? box) \d{3,4}|(?:usns|usnv|uss|uscgc) \w{3,20}(?=\s[adf]po)"
)
_MILITARY = r"(?:\s{1,3}[ADF]PO\s[A-Z]{2}\s\d{5})"
_STREET = re.compile(
    rf"(?i)(?<![\w.])(?:{_BOX}|{_ENGLISH}|{_ROMANCE}|{_GERMANIC}|{_PLAIN}){_UNIT}{{0,3}}"
)
_LINE = r"(?:[\s,>?]{1,40}(?:[^\W\d_a-z][\w'’.()∆-]{1,30}(?: [\w'’.()∆-]{1,30}){0,4}|nan))"
_REST = re.compile(
    rf"{_TOWN}{_TAIL}|{_TAIL}{_TOWN}?|{_LINE}{{1,2}}(?:,? [A-Z]{{2,3}})?{_TAIL}|(?i:{_MILITARY})"
)
_SAID = re.compile(
    r"(?i)\b(?:(?:my|our|new|billing|shipping|delivery|home|postal) address(?: is|:| to)?|address ?:"
    r"|(?:i|we) (?:now )?live (?:at|on)|lives? (?:at|on)|located at|return to|meet (?:me|you) at|sent to(?: user:)?|address (?:with|for \w+)|(?:deliver|ship|send) (?:it |them )?to(?= \d)"
    r"|lieferadresse(?: ist|:)?|anschrift(?: ist|:)?|(?:meine|neue) adresse(?: ist|:| lautet)?|ich wohne in der"
    r"|(?:mi |nueva )?dirección(?: es|:)|vivo en|(?:mon |nouvelle )?adresse(?: est|:)|j['’]habite(?: au)?"
    r"|(?:il mio )?indirizzo(?: è|:)|abito in|(?:mijn )?adres(?: is|:)|(?:meu )?endereço(?: é|:)"
    r"|(?:mój )?adres(?: to|:)|мой адрес:?)\s{0,3}(?P<value>(?=[^\n$€£%]{0,30}\d)[^\W_][^\n?!]{5,90})"
)
_ZIP = re.compile(
    r"(?i)\b(?:zip|postal|post)[ -]?code(?: is|:)?\s{1,3}(?P<value>\w{2,6}(?:[ -](?:\w{0,3}\d\w{0,3}|(?-i:[A-Z]{2})))?)\b"
    r"|\b(?:plz|postleitzahl|código postal|code postal|cap|zip)(?: ist| es| est|:)\s{0,3}(?P<other>\d[\w-]{2,8})"
)
_STOP = re.compile(
    r"(?i)[.;]\s|,? (?:and|but|because|please|so|instead|und|aber|bitte|y|pero|et|mais) |\s-\s|[.]$"
)


def find_places(text: str) -> Iterator[Span]:
    """Streets with a number, boxes, and whatever somebody calls an address."""
    if not any(map(str.isdecimal, text)):
        return
    for match in _STREET.finditer(text):
        rest = _REST.match(text, match.end())
        end = rest.end() if rest else match.end()
        yield Span(
            match.start(), match.start() + len(text[match.start() : end].rstrip()), Kind.ADDRESS
        )
    for match in _SAID.finditer(text):
        said = _STOP.split(match["value"], maxsplit=1)[0]
        if any(map(str.isdecimal, said)) and "@" not in said:
            yield Span(
                match.start("value"), match.start("value") + len(said.rstrip(" ,.")), Kind.ADDRESS
            )
    for match in _ZIP.finditer(text):
        group = "value" if match["value"] else "other"
        if any(map(str.isdecimal, match[group])):
            yield Span(match.start(group), match.end(group), Kind.ADDRESS)
