"""Load the pain-point list of a journey: a fixed number of statements, each comment read once."""

import asyncio
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from analysis.assemble_report import assemble_report
from analysis.experience import estimate_of, evidence_of
from analysis.load_report import Period, check_period, measure
from analysis.load_trends import load_trends, weeks_up_to
from analysis.measured import MeasuredTouchpoint
from analysis.pains.assemble_pains import Frame, Place, Stand, assemble_pains, theme_id, with_quotes
from analysis.pains.candidates import (
    UNHEARD,
    Comment,
    Felt,
    Mentioned,
    everybody_of,
    gives_others_away,
    gives_words_away,
    heard_in,
    mentioned_at,
)
from analysis.pains.load_closing import Linked, load_closings
from analysis.pains.pain_key import HYPOTHESIS, PainKey
from analysis.pains.pain_list import ALL, Choice, PainFilter, PainList, PainOrder, choices_of, narrowed
from analysis.pains.pain_point import PainPoint
from analysis.pains.quotes import Candidate, QuoteChoice, Words, choose_quotes, read_candidate
from analysis.pains.read_pains import (
    MOST_COMMENTS,
    Plotted,
    load_themes,
    read_comments,
    read_felt,
    read_noted,
    read_persona_reach,
    read_texts,
)
from analysis.report import JourneyReport, ReportSettings, TouchpointFigure
from analysis.tally import picks_tallied
from analysis.text.theme_book import BookTheme
from analysis.trend_figures import Trend
from analysis.valences import load_valences
from analysis.worth import worth_as_json
from core.errors import Fault, Invalid
from surveys.instruments import Instrument
from surveys.journeys import JourneyView, PersonaView, TouchpointView, load_journey

MOST_QUOTED = 40  # comments of a pain that quotes are chosen among, the newest
MOST_CONTRARY = 20  # comments of a touchpoint, above 0 and below, among which one that contradicts is looked for


class _Told(Struct, frozen=True):
    """Who mentions a theme, and comments of others at the same touchpoint, one of which may contradict them."""

    mentioned: Mentioned
    others: Sequence[Comment]
    is_felt: bool  # whether quotes may be chosen by what was felt

    @property
    def quotable(self) -> tuple[Comment, ...]:
        """Those that quotes are chosen among."""
        return (*self.mentioned.comments[:MOST_QUOTED], *self.others)


class _Read(Struct, frozen=True, kw_only=True):
    """All that was read for a list."""

    view: JourneyView
    report: JourneyReport
    persona: PersonaView | None
    measured: Mapping[str, MeasuredTouchpoint]
    figures: Mapping[int, TouchpointFigure]  # of the persona, where there is one
    felt: Mapping[int, Sequence[Felt]]  # of everybody
    comments: Mapping[int, Sequence[Comment]]
    trends: Mapping[str, Trend]
    themes: Mapping[str, BookTheme]
    noted: Mapping[str, Stand]

    def places(self) -> list[Place]:
        return [self._place(touchpoint) for touchpoint in self.view.touchpoints]

    def _place(self, touchpoint: TouchpointView) -> Place:
        figure, persona, k = self.figures[touchpoint.id], self.persona, max(self.report.settings.k, 1)
        felt, comments = self.felt.get(touchpoint.id, ()), self.comments.get(touchpoint.id, ())
        own = [one for one in felt if persona is None or one.persona == persona.key]
        wrote = [one for one in comments if persona is None or one.persona == persona.key]
        change = self.trends[touchpoint.key].change
        is_heard = figure.mean is not None and not (persona and gives_words_away(persona.key, comments, k))
        shown = {
            theme: mentioned if persona is None else _heard_apart(mentioned, persona.key, comments, k)
            for theme, mentioned in mentioned_at(wrote).items()
            if mentioned.n >= k
            and figure.mean is not None
            and (persona is None or not gives_others_away(persona.key, theme, felt, comments, k))
        }
        return Place(
            touchpoint=touchpoint,
            figure=figure,
            everybody=self.measured[touchpoint.key].sums.x if persona is None else everybody_of(own),
            felt=own,
            comments=wrote if figure.mean is not None else (),
            heard=heard_in(wrote) if is_heard else UNHEARD,
            mentioned=shown,
            trend=None if persona is not None or change is None else change.value,
        )


