"""The experience of all who passed a touchpoint, from those who were drawn: Hajek weights (METHOD, 2 and 7)."""

from collections.abc import Sequence

from msgspec import Struct

from analysis.asking_weights import hajek_estimate
from analysis.experience import leaves_few
from analysis.interval import Interval
from analysis.load_report import Period
from analysis.report import ReportSettings
from analysis.scales import is_two_valued
from analysis.valences import Valences
from analysis.worth import worth_as_json
from core.database import fetch
from surveys.instruments import Instrument


class WeightedFigure(Struct, frozen=True):
    """The weighted mean in x with its interval, over `n_contacts`, who weigh as many as `n_effective`."""

    mean: float
    interval: Interval
    n_contacts: int
    n_effective: float


class Drawn(Struct, frozen=True):
    """So many contacts with the same mean x, asked with the same probability."""

    x: float
    probability: float
    n: int


async def load_weighted(
    workspace: int, touchpoint: int, instrument: str, period: Period, settings: ReportSettings, valences: Valences
) -> WeightedFigure | None:
    """Of one instrument; None where all were asked with the same probability, or too few to show.

    Answers to no invitation, over a link or imported, count as asked for certain.
    """
    picks = []
    if instrument == Instrument.EMOTION:
        rows = await fetch(_PICKS, touchpoint, period.start, period.end)
        picks = [(workspace, row["value"]) for row in rows]
    worth = worth_as_json(picks, {workspace: valences})
    rows = await fetch(_DRAWN, touchpoint, period.start, period.end, instrument, worth)
    return weighted_figure([Drawn(**row) for row in rows], instrument, settings)


def weighted_figure(drawn: Sequence[Drawn], instrument: str, settings: ReportSettings) -> WeightedFigure | None:
    """None where nobody's weight differs from the others', or it would give away what a few answered.

    The plain mean stands beside it: where all but fewer than k contacts weigh the same, the two would tell what those
    few answered on average.
    """
    by_probability: dict[float, int] = {}
    for group in drawn:
        by_probability[group.probability] = by_probability.get(group.probability, 0) + group.n
    n = sum(by_probability.values())
    if len(by_probability) < 2 or n < settings.k or leaves_few(n, max(by_probability.values()), settings.k):
        return None
    values = [group.x for group in drawn for _ in range(group.n)]
    probabilities = [group.probability for group in drawn for _ in range(group.n)]
    estimate = hajek_estimate(values, probabilities, settings.confidence, is_two_valued=is_two_valued(instrument))
    return None if estimate is None else WeightedFigure(estimate.mean, estimate.interval, n, estimate.n)


_PICKS = """
SELECT DISTINCT array_to_string(a.picks, '+') AS value FROM response r JOIN answer a ON a.response = r.id
WHERE r.touchpoint = $1 AND r.occurred_at >= $2 AND r.occurred_at < $3 AND a.instrument = 'emotion'
    AND cardinality(a.picks) > 0
"""

# The unit is a contact. Within one, each answer weighs 1/probability; the contact weighs as much as its answers do on
# average, so that one who answered twelve times is one voice. Sums are numeric, hence exact in whatever order.
_DRAWN = """
WITH worth AS (
    SELECT value, x FROM jsonb_to_recordset($5::jsonb) AS w(instrument text, value text, x numeric)
    WHERE instrument = $4
), given AS (
    SELECT r.contact, w.x, 1 / coalesce(d.probability, 1)::numeric AS weight
    FROM response r JOIN answer a ON a.response = r.id AND a.instrument = $4
    JOIN worth w ON w.value = coalesce(a.value::text, array_to_string(a.picks, '+'))
    LEFT JOIN invitation i ON i.id = r.invitation LEFT JOIN decision d ON d.id = i.decision
    WHERE r.touchpoint = $1 AND r.occurred_at >= $2 AND r.occurred_at < $3 AND r.scored_at IS NOT NULL
)
SELECT x, probability, count(*)::int AS n FROM (
    SELECT (sum(x * weight) / sum(weight))::float8 AS x, (1 / avg(weight))::float8 AS probability
    FROM given GROUP BY contact
) by_contact GROUP BY x, probability ORDER BY x, probability
"""
