"""Load the comments that say something else than the rating beside them."""

from datetime import datetime

import msgspec
from msgspec import Struct

from analysis.load_report import Period, check_period
from analysis.text.mismatches import APART, MIXED_OR_IRONIC
from analysis.text.ratings import RATING
from analysis.text.read_scores import HELD_SCORES
from analysis.text.redaction import redact
from analysis.text.sentiment import SentimentState
from core.database import fetch

MOST_LISTED = 100


class Mismatch(Struct, frozen=True, kw_only=True):
    """A comment and its rating, more than 1.0 apart on the scale from -1 to +1; the text is redacted."""

    response: int
    comment: int
    touchpoint: str  # its key
    submitted_at: datetime
    text: str
    rating: float
    polarity: float
    state: SentimentState
    note: str = MIXED_OR_IRONIC


class MismatchCount(Struct, frozen=True, kw_only=True):
    """How many comments at a touchpoint were both rated and read, and how many of them don't go together."""

    touchpoint: str
    name: str
    n: int
    n_rated_better: int  # than they spoke
    n_spoke_better: int  # than they rated

    @property
    def n_apart(self) -> int:
        return self.n_rated_better + self.n_spoke_better


class Mismatches(Struct, frozen=True):
    """Of the responses of some days: the counts, most first, and the comments, those furthest apart first."""

    counts: tuple[MismatchCount, ...]
    comments: tuple[Mismatch, ...]  # at most MOST_LISTED


async def load_mismatches(workspace: int, period: Period) -> Mismatches:
    """Raises Invalid for a period that ends before it starts or is of another age."""
    check_period(period)
    [row] = await fetch(_MISMATCHES, workspace, period.start, period.end, APART, MOST_LISTED)
    comments = msgspec.json.decode(row["comments"], type=tuple[Mismatch, ...])
    return Mismatches(
        msgspec.json.decode(row["counts"], type=tuple[MismatchCount, ...]),
        tuple(msgspec.structs.replace(comment, text=redact(comment.text)) for comment in comments),
    )


# One statement, because what takes time is to see each comment beside its rating.
_MISMATCHES = f"""
WITH beside AS MATERIALIZED (
    SELECT r.id AS response, r.touchpoint, r.submitted_at, s.answer AS comment, s.state, s.polarity,
           {RATING}::float8 AS rating
    FROM response r JOIN answer a ON a.response = r.id JOIN {HELD_SCORES} s ON s.answer = a.id
    WHERE r.workspace = $1 AND r.occurred_at >= $2 AND r.occurred_at < $3 AND s.polarity IS NOT NULL
), counted AS (
    SELECT t.key AS touchpoint, t.name, count(*) AS n,
           count(*) FILTER (WHERE b.rating - b.polarity > $4) AS n_rated_better,
           count(*) FILTER (WHERE b.polarity - b.rating > $4) AS n_spoke_better
    FROM beside b JOIN touchpoint t ON t.id = b.touchpoint WHERE b.rating IS NOT NULL GROUP BY t.id
), furthest AS (
    SELECT b.response, b.comment, t.key AS touchpoint, b.submitted_at, a.text, b.rating, b.polarity, b.state
    FROM beside b JOIN touchpoint t ON t.id = b.touchpoint JOIN answer a ON a.id = b.comment
    WHERE abs(b.rating - b.polarity) > $4 ORDER BY abs(b.rating - b.polarity) DESC, b.comment DESC LIMIT $5
)
SELECT (SELECT coalesce(json_agg(c ORDER BY c.n_rated_better + c.n_spoke_better DESC, c.name), '[]') FROM counted c)
           AS counts,
       (SELECT coalesce(json_agg(f ORDER BY abs(f.rating - f.polarity) DESC, f.comment DESC), '[]') FROM furthest f)
           AS comments
"""