class EveryPain(Struct, frozen=True):
    """All rows of a journey, dismissed ones too, without quotes; and what quotes are chosen from, by pain id."""

    list: PainList
    told: Mapping[str, _Told]


async def load_pains(
    workspace: int,
    journey: str,
    period: Period,
    settings: ReportSettings | None = None,
    pains: PainFilter = ALL,
    order: PainOrder = PainOrder.LOSS,
    most_quoted: int | None = None,
) -> PainList:
    """The rows asked for, ranked ones first. A theme that fewer than k contacts mention is not shown.

    Only the first `most_quoted` rows have quotes; by default all. Raises NotFound for an unknown journey, Invalid for a
    persona it doesn't have and for a bad period.
    """
    view = await load_journey(workspace, journey)
    every = await load_every_pain(workspace, view, period, settings, pains.persona)
    found = narrowed(every.list, pains, order)
    quoted = await with_quotes_of(found.rows[:most_quoted], every)
    return replace(found, rows=(*quoted, *found.rows[len(quoted) :]))


async def load_every_pain(
    workspace: int,
    view: JourneyView,
    period: Period,
    settings: ReportSettings | None = None,
    persona: str | None = None,
) -> EveryPain:
    """Of everybody, or of the contacts of a persona, named by its key."""
    check_period(period)
    read = await _read(workspace, view, period, settings or ReportSettings(), _persona(view, persona))
    # Sorting and drawing take long enough to let others be served meanwhile.
    return await asyncio.to_thread(_every, read)


async def with_quotes_of(rows: Sequence[PainPoint], every: EveryPain) -> list[PainPoint]:
    """The same rows with the quotes of their themes: only these comments are read."""
    told = [every.told.get(row.pain_id) for row in rows]
    texts = await read_texts({comment.id for one in told if one is not None for comment in one.quotable})
    return await asyncio.to_thread(_quoted, rows, told, texts, every.list.settings.k)


def _every(read: _Read) -> EveryPain:
    places = read.places()
    frame = _frame(read)
    return EveryPain(_listed(read, places, frame), dict(_told(places, frame)))


def _frame(read: _Read) -> Frame:
    report = read.report
    return Frame(
        report.journey,
        read.persona.name if read.persona else "",
        f"{report.journey}/{report.since}/{report.until}",
        report.method_version,
        report.settings,
    )


def _listed(read: _Read, places: Sequence[Place], frame: Frame) -> PainList:
    report = read.report
    rows = _with_data_hash(assemble_pains(places, read.themes, read.noted, frame), report)
    n_comments = sum(map(len, read.comments.values()))
    return PainList(
        journey=report.journey,
        name=report.name,
        since=report.since,
        until=report.until,
        chosen=PainFilter(persona=read.persona.key if read.persona else None),
        order=PainOrder.LOSS,
        rows=tuple(rows),
        n_all=len(rows),
        n_comments=n_comments,
        notes=tuple(_notes(read, places, n_comments)),
        choices=choices_of(
            rows,
            [Choice(persona.key, persona.name) for persona in read.view.personas],
            [stage.phase for stage in read.view.stages],
            [Choice(touchpoint.key, touchpoint.name) for touchpoint in read.view.touchpoints],
        ),
        settings=report.settings,
        method_version=report.method_version,
        report_id=frame.report_id,
        data_hash=rows[0].data_hash if rows else report.data_hash,
    )


