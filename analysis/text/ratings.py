"""The rating beside a comment, in SQL: the five faces where they were given, as the curve prefers them, else the mean
of the scales that were. An emotion picker rates nothing here: its x is made of valences."""

from analysis.worth import worth_of
from surveys.instruments import EXPERIENCE, SCALES, Instrument

RATINGS = tuple(instrument for instrument in EXPERIENCE if instrument is not Instrument.EMOTION)


def _case(instrument: Instrument) -> str:
    """What each point of the scale is worth; the places of an array begin with 1."""
    scale = SCALES[instrument]
    worths = ",".join(str(worth_of(instrument, str(value)).x) for value in scale.points)
    return f"WHEN '{instrument}' THEN ('{{{worths}}}'::numeric[])[rated.value - {scale.low} + 1]"


_X = f"CASE rated.instrument {' '.join(map(_case, RATINGS))} END"

# In x, a decimal; null where the response `r` of the statement around it holds no rating. To look a value up in an
# array is many times as fast as to join a table of worths.
RATING = f"""(
SELECT coalesce(avg({_X}) FILTER (WHERE rated.instrument = '{Instrument.ANCHOR}'), avg({_X}))
FROM answer rated WHERE rated.response = r.id AND rated.value IS NOT NULL
)"""
