"""The responses as the page lists them: who answered what, and how their words were read."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from urllib.parse import urlencode

import msgspec
from msgspec import Struct

from analysis.scales import is_two_valued
from analysis.text.load_comments import CommentView, load_comments
from analysis.text.mismatches import APART
from analysis.text.ratings import RATING
from analysis.text.read_scores import HELD_MENTIONS, HELD_SCORES
from analysis.text.sentiment import SentimentState
from analysis.touchpoint_words import choice_words
from analysis.worth import CHOSEN
from core.database import Row, fetch
from core.templating import listed
from surveys.definition import SurveyDefinition
from surveys.instruments import CHOOSING, OTHER, YES, Instrument, label_of
from surveys.surveys import load_definitions
from surveys.wording import choice_texts

PAGE = 50
VISITORS = ("visit:", "visitor:")  # how the ids begin of contacts whom nobody knows (feedback/)
STRENGTHS = {1: "a little", 2: "clearly", 3: "very strongly"}


class AnswerView(Struct, frozen=True):
    """One answer of a response; `comment` is set for words that were read.

    `other` is what somebody wrote beside a choice, `address` where who wishes to be contacted is reached. `strength`
    is that of the picked emotions, 1 to 3.
    """

    id: int
    question: str
    instrument: Instrument
    value: int | None
    picks: tuple[str, ...] | None
    text: str | None
    strength: int | None
    other: str | None
    address: str | None
    comment: CommentView | None = None

    @property
    def words(self) -> str:
        """What was answered: a point of a scale, or what was picked or agreed to."""
        if self.value is None:
            return listed([*(self.picks or ()), *([f"“{self.other}”"] if self.other else [])])
        if self.instrument in CHOSEN:
            return choice_words(self.instrument, str(self.value))
        return self._label if is_two_valued(self.instrument) else str(self.value)

    @property
    def remark(self) -> str:
        """What the words mean where that is not plain: the label of a point, the strength of what was felt."""
        if self.value is None:
            return STRENGTHS.get(self.strength or 0, "")
        return "" if self.instrument in CHOSEN or is_two_valued(self.instrument) else self._label

    @property
    def _label(self) -> str:
        return label_of(self.instrument, self.value).lower() if self.value is not None else ""


class ResponseView(Struct, frozen=True):
    """One response, newest first."""

    id: int
    contact: str
    persona: str | None
    touchpoint: str
    channel: str
    submitted_at: datetime
    is_complete: bool
    hidden: dict[str, str]
    answers: tuple[AnswerView, ...]

    @property
    def is_visitor(self) -> bool:
        return self.contact.startswith(VISITORS)


class Place(Struct, frozen=True):
    """A touchpoint to choose."""

    key: str
    name: str


class Wanted(Struct, frozen=True, kw_only=True):
    """Which responses are listed: those to which all that is given here applies.

    `before` and `response` are ids; with the latter one response is listed alone. `theme` is a key such as
    "general.slow", `touchpoint` one such as "delivery"; `emotion` one that a comment's words show.
    """

    touchpoint: str | None = None
    sentiment: SentimentState | None = None
    theme: str | None = None
    emotion: str | None = None
    mismatch: bool = False
    written: bool = False  # those with a comment
    since: date | None = None  # the day of the experience, in UTC; with `until` or not at all
    until: date | None = None
    before: int | None = None
    response: int | None = None

    @property
    def is_narrowed(self) -> bool:
        return self != Wanted(before=self.before)

    def query(self, **changes: object) -> str:
        """As the query of an address, with some of it changed."""
        wanted = {**msgspec.structs.asdict(self), **changes}
        return urlencode({name: "yes" if value is True else value for name, value in wanted.items() if value})


EVERY_RESPONSE = Wanted()


async def list_responses(
    workspace: int, wanted: Wanted = EVERY_RESPONSE, *, with_addresses: bool = False
) -> list[ResponseView]:
    """One page of responses, the newest first. `with_addresses` is for those who may write back to who wishes it."""
    statement, values = _statement(wanted)
    rows = await fetch(statement, workspace, PAGE, with_addresses, *values)
    asked = await load_definitions([row["survey_version"] for row in rows])
    listed_answers = [msgspec.json.decode(row["answers"], type=tuple[AnswerView, ...]) for row in rows]
    comments = await load_comments([answer.id for answers in listed_answers for answer in answers if answer.text])
    return [
        _view(row, [msgspec.structs.replace(own, comment=comments.get(own.id)) for own in answers], asked)
        for row, answers in zip(rows, listed_answers, strict=True)
    ]


async def list_places(workspace: int) -> list[Place]:
    """Every touchpoint there is, in the order of its journey."""
    return [Place(**row) for row in await fetch(_PLACES, workspace)]


def _view(row: Row, answers: Sequence[AnswerView], asked: Mapping[int, SurveyDefinition]) -> ResponseView:
    definition = asked[row.pop("survey_version")]
    in_words = tuple(_in_words(answer, definition) for answer in answers)
    return ResponseView(**{**row, "hidden": msgspec.json.decode(row["hidden"]), "answers": in_words})


def _in_words(answer: AnswerView, asked: SurveyDefinition) -> AnswerView:
    """With the words of the choices that were picked, where the file gives their keys."""
    question = asked.question(answer.question)
    if question is None or answer.instrument not in CHOOSING or answer.picks is None:
        return answer
    words = choice_texts(question)
    picks = [pick for pick in answer.picks if pick != OTHER or not answer.other]  # said in their own words
    return msgspec.structs.replace(answer, picks=tuple(words.get(pick, pick) for pick in picks))


def _statement(wanted: Wanted) -> tuple[str, list[object]]:
    """The statement that lists what is wanted, and its values from $4 on."""
    conditions: list[str] = []
    values: list[object] = []
    for name, condition in _CONDITIONS.items():
        value = getattr(wanted, name)
        if value:
            values.append(APART if name == "mismatch" else value)
            conditions.append(condition.replace("$?", f"${3 + len(values)}"))
    return _RESPONSES.replace("/* and */", " ".join(f"AND {condition}" for condition in conditions)), values


_CONDITIONS = {
    "touchpoint": "t.key = $?",
    "sentiment": f"EXISTS (SELECT FROM answer a JOIN {HELD_SCORES} s ON s.answer = a.id "
    "WHERE a.response = r.id AND s.state = $?)",
    "theme": f"EXISTS (SELECT FROM answer a JOIN {HELD_MENTIONS} m ON m.answer = a.id "
    "WHERE a.response = r.id AND m.theme = $?)",
    "emotion": "EXISTS (SELECT FROM answer a JOIN comment_emotion e ON e.answer = a.id "
    "WHERE a.response = r.id AND e.emotion = $?)",
    "mismatch": f"EXISTS (SELECT FROM answer a JOIN {HELD_SCORES} s ON s.answer = a.id "
    f"WHERE a.response = r.id AND abs(s.polarity - {RATING}::float8) > $?)",
    "written": "$? AND EXISTS (SELECT FROM answer a WHERE a.response = r.id AND a.text IS NOT NULL)",
    "since": "r.occurred_at >= $?::date::timestamp AT TIME ZONE 'UTC'",
    "until": "r.occurred_at < ($?::date + 1)::timestamp AT TIME ZONE 'UTC'",
    "before": "r.id < $?",
    "response": "r.id = $?",
}

_CHOOSING = ", ".join(f"'{instrument}'" for instrument in CHOOSING)

_RESPONSES = f"""
SELECT r.id, c.external_id AS contact, p.name AS persona, t.name AS touchpoint, r.channel, r.submitted_at,
       r.is_complete, r.hidden, r.survey_version, (
    SELECT coalesce(json_agg(json_build_object(
        'id', a.id, 'question', a.question, 'instrument', a.instrument, 'value', a.value, 'picks', a.picks,
        'text', a.text, 'strength', a.strength, 'other', CASE WHEN a.instrument IN ({_CHOOSING}) THEN a.other END,
        'address', CASE WHEN $3 AND a.instrument = '{Instrument.CONTACT}' AND a.value = {YES}
                        THEN coalesce(a.other, c.email) END
    ) ORDER BY a.id), '[]')
    FROM answer a WHERE a.response = r.id
) AS answers
FROM response r JOIN contact c ON c.id = r.contact JOIN touchpoint t ON t.id = r.touchpoint
LEFT JOIN persona p ON p.id = r.persona
WHERE r.workspace = $1 /* and */
ORDER BY r.id DESC LIMIT $2
"""

_PLACES = """
SELECT key, name FROM (
    SELECT DISTINCT ON (t.key) t.key, t.name, j.name AS journey, s.position AS stage, t.position
    FROM touchpoint t JOIN stage s ON s.id = t.stage JOIN journey j ON j.id = t.journey
    WHERE j.workspace = $1 AND NOT t.is_removed ORDER BY t.key, t.id
) place ORDER BY journey, stage, position, key
"""
