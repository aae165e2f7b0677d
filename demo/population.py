"""The demo's people: who they are, drawn from the lists with a fixed seed."""

import random
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

SIZE = 1_100
WITHOUT_ADDRESS = 0.02
TIME_ZONES = {
    "en-GB": "Europe/London",
    "en-US": "America/New_York",
    "en": "Europe/Dublin",
    "de-DE": "Europe/Berlin",
    "fr-FR": "Europe/Paris",
    "es-ES": "Europe/Madrid",
}
LOCALES = tuple(TIME_ZONES)
LOCALE_WEIGHTS = (40, 25, 20, 7, 4, 4)


class Person(Struct, frozen=True):
    """A contact as the CRM of the demo's company knows them."""

    external_id: str
    name: str
    email: str | None
    persona: str
    locale: str
    company: str
    time_zone: str


def make_people(lists: Mapping[str, Any], personas: Sequence[str], dice: random.Random) -> list[Person]:
    """People of every persona in turn, so that each touchpoint finds enough of those it meets."""
    return [_person(number, personas[number % len(personas)], lists, dice) for number in range(SIZE)]


def _person(number: int, persona: str, lists: Mapping[str, Any], dice: random.Random) -> Person:
    given, family = dice.choice(lists["given_names"]), dice.choice(lists["family_names"])
    company = dice.choice(lists["companies"])
    has_address = dice.random() >= WITHOUT_ADDRESS
    locale = dice.choices(LOCALES, LOCALE_WEIGHTS)[0]
    return Person(
        external_id=f"crm-{1001 + number}",
        name=f"{given} {family}",
        email=f"{_plain(given)}.{_plain(family)}@{company['domain']}" if has_address else None,
        persona=persona,
        locale=locale,
        company=company["name"],
        time_zone=TIME_ZONES[locale],
    )


def _plain(name: str) -> str:
    """A name as an address has it: "Ángela O'Neill" becomes "angela-oneill"."""
    letters = unicodedata.normalize(
        "NFKD", name.replace("ø", "o").replace("ß", "ss").replace("ı", "i").replace("ł", "l")
    )
    kept = "".join(letter for letter in letters if letter.isascii() and (letter.isalnum() or letter in " -"))
    return kept.strip().replace(" ", "-").lower()
