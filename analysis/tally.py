"""The tally: how often each value was answered, by touchpoint, day, instrument, question, channel and persona."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime

import msgspec
from msgspec import Struct

from analysis.worth import PICK_SEPARATOR
from core.database import Row, fetch


class TallyCell(Struct, frozen=True, order=True):
    """What is counted together. `value` is the answer as given: "4", or picks joined as "angry+frustrated"."""

    touchpoint: int
    day: date
    instrument: str
    question: str
    channel: str
    persona: int | None
    value: str


class TallyCount(Struct, frozen=True):
    """How often one value of one question was answered at one touchpoint."""

    touchpoint: int
    instrument: str
    question: str
    value: str
    n: int


def value_of(value: int | None, picks: list[str] | None) -> str | None:
    """The answer as the tally writes it; None for a comment, which is no value."""
    if value is not None:
        return str(value)
    return PICK_SEPARATOR.join(picks) if picks else None


def cells_of(answers: Iterable[Row]) -> Counter[TallyCell]:
    """Count the rows of answers, each with what its response says of touchpoint, time, channel and persona."""
    return Counter(
        TallyCell(
            answer["touchpoint"],
            _day_of(answer["occurred_at"]),
            answer["instrument"],
            answer["question"],
            answer["channel"],
            answer["persona"],
            value,
        )
        for answer in answers
        if (value := value_of(answer["value"], answer["picks"])) is not None
    )


async def add_to_tally(cells: Counter[TallyCell]) -> None:
    """Add the counts, inside the caller's transaction: an answer is counted exactly when it is marked as scored."""
    # In one order everywhere, so that two workers never wait for each other.
    ordered = sorted(cells.items(), key=lambda item: msgspec.json.encode(item[0]))
    records = [{**msgspec.structs.asdict(cell), "n": n} for cell, n in ordered]
    await fetch(_ADD, msgspec.json.encode(records).decode())


async def read_tally(touchpoints: list[int], since: date, until: date) -> list[TallyCount]:
    """The counts over the days `since` to `until`, both included, over all channels and personas."""
    rows = await fetch(_READ, touchpoints, since, until)
    return [TallyCount(**row) for row in rows]


async def picks_tallied(touchpoints: list[int]) -> list[str]:
    """Every combination of emotions that was ever picked at these touchpoints."""
    rows = await fetch(
        "SELECT DISTINCT value FROM tally WHERE touchpoint = ANY($1) AND instrument = 'emotion'", touchpoints
    )
    return [row["value"] for row in rows]


async def read_days(touchpoints: list[int], since: date, until: date) -> dict[int, tuple[tuple[date, int], ...]]:
    """How many answers each day of the period has, by touchpoint: promises are dated, and judged by their dates."""
    found: dict[int, tuple[tuple[date, int], ...]] = {}
    for row in await fetch(_READ_DAYS, touchpoints, since, until):
        found[row["touchpoint"]] = (*found.get(row["touchpoint"], ()), (row["day"], row["n"]))
    return found


async def read_last_days(touchpoints: list[int]) -> dict[int, date]:
    """The day of the last answer ever, by touchpoint."""
    rows = await fetch(
        "SELECT touchpoint, max(day) AS day FROM tally WHERE touchpoint = ANY($1) GROUP BY 1", touchpoints
    )
    return {row["touchpoint"]: row["day"] for row in rows}


def _day_of(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


_ADD = """
INSERT INTO tally (touchpoint, day, instrument, question, channel, persona, value, n)
SELECT touchpoint, day, instrument, question, channel, persona, value, n FROM jsonb_to_recordset($1::jsonb)
    AS r(touchpoint int, day date, instrument text, question text, channel text, persona int, value text, n bigint)
ON CONFLICT (touchpoint, day, instrument, question, channel, persona, value) DO UPDATE SET n = tally.n + excluded.n
"""

_READ = """
SELECT touchpoint, instrument, question, value, sum(n)::bigint AS n FROM tally
WHERE touchpoint = ANY($1) AND day BETWEEN $2 AND $3
GROUP BY touchpoint, instrument, question, value ORDER BY touchpoint, instrument, question, value
"""

_READ_DAYS = """
SELECT touchpoint, day, sum(n)::bigint AS n FROM tally
WHERE touchpoint = ANY($1) AND day BETWEEN $2 AND $3 GROUP BY touchpoint, day ORDER BY touchpoint, day
"""
