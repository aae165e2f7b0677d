"""The pain-point list over fifty thousand comments: the whole of it against merely fetching the rows it is made of.

Run as `python -m bench.pains [comments]`. An embedded PostgreSQL of its own is filled by SQL with comments that were
read before: five touchpoints, the themes of the packs that are on by default, the words of Kept's own comments. The
plain fetch, the page, the whole list with every quote (an export) and one pain's page take turns; figures are medians.
"""

import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from time import perf_counter

from accounts.membership import create_workspace
from analysis.load_report import Period
from analysis.pains.load_pain import load_pain
from analysis.pains.load_pains import load_pains
from analysis.pains.pain_pages import MOST_QUOTED
from analysis.pains.read_pains import load_themes
from analysis.rebuild_tally import rebuild_tally
from bench.figure import Figure
from bench.fresh import in_a_fresh_database
from core.database import connected, fetch, migrate
from core.settings import BASE_FOLDER
from surveys.import_journey import import_journey
from surveys.journey_file import read_journey
from training.read_comments import read_comments

COMMENTS = 50_000
TOUCHPOINTS = 5
JOURNEY = "crm-purchase"
PERIOD = Period(date(2025, 10, 3), date(2025, 12, 31))
ROUNDS = 7  # the database plans a statement anew five times, then once for all: both ways must be quick

Act = Callable[[], Awaitable[object]]


def figures(comments: int = COMMENTS) -> list[Figure]:
    async def measure(url: str, _: Path) -> list[Figure]:
        return await _measure(url, comments)

    return in_a_fresh_database(measure)


async def _measure(url: str, comments: int) -> list[Figure]:
    async with connected(url):
        await migrate()
        workspace = await _filled(comments)
        rows = (await load_pains(workspace, JOURNEY, PERIOD)).rows
        print(f"{comments:,} comments, {len(rows)} pain points", flush=True)
        ways: dict[str, Act] = {
            "reading": lambda: fetch(_ROWS, PERIOD.start, PERIOD.end),
            "list": lambda: load_pains(workspace, JOURNEY, PERIOD, most_quoted=MOST_QUOTED),
            "export": lambda: load_pains(workspace, JOURNEY, PERIOD),
            "one": lambda: load_pain(workspace, rows[0].pain_id, PERIOD),
        }
        seconds = await _taken(ways)
    return [
        Figure("pains_list_over_reading", seconds["list"] / seconds["reading"], "ratio"),
        Figure("pains_export_over_list", seconds["export"] / seconds["list"], "ratio"),
        Figure("pains_one_over_list", seconds["one"] / seconds["list"], "ratio"),
        Figure("pains_list_seconds_50k", seconds["list"], f"s, over {comments:,} comments"),
    ]


async def _taken(ways: dict[str, Act]) -> dict[str, float]:
    """The median seconds of each; they take turns, so that whatever else the machine does falls on all."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, act in ways.items():
            started = perf_counter()
            await act()
            seconds[name].append(perf_counter() - started)
    return {name: median(found) for name, found in seconds.items()}


async def _filled(comments: int) -> int:
    """A workspace with so many comments, each with an answer about the experience; its number."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    workspace = await create_workspace("bench", "Bench", now)
    text = (BASE_FOLDER / "demo" / "journey.yaml").read_text(encoding="utf-8")
    await import_journey(workspace, read_journey(text, "journey.yaml"), now)
    themes = sorted(await load_themes(workspace))
    await fetch(_CONTACTS, workspace, comments)
    await fetch(_RESPONSES, comments, TOUCHPOINTS, PERIOD.start, PERIOD.days)
    await fetch(_FACES)
    await fetch(_COMMENTS, [comment.text for comment in read_comments()])
    await fetch(_SCORES)
    await fetch(_MENTIONS, themes)
    await fetch(_EVENTS)
    await rebuild_tally()
    await fetch("ANALYZE")
    return workspace


