"""Contacts who answer and change their minds, with a record of what each said last; and what was counted of it."""

import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from analysis.apply_changes import apply_changes
from analysis.remove_responses import delete_response, erase_contact
from analysis.score_responses import score_responses
from core.database import fetch
from tests.analysis.answers import contacts_of, given
from tests.feedback.answering import Customer, Desk, asks

MOODS = (["happy", "relieved"], ["angry"], ["frustrated", "angry"], ["interested"])
WORDS = ("I was on hold for an hour, horrible.", "Great, friendly people!", "The checkout is too complicated.")
START = datetime(2026, 1, 20, 9, tzinfo=UTC)
CONTACTS = 6  # more than a report suppresses

Said = Mapping[str, Any]  # by question: a value, picks or words


class Voices:
    """Each voice is one response, reached by a visit of its own, of one of a few contacts."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.pages: dict[int, Customer] = {}
        self.ids: dict[int, int] = {}
        self.places: dict[int, tuple[int, datetime]] = {}  # the contact and the moment
        self.said: dict[int, dict[str, Any]] = {}
        self._contacts: list[int] = []
        self._begun = 0

    async def begin(self) -> None:
        why = asks("why", "comment")
        await self.desk.publishes(
            asks("felt", "anchor", required=True), asks("nps", "nps"), asks("mood", "emotion"), why
        )
        self._contacts = await contacts_of(self.desk.people.acme, CONTACTS)

    async def answers(self, contact: int, moment: datetime, **form: Any) -> int:
        """A whole response; returns the voice's number."""
        voice, self._begun = self._begun, self._begun + 1
        self.pages[voice] = await self.desk.visited(f"voice{voice}")
        self.places[voice] = (contact, moment)
        self.said[voice] = {}
        await self._insert(voice)
        await self.changes(voice, **form)
        return voice

    async def changes(self, voice: int, **form: Any) -> None:
        """The whole form again, as the page sends it: what stands empty is taken back."""
        answered = await self.pages[voice].sends(**form)
        assert answered.status_code == 303, answered.text
        self.said[voice] = _merged(self.said[voice], form)

    async def does_something(self, dice: random.Random) -> None:
        """One step of somebody, or of a worker."""
        step = dice.random()
        if step < 0.35 or not self.said:
            await self.answers(*self._place(dice), **_form(dice))
        elif step < 0.75:
            await self.changes(dice.choice(list(self.said)), **_form(dice))
        elif step < 0.82:
            await score_responses(self.desk.hands.now)
        elif step < 0.89:
            await apply_changes(self.desk.hands.now)
        elif step < 0.97:
            voice = dice.choice(list(self.said))
            await delete_response(self.desk.people.acme, self.ids[voice])
            del self.said[voice]
        else:
            contact = dice.randrange(len(self._contacts))
            await erase_contact(self.desk.people.acme, f"c{contact + 1}", self.desk.hands.now)
            self.said = {voice: said for voice, said in self.said.items() if self.places[voice][0] != contact}
            await self._return(contact)

    async def settle(self) -> None:
        """Let the worker do all that is due."""
        while await score_responses(self.desk.hands.now) or await apply_changes(self.desk.hands.now):
            pass

    async def stored(self) -> dict[int, dict[str, Any]]:
        """What the database holds of each voice, without what waits."""
        rows = await fetch(
            "SELECT r.visit, a.question, a.value, a.picks, a.text "
            "FROM response r LEFT JOIN answer a ON a.response = r.id"
        )
        found: dict[int, dict[str, Any]] = {}
        for row in rows:
            answers = found.setdefault(int(row["visit"].removeprefix("voice")), {})
            if row["question"] is not None:
                answers[row["question"]] = next(
                    row[kind] for kind in ("value", "picks", "text") if row[kind] is not None
                )
        return found

    async def corrections(self) -> list[dict[str, Any]]:
        """The contact tally without cells that hold nothing."""
        return await fetch(_CORRECTIONS)

    async def say_all_afresh(self) -> None:
        """Forget every response and count, and let each voice say at once what it said last."""
        for table in ("response", "tally", "contact_tally"):
            await fetch(f"DELETE FROM {table}")
        for voice in sorted(self.said):
            await self._insert(voice)
            for question, answer in self.said[voice].items():
                column = "picks" if isinstance(answer, list) else "text" if isinstance(answer, str) else "value"
                await fetch(_ANSWER.format(column=column), self.ids[voice], question, _INSTRUMENTS[question], answer)
        await self.settle()

    async def _insert(self, voice: int) -> None:
        contact, moment = self.places[voice]
        self.ids[voice] = await given(self.desk.people.acme, self._contacts[contact], moment, channel="link")
        await fetch(
            "UPDATE response SET visit = $2, submitted_at = $3, touched_at = $3 WHERE id = $1",
            self.ids[voice],
            f"voice{voice}",
            self.desk.hands.now,
        )

    async def _return(self, contact: int) -> None:
        """An erased contact comes back as a new one of the same name."""
        rows = await fetch(_RETURN, self.desk.people.acme, f"c{contact + 1}", self.desk.hands.now)
        self._contacts[contact] = rows[0]["id"]

    def _place(self, dice: random.Random) -> tuple[int, datetime]:
        """No two voices at the same moment: which of two came first would be nobody's to say."""
        return dice.randrange(CONTACTS), START + timedelta(days=dice.randrange(35), seconds=self._begun)


