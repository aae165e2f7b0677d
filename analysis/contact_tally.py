"""The contact tally: what the counts of values must be corrected by, because one who answers often is one voice.

The unit of every figure is a contact, whose answers within a period are averaged first. A contact with one answer is
counted by the tally as it is. For one with several, a period holds a run of neighbours i..j of their answers, and the
sums over contacts need g(i, j) = (1, m, m^2, m >= 0.5), m the mean of the run. Writing

    d(i, j) = g(i, j) - g(i + 1, j) - g(i, j - 1) + g(i + 1, j - 1),    g of an empty run = 0,

the sum of d over all pairs within the period is g of the run, whatever the period: a two-dimensional difference.
d(i, i) is what the tally counts; the pairs i < j stand here, summed by their first and last day. Days are also summed
up to months on one side or on both (COARSER_GRAINS), so that a long period reads few rows. Every d is rounded to a
whole number of UNITs before it is summed: sums are exact, and order changes no digit.

A part of the answers, such as those of one persona, is averaged by itself. Nearly every contact answers always as the
same persona by the same channel, and what is true of all their answers is true of the part (`whole`, with that persona
and channel). For one who doesn't, all answers (`mixed`) and each part stand apart.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from analysis.contact_sums import SATISFIED_IN_SQL, ContactSums
from analysis.experience import Moments
from analysis.tally import WINDOWS, Split, Window, range_columns
from core.database import Row, fetch

UNIT = 1e-11  # of the sums, in x; a cell takes twenty million pairs of the widest difference


async def add_corrections(contacts: list[int], worth: str, sign: int) -> None:
    """Add (`sign` 1) or take away (-1) the corrections of these contacts' scored answers, inside the transaction.

    A change of somebody's answers is: take away, change, add. `worth` is what `worth_as_json` gives.
    """
    await fetch(_ADD, contacts, worth, sign)


async def read_corrections(
    windows: Sequence[Window], split: Split = Split.WHOLE
) -> dict[tuple[int, str], dict[str, ContactSums]]:
    """The corrections of each instrument, by the window's place in the list and by segment."""
    return _by_instrument(await fetch(_READ[split], *range_columns(windows), *_PARTS_OF[split]), "window", "segment")


async def read_weekly_corrections(
    touchpoints: Sequence[int], since: date, until: date
) -> dict[tuple[int, date], dict[str, ContactSums]]:
    """The corrections of each instrument, by touchpoint and week, from the Monday `since` to the Sunday `until`."""
    return _by_instrument(await fetch(_READ_WEEKS, touchpoints, since, until), "touchpoint", "week")


def _by_instrument(rows: Iterable[Row], first: str, second: str) -> dict[tuple[Any, Any], dict[str, ContactSums]]:
    found: defaultdict[tuple[Any, Any], dict[str, ContactSums]] = defaultdict(dict)
    for row in rows:
        found[row[first], row[second]][row["instrument"]] = sums_of(row)
    return found


def sums_of(row: Row) -> ContactSums:
    """Of a row with the columns of the contact tally."""
    return ContactSums(
        Moments(int(row["n"]), float(row["x"]) * UNIT, float(row["x_squared"]) * UNIT),
        Moments(int(row["n"]), float(row["lens"]) * UNIT, float(row["lens_squared"]) * UNIT),
        int(row["n_satisfied"]),
    )


