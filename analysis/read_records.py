"""Read what the tally can't say of a promise's records: who expected and found what, comments, the team's guesses."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from analysis.measured import Guesses, MeasuredTouchpoint, PairedSums
from analysis.tally import picks_tallied
from analysis.team_guesses import load_guesses
from analysis.valences import Valences
from analysis.worth import worth_as_json
from core.database import fetch
from surveys.instruments import Instrument
from surveys.journeys import JourneyView


async def with_read_records(
    workspace: int,
    view: JourneyView,
    measured: Mapping[str, MeasuredTouchpoint],
    start: datetime,
    end: datetime,
    valences: Valences,
) -> dict[str, MeasuredTouchpoint]:
    """What was counted from `start` to before `end`, and the rest.

    Raw answers are read only where the tally shows that there are any to read.
    """
    counted = {touchpoint.id: measured[touchpoint.key] for touchpoint in view.touchpoints}
    plotted = {
        id_: found.plotted.instrument
        for id_, found in counted.items()
        if found.plotted is not None and found.sums_of(Instrument.EXPECTATION).n
    }
    paired = await _read_paired(workspace, plotted, start, end, valences)
    unplotted = [id_ for id_, found in counted.items() if found.plotted is None and found.n_responses]
    commented = await _read_commented(unplotted, start, end)
    guesses = await load_guesses(list(counted))
    return {
        touchpoint.key: replace(
            measured[touchpoint.key],
            paired=paired.get(touchpoint.id),
            guesses=guesses.get(touchpoint.id, Guesses()),
            has_comments=touchpoint.id in commented,
        )
        for touchpoint in view.touchpoints
    }


async def _read_paired(
    workspace: int, plotted: Mapping[int, str], start: datetime, end: datetime, valences: Valences
) -> dict[int, PairedSums]:
    """Actual minus expected of the same contact, by touchpoint; `plotted` is the instrument of the actual experience.

    Each contact's answers are averaged first. The averages are of decimals, hence exact: no order of rows changes them.
    """
    if not plotted:
        return {}
    picks = await picks_tallied(list(plotted)) if Instrument.EMOTION in plotted.values() else []
    worth = worth_as_json(picks, {workspace: valences})
    rows = await fetch(_PAIRED, list(plotted), list(plotted.values()), start, end, worth)
    return {row["touchpoint"]: PairedSums(row["n"], row["mean"], row["variance"]) for row in rows}


async def _read_commented(touchpoints: Sequence[int], start: datetime, end: datetime) -> set[int]:
    """Those of the touchpoints at which somebody wrote a comment."""
    if not touchpoints:
        return set()
    return {row["touchpoint"] for row in await fetch(_COMMENTED, list(touchpoints), start, end)}


# Only of the contacts with an expectation is anything else read.
_PAIRED = """
WITH worth AS (
    SELECT * FROM jsonb_to_recordset($5::jsonb) AS w(workspace int, instrument text, value text, x numeric)
), asked AS (
    SELECT * FROM unnest($1::int[], $2::text[]) AS t(touchpoint, plotted)
), expecting AS (
    SELECT DISTINCT r.touchpoint, r.contact, t.plotted
    FROM asked t JOIN response r ON r.touchpoint = t.touchpoint JOIN answer a ON a.response = r.id
    WHERE a.instrument = 'expectation' AND r.occurred_at >= $3 AND r.occurred_at < $4 AND r.scored_at IS NOT NULL
), said AS (
    SELECT e.touchpoint, e.contact,
           avg(w.x) FILTER (WHERE a.instrument = e.plotted) - avg(w.x) FILTER (WHERE a.instrument = 'expectation')
           AS difference
    FROM expecting e JOIN response r ON r.contact = e.contact AND r.touchpoint = e.touchpoint
    JOIN answer a ON a.response = r.id AND a.instrument IN ('expectation', e.plotted)
    JOIN worth w ON w.instrument = a.instrument AND w.value = coalesce(a.value::text, array_to_string(a.picks, '+'))
        AND w.workspace = CASE WHEN a.instrument = 'emotion' THEN r.workspace ELSE 0 END
    WHERE r.occurred_at >= $3 AND r.occurred_at < $4 AND r.scored_at IS NOT NULL
    GROUP BY 1, 2
)
SELECT touchpoint, count(*) AS n, avg(difference)::float8 AS mean, var_samp(difference)::float8 AS variance
FROM said WHERE difference IS NOT NULL GROUP BY 1
"""

_COMMENTED = """
SELECT t.id AS touchpoint FROM unnest($1::int[]) AS t(id) WHERE EXISTS (
    SELECT FROM response r JOIN answer a ON a.response = r.id
    WHERE r.touchpoint = t.id AND r.occurred_at >= $2 AND r.occurred_at < $3 AND a.text IS NOT NULL
        AND r.scored_at IS NOT NULL
)
"""
