"""Read what a pain-point list is made of: who felt what at its touchpoints, each comment once, what people noted."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace

from analysis.load_report import MONTH_DAYS, Period
from analysis.pains.candidates import Comment, Felt
from analysis.pains.pain_key import PainKey
from analysis.pains.pain_point import PainStatus
from analysis.text.load_theme_book import load_theme_book
from analysis.text.read_scores import HELD_MENTIONS, HELD_SCORES
from analysis.text.sentiment import SentimentState
from analysis.text.theme_book import BookTheme
from analysis.text.themes import is_pain_mention
from core.database import fetch

MOST_COMMENTS = 200_000  # of a journey, the newest


class Plotted(Struct, frozen=True):
    """The touchpoints with an experience and the instrument of each, and what answers are worth in x, as JSON."""

    instruments: Mapping[int, str]
    worth: str


class FeltThere(Struct, frozen=True):
    """Who felt what: groups of contacts by touchpoint, and by touchpoint and contact the group of each who wrote."""

    by_touchpoint: Mapping[int, Sequence[Felt]]
    writers: Mapping[tuple[int, int], Felt]


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


async def load_themes(workspace: int) -> dict[str, BookTheme]:
    """The themes that mentions count as, by key."""
    return (await load_theme_book(workspace)).readings


def pained_by(themes: Mapping[str, BookTheme]) -> list[str]:
    """Every theme with every state of a clause in which it tells a pain, as "general.slow negative"."""
    return [
        f"{key} {state.value}"
        for key, theme in themes.items()
        for state in SentimentState
        if is_pain_mention(theme.tone, state)
    ]


async def read_felt(plotted: Plotted, period: Period) -> FeltThere:
    """Everybody who answered, by touchpoint, and for those who wrote what each of them felt."""
    touchpoints, instruments = list(plotted.instruments), list(plotted.instruments.values())
    rows = await fetch(_FELT, touchpoints, instruments, plotted.worth, period.start, period.end)
    felt: defaultdict[int, list[Felt]] = defaultdict(list)
    writers: dict[tuple[int, int], Felt] = {}
    for row in rows:
        group = Felt(row["persona"], float(row["x"]), row["n"], row["n_responses"])
        felt[row["touchpoint"]].append(group)
        writers |= {(row["touchpoint"], contact): group for contact in row["writers"] or ()}
    return FeltThere(felt, writers)


async def read_comments(
    plotted: Plotted, period: Period, themes: Mapping[str, BookTheme], writers: Mapping[tuple[int, int], Felt]
) -> dict[int, list[Comment]]:
    """The comments of those who answered, by touchpoint."""
    days = list(plotted.instruments), period.start, period.end
    wrote = await fetch(_WROTE, *days, MOST_COMMENTS)
    told = await _read_told(themes, *days)
    found: defaultdict[int, list[Comment]] = defaultdict(list)
    for row in wrote:
        group = writers.get((row["touchpoint"], row["contact"]))
        if group is None:
            continue
        mentions = told.get(row["id"], ())
        found[row["touchpoint"]].append(
            Comment(
                row["id"],
                row["contact"],
                group.persona,
                group.x,
                row["polarity"],
                row["day"],
                row["submitted_at"],
                tuple(theme for theme, _ in mentions),
                tuple(theme for theme, is_labelled in mentions if is_labelled),
            )
        )
    return found


async def _read_told(
    themes: Mapping[str, BookTheme], touchpoints: Sequence[int], start: datetime, end: datetime
) -> dict[int, list[tuple[str, bool]]]:
    """By comment the themes it tells a pain of, in their order, and whether a person added each."""
    is_pain = frozenset(pained_by(themes))
    found: defaultdict[int, dict[str, bool]] = defaultdict(dict)
    for row in await fetch(_TOLD, touchpoints, start, end):
        if f"{row['theme']} {row['state']}" in is_pain:
            own = found[row["answer"]]
            own[row["theme"]] = own.get(row["theme"], False) or row["is_labelled"]
    return {answer: sorted(own.items()) for answer, own in found.items()}


async def read_texts(answers: Collection[int]) -> dict[int, str]:
    rows = await fetch("SELECT id, text FROM answer WHERE id = ANY($1) AND text IS NOT NULL", list(answers))
    return {row["id"]: row["text"] for row in rows}


async def read_noted(workspace: int, journey: str) -> list[Noted]:
    """Of the touchpoints that are not removed; of several at one touchpoint and theme the last one counts."""
    rows = await fetch(_NOTED, workspace, journey)
    return [Noted(**{**row, "status": PainStatus(row["status"])}) for row in rows]


async def follow_merges(workspace: int, key: PainKey) -> PainKey:
    """Where a theme was merged into another, the pain point of that one: what was noted of it went there."""
    if not key.theme:
        return key
    rows = await fetch("SELECT merged_into FROM theme_edit WHERE workspace = $1 AND theme = $2", workspace, key.theme)
    target = rows[0]["merged_into"] if rows else None
    return key if target is None else replace(key, theme=target)


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
# Comments are joined outside the database: it can't know how many rows either side has, and where it guessed one row
# it looked through all of the other side for each (a minute where this takes a second).
_FELT = """
WITH worth AS (
    SELECT * FROM jsonb_to_recordset($3::jsonb) AS w(workspace int, instrument text, value text, x numeric)
), contact_mean AS (
    SELECT r.touchpoint, r.contact, avg(w.x) AS x, count(DISTINCT r.id) FILTER (WHERE w.x IS NOT NULL) AS n_responses,
           coalesce((array_agg(p.key ORDER BY r.occurred_at DESC, r.id DESC) FILTER (WHERE w.x IS NOT NULL))[1], '')
           AS persona,
           bool_or(EXISTS (SELECT FROM answer t WHERE t.response = r.id AND t.text IS NOT NULL)) AS wrote
    FROM unnest($1::int[], $2::text[]) AS plotted(touchpoint, instrument)
    JOIN response r ON r.touchpoint = plotted.touchpoint
        AND r.occurred_at >= $4 AND r.occurred_at < $5 AND r.scored_at IS NOT NULL
    LEFT JOIN answer a ON a.response = r.id AND a.instrument = plotted.instrument
    LEFT JOIN worth w ON w.instrument = a.instrument
        AND w.value = coalesce(a.value::text, array_to_string(a.picks, '+'))
    LEFT JOIN persona p ON p.id = r.persona
    GROUP BY r.touchpoint, r.contact
)
SELECT touchpoint, persona, x, count(*)::int AS n, sum(n_responses)::int AS n_responses,
       array_agg(contact) FILTER (WHERE wrote) AS writers
