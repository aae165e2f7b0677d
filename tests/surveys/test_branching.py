"""The way through a survey: always onward, always to an end, cut into screens without a rest."""

from types import MappingProxyType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import Fault, Invalid
from surveys.answering import Form
from surveys.branch_faults import values_of
from surveys.branching import holds, longest_way, path_of, screen_to_resume, screens_of
from surveys.definition import END, Branch, Choice, Condition, Layout, Question, SurveyDefinition
from surveys.given_answer import GivenAnswer
from surveys.instruments import CHOOSING, OTHER, Instrument
from surveys.taking import Taken, take_screen
from surveys.texts import texts_in
from tests.surveys.any_definition import answers_to, definitions

LOW = Condition(answer="felt", at_most=2)
FELT = Question("felt", Instrument.ANCHOR, branches=(Branch("wrong", (LOW,)), Branch("why")))
WRONG = Question(
    "wrong",
    Instrument.CHOICE,
    "What?",
    choices=(Choice("wait", "I waited"), Choice("tone", "The tone")),
    has_other=True,
    branches=(Branch(END, (Condition(answer="wrong", one_of=("wait",)),)),),
)
WHY = Question("why", Instrument.COMMENT)
SURVEY = SurveyDefinition(key="s", name="S", questions=(FELT, WRONG, WHY))
NOTHING = MappingProxyType[str, object]({})

attributes = st.dictionaries(
    st.sampled_from(["channel", "language", "contact.kind", "event.plan", "hidden.store"]),
    st.text(max_size=5) | st.integers(-9, 9),
)
slow = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def felt(value: int) -> GivenAnswer:
    return GivenAnswer("felt", Instrument.ANCHOR, value=value)


def picked(*picks: str) -> GivenAnswer:
    return GivenAnswer("wrong", Instrument.CHOICE, picks=picks)


def way(*answers: GivenAnswer) -> list[str]:
    return [question.key for question in path_of(SURVEY, {one.question: one for one in answers}, NOTHING)]


def test_who_is_content_is_not_asked_what_went_wrong() -> None:
    assert way(felt(3)) == ["felt", "why"]


def test_who_is_not_is_asked_and_goes_on_by_the_answer() -> None:
    assert way(felt(2)) == ["felt", "wrong", "why"]
    assert way(felt(2), picked("tone")) == ["felt", "wrong", "why"]
    assert way(felt(2), picked("wait")) == ["felt", "wrong"]


def test_a_screen_ends_where_the_answer_decides() -> None:
    path = path_of(SURVEY, {"felt": felt(1)}, NOTHING)
    assert [[question.key for question in screen] for screen in screens_of(SURVEY, path)] == [
        ["felt"], ["wrong"], ["why"]
    ]  # fmt: skip


def test_a_return_goes_on_behind_the_last_whole_screen() -> None:
    screens = screens_of(SURVEY, path_of(SURVEY, {"felt": felt(1)}, NOTHING))
    assert [screen_to_resume(screens, {}), screen_to_resume(screens, {"felt": felt(1)})] == [0, 1]


PLAN = "event.plan"


@pytest.mark.parametrize(
    ("condition", "known", "expected"),
    [
        (Condition(attribute=PLAN, one_of=("pro", 7)), {PLAN: "pro"}, True),
        (Condition(attribute=PLAN, one_of=("pro", 7)), {PLAN: 7}, True),
        (Condition(attribute=PLAN, one_of=("pro", 7)), {PLAN: "7"}, True),
        (Condition(attribute=PLAN, one_of=("pro", 7)), {PLAN: "free"}, False),
        (Condition(attribute=PLAN, one_of=("pro", 7)), {}, False),
        (Condition(attribute=PLAN, is_answered=True), {PLAN: "x"}, True),
        (Condition(attribute=PLAN, is_answered=False), {}, True),
        (Condition(attribute=PLAN, is_answered=False), {PLAN: None}, True),
        (Condition(attribute=PLAN, at_least=2), {PLAN: "2.5"}, True),
        (Condition(attribute=PLAN, at_most=2), {PLAN: "2.5"}, False),
        (Condition(attribute=PLAN, at_most=2), {PLAN: "many"}, False),
        (Condition(attribute=PLAN, at_most=2), {PLAN: "nan"}, False),
    ],
)
def test_a_condition_on_an_attribute(condition: Condition, known: dict[str, object], expected: bool) -> None:
    assert holds((condition,), {}, known) is expected


