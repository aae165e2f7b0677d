"""Read what a pain-point list is made of: who felt what at its touchpoints, each comment once, what people noted."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date

from msgspec import Struct

from analysis.load_report import MONTH_DAYS, Period
from analysis.pains.candidates import Comment, Felt
from analysis.pains.pain_point import PainStatus
from analysis.text.load_rules import load_rules
from analysis.text.read_scores import HELD_MENTIONS, HELD_SCORES
from analysis.text.sentiment import SentimentState
from analysis.text.themes import Theme, is_pain_mention
from core.database import fetch

MOST_COMMENTS = 200_000  # of a journey, the newest


class Plotted(Struct, frozen=True):
    """The touchpoints with an experience and the instrument of each, and what answers are worth in x, as JSON."""

    instruments: Mapping[int, str]
    worth: str


class Noted(Struct, frozen=True, kw_only=True):
    """What somebody noted of a pain point; `theme` is None for a hypothesis. `action` is the newest of those linked."""

    id: int
    touchpoint: str
    theme: str | None
    title: str
    status: PainStatus
    owner: str
    action: int | None
    what: str | None
    on_day: date | None


async def load_themes(workspace: int) -> dict[str, Theme]:
    """The themes that the workspace reads with, by key."""
    packs = (await load_rules([workspace]))[workspace].packs
    return {f"{pack.id}.{theme.id}": theme for pack in packs for theme in pack.themes}


def pained_by(themes: Mapping[str, Theme]) -> list[str]:
    """Every theme with every state of a clause in which it tells a pain, as "general.slow negative"."""
    return [
        f"{key} {state.value}"
        for key, theme in themes.items()
        for state in SentimentState
        if is_pain_mention(theme.tone, state)
    ]


async def read_felt(plotted: Plotted, period: Period) -> dict[int, list[Felt]]:
    """Everybody who answered, by touchpoint."""
    touchpoints, instruments = list(plotted.instruments), list(plotted.instruments.values())
    rows = await fetch(_FELT, touchpoints, instruments, plotted.worth, period.start, period.end)
    found: defaultdict[int, list[Felt]] = defaultdict(list)
    for row in rows:
        found[row["touchpoint"]].append(Felt(row["persona"], float(row["x"]), row["n"], row["n_responses"]))
    return found


async def read_comments(plotted: Plotted, period: Period, themes: Mapping[str, Theme]) -> dict[int, list[Comment]]:
    """The comments of those who answered, by touchpoint."""
    touchpoints, instruments = list(plotted.instruments), list(plotted.instruments.values())
    rows = await fetch(
        _COMMENTS,
        touchpoints,
        instruments,
        plotted.worth,
        period.start,
        period.end,
        pained_by(themes),
        MOST_COMMENTS,
    )
    found: defaultdict[int, list[Comment]] = defaultdict(list)
    for row in rows:
        found[row["touchpoint"]].append(
            Comment(
                row["id"],
                row["contact"],
                row["persona"],
                float(row["x"]),
                row["polarity"],
                row["day"],
                row["submitted_at"],
                tuple(row["themes"] or ()),
                tuple(row["labelled"] or ()),
            )
        )
    return found


async def read_texts(answers: Collection[int]) -> dict[int, str]:
    rows = await fetch("SELECT id, text FROM answer WHERE id = ANY($1) AND text IS NOT NULL", list(answers))
    return {row["id"]: row["text"] for row in rows}


async def read_noted(workspace: int, journey: str) -> list[Noted]:
    """Of the touchpoints that are not removed, the earliest noted first."""
    rows = await fetch(_NOTED, workspace, journey)
    return [Noted(**{**row, "status": PainStatus(row["status"])}) for row in rows]


async def read_persona_reach(
    workspace: int, events: Mapping[int, str], persona: str, period: Period
) -> dict[int, float]:
    """Contacts of the persona a month through each touchpoint, from events, as the report counts them for all."""
    found = await fetch(
        _PERSONA_REACH, workspace, list(events), list(events.values()), period.start, period.end, MONTH_DAYS, persona
    )
    return {row["touchpoint"]: row["contacts"] * MONTH_DAYS / period.days for row in found}


# The mean x of each contact at each touchpoint: one who answered twelve times is one voice, of the persona last given.
# Averages are of decimals, hence exact, so that the same answers give the same digits in whatever order they are read.
_CONTACT_MEANS = """
    SELECT r.touchpoint, r.contact, avg(w.x) AS x, count(DISTINCT r.id) AS n_responses,
           coalesce((array_agg(p.key ORDER BY r.occurred_at DESC, r.id DESC))[1], '') AS persona
    FROM unnest($1::int[], $2::text[]) AS plotted(touchpoint, instrument)
    JOIN response r ON r.touchpoint = plotted.touchpoint
        AND r.occurred_at >= $4 AND r.occurred_at < $5 AND r.scored_at IS NOT NULL
    JOIN answer a ON a.response = r.id AND a.instrument = plotted.instrument
    JOIN worth w ON w.instrument = a.instrument AND w.value = coalesce(a.value::text, array_to_string(a.picks, '+'))
    LEFT JOIN persona p ON p.id = r.persona
