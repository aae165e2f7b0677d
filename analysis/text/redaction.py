"""Takes out of a comment what could tell who wrote it: addresses, numbers and names, each replaced by what it was.

Where in doubt it takes out too much: a quote that lacks a number is still a quote. Every expression has bounded repeats
and begins at the edge of a word, so the work grows with the length of the text alone; and most are only asked where one
of their cues is among the words, so that plain comments cost little.

What nothing gives away can't be found: a name without a cue before or after it ("Priya was great"), a name in lower
case in the middle of a sentence, a company, a place, an order number of two digits.
"""

import re

from analysis.text.private_addresses import without_addresses
from analysis.text.private_names import without_names
from analysis.text.private_numbers import without_numbers

_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_NO_LETTERS = str.maketrans(dict.fromkeys("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~’‘“”„«»–—…¿¡\u00a0", " "))


def redact(text: str) -> str:
    """The text with [link], [e-mail], [handle], [address], [iban], [card], [phone], [number], [date] and [name].

    Control characters and marks that turn the direction of writing go too: they could hide an address or reorder what
    is read. Redacting twice changes nothing more.
    """
    text = _INVISIBLE.sub("", text)
    words = frozenset(text.lower().translate(_NO_LETTERS).split())
    text = without_addresses(text, words)
    text = without_numbers(text, words)
    return without_names(text, words)
