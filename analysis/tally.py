"""The tally: how often each value was answered, by touchpoint, day, instrument, question, channel and persona."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum

import msgspec
from msgspec import Struct

from analysis.worth import PICK_SEPARATOR
from core.database import Row, fetch

RESPONSES = "response"  # stands for an instrument where whole responses are counted; its question and value are empty


class TallyCell(Struct, frozen=True, order=True):
    """What is counted together. `value` is the answer as given: "4", or picks joined as "angry+frustrated"."""

    touchpoint: int
    day: date
    instrument: str
    question: str
    channel: str
    persona: int | None
    value: str


class Window(Struct, frozen=True):
    """Some days at one touchpoint, both included."""

    touchpoint: int
    since: date
    until: date


class Split(StrEnum):
    """What counts are told apart by: nothing, or the segments of a persona or of a channel."""

    WHOLE = "whole"
    PERSONA = "persona"
    CHANNEL = "channel"

    @property
    def segment(self) -> str:
        """The segment of a row `t` of either tally in SQL: a persona's id or a channel, empty for none."""
        return {Split.WHOLE: "''", Split.PERSONA: "coalesce(t.persona::text, '')", Split.CHANNEL: "t.channel"}[self]


class ValueCount(Struct, frozen=True):
    """How often a value was answered."""

    instrument: str
    value: str
    n: int


class WindowCount(ValueCount, frozen=True, kw_only=True):
    """In the window at that place in the list asked for."""

    window: int
    segment: str


class WeekCount(ValueCount, frozen=True, kw_only=True):
    """In the week from that Monday on."""

    touchpoint: int
    week: date


def value_of(value: int | None, picks: list[str] | None) -> str | None:
    """The answer as the tally writes it; None for a comment, which is no value."""
    if value is not None:
        return str(value)
    return PICK_SEPARATOR.join(picks) if picks else None


def cells_of(responses: Iterable[Row], answers: Iterable[Row]) -> Counter[TallyCell]:
    """Count responses, and answers; each row says its response's touchpoint, time, channel and persona."""
    whole = [_cell(response, RESPONSES, "", "") for response in responses]
    given = [
        _cell(answer, answer["instrument"], answer["question"], value)
        for answer in answers
        if (value := value_of(answer["value"], answer["picks"])) is not None
    ]
    return Counter(whole + given)


async def add_to_tally(cells: Counter[TallyCell]) -> None:
    """Add the counts, inside the caller's transaction: an answer is counted exactly when it is marked as scored."""
    # In one order everywhere, so that two workers never wait for each other.
    ordered = sorted(cells.items(), key=lambda item: msgspec.json.encode(item[0]))
    records = [{**msgspec.structs.asdict(cell), "n": n} for cell, n in ordered]
    await fetch(_ADD, msgspec.json.encode(records).decode())


async def read_tally(windows: Sequence[Window], split: Split = Split.WHOLE) -> list[WindowCount]:
    """The counts in each window, over all questions of an instrument, by segment."""
    return [WindowCount(**row) for row in await fetch(_READ[split], *columns_of(windows))]


async def read_weeks(touchpoints: Sequence[int], since: date, until: date) -> list[WeekCount]:
    """The counts of each week from the Monday `since` to the Sunday `until`, in order."""
    return [WeekCount(**row) for row in await fetch(_READ_WEEKS, touchpoints, since, until)]


async def picks_tallied(touchpoints: list[int]) -> list[tuple[int, str]]:
    """Every combination of emotions that was ever picked at these touchpoints, with the workspace."""
    return [(row["workspace"], row["value"]) for row in await fetch(_PICKS, touchpoints)]


async def read_last_days(touchpoints: list[int], until: date) -> dict[int, date]:
    """The day of the last answer up to `until`, by touchpoint."""
    rows = await fetch(
        "SELECT touchpoint, max(day) AS day FROM tally WHERE touchpoint = ANY($1) AND day <= $2 GROUP BY touchpoint",
        touchpoints,
        until,
    )
    return {row["touchpoint"]: row["day"] for row in rows}


def columns_of(windows: Sequence[Window]) -> tuple[list[int], list[date], list[date]]:
    """The windows as the three arrays that statements unnest."""
    return [w.touchpoint for w in windows], [w.since for w in windows], [w.until for w in windows]


def _cell(row: Row, instrument: str, question: str, value: str) -> TallyCell:
    return TallyCell(
        row["touchpoint"], _day_of(row["occurred_at"]), instrument, question, row["channel"], row["persona"], value
    )


def _day_of(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


_ADD = """
INSERT INTO tally (touchpoint, day, instrument, question, channel, persona, value, n)
SELECT touchpoint, day, instrument, question, channel, persona, value, n FROM jsonb_to_recordset($1::jsonb)
    AS r(touchpoint int, day date, instrument text, question text, channel text, persona int, value text, n bigint)
ON CONFLICT (touchpoint, day, instrument, question, channel, persona, value) DO UPDATE SET n = tally.n + excluded.n
"""

_READ = {
    split: f"""
SELECT w.place::int - 1 AS window, t.segment, t.instrument, t.value, t.n
FROM unnest($1::int[], $2::date[], $3::date[]) WITH ORDINALITY AS w(touchpoint, since, until, place), LATERAL (
    SELECT {split.segment} AS segment, instrument, value, sum(n)::bigint AS n FROM tally t
    WHERE touchpoint = w.touchpoint AND day BETWEEN w.since AND w.until GROUP BY 1, 2, 3
) t
ORDER BY w.place, t.segment, t.instrument, t.value
"""
    for split in Split
}

_READ_WEEKS = """
SELECT touchpoint, date_trunc('week', day)::date AS week, instrument, value, sum(n)::bigint AS n
FROM tally WHERE touchpoint = ANY($1) AND day BETWEEN $2 AND $3
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""

_PICKS = """
SELECT DISTINCT j.workspace, y.value
FROM tally y JOIN touchpoint t ON t.id = y.touchpoint JOIN journey j ON j.id = t.journey
WHERE y.touchpoint = ANY($1) AND y.instrument = 'emotion'
"""