# The pairs i < j of every contact's answers to one question at one touchpoint, each with its d(i, j). `sum_x` runs up
# to the answer, so that the sum of the run i..j is q.sum_x - p.sum_x + p.x, and those of its shorter runs follow.
# Persona 0 stands for none.
_CORRECTIONS = """
every AS (
    SELECT r.workspace, r.touchpoint, a.instrument, r.contact, coalesce(r.persona, 0) AS persona, r.channel,
           r.occurred_at, a.id, coalesce(a.value::text, array_to_string(a.picks, '+')) AS value,
           count(*) OVER (PARTITION BY r.contact, r.touchpoint, a.instrument) AS answers
    FROM response r JOIN answer a ON a.response = r.id
    WHERE {which} AND r.scored_at IS NOT NULL AND a.text IS NULL
), several AS (
    -- Most contacts answer once; they make no pair, and are left out before anything is computed.
    SELECT e.*, min(persona) OVER own <> max(persona) OVER own OR min(channel) OVER own <> max(channel) OVER own
           AS is_mixed
    FROM every e WHERE answers > 1 WINDOW own AS (PARTITION BY contact, touchpoint, instrument)
), parted AS (
    SELECT s.*, 'whole' AS part, persona AS part_persona, channel AS part_channel FROM several s WHERE NOT is_mixed
    UNION ALL
    SELECT s.*, p.* FROM several s, LATERAL (
        VALUES ('mixed', 0, ''), ('persona', s.persona, ''), ('channel', 0, s.channel)
    ) p WHERE is_mixed
), given AS (
    SELECT e.touchpoint, e.instrument, e.contact, e.part, e.part_persona, e.part_channel,
           (e.occurred_at AT TIME ZONE 'UTC')::date AS day, w.x, w.lens,
           row_number() OVER runs AS place, sum(w.x) OVER runs AS sum_x, sum(w.lens) OVER runs AS sum_lens
    FROM parted e JOIN worth w ON w.instrument = e.instrument AND w.value = e.value
        AND w.workspace = CASE WHEN e.instrument = 'emotion' THEN e.workspace ELSE 0 END
    WINDOW runs AS (
        PARTITION BY e.contact, e.touchpoint, e.instrument, e.part, e.part_persona, e.part_channel
        ORDER BY e.occurred_at, e.id
    )
), run AS (
    SELECT touchpoint, instrument, part, part_persona, part_channel, p.day AS first_day, q.day AS last_day,
           (q.place - p.place + 1)::float8 AS size,
           q.sum_x - p.sum_x + p.x AS x, p.x AS first_x, q.x AS last_x,
           q.sum_lens - p.sum_lens + p.lens AS lens, p.lens AS first_lens, q.lens AS last_lens
    FROM given p JOIN given q USING (contact, touchpoint, instrument, part, part_persona, part_channel)
    WHERE p.place < q.place
), mean AS (
    SELECT touchpoint, instrument, part, part_persona, part_channel, first_day, last_day, size,
           x / size AS x, (x - first_x) / (size - 1) AS x_after, (x - last_x) / (size - 1) AS x_before,
           CASE WHEN size > 2 THEN (x - first_x - last_x) / (size - 2) ELSE 0 END AS x_between,
           lens / size AS lens, (lens - first_lens) / (size - 1) AS lens_after,
           (lens - last_lens) / (size - 1) AS lens_before,
           CASE WHEN size > 2 THEN (lens - first_lens - last_lens) / (size - 2) ELSE 0 END AS lens_between
    FROM run
), correction AS (
    -- Grouped by days first: numbers tell nearly all rows apart, and no text is compared.
    SELECT first_day, last_day, touchpoint, instrument, part, part_persona, part_channel,
           sum(CASE size WHEN 2 THEN -1 ELSE 0 END)::bigint AS n,
           sum(((x - x_after - x_before + x_between) / {unit})::bigint)::bigint AS x,
           sum(((x * x - x_after * x_after - x_before * x_before + x_between * x_between) / {unit})::bigint)::bigint
               AS x_squared,
           sum(((lens - lens_after - lens_before + lens_between) / {unit})::bigint)::bigint AS lens,
           sum(((lens * lens - lens_after * lens_after - lens_before * lens_before + lens_between * lens_between)
               / {unit})::bigint)::bigint AS lens_squared,
           sum((x >= {satisfied})::int - (x_after >= {satisfied})::int - (x_before >= {satisfied})::int
               + (size > 2 AND x_between >= {satisfied})::int)::bigint AS n_satisfied
    FROM mean GROUP BY 1, 2, 3, 4, 5, 6, 7
)
"""


_SUMS_OF_CELLS = "n, x, x_squared, lens, lens_squared, n_satisfied"
CELL = f"touchpoint, instrument, part, persona, channel, grain, first_day, last_day, {_SUMS_OF_CELLS}"


# What stands in `first_day` and `last_day` of the coarser grains, and for which pairs. Of a pair in two months `head`
# keeps the day of the first and `tail` that of the last, which stands first there: one index serves them all.
_MONTHS = ("date_trunc('month', first_day)::date", "date_trunc('month', last_day)::date")
_WEEKS = ("date_trunc('week', first_day)::date", "date_trunc('week', last_day)::date")
COARSER_GRAINS = {
    "week": (*_WEEKS, f"{_WEEKS[0]} = {_WEEKS[1]}"),
    "month": (*_MONTHS, "true"),
    "head": ("first_day", _MONTHS[1], f"{_MONTHS[0]} < {_MONTHS[1]}"),
    "tail": ("last_day", _MONTHS[0], f"{_MONTHS[0]} < {_MONTHS[1]}"),
}
_SERIES = "touchpoint, instrument, part, nullif(part_persona, 0) AS persona, part_channel AS channel"


