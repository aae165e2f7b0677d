"""Put changed answers in the place of those that were scored, and count and score them anew.

A customer may change an answer for a day (feedback/answering/keep_answers.py). What is counted is never changed under
the tallies: the change waits beside it, and this job takes the old answer out of the counts and puts the new one in.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from analysis.recount import lock_tallies, recounted
from analysis.tally import TallyCell, add_to_tally, cells_of
from analysis.text.read_comments import hold_rules, read_comments
from analysis.text.reading import CommentReading
from analysis.text.store_readings import store_readings
from core.database import fetch, transaction

BATCH = 200


async def apply_changes(now: datetime) -> int:
    """Apply the changes of one batch of responses in one transaction; returns how many responses it held."""
    async with transaction():
        responses = await fetch(_CLAIM, BATCH)
        changed = [row["id"] for row in responses]
        if not changed:
            return 0
        await fetch(_DROP_UNCHANGED, changed)
        readings = await _read(changed)
        await lock_tallies()
        async with recounted({row["contact"] for row in responses}):
            before = cells_of((), await fetch(_ANSWERS, changed))
            await fetch(_TAKE_BACK, changed)
            written = {(row["response"], row["question"]): row["id"] for row in await fetch(_REPLACE, changed)}
            await fetch("DELETE FROM answer_change WHERE response = ANY($1)", changed)
            after = cells_of((), await fetch(_ANSWERS, changed))
        await add_to_tally(_difference(before, after))
        await store_readings({written[place]: reading for place, reading in readings.items()}, now)
    return len(changed)


async def _read(changed: Sequence[int]) -> dict[tuple[int, str], CommentReading]:
    """The new words, by response and question; before the tallies are locked, for reading takes longest."""
    await hold_rules()
    rows = await fetch(_NEW_WORDS, changed)
    return {
        (row["response"], row["question"]): reading
        for row, reading in zip(rows, await read_comments(rows), strict=True)
    }


def _difference(before: Counter[TallyCell], after: Counter[TallyCell]) -> Counter[TallyCell]:
    cells = before.keys() | after.keys()
    return Counter({cell: after[cell] - before[cell] for cell in cells if after[cell] != before[cell]})


# The response first and then the tallies, as everybody takes them. Nobody may change it meanwhile.
_CLAIM = """
SELECT r.id, r.contact FROM response r
WHERE r.scored_at IS NOT NULL AND r.id IN (SELECT response FROM answer_change) ORDER BY r.id LIMIT $1
FOR UPDATE SKIP LOCKED
"""

# What was changed back to what it was keeps its score and what people say of it.
_DROP_UNCHANGED = """
DELETE FROM answer_change c USING answer a
WHERE c.response = ANY($1) AND a.response = c.response AND a.question = c.question
    AND (a.instrument, a.value, a.picks, a.text, a.strength, a.other)
        IS NOT DISTINCT FROM (c.instrument, c.value, c.picks, c.text, c.strength, c.other)
"""

_ANSWERS = """
SELECT a.question, a.instrument, a.value, a.picks, r.touchpoint, r.occurred_at, r.channel, r.persona
FROM answer a JOIN response r ON r.id = a.response WHERE r.id = ANY($1)
"""

_NEW_WORDS = """
SELECT c.response, c.question, c.text, r.workspace, r.survey_version, r.locale
FROM answer_change c JOIN response r ON r.id = c.response
WHERE c.response = ANY($1) AND c.text IS NOT NULL ORDER BY c.id
"""

# Scores, themes and labels of the words that stood there go with the answer.
_TAKE_BACK = """
DELETE FROM answer a USING answer_change c
WHERE c.response = ANY($1) AND a.response = c.response AND a.question = c.question
"""

_REPLACE = """
INSERT INTO answer (response, question, instrument, value, picks, text, strength, other)
SELECT response, question, instrument, value, picks, text, strength, other FROM answer_change
WHERE response = ANY($1) AND (value IS NOT NULL OR picks IS NOT NULL OR text IS NOT NULL)
ORDER BY id RETURNING id, response, question
"""
