"""The responses as the page lists them: who answered what, and how their words were read."""

from datetime import datetime

import msgspec
from msgspec import Struct

from analysis.scales import is_two_valued
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
    """One answer of a response; the last three fields are set for comments.

    `other` is what somebody wrote beside a choice, `address` where who wishes to be contacted is reached. `strength`
    is that of the picked emotions, 1 to 3.
    """

    question: str
    instrument: Instrument
    value: int | None
    picks: tuple[str, ...] | None
    text: str | None
    strength: int | None
    other: str | None
    address: str | None
    sentiment: str | None
    language: str | None
    themes: tuple[str, ...]

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


async def list_responses(
    workspace: int, before: int | None, touchpoint: str | None, *, with_addresses: bool = False
) -> list[ResponseView]:
    """One page of responses, older than number `before`, of one touchpoint if its key is given.

    `with_addresses` is for those who may write back to who wishes it.
    """
    rows = await fetch(_RESPONSES, workspace, before, touchpoint, PAGE, with_addresses)
    asked = await load_definitions([row["survey_version"] for row in rows])
    return [_view(row, asked[row.pop("survey_version")]) for row in rows]


def _view(row: Row, asked: SurveyDefinition) -> ResponseView:
    answers = msgspec.json.decode(row["answers"], type=tuple[AnswerView, ...])
    in_words = tuple(_in_words(answer, asked) for answer in answers)
    return ResponseView(**{**row, "hidden": msgspec.json.decode(row["hidden"]), "answers": in_words})


def _in_words(answer: AnswerView, asked: SurveyDefinition) -> AnswerView:
    """With the words of the choices that were picked, where the file gives their keys."""
    question = asked.question(answer.question)
    if question is None or answer.instrument not in CHOOSING or answer.picks is None:
        return answer
    words = choice_texts(question)
    picks = [pick for pick in answer.picks if pick != OTHER or not answer.other]  # said in their own words
    return msgspec.structs.replace(answer, picks=tuple(words.get(pick, pick) for pick in picks))


_CHOOSING = ", ".join(f"'{instrument}'" for instrument in CHOOSING)

_RESPONSES = f"""
SELECT r.id, c.external_id AS contact, p.name AS persona, t.name AS touchpoint, r.channel, r.submitted_at,
       r.is_complete, r.hidden, r.survey_version, (
    SELECT coalesce(json_agg(json_build_object(
        'question', a.question, 'instrument', a.instrument, 'value', a.value, 'picks', a.picks, 'text', a.text,
        'strength', a.strength, 'other', CASE WHEN a.instrument IN ({_CHOOSING}) THEN a.other END,
        'address', CASE WHEN $5 AND a.instrument = '{Instrument.CONTACT}' AND a.value = {YES}
                        THEN coalesce(a.other, c.email) END,
        'sentiment', s.state, 'language', s.language,
        'themes', ARRAY(SELECT h.theme FROM comment_theme h WHERE h.answer = a.id ORDER BY h.start)
    ) ORDER BY a.id), '[]')
    FROM answer a LEFT JOIN comment_score s ON s.answer = a.id WHERE a.response = r.id
) AS answers
FROM response r JOIN contact c ON c.id = r.contact JOIN touchpoint t ON t.id = r.touchpoint
LEFT JOIN persona p ON p.id = r.persona
WHERE r.workspace = $1 AND ($2::bigint IS NULL OR r.id < $2) AND ($3::text IS NULL OR t.key = $3)
ORDER BY r.id DESC LIMIT $4
"""
