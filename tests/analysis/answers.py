"""Answers put straight into the database: what matters here is how they are counted, not how they came."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from analysis.contact_sums import ContactSums, counted_once
from analysis.official import NpsCounts, PointsDifference, official_figures, points_difference
from analysis.report import OfficialFigure
from analysis.score_responses import score_responses
from analysis.worth import worth_of
from core.database import fetch
from surveys.instruments import Instrument
from tests.factories import JOURNEY, Hands

# The small journey with a survey at the shop as well.
ASKED_AT_BOTH = JOURNEY.replace(
    "event: shop.visited}", "event: shop.visited, asks: [{survey: after-delivery, wait: PT2H, expires: P14D}]}"
)


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


async def felt(workspace: int, contacts: Sequence[int], faces: Iterable[int], day: date, **where: Any) -> list[int]:
    """One face of each contact, as far as there are faces; the ids of the responses."""
    return [
        await given(workspace, contact, noon(day), ("felt", "anchor", face), **where)
        for contact, face in zip(contacts, faces, strict=False)
    ]


async def commented(contact: int, words: str) -> None:
    """Add a comment to every response of the contact; to be called before they are scored."""
    await fetch(_COMMENT, contact, words)


async def asked_as(plan: str, responses: Iterable[int]) -> None:
    """Let each response be the answer to an invitation that was sent after an event with this `plan`."""
    for response in responses:
        await fetch(_AFTER_AN_EVENT, response, plan)


async def score(hands: Hands) -> None:
    """Let the worker count all that was given."""
    while await score_responses(hands.now):
        pass


_RESPONSE = """
INSERT INTO response
    (workspace, contact, touchpoint, survey_version, channel, persona, locale, occurred_at, submitted_at)
SELECT $1, $2, t.id, (SELECT max(id) FROM survey_version), $6, $5, '', $3, $3
FROM touchpoint t JOIN journey j ON j.id = t.journey WHERE t.key = $4 AND j.workspace = $1 RETURNING id
"""

_COMMENT = """
INSERT INTO answer (response, question, instrument, text)
SELECT id, 'why', 'comment', $2 FROM response WHERE contact = $1
"""

_AFTER_AN_EVENT = """
WITH told AS (
    INSERT INTO event (workspace, key, name, contact, occurred_at, received_at, properties)
    SELECT workspace, 'event-' || id, 'order.delivered', contact, occurred_at, occurred_at,
           jsonb_build_object('plan', $2::text)
    FROM response WHERE id = $1 RETURNING id, workspace, contact, occurred_at
), decided AS (
    INSERT INTO decision (workspace, event, contact, touchpoint, outcome, reason, facts, decided_at)
    SELECT t.workspace, t.id, t.contact, r.touchpoint, 'asked', '', '{}', t.occurred_at
    FROM told t, response r WHERE r.id = $1 RETURNING id
), invited AS (
    INSERT INTO invitation (workspace, decision, contact, touchpoint, survey_version, channel, occurred_at, due_at,
                            expires_at, state, sent_at)
    SELECT r.workspace, d.id, r.contact, r.touchpoint, r.survey_version, r.channel, r.occurred_at, r.occurred_at,
           r.occurred_at + interval '14 days', 'sent', r.occurred_at
    FROM decided d, response r WHERE r.id = $1 RETURNING id
)
UPDATE response SET invitation = (SELECT id FROM invited) WHERE id = $1
"""