def test_the_longest_way_counts_what_is_answered_on_it() -> None:
    assert longest_way(SURVEY) == 3
    note = Question("note", Instrument.STATEMENT, "Nearly done.")
    assert longest_way(SurveyDefinition(key="s", name="S", questions=(note, WHY))) == 1


@slow
@given(data=st.data(), definition=definitions(), known=attributes)
def test_every_way_starts_at_the_beginning_leads_only_onward_and_ends(
    data: st.DataObject, definition: SurveyDefinition, known: dict[str, object]
) -> None:
    path = path_of(definition, data.draw(answers_to(definition)), known)
    places = [definition.questions.index(question) for question in path]
    assert places[0] == 0
    assert places == sorted(set(places))
    answerable = [question for question in path if question.instrument is not Instrument.STATEMENT]
    assert len(answerable) <= longest_way(definition)


@slow
@given(data=st.data(), definition=definitions(), known=attributes)
def test_the_screens_are_the_path_and_nothing_else(
    data: st.DataObject, definition: SurveyDefinition, known: dict[str, object]
) -> None:
    path = path_of(definition, data.draw(answers_to(definition)), known)
    screens = screens_of(definition, path)
    assert tuple(question for screen in screens for question in screen) == path
    assert all(screens)
    for screen in screens:
        assert not any(question.branches for question in screen[:-1])
        assert len(screen) == 1 or definition.layout is Layout.PAGE


@slow
@given(data=st.data(), definition=definitions(), known=attributes)
def test_whatever_is_answered_the_survey_is_over_after_as_many_screens_as_it_has_questions(
    data: st.DataObject, definition: SurveyDefinition, known: dict[str, object]
) -> None:
    answers: dict[str, GivenAnswer] = {}
    at: str | None = definition.questions[0].key
    seen = []
    for _ in definition.questions:
        screens = screens_of(definition, path_of(definition, answers, known))
        screen = next(screen for screen in screens if any(question.key == at for question in screen))
        form = {name: value for question in screen for name, value in data.draw(filled_in(question)).items()}
        assert at is not None
        seen.append(at)
        taken = taken_or_refused(definition, answers, form, at, known)
        if isinstance(taken, tuple):
            assert [fault.field for fault in taken] == [""]  # nothing at all was filled in
            assert not form
            return
        answers, at = taken.answers, taken.next
        if at is None:
            break
        assert at not in seen
    assert at is None
    assert set(answers) <= {question.key for question in path_of(definition, answers, known)}


def taken_or_refused(
    definition: SurveyDefinition, known: dict[str, GivenAnswer], form: Form, at: str, attributes: dict[str, object]
) -> Taken | tuple[Fault, ...]:
    try:
        return take_screen(definition, known, form, at, attributes, texts_in("en"))
    except Invalid as refused:
        return refused.faults


def filled_in(question: Question) -> st.SearchStrategy[dict[str, list[str]]]:
    """The fields of one question as a browser sends them; one that may be left out may be missing."""
    if question.instrument is Instrument.STATEMENT:
        return st.just({})
    known = values_of(question)
    if question.instrument is Instrument.CONSENT:
        chosen: st.SearchStrategy[str] = st.just("1")
    else:
        chosen = st.sampled_from(known) if known else st.sampled_from(["a", "b"])  # as short as the shortest limit
    filled = chosen.map(lambda value: _fields(question, value))
    return filled if question.required else st.just({}) | filled


def _fields(question: Question, value: str) -> dict[str, list[str]]:
    is_other = question.instrument in CHOOSING and question.has_other and value == OTHER
    return {question.key: [value], f"{question.key}.other": ["In words."]} if is_other else {question.key: [value]}


@pytest.mark.parametrize(("said", "wanted"), [(True, "true"), (False, "false"), (1.0, 1), (2, "2"), ("pro", "pro")])
def test_a_property_is_compared_as_json_writes_it(said: object, wanted: int | str) -> None:
    assert holds((Condition(attribute="event.plan", one_of=(wanted,)),), {}, {"event.plan": said})
    assert not holds((Condition(attribute="event.plan", one_of=("other",)),), {}, {"event.plan": said})
