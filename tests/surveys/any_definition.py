"""Any survey without a fault, with branches, quotas, pipes, hidden fields, dates and translations; and any answers."""

from datetime import datetime, timedelta, timezone

from hypothesis import strategies as st

from surveys.branch_faults import values_of
from surveys.definition import (
    END,
    Branch,
    Choice,
    Condition,
    Layout,
    Question,
    QuestionWords,
    Quota,
    SurveyDefinition,
    Translation,
)
from surveys.definition_faults import NO_KEYS, ONCE_A_SURVEY
from surveys.given_answer import GivenAnswer
from surveys.instruments import CHOOSING, LOOKS, PLEASANT, SCALES, UNPLEASANT, Instrument, Look

storable = st.characters(exclude_categories=["Cs"], exclude_characters="\x00{}")
words = st.text(storable, min_size=1, max_size=40).filter(str.strip)
maybe_words = st.just("") | words
keys = st.from_regex(r"[a-z0-9][a-z0-9-]{0,8}", fullmatch=True).filter(lambda key: key not in (*NO_KEYS, END))
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime.fromisoformat("1900-01-01"), datetime.fromisoformat("2200-01-01"), timezones=zones)
TESTS = ("one_of", "range", "is_answered")


SIDES = (PLEASANT, UNPLEASANT)


@st.composite
def conditions(draw: st.DrawFn, asked: list[Question], hidden: tuple[str, ...]) -> Condition:
    answerable = [question for question in asked if question.instrument is not Instrument.STATEMENT]
    test = draw(st.sampled_from(TESTS))
    if test == "range":
        answerable = [question for question in answerable if question.instrument in SCALES]
    if not answerable or draw(st.integers(0, 3)) == 0:
        names = ("channel", "language", "contact.kind", "event.plan", *(f"hidden.{field}" for field in hidden))
        return Condition(attribute=draw(st.sampled_from(names)), one_of=(draw(words), draw(st.integers(-9, 9))))
    question = draw(st.sampled_from(answerable))
    if test == "is_answered":
        return Condition(answer=question.key, is_answered=draw(st.booleans()))
    if test == "one_of":
        known = values_of(question)
        value = draw(st.sampled_from(known) if known else words)
        return Condition(answer=question.key, one_of=(value,))
    low = draw(st.none() | st.floats(-1, 12) | st.integers(-1, 12))
    high = draw((st.none() if low is not None else st.nothing()) | st.floats(low or 0, 13))
    return Condition(answer=question.key, at_least=low, at_most=high)


@st.composite
def questions(draw: st.DrawFn, key: str, instrument: Instrument) -> Question:
    has_choices = instrument in CHOOSING
    choice_keys = draw(st.lists(keys, min_size=2, max_size=4, unique=True)) if has_choices else []
    has_other = has_choices and "other" not in choice_keys and draw(st.booleans())
    is_emotion = instrument is Instrument.EMOTION
    most = len(choice_keys) + has_other
    needs_words = has_choices or instrument in (Instrument.CONSENT, Instrument.STATEMENT)
    n = draw(st.integers(3, 5)) if is_emotion else 0
    pleasant, unpleasant = (st.lists(st.sampled_from(side), min_size=n, max_size=n, unique=True) for side in SIDES)
    return Question(
        key,
        instrument,
        text=draw(words if needs_words else maybe_words),
        required=instrument is not Instrument.STATEMENT and draw(st.booleans()),
        emotions=tuple(draw(pleasant) + draw(unpleasant)),
        hint=draw(maybe_words),
        look=draw(st.sampled_from(LOOKS.get(instrument, (Look.NUMBERS,)))),
        low=draw(maybe_words) if instrument in (Instrument.NPS, Instrument.CES) else "",
        choices=tuple(Choice(one, draw(words)) for one in choice_keys),
        has_other=has_other,
        at_most=draw(st.none() | st.integers(1, most)) if instrument is Instrument.CHOICES else None,
        is_shuffled=(has_choices or is_emotion) and draw(st.booleans()),
        asks_strength=is_emotion and draw(st.booleans()),
        shows_pictures_only=is_emotion and draw(st.booleans()),
        max_characters=draw(st.none() | st.integers(1, 2_000)) if instrument is Instrument.COMMENT else None,
    )