async def _read(
    workspace: int, view: JourneyView, period: Period, settings: ReportSettings, persona: PersonaView | None
) -> _Read:
    measured = await measure(workspace, view, period, settings)
    report = assemble_report(view, measured, period.since, period.until, settings)
    themes = await load_themes(workspace)
    plotted = await _plotted(workspace, view, measured)
    felt = await read_felt(plotted, period)
    comments = await read_comments(plotted, period, themes, felt.writers)
    instruments = {figure.key: figure.instrument for figure in report.touchpoints if figure.instrument is not None}
    totals = {figure.key: figure.n_contacts for figure in report.touchpoints if figure.n_contacts}
    weeks = weeks_up_to(period.until)
    trends = await load_trends(workspace, view, weeks, settings, instruments, beside=period, totals=totals)
    figures = dict(zip((touchpoint.id for touchpoint in view.touchpoints), report.touchpoints, strict=True))
    if persona is not None:
        events = {touchpoint.id: touchpoint.event for touchpoint in view.touchpoints}
        reach = await read_persona_reach(workspace, events, persona.key, period)
        figures = {
            id_: _figure_of_persona(figure, persona.key, felt.by_touchpoint.get(id_, ()), reach.get(id_), settings)
            for id_, figure in figures.items()
        }
    return _Read(
        view=view,
        report=report,
        persona=persona,
        measured=measured,
        figures=figures,
        felt=felt.by_touchpoint,
        comments=comments,
        trends=trends,
        themes=themes,
        noted=await _load_noted(workspace, view, themes, period.until, settings),
    )


async def _plotted(workspace: int, view: JourneyView, measured: Mapping[str, MeasuredTouchpoint]) -> Plotted:
    instruments = {t.id: shown.instrument for t in view.touchpoints if (shown := measured[t.key].plotted) is not None}
    picks = await picks_tallied(list(instruments)) if Instrument.EMOTION in instruments.values() else []
    return Plotted(instruments, worth_as_json(picks, await load_valences([workspace])))


async def _load_noted(
    workspace: int, view: JourneyView, themes: Mapping[str, BookTheme], today: date, settings: ReportSettings
) -> dict[str, Stand]:
    """By pain id; whether the newest action closed it, in words."""
    noted = await read_noted(workspace, view.key)
    linked = [Linked(one.id, one.touchpoint, one.theme, one.action) for one in noted if one.action is not None]
    closings = await load_closings(workspace, view, linked, themes, today, settings)
    words = {closing.pain: closing.closing.words for closing in closings}
    return {
        str(PainKey(view.key, one.touchpoint, one.theme, one.id if one.theme is None else None)): Stand(
            title=one.title,
            status=one.status,
            owner=one.owner,
            action=one.what or "",
            action_date=one.on_day,
            before_after=words.get(one.id, ""),
        )
        for one in noted
    }


def _persona(view: JourneyView, key: str | None) -> PersonaView | None:
    found = next((persona for persona in view.personas if persona.key == key), None)
    if key is not None and found is None:
        raise Invalid(Fault("persona", "choose a persona of this journey by its key"))
    return found


def _heard_apart(mentioned: Mentioned, persona: str, comments: Sequence[Comment], k: int) -> Mentioned:
    """What a persona says of a theme, with how it sounds only where that tells nothing of the others."""
    all_of_it = [comment for comment in comments if mentioned.theme in comment.themes]
    return replace(mentioned, is_heard=not gives_words_away(persona, all_of_it, k))


def _figure_of_persona(
    figure: TouchpointFigure, persona: str, felt: Sequence[Felt], reach: float | None, settings: ReportSettings
) -> TouchpointFigure:
    """The figures of a persona's contacts, where they and the others are enough; the verdict is that of everybody."""
    own = [one for one in felt if one.persona == persona]
    estimate = estimate_of(everybody_of(own), settings.confidence)
    hidden = replace(
        figure, n_contacts=0, n_responses=0, mean=None, interval=None, evidence=None, gap=None,
        response_rate=None, reach_month=reach, expectation=None, stated_importance=None,
    )  # fmt: skip
    too_few = gives_others_away(persona, None, felt, (), max(settings.k, 1))
    if figure.mean is None or estimate is None or too_few:
        return hidden
    level = figure.promise.level if figure.promise else None
    return replace(
        hidden,
        n_contacts=int(estimate.n),
        n_responses=sum(one.n_responses for one in own),
        mean=estimate.mean,
        interval=estimate.interval,
        evidence=evidence_of(estimate.interval),
        gap=None if level is None else estimate.mean - level,
    )


