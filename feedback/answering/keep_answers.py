"""Keep answers, from the first tap on: one response an invitation or visit, brought up to date as somebody goes on."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from core.database import Row, fetch, transaction
from core.errors import NotFound
from feedback.answering.asking import CHANGE_FOR, Asking
from surveys.branching import Attributes, holds
from surveys.given_answer import GivenAnswer
from surveys.quotas import is_full
from surveys.taking import Taken


class Refused(StrEnum):
    """Why an answer was not taken; only how often is kept."""

    EARLY = "early"
    CLOSED = "closed"
    FULL = "full"
    ANSWERED = "answered"
    INVALID = "invalid"


class _QuotaIsFull(Exception):
    """Rolls the transaction back; nobody else sees it."""


async def keep_answers(
    asking: Asking, taken: Taken, language: str, attributes: Attributes, now: datetime
) -> Refused | None:
    """Store what is new against `asking`; None where it was kept. `language` is the page's.

    Before the first answer there is nothing to keep, whatever was skipped. Raises NotFound where the contact was erased
    meanwhile.

    Whoever sends twice at once waits: the response's row is locked. What is counted already is not touched, but noted
    beside for the worker to change and count again (analysis/apply_changes.py).
    """
    if asking.response is None and not taken.answers:
        return None
    try:
        async with transaction():
            response = await _response(asking, language, now)
            if response["is_complete"] and now >= response["submitted_at"] + CHANGE_FOR:
                return Refused.ANSWERED
            quotas = await _take_quotas(asking, response, taken, attributes)
            # Somebody may have deleted the response since it was read; then all that it held is new again.
            known = asking.answers if asking.response and asking.response.id == response["id"] else {}
            await _write(response, _differences(known, taken.answers), now)
            await fetch(_TOUCH, response["id"], now, taken.is_complete, quotas)
    except _QuotaIsFull:
        return Refused.FULL
    return None


async def has_all_answers(asking: Asking) -> bool:
    """Whether the survey is over for who has not begun to answer it."""
    if not asking.definition.quotas or asking.response is not None:
        return False
    rows = await fetch("SELECT quota, n FROM quota_count WHERE survey = $1", asking.survey)
    return is_full(asking.definition, {row["quota"]: row["n"] for row in rows})


async def _response(asking: Asking, language: str, now: datetime) -> Row:
    """The response's row, locked; a new one, and for who came by a link a contact, where there is none."""
    key = asking.invitation if asking.visit is None else asking.visit
    locked = _LOCK.format(by="invitation" if asking.visit is None else "visit")
    rows = await fetch(locked, key)
    if not rows:
        contact = asking.contact if asking.contact is not None else await _visitor(asking, now)
        hidden = msgspec.json.encode(asking.hidden_now).decode()
        await fetch(
            _INSERT_RESPONSE,
            asking.workspace,
            asking.invitation,
            asking.visit,
            contact,
            asking.touchpoint,
            asking.survey_version,
            asking.channel.value,
            _locale(asking, language),
            asking.occurred_at,
            now,
            asking.seed,
            hidden,
        )
        rows = await fetch(locked, key)
        if not rows:
            raise NotFound("This survey does not exist any more.")
    return rows[0]


def _locale(asking: Asking, language: str) -> str:
    """What somebody reads, and will write in: the translation they were shown, else what is known of them."""
    return language if language != asking.definition.language else asking.locale or language


async def _visitor(asking: Asking, now: datetime) -> int:
    """The contact that stands for one visit: nobody knows who it was, and two visits are two voices."""
    rows = await fetch(_INSERT_VISITOR, asking.workspace, f"visit:{asking.visit}", now)
    return int(rows[0]["id"])


async def _take_quotas(asking: Asking, response: Row, taken: Taken, attributes: Attributes) -> list[str]:
    """The quotas this response counts towards; each is counted once, when it is first met."""
    met = list(response["quotas"])
    for quota in sorted(asking.definition.quotas, key=lambda quota: quota.key):  # so that nobody waits in a circle
        if quota.key not in met and holds(quota.when, taken.answers, attributes):
            if not await fetch(_COUNT_QUOTA, asking.survey, quota.key, quota.limit):
                raise _QuotaIsFull
            met.append(quota.key)
    return met


