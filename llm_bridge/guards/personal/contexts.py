"""What stands before a number and tells what it is: a telephone's, an order's, a card's."""

from __future__ import annotations

import re

_REACH = 40  # characters before a number that may tell what it is

PHONE = re.compile(
    r"(?i)phone|mobile|cell|\bfax\b|\btel\b|\bcall(?:ed|ing)?\b|\bring me|\btext me|whatsapp|\bsms\b"
    r"|\b(?:reach|contact) (?:me|us)|\b(?:desk|office|hotline)\b|answering at|telefon|\bhandy|\bmobil"
    r"|rufnummer|teléfono|móvil|celular|telefone|telemóvel|téléphone|portable|cellulare|numéro de tél"
    r"|\bgsm\b|телефон|номер тел|電話|电话|전화|هاتف|טלפון"
)
ORDER = re.compile(
    r"(?i)order|parcel|package|shipment|tracking|invoice|reference|\bref\b|booking|ticket|purchase"
    r"|article|item|product|serial|model|sku|case|bestell|auftrag|rechnung|sendung|artikel|vorgang"
    r"|pedido|factura|envío|compra|commande|facture|colis|suivi|ordine|fattura|spedizione|pacco"
    r"|encomenda|fatura|zamówieni|faktur|przesyłk|zakaz|заказ|накладн"
)
CARD = re.compile(
    r"(?i)\bcards?\b|credit|debit|\bcc\b|visa|master|amex|maestro|karte|tarjeta|carte|carta|kort"
    r"|cartão|kart[aęy]|карт"
)
ID = re.compile(
    r"(?i)social security|\bssn\b|national id|\bid (?:no|number|card)|identity (?:no|number|card)"
    r"|tax (?:id|no|number)|\btin\b|passport|licen[cs]e|insurance (?:no|number)|\bnhs\b|aadhaar"
    r"|personal(?:ausweis|nummer)|ausweis|reisepass|führerschein|steuer-?(?:id|nummer)"
    r"|sozialversicherung|\bdni\b|\bnie\b|\bnif\b|pasaporte|seguridad social|sécurité sociale"
    r"|passeport|codice fiscale|passaporto|\bbsn\b|burgerservice|paspoort|rijksregister|pesel|paszport"
    r"|dowód|personnummer|\bcpr\b|henkilötunnus|\bcpf\b|contribuinte|паспорт|\bинн\b|снилс"
)
ACCOUNT = re.compile(
    r"(?i)bank account|account (?:no|number|#)|sort code|routing|kontonummer|konto-?nr"
    r"|número de cuenta|numéro de compte|numero di conto|rekeningnummer|numer konta"
)


def tells(context: re.Pattern[str], text: str, at: int) -> bool:
    """Whether the words just before a place say so; a line's or sentence's end takes it back."""
    return context.search(_get_words(text, at)) is not None


def tells_last(context: re.Pattern[str], other: re.Pattern[str], text: str, at: int) -> bool:
    """Whether they say so, and nothing nearer says the other."""
    words = _get_words(text, at)
    return _find_last(context, words) > _find_last(other, words)


def _find_last(context: re.Pattern[str], words: str) -> int:
    return max((found.start() for found in context.finditer(words)), default=-1)


def _get_words(text: str, at: int) -> str:
    return re.split(r"\n\n|[!?]\s|\.\s(?=[A-ZÄÖÜ])", text[max(0, at - _REACH) : at])[-1]
