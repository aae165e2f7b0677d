"""Load what contacts chose at a touchpoint, and what they agreed to: counted, but worth nothing in x."""

from itertools import groupby

from msgspec import Struct

from analysis.load_report import Period
from analysis.report import ReportSettings
from analysis.worth import CHOSEN
from core.database import fetch
from surveys.instruments import Instrument
from surveys.surveys import load_definitions
from surveys.wording import choice_texts


class ChoiceFigure(Struct, frozen=True, kw_only=True):
    """One question: by how many contacts it was answered, and by how many of them in which way.

    The choices are named as in the survey; a consent is "1" for yes or "0" for no. Who chose several is counted at
    each, so that they may add up to more than the contacts. `text` and `words` are how the question and its choices
    were worded when they were last answered.
    """

    question: str  # its key
    text: str
    words: dict[str, str]
    instrument: Instrument
    n_contacts: int
    counts: tuple[tuple[str, int], ...]  # (choice, contacts), what most chose first


async def load_choices(touchpoint: int, period: Period, settings: ReportSettings) -> tuple[ChoiceFigure, ...]:
    """A question that fewer than k contacts answered is left out."""
    rows = await fetch(_CHOICES, touchpoint, period.start, period.end, list(CHOSEN))
    asked = await load_definitions([row["survey_version"] for row in rows])
    found = []
    for (question, instrument), group in groupby(rows, key=lambda row: (row["question"], row["instrument"])):
        whole, *each = group  # the row without a choice comes first
        if whole["n"] >= max(settings.k, 1):
            counts = tuple((row["choice"], row["n"]) for row in each)
            worded = asked[whole["survey_version"]].question(question)
            found.append(
                ChoiceFigure(
                    question=question,
                    text=worded.text if worded else "",
                    words=choice_texts(worded) if worded else {},
                    instrument=Instrument(instrument),
                    n_contacts=whole["n"],
                    counts=counts,
                )
            )
    return tuple(found)


# The tally says how often each choice was made, but not by how many: one who answers often is one voice. The answers
# themselves are read for that, where the tally has any.
_CHOICES = """
SELECT a.question, a.instrument, given.choice, count(DISTINCT r.contact)::int AS n,
       max(r.survey_version) AS survey_version
FROM response r JOIN answer a ON a.response = r.id,
    unnest(coalesce(a.picks, ARRAY[a.value::text]::varchar[])) AS given(choice)
WHERE r.touchpoint = $1 AND r.occurred_at >= $2 AND r.occurred_at < $3 AND r.scored_at IS NOT NULL
    AND a.instrument = ANY($4) AND given.choice IS NOT NULL
GROUP BY GROUPING SETS ((a.question, a.instrument), (a.question, a.instrument, given.choice))
ORDER BY a.question, a.instrument, grouping(given.choice) DESC, n DESC, given.choice COLLATE "C"
"""
