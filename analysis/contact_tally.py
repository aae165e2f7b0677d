"""The contact tally: what the counts of values must be corrected by, because one who answers often is one voice.

The unit of every figure is a contact, whose answers within a period are averaged first. A contact with one answer is
counted by the tally as it is. For one with several, a period holds a run of neighbours i..j of their answers, and the
sums over contacts need g(i, j) = (1, m, m^2), m the mean of the run. Writing

    d(i, j) = g(i, j) - g(i + 1, j) - g(i, j - 1) + g(i + 1, j - 1),    g of an empty run = 0,

the sum of d over all pairs within the period is g of the run, whatever the period: a two-dimensional difference.
d(i, i) is what the tally counts; the pairs i < j stand here, summed by their first and last day. Days are also summed
up to months, so that a long period reads few rows. Sums are numeric, hence exact: order changes no digit.
"""

from datetime import date

from msgspec import Struct

from analysis.experience import Moments, moments_together
from core.database import fetch


class ContactSums(Struct, frozen=True):
    """Moments over contacts of one question at one touchpoint, in x and through the official lens."""

    x: Moments
    lens: Moments

    def plus(self, other: "ContactSums") -> "ContactSums":
        return ContactSums(moments_together([self.x, other.x]), moments_together([self.lens, other.lens]))


async def add_corrections(contacts: list[int], worth: str, sign: int) -> None:
    """Add (`sign` 1) or take away (-1) the corrections of these contacts' scored answers, inside the transaction.

    A change of somebody's answers is: take away, change, add. `worth` is `worth_of_values` as JSON.
    """
    await fetch(_ADD, contacts, worth, sign)


async def read_corrections(touchpoints: list[int], since: date, until: date) -> dict[tuple[int, str, str], ContactSums]:
    """The corrections over the days `since` to `until`, both included, by touchpoint, instrument and question."""
    first_month, after_months = whole_months(since, until)
    rows = await fetch(_READ, touchpoints, since, until, first_month, after_months)
    return {
        (row["touchpoint"], row["instrument"], row["question"]): ContactSums(
            Moments(row["n"], float(row["x"]), float(row["x_squared"])),
            Moments(row["n"], float(row["lens"]), float(row["lens_squared"])),
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
CORRECTIONS = """
given AS (
    SELECT r.touchpoint, a.instrument, a.question, r.contact, (r.occurred_at AT TIME ZONE 'UTC')::date AS day,
           w.x, w.lens, row_number() OVER runs AS place, sum(w.x) OVER runs AS sum_x, sum(w.lens) OVER runs AS sum_lens
    FROM response r JOIN answer a ON a.response = r.id
    JOIN worth w ON w.instrument = a.instrument AND w.value = coalesce(a.value::text, array_to_string(a.picks, '+'))
    WHERE {which} AND r.scored_at IS NOT NULL
    WINDOW runs AS (PARTITION BY r.touchpoint, a.instrument, a.question, r.contact ORDER BY r.occurred_at, r.id)
), run AS (
    SELECT p.touchpoint, p.instrument, p.question, p.day AS first_day, q.day AS last_day, q.place - p.place + 1 AS size,
           q.sum_x - p.sum_x + p.x AS x, p.x AS first_x, q.x AS last_x,
           q.sum_lens - p.sum_lens + p.lens AS lens, p.lens AS first_lens, q.lens AS last_lens
    FROM given p JOIN given q USING (touchpoint, instrument, question, contact) WHERE p.place < q.place
), mean AS (
    SELECT touchpoint, instrument, question, first_day, last_day, size,
           x / size AS x, (x - first_x) / (size - 1) AS x_after, (x - last_x) / (size - 1) AS x_before,
           coalesce((x - first_x - last_x) / nullif(size - 2, 0), 0) AS x_between,
           lens / size AS lens, (lens - first_lens) / (size - 1) AS lens_after,
           (lens - last_lens) / (size - 1) AS lens_before,
           coalesce((lens - first_lens - last_lens) / nullif(size - 2, 0), 0) AS lens_between
    FROM run
), correction AS (
    SELECT touchpoint, instrument, question, first_day, last_day,
           sum(CASE size WHEN 2 THEN -1 ELSE 0 END) AS n,
           sum(x - x_after - x_before + x_between) AS x,
           sum(x ^ 2 - x_after ^ 2 - x_before ^ 2 + x_between ^ 2) AS x_squared,
           sum(lens - lens_after - lens_before + lens_between) AS lens,
           sum(lens ^ 2 - lens_after ^ 2 - lens_before ^ 2 + lens_between ^ 2) AS lens_squared
    FROM mean GROUP BY touchpoint, instrument, question, first_day, last_day
), cell AS (
    SELECT 'day' AS grain, c.* FROM correction c
    UNION ALL
    SELECT 'month', touchpoint, instrument, question, date_trunc('month', first_day)::date,
           date_trunc('month', last_day)::date, sum(n), sum(x), sum(x_squared), sum(lens), sum(lens_squared)
    FROM correction GROUP BY 2, 3, 4, 5, 6
)
"""

WORTH = """
WITH worth AS (
    SELECT * FROM jsonb_to_recordset($2::jsonb) AS w(instrument text, value text, x numeric, lens numeric)
), """

_ADD = (
    WORTH
    + CORRECTIONS.format(which="r.contact = ANY($1)")
    + """
INSERT INTO contact_tally AS t
    (touchpoint, instrument, question, grain, first_day, last_day, n, x, x_squared, lens, lens_squared)
SELECT touchpoint, instrument, question, grain, first_day, last_day,
       $3 * n, $3 * x, $3 * x_squared, $3 * lens, $3 * lens_squared
FROM cell ORDER BY touchpoint, instrument, question, grain, first_day, last_day
ON CONFLICT (touchpoint, grain, first_day, last_day, instrument, question) DO UPDATE SET
    n = t.n + excluded.n, x = t.x + excluded.x, x_squared = t.x_squared + excluded.x_squared,
    lens = t.lens + excluded.lens, lens_squared = t.lens_squared + excluded.lens_squared
"""
)

# Whole months of the period are read as months, what lies before and after them as days.
_READ = """
SELECT touchpoint, instrument, question, sum(n)::int AS n, sum(x) AS x, sum(x_squared) AS x_squared,
       sum(lens) AS lens, sum(lens_squared) AS lens_squared
FROM contact_tally
WHERE touchpoint = ANY($1) AND (
    (grain = 'month' AND first_day >= $4 AND last_day < $5)
    OR (grain = 'day' AND first_day >= $2 AND last_day <= $3 AND (first_day < $4 OR last_day >= $5))
)
GROUP BY touchpoint, instrument, question
"""