FROM contact_mean WHERE x IS NOT NULL GROUP BY touchpoint, persona, x ORDER BY touchpoint, persona, x
"""

_WROTE = f"""
SELECT a.id, r.touchpoint, r.contact, (r.occurred_at AT TIME ZONE 'UTC')::date AS day, r.submitted_at, s.polarity
FROM response r JOIN answer a ON a.response = r.id AND a.text IS NOT NULL JOIN {HELD_SCORES} s ON s.answer = a.id
WHERE r.touchpoint = ANY($1) AND r.occurred_at >= $2 AND r.occurred_at < $3 AND r.scored_at IS NOT NULL
ORDER BY a.id DESC LIMIT $4
"""

_TOLD = f"""
SELECT DISTINCT m.answer, m.theme, m.state, m.start IS NULL AS is_labelled
FROM response r JOIN answer a ON a.response = r.id AND a.text IS NOT NULL JOIN {HELD_MENTIONS} m ON m.answer = a.id
WHERE r.touchpoint = ANY($1) AND r.occurred_at >= $2 AND r.occurred_at < $3 AND r.scored_at IS NOT NULL
"""

# The theme of a pain `p`, or the one it was merged into.
THEME_NOW = """coalesce(
    (SELECT e.merged_into FROM theme_edit e WHERE e.workspace = p.workspace AND e.theme = p.theme), p.theme
)"""

# Of two that a merge made one, that of the theme itself comes last and is the one that counts.
_NOTED = f"""
SELECT p.id, t.key AS touchpoint, {THEME_NOW} AS theme, p.title, p.status, p.owner,
       linked.id AS action, linked.what, linked.on_day
FROM pain p JOIN touchpoint t ON t.id = p.touchpoint AND NOT t.is_removed JOIN journey j ON j.id = t.journey
LEFT JOIN LATERAL (
    SELECT a.id, a.what, a.on_day FROM pain_action l JOIN action a ON a.id = l.action
    WHERE l.pain = p.id ORDER BY a.on_day DESC, a.id DESC LIMIT 1
) linked ON true
WHERE j.workspace = $1 AND p.workspace = $1 AND j.key = $2
ORDER BY p.theme IS NOT DISTINCT FROM {THEME_NOW}, p.id
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
