"""Put changed answers in the place of those that were scored, and count and score them anew.

A customer may change an answer for a day (feedback/answering/keep_answers.py). What is counted is never changed under
the tallies: the change waits beside it, and this job takes the old answer out of the counts and puts the new one in.
"""

from collections import Counter
from datetime import datetime

from analysis.recount import lock_tallies, recounted
from analysis.tally import TallyCell, add_to_tally, cells_of
from analysis.text.score_comments import score_comments
from core.database import fetch, transaction

BATCH = 200


async def apply_changes(now: datetime) -> int:
    """Apply the changes of one batch of responses in one transaction; returns how many responses it held."""
    async with transaction():
        responses = await fetch(_CLAIM, BATCH)
        changed = [row["id"] for row in responses]
        if not changed:
            return 0
        await lock_tallies()
        async with recounted({row["contact"] for row in responses}):
            before = cells_of((), await fetch(_ANSWERS, changed))
            await fetch(_TAKE_BACK, changed)
            written = [row["id"] for row in await fetch(_REPLACE, changed)]
            await fetch("DELETE FROM answer_change WHERE response = ANY($1)", changed)
            after = cells_of((), await fetch(_ANSWERS, changed))
        await add_to_tally(_difference(before, after))
        await score_comments(written, now)
    return len(changed)


def _difference(before: Counter[TallyCell], after: Counter[TallyCell]) -> Counter[TallyCell]:
    cells = before.keys() | after.keys()
    return Counter({cell: after[cell] - before[cell] for cell in cells if after[cell] != before[cell]})


# The response first and then the tallies, as everybody takes them. Nobody may change it meanwhile.
_CLAIM = """
SELECT r.id, r.contact FROM response r
WHERE r.scored_at IS NOT NULL AND r.id IN (SELECT response FROM answer_change) ORDER BY r.id LIMIT $1
FOR UPDATE SKIP LOCKED
"""

_ANSWERS = """
SELECT a.question, a.instrument, a.value, a.picks, r.touchpoint, r.occurred_at, r.channel, r.persona
FROM answer a JOIN response r ON r.id = a.response WHERE r.id = ANY($1)
"""

# Scores and themes of the words that stood there go with the answer; those of the new words are found again.
_TAKE_BACK = """
DELETE FROM answer a USING answer_change c
WHERE c.response = ANY($1) AND a.response = c.response AND a.question = c.question
"""

_REPLACE = """
INSERT INTO answer (response, question, instrument, value, picks, text, strength, other)
SELECT response, question, instrument, value, picks, text, strength, other FROM answer_change
WHERE response = ANY($1) AND (value IS NOT NULL OR picks IS NOT NULL OR text IS NOT NULL)
ORDER BY id RETURNING id
"""
