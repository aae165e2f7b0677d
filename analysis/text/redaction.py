"""Takes out of a comment what could tell who wrote it: addresses, numbers and names, each replaced by what it was.

Where in doubt it takes out too much: a quote that lacks a number is still a quote. Every expression has bounded repeats
and begins at the edge of a word, so the work grows with the length of the text alone.
"""

import re

_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+%-]{1,64}(?:@|\s?[\[(]at[\])]\s?)[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_URL = re.compile(r"(?<!\w)(?:https?://|www\.)[^\s<>\"]{1,2000}", re.IGNORECASE)
_TELLING_URL = re.compile(r"[?#@]|[^/]{20,}$|/[\w-]{0,200}\d{3}")  # a query, a login, a long or numbered last part
_IBAN = re.compile(r"(?<!\w)[a-z]{2}\d{2}(?:[ -]?[a-z0-9]{4}){2,7}(?:[ -]?[a-z0-9]{1,3})?(?!\w)", re.IGNORECASE)
_DIGITS = re.compile(r"(?<![\w+])\+?\(?\d(?:[ ().\-/]{0,3}\d){5,22}(?!\w)")
_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{4}\s?[-/]\s?\d{4}")
_KEYED = re.compile(
    r"(?<!\w)(?P<key>(?:order|ticket|case|invoice|booking|reservation|reference|ref|customer|client|account|contract|policy|"
    r"tracking|serial|claim|request|incident|member|membership|passport|licence|license)"
    r"(?:\s{1,3}(?:number|no|nr|id|code)\.?(?:\s(?:is|was))?)?\s{0,3}[:#]?\s{0,3}#?)"
    r"(?=[a-z-]{0,12}\d)[a-z0-9](?:[a-z0-9/_-]{2,40})",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?<!\w)(?:#\s?\d{3,20}|[A-Z]{1,6}[-_]?\d{4,20})(?!\w)")

_NAME_WORD = r"(?:[A-Z][\w'’-]{1,30}|[A-Z]\.)"
_NAMES = rf"{_NAME_WORD}(?: (?:(?:van|von|de|der|den|di|da|la|le|el|bin) ){{0,2}}{_NAME_WORD}){{0,2}}"
_TITLED = re.compile(rf"(?<!\w)(?P<key>(?:Mr|Mrs|Ms|Miss|Mister|Dr|Prof|Herr|Frau|Sir|Madam)\.?\s)(?P<name>{_NAMES})")
_GREETED = re.compile(
    rf"(?<!\w)(?P<key>(?i:dear|hi|hello|hey|good morning|good afternoon|good evening|thanks|many thanks|"
    rf"thank you|thanks to|thank you to|thanks go to|kudos to|my name is|this is|i am|i'm|spoke to|spoke with|"
    rf"talked to|talked with|speak to|speak with|met with|ask for|helped by|served by|agent|advisor|adviser|consultant|"
    rf"colleague|technician|named|called)"
    rf",?[ ])(?P<name>{_NAMES})"
)
_SIGNED = re.compile(
    rf"(?<!\w)(?P<key>(?i:regards|kind regards|best regards|best wishes|sincerely|yours|cheers|signed|greetings|love|"
    rf"thanks)[,.!]?[ ]{{0,3}}\n{{0,3}}[ ]{{0,3}}[-–—]?[ ]{{0,2}})(?P<name>{_NAMES})(?=[ .!]{{0,3}}(?:\n|$))"
)
_NO_NAMES = frozenset(
    [
        "a",
        "all",
        "am",
        "an",
        "and",
        "anybody",
        "anyone",
        "april",
        "as",
        "at",
        "august",
        "but",
        "by",
        "customer",
        "customers",
        "december",
        "dr",
        "english",
        "everybody",
        "everyone",
        "february",
        "folks",
        "for",
        "frau",
        "french",
        "friday",
        "from",
        "german",
        "great",
        "guys",
        "he",
        "herr",
        "how",
        "i",
        "if",
        "in",
        "is",
        "it",
        "january",
        "july",
        "june",
        "kept",
        "ladies",
        "madam",
        "mail",
        "march",
        "may",
        "miss",
        "mister",
        "monday",
        "mr",
        "mrs",
        "ms",
        "my",
        "no",
        "not",
        "november",
        "october",
        "of",
        "on",
        "our",
        "please",
        "prof",
        "sales",
        "saturday",
        "september",
        "service",
        "she",
        "sir",
        "sirs",
        "so",
        "still",
        "sunday",
        "support",
        "team",
        "thank",
        "thanks",
        "that",
        "the",
        "their",
        "there",
        "they",
        "this",
        "thursday",
        "to",
        "tuesday",
        "very",
        "we",
        "wednesday",
        "what",
        "when",
        "why",
        "with",
        "you",
        "your",
    ]
)


def redact(text: str) -> str:
    """The text with [link], [e-mail], [iban], [card], [phone], [number] and [name] where those stood.

    Control characters and marks that turn the direction of writing go too: they could hide an address or reorder what
    is read. Redacting twice changes nothing more.
    """
    text = _INVISIBLE.sub("", text)
    text = _URL.sub(_without_token, text)
    if "@" in text or "at]" in text or "at)" in text:
        text = _EMAIL.sub("[e-mail]", text)
    if any(character.isdigit() for character in text):
        text = _IBAN.sub(_without_iban, text)
        text = _KEYED.sub(lambda found: f"{found['key']}[number]", text)
        text = _CODE.sub("[number]", text)
        text = _DIGITS.sub(_without_digits, text)
    for names in (_TITLED, _SIGNED, _GREETED):
        text = names.sub(_without_name, text)
    return text


def _without_token(found: re.Match[str]) -> str:
    address = found[0]
    return "[link]" if _TELLING_URL.search(address.split("//", 1)[-1]) else address


def _without_iban(found: re.Match[str]) -> str:
    """By shape and not by check digits: an IBAN with a slip in it still tells whose it is."""
    return "[iban]" if sum(character.isdigit() for character in found[0]) >= 8 else found[0]


def _without_digits(found: re.Match[str]) -> str:
    shown = found[0]
    if _DATE.fullmatch(shown):
        return shown
    digits = [int(character) for character in shown if character.isdigit()]
    if 13 <= len(digits) <= 19 and _passes_luhn(digits):
        return "[card]"
    is_phone = len(digits) <= 15 and (shown[0] in "+(0" or any(sign in shown for sign in " ()-/."))
    return "[phone]" if is_phone else "[number]"


def _passes_luhn(digits: list[int]) -> bool:
    """The check sum of payment cards (ISO/IEC 7812-1)."""
    doubled = (2 * digit - 9 * (digit > 4) for digit in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _without_name(found: re.Match[str]) -> str:
    words = found["name"].split()
    if words[0].rstrip(".").lower() in _NO_NAMES:
        return found[0]
    kept = next((place for place, word in enumerate(words) if word.lower() in _NO_NAMES), len(words))
    return " ".join([f"{found['key']}[name]", *words[kept:]])
