"""The tally: how often each value was answered, by touchpoint, day, instrument, question, channel and persona."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum

import msgspec
from msgspec import Struct

from analysis.worth import PICK_SEPARATOR
from core.database import Row, fetch
from surveys.instruments import CHOOSING

RESPONSES = "response"  # stands for an instrument where whole responses are counted; its question and value are empty


class TallyCell(Struct, frozen=True, order=True):
    """What is counted together. `value` is the answer as given: "4", picked emotions joined as "angry+frustrated", or
    one of the choices, each of which is counted."""

    touchpoint: int
    day: date
    instrument: str
    question: str
    channel: str
    persona: int | None
    value: str


class Grain(StrEnum):
    """Which days a row of either tally sums up; the row stands under the first of them."""

    DAY = "day"
    WEEK = "week"  # from its Monday
    MONTH = "month"


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


def values_of(instrument: str, value: int | None, picks: list[str] | None) -> list[str]:
    """The answer as the tally counts it; nothing for a comment, which is no value.

    Emotions of one answer stay together, for they are felt at once; of choices each is counted by itself.
    """
    if value is not None:
        return [str(value)]
    if not picks:
        return []
    return picks if instrument in CHOOSING else [PICK_SEPARATOR.join(picks)]


def cells_of(responses: Iterable[Row], answers: Iterable[Row]) -> Counter[TallyCell]:
    """Count responses, and answers; each row says its response's touchpoint, time, channel and persona."""
    whole = [_cell(response, RESPONSES, "", "") for response in responses]
    given = [
        _cell(answer, answer["instrument"], answer["question"], value)
        for answer in answers
        for value in values_of(answer["instrument"], answer["value"], answer["picks"])
    ]
    return Counter(whole + given)


async def add_to_tally(cells: Counter[TallyCell]) -> None:
    """Add the counts, inside the caller's transaction: an answer is counted exactly when it is marked as scored."""
    records = [{**msgspec.structs.asdict(cell), "n": n} for cell, n in cells.items()]
    await fetch(_ADD, msgspec.json.encode(records).decode())


async def read_tally(windows: Sequence[Window], split: Split = Split.WHOLE) -> list[WindowCount]:
    """The counts in each window, over all questions of an instrument, by segment."""
    return [WindowCount(**row) for row in await fetch(_READ[split], *range_columns(windows))]


async def read_weeks(touchpoints: Sequence[int], since: date, until: date) -> list[WeekCount]:
    """The counts of each week from the Monday `since` to the Sunday `until`, in order."""
    return [WeekCount(**row) for row in await fetch(_READ_WEEKS, touchpoints, since, until)]


async def picks_tallied(touchpoints: list[int]) -> list[tuple[int, str]]:
    """Every combination of emotions that was ever picked at these touchpoints, with the workspace."""
    return [(row["workspace"], row["value"]) for row in await fetch(_PICKS, touchpoints)]


async def read_last_days(touchpoints: list[int], until: date) -> dict[int, date]:
    """The day of the last answer up to `until`, by touchpoint."""
    return {row["touchpoint"]: row["day"] for row in await fetch(_LAST_DAYS, touchpoints, until)}


def range_columns(windows: Sequence[Window]) -> list[list[int] | list[date]]:
    """The windows as the five arrays that WINDOWS takes: touchpoints, first and last days, and their whole months."""
    months = [whole_months(window.since, window.until) for window in windows]
    return [*columns_of(windows), [first for first, _ in months], [after for _, after in months]]


def whole_months(since: date, until: date) -> tuple[date, date]:
    """The first day of the first whole month in the period, and the first day after the last one; equal if none is."""
    first = since if since.day == 1 else _next_month(since)
    tomorrow = date.fromordinal(until.toordinal() + 1)
    after = tomorrow.replace(day=1)
    return (first, after) if first < after else (first, first)


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def columns_of(windows: Sequence[Window]) -> tuple[list[int], list[date], list[date]]:
    """The windows as the three arrays that statements unnest."""
    return [w.touchpoint for w in windows], [w.since for w in windows], [w.until for w in windows]


