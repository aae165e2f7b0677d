"""Read measures from the answers themselves, for what the tallies can't tell apart: properties of events."""

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from analysis.contact_sums import SATISFIED_IN_SQL, ContactSums
from analysis.experience import Moments
from analysis.measured import Measure
from analysis.read_measures import WindowMeasures
from analysis.scales import is_two_valued
from analysis.tally import Window, columns_of
from analysis.valences import Valences
from analysis.worth import worth_as_json
from core.database import Row, fetch
from core.errors import Fault, Invalid

LONGEST = 200  # characters of a property's name and of its value


class Property(Struct, frozen=True):
    """A property of the event after which somebody was asked, such as plan "pro"."""

    name: str
    value: str

    def __str__(self) -> str:
        return f"{self.name}:{self.value}"


def property_of(words: str) -> Property:
    """From "plan:pro"."""
    name, colon, value = words.partition(":")
    if not (name and colon and value) or len(words) > LONGEST or "\x00" in words:
        raise Invalid(Fault("where", "write the name of a property, a colon and its value, such as plan:pro"))
    return Property(name, value)


async def read_matching(
    windows: Sequence[Window], workspace: int, wanted: Property, valences: Valences
) -> list[WindowMeasures]:
    """As read_measures, of the responses whose event has the property: one aggregate over the raw answers."""
    picks = [(row["workspace"], row["value"]) for row in await fetch(_PICKS, workspace)]
    worth = worth_as_json(picks, {workspace: valences})
    rows = await fetch(_MATCHING, *columns_of(windows), workspace, worth, wanted.name, wanted.value)
    by_window: dict[int, list[Row]] = {}
    for row in rows:
        by_window.setdefault(row["window"], []).append(row)
    return [_window_measures(by_window.get(at, [])) for at in range(len(windows))]


def _window_measures(rows: Sequence[Row]) -> WindowMeasures:
    measures = tuple(
        Measure(
            row["instrument"],
            tuple(msgspec.json.decode(row["counts"], type=list[tuple[str, int]])),
            ContactSums(
                Moments(row["n"], float(row["x"]), float(row["x_squared"]), is_two_valued(row["instrument"])),
                Moments(row["n"], float(row["lens"]), float(row["lens_squared"])),
                row["n_satisfied"],
            ),
        )
        for row in rows
    )
    return WindowMeasures(max((row["responses"] for row in rows), default=0), measures)


_PICKS = """
SELECT DISTINCT r.workspace, array_to_string(a.picks, '+') AS value
FROM response r JOIN answer a ON a.response = r.id WHERE r.workspace = $1 AND a.instrument = 'emotion'
    AND cardinality(a.picks) > 0
"""

# Sums are numeric, hence exact, so that the same answers give the same digits in whatever order they are read.
_MATCHING = f"""
WITH worth AS (
    SELECT * FROM jsonb_to_recordset($5::jsonb)
        AS w(workspace int, instrument text, value text, x numeric, lens numeric)
), matching AS (
    SELECT w.place::int - 1 AS "window", r.id, r.contact
    FROM unnest($1::int[], $2::date[], $3::date[]) WITH ORDINALITY AS w(touchpoint, since, until, place)
    JOIN response r ON r.touchpoint = w.touchpoint AND r.workspace = $4 AND r.scored_at IS NOT NULL
        AND r.occurred_at >= w.since AND r.occurred_at < w.until + 1
    JOIN invitation i ON i.id = r.invitation JOIN decision d ON d.id = i.decision JOIN event e ON e.id = d.event
    WHERE e.properties ->> $6 = $7
), given AS (
    SELECT m."window", m.contact, a.instrument, w.value, w.x, w.lens
    FROM matching m JOIN answer a ON a.response = m.id JOIN worth w ON w.instrument = a.instrument
        AND w.value = coalesce(a.value::text, array_to_string(a.picks, '+'))
        AND w.workspace = CASE WHEN a.instrument = 'emotion' THEN $4 ELSE 0 END
), counted AS (
    SELECT "window", instrument, json_agg(json_build_array(value, n) ORDER BY value COLLATE "C") AS counts FROM (
        SELECT "window", instrument, value, count(*) AS n FROM given GROUP BY 1, 2, 3
    ) by_value GROUP BY 1, 2
), summed AS (
    SELECT "window", instrument, count(*)::int AS n, sum(x) AS x, sum(x * x) AS x_squared, sum(lens) AS lens,
           sum(lens * lens) AS lens_squared, (count(*) FILTER (WHERE x >= {SATISFIED_IN_SQL}))::int AS n_satisfied
    FROM (SELECT "window", instrument, contact, avg(x) AS x, avg(lens) AS lens FROM given GROUP BY 1, 2, 3) by_contact
    GROUP BY 1, 2
)
SELECT "window", instrument, counts::text, n, x, x_squared, lens, lens_squared, n_satisfied,
       (SELECT count(*)::int FROM matching m WHERE m."window" = counted."window") AS responses
FROM counted JOIN summed USING ("window", instrument) ORDER BY 1, 2
"""
