"""Load how contacts came through a journey: which steps each one reached, and how each of those was experienced."""

from collections.abc import Sequence

from msgspec import Struct

from analysis.load_report import Period
from analysis.paths import ContactPath, Paths
from analysis.tally import picks_tallied
from analysis.valences import load_valences
from analysis.worth import worth_as_json
from core.database import Row, fetch


class PathStep(Struct, frozen=True):
    """A touchpoint, an id, with what says that a contact came through and by what the experience is measured."""

    touchpoint: int
    key: str
    event: str
    instrument: str | None


async def load_paths(workspace: int, steps: Sequence[PathStep], period: Period, most: int) -> Paths:
    """Of the `most` newest contacts. One reaches a step by its event or by an answer there."""
    ids = [step.touchpoint for step in steps]
    worth = worth_as_json(await picks_tallied(ids), await load_valences([workspace]))
    instruments = [step.instrument or "" for step in steps]
    events = [step.event for step in steps]
    rows = await fetch(_PATHS, workspace, ids, instruments, events, worth, period.start, period.end, most)
    found = tuple(ContactPath(row["contact"], _steps_of(row, steps)) for row in rows)
    return Paths(rows[0]["n_contacts"] if rows else 0, found)


def _steps_of(row: Row, steps: Sequence[PathStep]) -> dict[str, float | None]:
    """The places in a row count from 1, as PostgreSQL does."""
    known = dict(zip(row["answered"], row["x"], strict=True))
    return {steps[place - 1].key: known.get(place) for place in row["reached"]}


# Which contacts are the newest is found first, so that values are looked up for those alone. Sums are numeric, hence
# exact: the same answers give the same digits in whatever order they are read.
_PATHS = """
WITH worth AS (
    SELECT * FROM jsonb_to_recordset($5::jsonb) AS w(workspace int, instrument text, value text, x numeric)
), step AS (
    SELECT * FROM unnest($2::int[], $3::text[], $4::text[])
        WITH ORDINALITY AS s(touchpoint, instrument, event, place)
), reached AS (
    SELECT r.contact, s.place, max(r.occurred_at) AS at
    FROM step s JOIN response r ON r.workspace = $1 AND r.touchpoint = s.touchpoint
        AND r.occurred_at >= $6 AND r.occurred_at < $7 AND r.scored_at IS NOT NULL
    GROUP BY r.contact, s.place
    UNION ALL
    SELECT e.contact, s.place, max(e.occurred_at)
    FROM step s JOIN event e ON e.workspace = $1 AND e.name = s.event
        AND (e.touchpoint IS NULL OR e.touchpoint = s.touchpoint) AND e.occurred_at >= $6 AND e.occurred_at < $7
    GROUP BY e.contact, s.place
), newest AS MATERIALIZED (
    SELECT contact, array_agg(DISTINCT place) AS reached, count(*) OVER () AS n_contacts
    FROM reached GROUP BY contact ORDER BY max(at) DESC, contact DESC LIMIT $8
), contact_mean AS (
    SELECT r.contact, s.place, avg(w.x)::float8 AS x
    FROM step s JOIN response r ON r.workspace = $1 AND r.touchpoint = s.touchpoint
        AND r.occurred_at >= $6 AND r.occurred_at < $7 AND r.scored_at IS NOT NULL
    JOIN newest n ON n.contact = r.contact
    JOIN answer a ON a.response = r.id AND a.instrument = s.instrument
    JOIN worth w ON w.instrument = a.instrument AND w.value = coalesce(a.value::text, array_to_string(a.picks, '+'))
    GROUP BY r.contact, s.place
), known AS (
    SELECT contact, array_agg(place ORDER BY place) AS answered, array_agg(x ORDER BY place) AS x
    FROM contact_mean GROUP BY contact
)
SELECT c.external_id AS contact, n.n_contacts, n.reached,
    coalesce(k.answered, '{}') AS answered, coalesce(k.x, '{}') AS x
FROM newest n JOIN contact c ON c.id = n.contact LEFT JOIN known k ON k.contact = n.contact
ORDER BY c.external_id COLLATE "C"
"""
