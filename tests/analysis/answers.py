"""Answers put straight into the database: what matters here is how they are counted, not how they came."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from analysis.contact_sums import ContactSums, counted_once
from analysis.official import NpsCounts, PointsDifference, official_figures, points_difference
from analysis.report import OfficialFigure
from analysis.worth import worth_of
from core.database import fetch
from surveys.instruments import Instrument


def sums_of(instrument: Instrument, distribution: Iterable[tuple[int, int]]) -> ContactSums:
    """Of (value, contacts), each of whom gave that one answer."""
    return counted_once([(worth_of(instrument, str(value)), n) for value, n in distribution])


def nps_of(counts: NpsCounts) -> OfficialFigure | None:
    """The official figure; None over nobody."""
    values = ((10, counts.promoters), (7, counts.passives), (0, counts.detractors))
    return next(iter(official_figures(Instrument.NPS, sums_of(Instrument.NPS, values))), None)


def nps_difference(earlier: NpsCounts, later: NpsCounts) -> PointsDifference | None:
    before, after = nps_of(earlier), nps_of(later)
    return None if before is None or after is None else points_difference(before, after)


async def contacts_of(workspace: int, n: int) -> list[int]:
    rows = await fetch(
        "INSERT INTO contact (workspace, external_id, name, kind, locale, created_at) "
        "SELECT $1, 'c' || n, '', 'customer', '', now() FROM generate_series(1, $2) n RETURNING id",
        workspace,
        n,
    )
    return [row["id"] for row in rows]


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


async def given(
    workspace: int,
    contact: int,
    moment: datetime,
    *answers: tuple[str, str, int | list[str]],
    touchpoint: str = "delivery",
    persona: int | None = None,
    channel: str = "mail",
) -> int:
    """One response of `contact`, with answers as (question, instrument, value or picks); returns its id."""
    rows = await fetch(_RESPONSE, workspace, contact, moment, touchpoint, persona, channel)
    response: int = rows[0]["id"]
    for question, instrument, value in answers:
        column = "picks" if isinstance(value, list) else "value"
        await fetch(
            f"INSERT INTO answer (response, question, instrument, {column}) VALUES ($1, $2, $3, $4)",
            response,
            question,
            instrument,
            value,
        )
    return response


_RESPONSE = """
INSERT INTO response
    (workspace, contact, touchpoint, survey_version, channel, persona, locale, occurred_at, submitted_at)
SELECT $1, $2, t.id, (SELECT max(id) FROM survey_version), $6, $5, '', $3, $3
FROM touchpoint t JOIN journey j ON j.id = t.journey WHERE t.key = $4 AND j.workspace = $1 RETURNING id
"""
