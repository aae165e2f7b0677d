"""The contact tally: what the counts of values must be corrected by, because one who answers often is one voice.

The unit of every figure is a contact, whose answers within a period are averaged first. A contact with one answer is
counted by the tally as it is. For one with several, a period holds a run of neighbours i..j of their answers, and the
sums over contacts need g(i, j) = (1, m, m^2, m >= 0.5), m the mean of the run. Writing

    d(i, j) = g(i, j) - g(i + 1, j) - g(i, j - 1) + g(i + 1, j - 1),    g of an empty run = 0,

the sum of d over all pairs within the period is g of the run, whatever the period: a two-dimensional difference.
d(i, i) is what the tally counts; the pairs i < j stand here, summed by their first and last day. Days are also summed
up to months, so that a long period reads few rows. Sums are numeric, hence exact: order changes no digit.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from msgspec import Struct

from analysis.experience import Moments, moments_of_counts, moments_together
from analysis.tally import Window, columns_of
from analysis.worth import Worth
from core.database import fetch

# x from which a contact counts as satisfied: the top two of five. A hair less, because thirds are rounded.
SATISFIED_FROM = 0.5 - 1e-9


class ContactSums(Struct, frozen=True):
    """Sums over contacts of one instrument: in x, through the official lens, and how many are satisfied on average."""

    x: Moments
    lens: Moments
    n_satisfied: int

    @property
    def n(self) -> int:
        return int(self.x.n)


NOBODY = ContactSums(Moments(0, 0, 0), Moments(0, 0, 0), 0)


def together(sums: Iterable[ContactSums]) -> ContactSums:
    """The sums of several as one."""
    found = list(sums)
    return ContactSums(
        moments_together([part.x for part in found]),
        moments_together([part.lens for part in found]),
        sum(part.n_satisfied for part in found),
    )


def counted_once(counts: Iterable[tuple[Worth, int]]) -> ContactSums:
    """The sums if every answer were a contact's only one."""
    pairs = list(counts)
    return ContactSums(
        moments_of_counts([(worth.x, n) for worth, n in pairs]),
        moments_of_counts([(worth.lens, n) for worth, n in pairs]),
        sum(n for worth, n in pairs if worth.x >= SATISFIED_FROM),
    )


async def add_corrections(contacts: list[int], worth: str, sign: int) -> None:
    """Add (`sign` 1) or take away (-1) the corrections of these contacts' scored answers, inside the transaction.

    A change of somebody's answers is: take away, change, add. `worth` is what `worth_as_json` gives.
    """
    await fetch(_ADD, contacts, worth, sign)


async def read_corrections(windows: Sequence[Window]) -> dict[tuple[int, str], ContactSums]:
    """The corrections in each window, by its place in the list and by instrument."""
    months = [whole_months(window.since, window.until) for window in windows]
    rows = await fetch(_READ, *columns_of(windows), [first for first, _ in months], [after for _, after in months])
    return {
        (row["window"], row["instrument"]): ContactSums(
            Moments(row["n"], float(row["x"]), float(row["x_squared"])),
            Moments(row["n"], float(row["lens"]), float(row["lens_squared"])),
            row["n_satisfied"],
        )
        for row in rows
    }


def whole_months(since: date, until: date) -> tuple[date, date]:
    """The first day of the first whole month in the period, and the first day after the last one; equal if none is."""
    first = since if since.day == 1 else _next_month(since)
    tomorrow = date.fromordinal(until.toordinal() + 1)
    after = tomorrow.replace(day=1)
    return (first, after) if first < after else (first, first)


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