def corrections_where(condition: str, worth: str = "$2", sign: str = "1") -> str:
    """The statement that gives the CELLs of the scored answers that meet `condition`; `worth` is theirs, as JSON."""
    days = ", ".join(f"{sign} * {name} AS {name}" for name in _SUMS_OF_CELLS.split(", "))
    sums = ", ".join(f"({sign} * sum({name}))::bigint" for name in _SUMS_OF_CELLS.split(", "))
    coarser = [
        f"UNION ALL SELECT {_SERIES}, '{grain}', {first}, {last}, {sums} FROM correction WHERE {which} "
        "GROUP BY 7, 8, 1, 2, 3, part_persona, 5"
        for grain, (first, last, which) in COARSER_GRAINS.items()
    ]
    return f"""
WITH worth AS (
    SELECT * FROM jsonb_to_recordset({worth}::jsonb)
        AS w(workspace int, instrument text, value text, x float8, lens float8)
), {_CORRECTIONS.format(which=condition, satisfied=SATISFIED_IN_SQL, unit=UNIT)}
SELECT {_SERIES}, 'day' AS grain, first_day, last_day, {days} FROM correction
{" ".join(coarser)}
"""


_ADD = f"""
INSERT INTO contact_tally AS t ({CELL})
SELECT * FROM ({corrections_where("r.contact = ANY($1)", sign="$3")}) cell ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
ON CONFLICT (touchpoint, grain, first_day, last_day, instrument, part, persona, channel) DO UPDATE SET
    n = t.n + excluded.n, x = t.x + excluded.x, x_squared = t.x_squared + excluded.x_squared,
    lens = t.lens + excluded.lens, lens_squared = t.lens_squared + excluded.lens_squared,
    n_satisfied = t.n_satisfied + excluded.n_satisfied
"""

_SUMS = """sum(t.n) AS n, sum(t.x) AS x, sum(t.x_squared) AS x_squared, sum(t.lens) AS lens,
       sum(t.lens_squared) AS lens_squared, sum(t.n_satisfied) AS n_satisfied"""

# Each grain is summed on its own (LATERAL), so that it is a range of the index and never a pass over the table.
_RANGE = """
SELECT t.instrument, {segment} AS segment, {sums}
FROM contact_tally t WHERE t.touchpoint = w.touchpoint AND t.part IN ($6, $7) AND t.grain = '{grain}' AND {within}
GROUP BY 1, 2
"""

_RANGES = (
    ("month", "t.first_day >= w.first_month AND t.first_day < w.after_months AND t.last_day < w.after_months"),
    (
        "head",
        "t.first_day >= w.since AND t.first_day < w.first_month "
        "AND t.last_day >= w.first_month AND t.last_day < w.after_months",
    ),
    (
        "tail",
        "t.first_day >= w.after_months AND t.first_day <= w.until "
        "AND t.last_day >= w.first_month AND t.last_day < w.after_months",
    ),
    (
        "day",
        "t.first_day >= w.since AND t.first_day < w.first_month "
        "AND t.last_day <= w.until AND (t.last_day < w.first_month OR t.last_day >= w.after_months)",
    ),
    ("day", "t.first_day >= greatest(w.since, w.after_months) AND t.first_day <= w.until AND t.last_day <= w.until"),
)


def _read(segment: str) -> str:
    ranges = [_RANGE.format(segment=segment, sums=_SUMS, grain=grain, within=within) for grain, within in _RANGES]
    return f"""
SELECT w.place::int - 1 AS window, t.segment, t.instrument, {_SUMS}
FROM {WINDOWS}, LATERAL ({" UNION ALL ".join(ranges)}) AS t
GROUP BY 1, 2, 3
"""


_READ = {split: _read(split.segment) for split in Split}
_PARTS_OF = {Split.WHOLE: ("whole", "mixed"), Split.PERSONA: ("whole", "persona"), Split.CHANNEL: ("whole", "channel")}

_READ_WEEKS = f"""
SELECT t.touchpoint, t.first_day AS week, t.instrument, {_SUMS}
FROM contact_tally t
WHERE t.touchpoint = ANY($1) AND t.grain = 'week' AND t.first_day BETWEEN $2 AND $3 AND t.part IN ('whole', 'mixed')
GROUP BY 1, 2, 3
"""
