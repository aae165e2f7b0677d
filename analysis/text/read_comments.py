"""Read comments as their workspaces and surveys have it: by their rules, in their languages, under their questions."""

from collections import Counter
from collections.abc import Mapping, Sequence

import structlog
from msgspec import Struct

from analysis.text.evidence import Leaning
from analysis.text.load_rules import load_rules
from analysis.text.reading import CommentReading, ReadingRules, leaning_of
from analysis.text.reading_pool import UNREAD, Unread, read_all
from core.database import Row, fetch
from surveys.definition import SurveyDefinition
from surveys.surveys import load_definitions
from surveys.wording import languages_of, worded

log = structlog.get_logger()

RULES_LOCK = 0x72756C65  # "rule"; any number would do that nothing else in this database locks


class _Asked(Struct, frozen=True):
    """What a survey version says of the comments under its questions."""

    offered: tuple[str, ...]
    leanings: Mapping[str, Leaning]  # by the key of the question


async def read_comments(rows: Sequence[Row]) -> list[CommentReading]:
    """The readings in the order of the rows.

    Each row says workspace, survey_version, question, text and locale.
    """
    rules = await load_rules({row["workspace"] for row in rows})
    comments = await as_asked(rows)
    alike: dict[ReadingRules, list[int]] = {}
    for place, row in enumerate(rows):
        alike.setdefault(rules[row["workspace"]], []).append(place)
    found: dict[int, CommentReading] = {}
    for own, places in alike.items():
        found |= zip(places, await read_all([comments[place] for place in places], own), strict=True)
    readings = [found[place] for place in range(len(rows))]
    _log_faults(rows, readings)
    return readings


async def as_asked(rows: Sequence[Row]) -> list[Unread]:
    """The comments in the order of the rows, with what their survey versions say of them.

    Each row says survey_version, question, text and locale.
    """
    definitions = await load_definitions({row["survey_version"] for row in rows})
    asked = {version: _asked(definition) for version, definition in definitions.items()}
    return [_unread(row, asked[row["survey_version"]]) for row in rows]


def _log_faults(rows: Sequence[Row], readings: Sequence[CommentReading]) -> None:
    """Without a word of the comments."""
    faults = Counter(
        (row["workspace"], reading.analyser)
        for row, reading in zip(rows, readings, strict=True)
        if reading.analyser.startswith(UNREAD)
    )
    for (workspace, fault), n in sorted(faults.items()):
        log.error("comments_unread", workspace=workspace, fault=fault.removeprefix(UNREAD), n=n)


async def hold_rules() -> None:
    """Until the transaction ends no rescoring begins, so that it finds all that was read by the rules before it.

    Whoever takes this lock takes it before that of the tallies, as everybody does.
    """
    await fetch("SELECT pg_advisory_xact_lock_shared($1)", RULES_LOCK)


async def await_readers() -> None:
    """Wait until nobody reads any more by the rules that were loaded before this; who begins to read waits."""
    await fetch("SELECT pg_advisory_xact_lock($1)", RULES_LOCK)


def _asked(definition: SurveyDefinition) -> _Asked:
    questions = worded(definition, definition.language).questions
    return _Asked(languages_of(definition), {question.key: leaning_of(question.text) for question in questions})


def _unread(row: Row, asked: _Asked) -> Unread:
    return Unread(row["text"], row["locale"], asked.offered, asked.leanings.get(row["question"], Leaning.OPEN))
