"""Which responses a page asks for, out of its address."""

from datetime import date, datetime

from litestar.di import NamedDependency
from litestar.params import FromQuery

from analysis.load_report import check_period, period_of
from analysis.responses import Wanted
from analysis.text.sentiment import SentimentState
from core.errors import Fault, Invalid


async def provide_wanted(
    touchpoint: FromQuery[str | None] = None,
    sentiment: FromQuery[str | None] = None,
    theme: FromQuery[str | None] = None,
    emotion: FromQuery[str | None] = None,
    mismatch: FromQuery[str | None] = None,
    written: FromQuery[str | None] = None,
    since: FromQuery[date | None] = None,
    until: FromQuery[date | None] = None,
    before: FromQuery[int | None] = None,
    response: FromQuery[int | None] = None,
    *,
    now: NamedDependency[datetime],
) -> Wanted:
    """What a form leaves empty is not asked for. One day without the other is the start or the end of 90 days."""
    days = period_of(since, until, now) if since or until else None
    if days:
        check_period(days)
    return Wanted(
        touchpoint=touchpoint or None,
        sentiment=_state(sentiment) if sentiment else None,
        theme=theme or None,
        emotion=emotion or None,
        mismatch=bool(mismatch),
        written=bool(written),
        since=days.since if days else None,
        until=days.until if days else None,
        before=before,
        response=response,
    )


def _state(word: str) -> SentimentState:
    if word not in list(SentimentState):
        raise Invalid(Fault("sentiment", f"choose one of {', '.join(SentimentState)}"))
    return SentimentState(word)
