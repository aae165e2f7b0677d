"""Which responses a page asks for, out of its address."""

from litestar.params import FromQuery

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
    before: FromQuery[int | None] = None,
    response: FromQuery[int | None] = None,
) -> Wanted:
    """What a form leaves empty is not asked for."""
    return Wanted(
        touchpoint=touchpoint or None,
        sentiment=_state(sentiment) if sentiment else None,
        theme=theme or None,
        emotion=emotion or None,
        mismatch=bool(mismatch),
        written=bool(written),
        before=before,
        response=response,
    )


def _state(word: str) -> SentimentState:
    if word not in list(SentimentState):
        raise Invalid(Fault("sentiment", f"choose one of {', '.join(SentimentState)}"))
    return SentimentState(word)