async def counted() -> dict[tuple[str, str, str], int]:
    """How often each value of each question was counted, over all days."""
    rows = await fetch(
        "SELECT instrument, question, value, sum(n)::int AS n FROM tally WHERE grain = 'day' "
        "GROUP BY 1, 2, 3 HAVING sum(n) <> 0"
    )
    return {(row["instrument"], row["question"], row["value"]): row["n"] for row in rows}


async def read_out() -> dict[str, list[dict[str, Any]]]:
    """What was read out of the comments, each by its voice."""
    return {"comment_score": await fetch(_SCORES), "comment_theme": await fetch(_THEMES)}


def _form(dice: random.Random) -> dict[str, Any]:
    """A whole form of any answers; NPS, a radio button, is only ever chosen."""
    return {
        "felt": str(dice.randint(1, 5)),
        **({"nps": str(dice.randint(0, 10))} if dice.random() < 0.5 else {}),
        "mood": dice.choice([*MOODS, [""]]),
        "why": dice.choice([*WORDS, "", ""]),
    }


def _merged(before: Said, form: Said) -> dict[str, Any]:
    said = {key: _read(key, value) for key, value in form.items()}
    return {key: value for key, value in {**before, **said}.items() if value not in ("", [], None)}


def _read(question: str, value: Any) -> Any:
    if question in ("felt", "nps"):
        return int(value) if value else None
    if question == "mood":
        order = ("happy", "relieved", "interested", "frustrated", "angry")
        return [mood for mood in order if mood in value]
    return value


_INSTRUMENTS = {"felt": "anchor", "nps": "nps", "mood": "emotion", "why": "comment"}

_ANSWER = "INSERT INTO answer (response, question, instrument, {column}) VALUES ($1, $2, $3, $4)"

_RETURN = """
INSERT INTO contact (workspace, external_id, name, kind, locale, created_at)
VALUES ($1, $2, '', 'customer', '', $3) RETURNING id
"""

_CORRECTIONS = """
SELECT touchpoint, instrument, part, persona, channel, grain, first_day, last_day, n, x, x_squared, lens, lens_squared,
       n_satisfied
FROM contact_tally WHERE (n, x, x_squared, lens, lens_squared, n_satisfied) <> (0, 0, 0, 0, 0, 0)
ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
"""

_SCORES = """
SELECT r.visit, s.language, s.state, s.polarity, s.analyser
FROM comment_score s JOIN answer a ON a.id = s.answer JOIN response r ON r.id = a.response ORDER BY r.visit
"""

_THEMES = """
SELECT r.visit, h.theme, h.start, h.stop
FROM comment_theme h JOIN answer a ON a.id = h.answer JOIN response r ON r.id = a.response ORDER BY r.visit, h.theme
"""