def _cell(row: Row, instrument: str, question: str, value: str) -> TallyCell:
    return TallyCell(
        row["touchpoint"], _day_of(row["occurred_at"]), instrument, question, row["channel"], row["persona"], value
    )


def _day_of(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


# `$1` to `$5` are what `range_columns` gives. Whole months of a window are read as months, the days before and after
# them as days, so that a long period reads few rows; where no month is whole, all its days come before `first_month`.
WINDOWS = """unnest($1::int[], $2::date[], $3::date[], $4::date[], $5::date[]) WITH ORDINALITY
    AS w(touchpoint, since, until, first_month, after_months, place)"""

CELL = "touchpoint, grain, day, instrument, question, channel, persona, value, n"


def every_grain(counted: str) -> str:
    """The cells of all grains, out of those of days that the table `counted` holds without a grain."""
    coarser = [
        f"""
UNION ALL
SELECT touchpoint, '{grain}', date_trunc('{grain}', day)::date, instrument, question, channel, persona, value,
       sum(n)::bigint
FROM {counted} GROUP BY 1, 3, 4, 5, 6, 7, 8
"""
        for grain in (Grain.WEEK, Grain.MONTH)
    ]
    return f"SELECT touchpoint, '{Grain.DAY}' AS grain, {CELL.partition('grain, ')[2]} FROM {counted}{''.join(coarser)}"


_ADD = f"""
WITH counted AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb)
        AS r(touchpoint int, day date, instrument text, question text, channel text, persona int, value text, n bigint)
)
-- In one order everywhere, so that two workers never wait for each other.
INSERT INTO tally ({CELL})
SELECT * FROM ({every_grain("counted")}) cell ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
ON CONFLICT (touchpoint, grain, day, instrument, question, channel, persona, value) DO UPDATE SET
    n = tally.n + excluded.n
"""

_RANGE = """
SELECT {segment} AS segment, instrument, value, n FROM tally t
WHERE touchpoint = w.touchpoint AND grain = '{grain}' AND day >= {first} AND day < {after}
"""

_RANGES = (
    (Grain.DAY, "w.since", "least(w.first_month, w.until + 1)"),
    (Grain.MONTH, "w.first_month", "w.after_months"),
    (Grain.DAY, "w.after_months", "w.until + 1"),
)


def _read(segment: str) -> str:
    ranges = [_RANGE.format(segment=segment, grain=grain, first=first, after=after) for grain, first, after in _RANGES]
    return f"""
SELECT w.place::int - 1 AS window, t.segment, t.instrument, t.value, sum(t.n)::bigint AS n
FROM {WINDOWS}, LATERAL ({" UNION ALL ".join(ranges)}) t
GROUP BY 1, 2, 3, 4 HAVING sum(t.n) <> 0 ORDER BY 1, 2, 3, 4
"""


_READ = {split: _read(split.segment) for split in Split}

_READ_WEEKS = f"""
SELECT touchpoint, day AS week, instrument, value, sum(n)::bigint AS n
FROM tally WHERE touchpoint = ANY($1) AND grain = '{Grain.WEEK}' AND day BETWEEN $2 AND $3
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""

_LAST_DAYS = f"""
SELECT t.id AS touchpoint, last.day FROM unnest($1::int[]) AS t(id), LATERAL (
    SELECT day FROM tally y WHERE y.touchpoint = t.id AND grain = '{Grain.DAY}' AND day <= $2 AND n > 0
    ORDER BY day DESC LIMIT 1
) last
"""

_PICKS = f"""
SELECT DISTINCT j.workspace, y.value
FROM tally y JOIN touchpoint t ON t.id = y.touchpoint JOIN journey j ON j.id = t.journey
WHERE y.touchpoint = ANY($1) AND y.instrument = 'emotion' AND y.grain = '{Grain.MONTH}'
"""