# The pairs i < j of every contact's answers to one question at one touchpoint, each with its d(i, j). `sum_x` runs up
# to the answer, so that the sum of the run i..j is q.sum_x - p.sum_x + p.x, and those of its shorter runs follow.
_CORRECTIONS = """
every AS (
    SELECT r.touchpoint, a.instrument, r.contact, r.occurred_at, a.id,
           coalesce(a.value::text, array_to_string(a.picks, '+')) AS value,
           count(*) OVER (PARTITION BY r.contact, r.touchpoint, a.instrument) AS answers
    FROM response r JOIN answer a ON a.response = r.id
    WHERE {which} AND r.scored_at IS NOT NULL AND a.text IS NULL
), given AS (
    -- Most contacts answer once; they make no pair, and are left out before anything is computed.
    SELECT e.touchpoint, e.instrument, e.contact, (e.occurred_at AT TIME ZONE 'UTC')::date AS day, w.x, w.lens,
           row_number() OVER runs AS place, sum(w.x) OVER runs AS sum_x, sum(w.lens) OVER runs AS sum_lens
    FROM every e JOIN worth w ON w.instrument = e.instrument AND w.value = e.value
    WHERE e.answers > 1
    WINDOW runs AS (PARTITION BY e.contact, e.touchpoint, e.instrument ORDER BY e.occurred_at, e.id)
), run AS (
    SELECT p.touchpoint, p.instrument, p.day AS first_day, q.day AS last_day, q.place - p.place + 1 AS size,
           q.sum_x - p.sum_x + p.x AS x, p.x AS first_x, q.x AS last_x,
           q.sum_lens - p.sum_lens + p.lens AS lens, p.lens AS first_lens, q.lens AS last_lens
    FROM given p JOIN given q USING (contact, touchpoint, instrument) WHERE p.place < q.place
), mean AS (
    SELECT touchpoint, instrument, first_day, last_day, size,
           x / size AS x, (x - first_x) / (size - 1) AS x_after, (x - last_x) / (size - 1) AS x_before,
           coalesce((x - first_x - last_x) / nullif(size - 2, 0), 0) AS x_between,
           lens / size AS lens, (lens - first_lens) / (size - 1) AS lens_after,
           (lens - last_lens) / (size - 1) AS lens_before,
           coalesce((lens - first_lens - last_lens) / nullif(size - 2, 0), 0) AS lens_between
    FROM run
), correction AS (
    SELECT touchpoint, instrument, first_day, last_day,
           sum(CASE size WHEN 2 THEN -1 ELSE 0 END) AS n,
           sum(x - x_after - x_before + x_between) AS x,
           sum(x ^ 2 - x_after ^ 2 - x_before ^ 2 + x_between ^ 2) AS x_squared,
           sum(lens - lens_after - lens_before + lens_between) AS lens,
           sum(lens ^ 2 - lens_after ^ 2 - lens_before ^ 2 + lens_between ^ 2) AS lens_squared,
           sum((x >= {satisfied_from})::int - (x_after >= {satisfied_from})::int - (x_before >= {satisfied_from})::int
               + (size > 2 AND x_between >= {satisfied_from})::int) AS n_satisfied
    FROM mean GROUP BY touchpoint, instrument, first_day, last_day
), cell AS (
    SELECT 'day' AS grain, c.* FROM correction c
    UNION ALL
    SELECT 'month', touchpoint, instrument, date_trunc('month', first_day)::date,
           date_trunc('month', last_day)::date, sum(n), sum(x), sum(x_squared), sum(lens), sum(lens_squared),
           sum(n_satisfied)
    FROM correction GROUP BY 2, 3, 4, 5
)
"""


def corrections_where(condition: str) -> str:
    """The statement's parts up to `cell`, which holds the corrections of the scored answers that meet `condition`."""
    return _CORRECTIONS.format(which=condition, satisfied_from=SATISFIED_FROM)


WORTH = """
WITH worth AS (
    SELECT * FROM jsonb_to_recordset($2::jsonb) AS w(instrument text, value text, x numeric, lens numeric)
), """

_ADD = (
    WORTH
    + corrections_where("r.contact = ANY($1)")
    + """
INSERT INTO contact_tally AS t
    (touchpoint, instrument, grain, first_day, last_day, n, x, x_squared, lens, lens_squared, n_satisfied)
SELECT touchpoint, instrument, grain, first_day, last_day,
       $3 * n, $3 * x, $3 * x_squared, $3 * lens, $3 * lens_squared, $3 * n_satisfied
FROM cell ORDER BY touchpoint, instrument, grain, first_day, last_day
ON CONFLICT (touchpoint, grain, first_day, last_day, instrument) DO UPDATE SET
    n = t.n + excluded.n, x = t.x + excluded.x, x_squared = t.x_squared + excluded.x_squared,
    lens = t.lens + excluded.lens, lens_squared = t.lens_squared + excluded.lens_squared,
    n_satisfied = t.n_satisfied + excluded.n_satisfied
"""
)

# Whole months of a window are read as months, what begins before or ends after them as days. Each part is summed on its
# own (LATERAL), so that it is a range of an index and never a pass over the table.
_SUMS = """
SELECT t.instrument, sum(t.n) AS n, sum(t.x) AS x, sum(t.x_squared) AS x_squared, sum(t.lens) AS lens,
       sum(t.lens_squared) AS lens_squared, sum(t.n_satisfied) AS n_satisfied
FROM contact_tally t WHERE t.touchpoint = w.touchpoint AND t.grain = '{grain}' AND {within} GROUP BY t.instrument
"""

_PARTS = (
    _SUMS.format(grain="month", within="t.first_day >= w.first_month AND t.last_day < w.after_months"),
    _SUMS.format(
        grain="day", within="t.first_day >= w.since AND t.first_day < w.first_month AND t.last_day <= w.until"
    ),
    _SUMS.format(
        grain="day",
        within="t.last_day >= w.after_months AND t.last_day <= w.until "
        "AND t.first_day >= w.since AND t.first_day >= w.first_month",
    ),
)

_READ = f"""
SELECT w.place::int - 1 AS window, part.instrument, sum(part.n)::int AS n, sum(part.x) AS x,
       sum(part.x_squared) AS x_squared, sum(part.lens) AS lens, sum(part.lens_squared) AS lens_squared,
       sum(part.n_satisfied)::int AS n_satisfied
FROM unnest($1::int[], $2::date[], $3::date[], $4::date[], $5::date[]) WITH ORDINALITY
    AS w(touchpoint, since, until, first_month, after_months, place),
    LATERAL ({" UNION ALL ".join(_PARTS)}) AS part
GROUP BY w.place, part.instrument
"""
