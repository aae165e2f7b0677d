"""Takes out numbers that lead to somebody: of accounts, cards, phones, orders, tickets, documents, births.

`words` are those of the text in lower case.
"""

import re
from collections.abc import Set

_IBAN = re.compile(r"(?<!\w)[a-z]{2}\d{2}(?:[ .-]{0,2}[a-z0-9]{4}){2,7}(?:[ .-]?[a-z0-9]{1,3})?(?!\w)", re.IGNORECASE)
_DIGITS = re.compile(r"(?<![\w+＋])[+＋]?\(?\d(?:[ ().\-/–—‐‑－\u00a0]{0,3}\d){5,22}(?!\w)")
_DATE = re.compile(
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2}))(?:\s\d{1,2})?|\d{4}\s?[-/–]\s?\d{4}"
)
_THOUSANDS_OR_RANGE = re.compile(r"[1-9]\d{0,2}[ .\u00a0]\d{3}|\d{3}\s?[-–]\s?\d{3}|(?:19|20)\d\d\s?[-/–]\s?\d\d")
_MASKED_CARD = re.compile(r"(?<!\w)(?:[x*•]{2,4}[ -]?){1,4}\d{2,4}(?!\w)", re.IGNORECASE)
_CARD_END = re.compile(
    r"(?<!\w)(?P<key>(?:ending|ends)\s(?:in|with)?\s?|last\s(?:four|4)(?:\sdigits)?(?:\sof\smy\scard)?:?\s(?:are\s)?)"
    r"(?P<number>\d{4})(?!\w)",
    re.IGNORECASE,
)
_CARD_CUES = frozenset(
    """
    card visa mastercard amex maestro debit credit digits
    """.split()  # noqa: SIM905 - it is read, and added to, as a text
)

_KEYS = (
    "order|ticket|case|invoice|booking|reservation|reference|ref|customer|client|account|contract|policy|tracking|serial|"
    "claim|request|incident|member|membership|passport|licence|license|confirmation|pnr|shipment|parcel|delivery|refund|"
    "complaint|loyalty|student|patient|employee|device|imei|vin|meter|card|sort|voucher|transaction|payment|po|ssn|ni|"
    "plate|pin|password|passcode|cvv|cvc|extension|ext|user|bestellung|bestellnummer|auftrag|auftragsnummer|"
    "rechnung|rechnungsnummer|kundennummer|sendungsnummer|vorgang|vertrag|vertragsnummer|buchung|buchungsnummer|"
    "commande|facture|réservation|dossier|pedido|factura|reserva|ordine|fattura|prenotazione|encomenda|bestelling|"
    "factuur|zamówienie|faktura"
)
_TAIL = (
    r"(?:[ -]{1,3}(?:number|no|nr|num|id|code|ref|reference|locator|plate|de\scommande|de\spedido)\b\.?){0,2}"
    r"(?:\s(?:is|was|are)(?=\s))?"
)
_KEYED = re.compile(
    rf"(?<!\w)(?P<key>(?:(?:number|numéro|número|numero)\s(?:de|di)\s)?(?:{_KEYS}){_TAIL}\.?\s{{0,3}}[,:]?\s{{0,3}}#?)"
    r"(?:(?-i:[A-Z]{1,4}(?:-[A-Z]{1,2})?)\s(?=\d))?"
    r"(?=[a-z/_-]{0,12}\d)(?!\d{1,5}(?:[.,]\d{1,2})?(?:(?<=[.,]\d\d)(?![\w.,-])|\s?(?:euros?|eur|usd|gbp|dollars|pounds|days|"
    r"weeks|months|years|times|hours|minutes|percent|people|items)(?!\w)))(?:[a-z0-9](?:[a-z0-9/_.-]{1,40}[a-z0-9])|(?<=#)\d{2})(?:\s\d{2,6}(?!\w)){0,4}(?:\s(?-i:[A-Z])(?!\w))?",
    re.IGNORECASE,
)
_LETTERED = re.compile(
    r"(?<!\w)(?P<key>(?i:(?:booking|reservation|order|confirmation|ticket)\s(?:ref|reference|code|number|no|nr|locator)\.?|"
    r"pnr|locator)(?i:\s(?:is|was))?:?\s)[A-Z]{5,8}(?!\w)"
)
_KEY_CUES = frozenset(_KEYS.split("|")) | {"locator", "numéro", "número"}
_MY_NUMBER = re.compile(r"(?<!\w)(?P<key>(?:extension|ext\.?)\s)\d{2,6}(?!\w)", re.IGNORECASE)
_NO_CODES = r"(?!(?:ISO|RFC|DIN|RTX|GTX|COVID|IEC|EN|USB|PS|MP|HTTP|WH|SM)[-_]?\d)"
_CODE = re.compile(
    rf"(?<!\w)(?:#\s?(?:[A-Za-z]{{1,6}}-?)?\d{{3,20}}|{_NO_CODES}[A-Z]{{1,6}}[-_]?\d{{4,20}}|[a-z]{{1,6}}[-_]?\d{{5,20}}|"
    rf"{_NO_CODES}[A-Z]{{1,6}}[-/]\d{{2,20}}(?:[-/]\w{{1,20}}){{1,3}}|"
    r"(?=[A-Z]{0,9}\d)(?=\d{0,9}[A-Z])(?=(?:[A-Z]{0,9}\d){4})[A-Z0-9]{8,24}|"
    r"[A-Z]{2} ?\d\d ?\d\d ?\d\d ?[A-D]|"  # of the British National Insurance
    r"(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2})(?!\w)"
)
_BIRTH = re.compile(
    r"(?<!\w)(?P<key>(?:born|dob|date of birth|birthday|birthdate|geboren)(?:\s(?:on|is|was|am|in))?:?\s)"
    r"(?:\d{1,4}[-/. ]{1,2}\d{1,2}[-/. ]{1,2}\d{2,4}|\d{1,2}(?:st|nd|rd|th)?\.?\s[^\W\d_]{3,10}\.?,?\s\d{2,4}|"
    r"[^\W\d_]{3,10}\s\d{1,2}(?:st|nd|rd|th)?,?\s\d{2,4})(?!\w)",
    re.IGNORECASE,
)
_BIRTH_CUES = frozenset(
    """
    born dob birth birthday birthdate geboren
    """.split()  # noqa: SIM905 - it is read, and added to, as a text
)