def _told(places: Sequence[Place], frame: Frame) -> Iterator[tuple[str, _Told]]:
    """Where few don't mention a theme, nothing is said of what anybody felt, so no quote contradicts another."""
    for place in places:
        contrary = _contrary(place) if place.mentioned else []
        for theme, mentioned in place.mentioned.items():
            is_felt = int(place.everybody.n) - mentioned.n >= frame.settings.k
            others = [one for one in contrary if is_felt and theme not in one.themes]
            yield theme_id(place, theme, frame), _Told(mentioned, others, is_felt)


def _contrary(place: Place) -> list[Comment]:
    """The newest of both sides of 0, for one of them may speak against a pain."""
    newest = sorted(place.comments, key=lambda comment: -comment.id)
    sides = [one for one in newest if one.x > 0], [one for one in newest if one.x < 0]
    return [one for side in sides for one in side[:MOST_CONTRARY]]


def _quoted(
    rows: Sequence[PainPoint], told: Sequence[_Told | None], texts: Mapping[int, str], k: int
) -> list[PainPoint]:
    read = cache(read_candidate)
    return [
        row if one is None else with_quotes(row, _choice(one, texts, k, read), len(one.mentioned.comments))
        for row, one in zip(rows, told, strict=True)
    ]


def _choice(told: _Told, texts: Mapping[int, str], k: int, read: Callable[[Candidate], Words]) -> QuoteChoice:
    return choose_quotes(
        _candidates(told.mentioned.comments[:MOST_QUOTED], texts, is_felt=told.is_felt),
        _candidates(told.others, texts, is_felt=told.is_felt),
        n_contacts=told.mentioned.n,
        shown_from=k,
        read=read,
    )


def _candidates(comments: Sequence[Comment], texts: Mapping[int, str], *, is_felt: bool) -> list[Candidate]:
    """Of those that are still there."""
    return [
        Candidate(str(one.id), texts[one.id], one.x if is_felt else None, one.submitted_at)
        for one in comments
        if one.id in texts
    ]


def _notes(read: _Read, places: Sequence[Place], n_comments: int) -> list[str]:
    k, notes = read.report.settings.k, []
    notes.append(f"A theme that fewer than {k} contacts mention at a touchpoint is not shown.")
    unknown = [place.figure.name for place in places if place.mentioned and place.figure.reach_month is None]
    if unknown:
        names = ", ".join(unknown)
        notes.append(f"How many contacts come through is not known at {names}: pains there have no loss and no rank.")
    if n_comments >= MOST_COMMENTS:
        notes.append(f"Only the newest {MOST_COMMENTS:,} comments were read, so all shares are too low.")
    if read.persona is not None:
        notes.append(f"Figures are of contacts who are {read.persona.name}; the verdict is that of all contacts.")
    return notes


def _with_data_hash(rows: Sequence[PainPoint], report: JourneyReport) -> list[PainPoint]:
    """All rows with the hash of the whole list and of the report: of what is shown, as in analysis/data_hash.py.

    The number of a hypothesis differs between databases, so it does not count.
    """
    blank = [replace(row, pain_id="") if f"/{HYPOTHESIS}" in row.pain_id else row for row in rows]
    digest = hashlib.sha256(msgspec.json.encode((report.data_hash, blank), order="sorted")).hexdigest()
    return [replace(row, data_hash=digest) for row in rows]