"""
_WORTH = "SELECT * FROM jsonb_to_recordset($3::jsonb) AS w(workspace int, instrument text, value text, x numeric)"

_FELT = f"""
WITH worth AS ({_WORTH}), contact_mean AS ({_CONTACT_MEANS} GROUP BY r.touchpoint, r.contact)
SELECT touchpoint, persona, x, count(*)::int AS n, sum(n_responses)::int AS n_responses
FROM contact_mean GROUP BY touchpoint, persona, x ORDER BY touchpoint, persona, x
"""

_COMMENTS = f"""
WITH worth AS ({_WORTH}), wrote AS MATERIALIZED (
    SELECT a.id, r.touchpoint, r.contact, (r.occurred_at AT TIME ZONE 'UTC')::date AS day, r.submitted_at
    FROM response r JOIN answer a ON a.response = r.id
    WHERE r.touchpoint = ANY($1) AND r.occurred_at >= $4 AND r.occurred_at < $5 AND r.scored_at IS NOT NULL
        AND a.text IS NOT NULL
    ORDER BY a.id DESC LIMIT $7
), contact_mean AS MATERIALIZED ({_CONTACT_MEANS}
    WHERE (r.touchpoint, r.contact) IN (SELECT touchpoint, contact FROM wrote) GROUP BY r.touchpoint, r.contact
), told AS MATERIALIZED (
    SELECT m.answer, array_agg(DISTINCT m.theme ORDER BY m.theme) AS themes,
           array_agg(DISTINCT m.theme ORDER BY m.theme) FILTER (WHERE m.start IS NULL) AS labelled
    FROM {HELD_MENTIONS} m
    WHERE m.answer IN (SELECT id FROM wrote) AND m.theme || ' ' || m.state = ANY($6::text[]) GROUP BY m.answer
)
SELECT w.id, w.touchpoint, w.contact, m.persona, m.x, s.polarity, w.day, w.submitted_at, t.themes, t.labelled
FROM wrote w JOIN contact_mean m ON m.touchpoint = w.touchpoint AND m.contact = w.contact
JOIN {HELD_SCORES} s ON s.answer = w.id LEFT JOIN told t ON t.answer = w.id ORDER BY w.id
"""

_NOTED = """
SELECT p.id, t.key AS touchpoint, p.theme, p.title, p.status, p.owner, linked.id AS action, linked.what, linked.on_day
FROM pain p JOIN touchpoint t ON t.id = p.touchpoint AND NOT t.is_removed JOIN journey j ON j.id = t.journey
LEFT JOIN LATERAL (
    SELECT a.id, a.what, a.on_day FROM pain_action l JOIN action a ON a.id = l.action
    WHERE l.pain = p.id ORDER BY a.on_day DESC, a.id DESC LIMIT 1
) linked ON true
WHERE j.workspace = $1 AND p.workspace = $1 AND j.key = $2 ORDER BY p.id
"""

# As the report counts the reach (analysis/load_report.py), of the contacts who are of a persona today.
_PERSONA_REACH = """
SELECT t.id AS touchpoint,
       count(DISTINCT (e.contact, floor(extract(epoch FROM $5 - e.occurred_at) / (86400 * $6::int)))) AS contacts
FROM unnest($2::int[], $3::text[]) AS t(id, event)
JOIN event e ON e.workspace = $1 AND e.name = t.event AND (e.touchpoint IS NULL OR e.touchpoint = t.id)
    AND e.occurred_at >= $4 AND e.occurred_at < $5
JOIN contact c ON c.id = e.contact JOIN persona p ON p.id = c.persona AND p.key = $7
GROUP BY t.id
"""