_SPOKEN_DIGIT = (
    r"(?:(?:double|triple)\s)?(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|ten|null|eins|zwei|drei|vier|fünf|"
    r"sechs|sieben|acht|neun|hundred|zéro|cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve)"
)
_SPOKEN = re.compile(rf"(?<!\w){_SPOKEN_DIGIT}(?:[\s,.-]{{1,3}}{_SPOKEN_DIGIT}){{5,30}}(?!\w)", re.IGNORECASE)
_SPOKEN_CUES = frozenset(
    """
    zero oh double triple one two three four five six seven eight nine null eins zwei drei vier fünf sechs sieben
    acht neun zéro cero uno dos tres cuatro cinco seis siete ocho nueve
    """.split()  # noqa: SIM905 - it is read, and added to, as a text
)
_FEWEST_SPOKEN = 3  # different ones: "two or three, four at the most" is none


def without_numbers(text: str, words: Set[str]) -> str:
    if len(words & _SPOKEN_CUES) >= _FEWEST_SPOKEN:
        text = _SPOKEN.sub("[phone]", text)
    if not words.isdisjoint(_KEY_CUES):
        text = _LETTERED.sub(_after_key, text)
    if not any(character.isdigit() for character in text):
        return text
    return _without_digits_of(text, words)


def _without_digits_of(text: str, words: Set[str]) -> str:
    if not words.isdisjoint(_BIRTH_CUES):
        text = _BIRTH.sub(lambda found: f"{found['key']}[date]", text)
    text = _MASKED_CARD.sub("[card]", text)
    if not words.isdisjoint(_CARD_CUES):
        text = _CARD_END.sub(lambda found: f"{found['key']}[card]", text)
    text = _IBAN.sub(_without_iban, text)
    if any(sum(sign.isdigit() for sign in word) > 5 for word in words) or _DIGITS.search(text):
        text = _DIGITS.sub(_without_card, text)
    if not words.isdisjoint(_KEY_CUES):
        text = _KEYED.sub(_after_key, _MY_NUMBER.sub(_after_key, text))
    text = _CODE.sub("[number]", text)
    return _DIGITS.sub(_without_digits, text)


def _after_key(found: re.Match[str]) -> str:
    return f"{found['key']}[number]"


def _without_iban(found: re.Match[str]) -> str:
    """By shape and not by check digits: an IBAN with a slip in it still tells whose it is."""
    return "[iban]" if sum(character.isdigit() for character in found[0]) >= 8 else found[0]


def _without_card(found: re.Match[str]) -> str:
    """Cards go before anything else is looked for, so that "card number 4111 ..." is taken for what it is."""
    digits = [int(character) for character in found[0] if character.isdigit()]
    return "[card]" if 13 <= len(digits) <= 19 and _passes_luhn(digits) else found[0]


def _without_digits(found: re.Match[str]) -> str:
    shown = found[0]
    if _DATE.fullmatch(shown) or _THOUSANDS_OR_RANGE.fullmatch(shown):
        return shown
    digits = sum(character.isdigit() for character in shown)
    is_phone = digits <= 15 and (shown[0] in "+＋(0" or any(sign in shown for sign in " ()-/."))
    return "[phone]" if is_phone else "[number]"


def _passes_luhn(digits: list[int]) -> bool:
    """The check sum of payment cards (ISO/IEC 7812-1)."""
    doubled = (2 * digit - 9 * (digit > 4) for digit in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
