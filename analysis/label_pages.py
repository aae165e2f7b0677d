"""Correcting how a comment was read: one click on a page, or a program's word."""

from datetime import datetime
from typing import Any

from litestar import Response, delete, get, post, put
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody, URLEncodedBody
from litestar.response import Redirect
from msgspec import Struct, field

from accounts.api_keys import ApiCaller, Scope
from accounts.membership import Member
from accounts.tables import Role
from analysis.responses import Wanted
from analysis.text.label_comments import (
    CommentLabels,
    label_all,
    label_sentiment,
    label_themes,
    load_labels,
    take_all_back,
    take_label_back,
)
from analysis.text.sentiment import SentimentState
from analysis.text.theme_titles import load_theme_titles
from analysis.wanted import provide_wanted
from core.errors import Fault, Invalid

WANTED = {"wanted": Provide(provide_wanted)}


class SentimentForm(Struct, frozen=True):
    """Empty to take the label back."""

    state: str = ""


class ThemeForm(Struct, frozen=True):
    """`theme` is the title or the key of one."""

    theme: str = ""
    is_present: str = "yes"


class NewLabels(Struct, frozen=True, forbid_unknown_fields=True):
    """What a person says of a comment: its sentiment, and by theme whether the comment is about it."""

    state: SentimentState
    themes: dict[str, bool] = field(default_factory=dict)


@post("/comments/{comment:int}/sentiment", opt={"role": Role.EDITOR}, include_in_schema=False, dependencies=WANTED)
async def correct_sentiment(
    comment: FromPath[int],
    data: URLEncodedBody[SentimentForm],
    member: NamedDependency[Member],
    wanted: NamedDependency[Wanted],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Back to the comment in the list that was left."""
    if data.state:
        await label_sentiment(member.workspace, comment, _state(data.state), member.user, now)
    else:
        await take_label_back(member.workspace, comment)
    return _back(member, comment, wanted)


@post("/comments/{comment:int}/theme", opt={"role": Role.EDITOR}, include_in_schema=False, dependencies=WANTED)
async def correct_theme(
    comment: FromPath[int],
    data: URLEncodedBody[ThemeForm],
    member: NamedDependency[Member],
    wanted: NamedDependency[Wanted],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Add the theme, or take it away; then back to the comment."""
    theme = (await load_theme_titles(member.workspace)).key_of(data.theme)
    await label_themes(member.workspace, comment, {theme: data.is_present == "yes"}, member.user, now)
    return _back(member, comment, wanted)


@get("/comments/{comment:int}/label", opt={"scope": Scope.READ})
async def get_labels(comment: FromPath[int], caller: NamedDependency[ApiCaller]) -> CommentLabels:
    """How a comment was read, and what people say of it; `comment` is the id that the list of mismatches gives."""
    return await load_labels(caller.workspace, comment)


@put("/comments/{comment:int}/label", opt={"scope": Scope.COMMENTS})
async def put_labels(
    comment: FromPath[int],
    data: JSONBody[NewLabels],
    caller: NamedDependency[ApiCaller],
    now: NamedDependency[datetime],
) -> CommentLabels:
    """Say what the comment's sentiment is, and of which themes it is or is not; the label outweighs the score."""
    await label_all(caller.workspace, comment, data.state, data.themes, now)
    return await load_labels(caller.workspace, comment)


@delete("/comments/{comment:int}/label", opt={"scope": Scope.COMMENTS}, status_code=200)
async def delete_labels(comment: FromPath[int], caller: NamedDependency[ApiCaller]) -> CommentLabels:
    """Take back what people said of the comment; what was read holds again."""
    await take_all_back(caller.workspace, comment)
    return await load_labels(caller.workspace, comment)


def _state(word: str) -> SentimentState:
    """Which states a person may give is for the verb to say."""
    try:
        return SentimentState(word)
    except ValueError as fault:
        raise Invalid(Fault("state", "is no sentiment")) from fault


def _back(member: Member, comment: int, wanted: Wanted) -> Response[Any]:
    return Redirect(f"/w/{member.workspace_key}/responses?{wanted.query()}#comment-{comment}", status_code=303)


STAFF = [correct_sentiment, correct_theme]
API = [get_labels, put_labels, delete_labels]