def _differences(known: Mapping[str, GivenAnswer], answers: Mapping[str, GivenAnswer]) -> dict[str, GivenAnswer]:
    """The answers that are new or other than before; one that was taken back stands without a value."""
    gone = {key: GivenAnswer(key, answer.instrument) for key, answer in known.items() if key not in answers}
    return {**gone, **{key: answer for key, answer in answers.items() if known.get(key) != answer}}


async def _write(response: Row, differences: Mapping[str, GivenAnswer], now: datetime) -> None:
    records: list[dict[str, Any]] = [msgspec.structs.asdict(answer) for answer in differences.values()]
    if response["scored_at"] is not None:
        await fetch(_WRITE_CHANGES, msgspec.json.encode(records).decode(), response["id"], now)
        return
    gone = [record["question"] for record in records if _is_nothing(record)]
    kept = [record for record in records if not _is_nothing(record)]
    await fetch("DELETE FROM answer WHERE response = $1 AND question = ANY($2)", response["id"], gone)
    await fetch(_WRITE_ANSWERS, msgspec.json.encode(kept).decode(), response["id"])


def _is_nothing(record: Mapping[str, Any]) -> bool:
    return record["value"] is None and record["picks"] is None and record["text"] is None


_LOCK = "SELECT id, is_complete, submitted_at, scored_at, quotas FROM response WHERE {by} = $1 FOR UPDATE"

_INSERT_VISITOR = """
INSERT INTO contact AS c (workspace, external_id, name, kind, locale, created_at)
VALUES ($1, $2, '', 'customer', '', $3)
ON CONFLICT (workspace, external_id) DO UPDATE SET name = c.name RETURNING id
"""

# The contact's row is held first: whoever erases a contact takes it before all that hangs on it.
_INSERT_RESPONSE = """
INSERT INTO response (workspace, invitation, visit, contact, persona, touchpoint, survey_version, channel, locale,
                      occurred_at, submitted_at, is_complete, seed, hidden, quotas)
SELECT $1, $2, $3, c.id, c.persona, $5, $6, $7, $8, $9, $10, false, $11, $12, '{}'
FROM contact c WHERE c.id = $4 FOR KEY SHARE
ON CONFLICT DO NOTHING
"""

_COUNT_QUOTA = """
INSERT INTO quota_count AS q (survey, quota, n) VALUES ($1, $2, 1)
ON CONFLICT (survey, quota) DO UPDATE SET n = q.n + 1 WHERE q.n < $3 RETURNING n
"""

_TOUCH = """
UPDATE response SET touched_at = $2, is_complete = is_complete OR $3, quotas = $4 WHERE id = $1
"""

_RECORDS = """jsonb_to_recordset($1::jsonb) AS r(question text, instrument text, value smallint, picks varchar[],
    text text, strength smallint, other text)"""

_WRITE_ANSWERS = f"""
INSERT INTO answer AS a (response, question, instrument, value, picks, text, strength, other)
SELECT $2::bigint, r.question, r.instrument, r.value, r.picks, r.text, r.strength, r.other FROM {_RECORDS}
ON CONFLICT (response, question) DO UPDATE SET value = excluded.value, picks = excluded.picks, text = excluded.text,
    strength = excluded.strength, other = excluded.other
"""

_WRITE_CHANGES = f"""
INSERT INTO answer_change AS a (response, question, instrument, value, picks, text, strength, other, changed_at)
SELECT $2::bigint, r.question, r.instrument, r.value, r.picks, r.text, r.strength, r.other, $3::timestamptz
FROM {_RECORDS}
ON CONFLICT (response, question) DO UPDATE SET value = excluded.value, picks = excluded.picks, text = excluded.text,
    strength = excluded.strength, other = excluded.other, changed_at = excluded.changed_at
"""
