"""Why an e-mail address is none that a survey is sent to, each fault with its remedy."""

import re
from collections.abc import Iterator
from unicodedata import category, name, normalize

import idna

from core.errors import Invalid
from core.mail import address_of

EXAMPLE = "kim@example.com"
LONGEST_ADDRESS = 254
HOST_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?")
# What one word is written with where its language has several scripts (Unicode UTS 39, highly restrictive).
WRITTEN_TOGETHER = (
    {"LATIN", "CJK", "HIRAGANA", "KATAKANA", "IDEOGRAPHIC"},
    {"LATIN", "CJK", "BOPOMOFO"},
    {"LATIN", "CJK", "HANGUL"},
)


def address_faults(text: str) -> Iterator[str]:
    """The first fault of the one address in `text`, in words; none where it can be written to."""
    if len(text) > LONGEST_ADDRESS:
        yield f"this address has {len(text)} characters; write one of up to {LONGEST_ADDRESS}"
    elif any(category(character).startswith("C") for character in text):
        yield "an address holds no line breaks, control or invisible characters; take them out"
    elif any(sign in text for sign in '"()<>,;\\'):
        yield f"quotes, comments and names are not taken in an address; write it alone, such as {EXAMPLE}"
    elif any(category(character).startswith("Z") for character in text):
        yield f"an address holds no spaces; write one such as {EXAMPLE}"
    elif not re.fullmatch("[^@]+@[^@]+", text):
        yield f"this is not an e-mail address; write one such as {EXAMPLE}"
    elif not text.partition("@")[0].isascii():
        yield "the part before the @ has letters beyond ASCII, which few servers take; write their ASCII address"
    else:
        yield from _domain_faults(text.partition("@")[2]) or _other_faults(text)


def _domain_faults(domain: str) -> list[str]:
    if domain.startswith("["):
        return [f"an address ends in a domain, not in the number of a machine; write one such as {EXAMPLE}"]
    try:
        labels = _readable(domain).split(".")
    except idna.IDNAError:
        return [f"there can be no domain {domain}; write one such as {EXAMPLE}"]
    for label in labels:
        if is_mixed(label):
            return [
                f"the domain mixes alphabets in {label}, as domains that pass for others do; write it in one alphabet"
            ]
        if label.isascii() and not HOST_LABEL.fullmatch(label):
            return [f"there can be no domain {domain}; write one such as {EXAMPLE}"]
    return []


def _readable(domain: str) -> str:
    """The domain in the letters that people see, also where it is written in the name system's own way."""
    if domain.isascii() and "xn--" not in domain.lower():
        return domain
    return idna.decode(idna.encode(domain, uts46=True))


def is_mixed(label: str) -> bool:
    """Whether a word is written in alphabets that no language writes together, such as Latin with Cyrillic."""
    letters = {character for character in normalize("NFKC", label) if category(character).startswith("L")}
    scripts = {re.split("[ -]", name(letter, "UNKNOWN"))[0] for letter in letters}
    return len(scripts) > 1 and not any(scripts <= together for together in WRITTEN_TOGETHER)


def _other_faults(text: str) -> list[str]:
    """What the mail itself would stumble over."""
    try:
        address_of(text)
    except Invalid:
        return [f"this is not an e-mail address; write one such as {EXAMPLE}"]
    return []