@st.composite
def branched(draw: st.DrawFn, plain: list[Question], hidden: tuple[str, ...]) -> tuple[Question, ...]:
    """The same questions with ways that only lead onward and pass nobody by for good."""
    found = []
    for at, question in enumerate(plain):
        onward = [END, *(later.key for later in plain[at + 1 :])]
        tested = st.lists(conditions(plain[: at + 1], hidden), min_size=1, max_size=2).map(tuple)
        branch = st.builds(Branch, st.sampled_from(onward), tested)
        branches = tuple(draw(st.lists(branch, max_size=2)))
        if at + 1 < len(plain) and draw(st.booleans()):
            branches = (*branches, Branch(plain[at + 1].key))
        found.append(Question(**{**fields_of(question), "branches": branches}))
    return tuple(found)


def fields_of(question: Question) -> dict[str, object]:
    return {name: getattr(question, name) for name in question.__struct_fields__}


@st.composite
def translations(draw: st.DrawFn, around: dict[str, str], asked: tuple[Question, ...]) -> Translation:
    """Everything the original says in words of its own, said otherwise."""
    said = {}
    for question in asked:
        own = {name: draw(words) for name in ("text", "hint", "low", "high") if getattr(question, name)}
        choices = {choice.key: draw(words) for choice in question.choices}
        if own or choices or draw(st.booleans()):
            said[question.key] = QuestionWords(**own, choices=choices)
    return Translation(**{name: draw(words) for name, original in around.items() if original}, questions=said)


@st.composite
def definitions(draw: st.DrawFn) -> SurveyDefinition:
    instruments = draw(st.lists(st.sampled_from(Instrument), min_size=1, max_size=6))
    kept = [one for at, one in enumerate(instruments) if one not in ONCE_A_SURVEY or one not in instruments[:at]]
    if all(one is Instrument.STATEMENT for one in kept):
        kept.append(Instrument.CSAT)
    names = draw(st.lists(keys, min_size=len(kept), max_size=len(kept), unique=True))
    hidden = tuple(draw(st.lists(st.sampled_from(["store", "utm_source", "Tag"]), max_size=2, unique=True)))
    plain = [draw(questions(key, instrument)) for key, instrument in zip(names, kept, strict=True)]
    asked = draw(branched(plain, hidden))
    around = {"title": draw(maybe_words), "intro": draw(maybe_words), "thanks": draw(maybe_words)}
    opens = draw(st.none() | moments)
    quota = st.builds(Quota, keys, st.integers(1, 10**9), st.lists(conditions(plain, hidden), max_size=2).map(tuple))
    return SurveyDefinition(
        key=draw(keys),
        name=draw(words),
        language=draw(st.sampled_from(["en", "fr"])),
        **around,
        layout=draw(st.sampled_from(Layout)),
        opens_at=opens,
        closes_at=draw(st.none() | st.just(opens + timedelta(days=30, microseconds=1))) if opens else None,
        hidden=hidden,
        quotas=tuple(draw(st.lists(quota, max_size=2, unique_by=lambda one: one.key))),
        questions=asked,
        translations={
            one: draw(translations(around, asked)) for one in draw(st.sets(st.sampled_from(["de", "pt-BR"])))
        },
    )


@st.composite
def answers_to(draw: st.DrawFn, definition: SurveyDefinition) -> dict[str, GivenAnswer]:
    """Some of the questions answered, asked or not."""
    found = {}
    for question in definition.questions:
        if question.instrument is not Instrument.STATEMENT and draw(st.booleans()):
            found[question.key] = draw(_answers(question))
    return found


def _answers(question: Question) -> st.SearchStrategy[GivenAnswer]:
    known = values_of(question)
    if known is None:
        return words.map(lambda text: GivenAnswer(question.key, question.instrument, text=text))
    if question.instrument is Instrument.EMOTION or question.instrument in CHOOSING:
        return st.sampled_from(known).map(lambda pick: GivenAnswer(question.key, question.instrument, picks=(pick,)))
    return st.sampled_from(known).map(lambda raw: GivenAnswer(question.key, question.instrument, value=int(raw)))
