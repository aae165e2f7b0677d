"""The languages a browser says its person reads: the header Accept-Language (RFC 9110, section 12.5.4)."""

import re

MOST_LANGUAGES = 20  # what a person reads; the header is written by whoever asks
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}")
_WEIGHT = re.compile(r"q=(0(\.[0-9]{0,3})?|1(\.0{0,3})?)", re.IGNORECASE)


def accepted_languages(header: str) -> dict[str, float]:
    """The weight of each language, the heaviest first, those of equal weight in the order of the header.

    What is refused (a weight of 0), stands for any language (`*`) or can't be read is left out.
    """
    found: dict[str, float] = {}
    for part in header.split(",")[:MOST_LANGUAGES]:
        language, _, parameter = part.partition(";")
        weight = _weight(parameter.strip())
        if weight > 0 and _LANGUAGE.fullmatch(language.strip()):
            found.setdefault(language.strip(), weight)
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def _weight(parameter: str) -> float:
    """1 where nothing is said, 0 where it can't be read."""
    if not parameter:
        return 1.0
    read = _WEIGHT.fullmatch(parameter)
    return float(read[1]) if read else 0.0