# Numbers instead of random(): the same rows on every run and machine.
_CONTACTS = """
INSERT INTO contact (workspace, external_id, name, kind, locale, created_at)
SELECT $1, n::text, '', 'customer', '', now() FROM generate_series(1, greatest($2::int / 3, 1)) n
"""

_RESPONSES = """
INSERT INTO response
    (workspace, contact, touchpoint, survey_version, channel, locale, occurred_at, submitted_at, scored_at)
SELECT c.workspace, c.first + (hashint8extended(n, 1) & 9223372036854775807) % c.size,
       t.ids[1 + (hashint8extended(n, 2) & 9223372036854775807) % array_length(t.ids, 1)], v.id, 'mail', '',
       m.at, m.at, m.at
FROM (SELECT min(workspace) AS workspace, min(id) AS first, count(*) AS size FROM contact) c,
     (SELECT array_agg(id ORDER BY id) AS ids FROM (SELECT id FROM touchpoint ORDER BY id LIMIT $2::int) few) t,
     (SELECT min(id) AS id FROM survey_version) v,
     generate_series(1, $1::bigint) n,
     LATERAL (SELECT $3::timestamptz + (hashint8extended(n, 3) & 9223372036854775807) % (86400 * $4::bigint)
                     * interval '1 second' AS at) m
"""

_FACES = """
INSERT INTO answer (response, question, instrument, value) SELECT id, 'felt', 'anchor', 1 + id % 5 FROM response
"""

# Two of Kept's own comments each, so that hardly two are alike.
_COMMENTS = """
INSERT INTO answer (response, question, instrument, text)
SELECT r.id, 'why', 'comment', w.words[1 + (hashint8extended(r.id, 5) & 9223372036854775807) % w.n] || ' '
    || w.words[1 + (hashint8extended(r.id, 6) & 9223372036854775807) % w.n]
FROM response r, (SELECT $1::text[] AS words, array_length($1::text[], 1) AS n) w
"""

_SCORES = """
WITH scored AS (
    INSERT INTO comment_score (answer, language, state, polarity, analyser, packs, scored_at)
    SELECT id, 'en', 'negative', -0.1 * (1 + id % 9), 'bench 1', '', now() FROM answer WHERE text IS NOT NULL
    RETURNING answer
)
INSERT INTO comment_clause (answer, number, start, stop, state, polarity)
SELECT s.answer, c, c * 20, c * 20 + 20, 'negative', -0.5 FROM scored s, generate_series(0, 1) c
"""

# Two mentions a comment, of which the first themes are named much more often than the last.
_MENTIONS = """
INSERT INTO comment_theme (answer, theme, clause, start, stop)
SELECT s.answer, t.themes[1 + floor(t.n * power((hashint8extended(s.answer, 7 + c) & 1048575) / 1048576.0, 2))::int],
       c, c * 20, c * 20 + 4
FROM comment_score s, generate_series(0, 1) c, (SELECT $1::text[] AS themes, array_length($1::text[], 1) AS n) t
ON CONFLICT DO NOTHING
"""

_EVENTS = """
INSERT INTO event (workspace, key, name, contact, occurred_at, received_at, properties)
SELECT r.workspace, 'came-' || r.id, t.event, r.contact, r.occurred_at, r.occurred_at, '{}'
FROM response r JOIN touchpoint t ON t.id = r.touchpoint
"""

# The rows that a list is made of, and nothing done with them: every comment with its contact's answer and its themes.
_ROWS = """
SELECT a.id, r.touchpoint, r.contact, f.value, s.polarity, r.occurred_at, m.theme
FROM response r JOIN answer a ON a.response = r.id AND a.text IS NOT NULL
JOIN answer f ON f.response = r.id AND f.instrument = 'anchor'
JOIN comment_score s ON s.answer = a.id LEFT JOIN comment_theme m ON m.answer = a.id
WHERE r.occurred_at >= $1 AND r.occurred_at < $2
"""


def main() -> None:
    for figure in figures(int(sys.argv[1]) if len(sys.argv) > 1 else COMMENTS):
        print(figure)


if __name__ == "__main__":
    main()
