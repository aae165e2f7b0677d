"""The page of words that no theme covers yet, and what is decided about each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from litestar.response import Redirect, Template
from msgspec import Struct

from accounts.membership import Member
from accounts.tables import Role
from analysis.text.load_theme_book import load_theme_book
from analysis.text.propose_terms import (
    MOST_COMMENTS,
    accept_as_new,
    accept_into,
    dismiss_term,
    list_decisions,
    load_proposals,
    propose_again,
)
from analysis.text.theme_words import TONES, contacts_words
from analysis.text.themes import Tone
from analysis.text_words import language_words
from core.errors import Fault, Invalid


class TermForm(Struct, frozen=True, kw_only=True):
    """What to do with a term: "into" a theme, a "new" theme, "dismiss" it or propose it "again"."""

    language: str = ""
    term: str = ""
    to: str = ""
    into: str = ""
    title: str = ""
    tone: str = Tone.EITHER.value


@get("/themes/terms", include_in_schema=False)
async def terms_page(member: NamedDependency[Member]) -> Template:
    return await _page(member, TermForm())


@post("/themes/terms", opt={"role": Role.EDITOR}, include_in_schema=False)
async def decide_term(
    data: URLEncodedBody[TermForm], member: NamedDependency[Member], now: NamedDependency[datetime]
) -> Response[Any] | Template:
    """Do it, or show the page again with what is wrong."""
    try:
        await _decide(member, data, now)
    except Invalid as fault:
        return await _page(member, data, fault.faults)
    return Redirect(f"/w/{member.workspace_key}/themes/terms", status_code=303)


async def _decide(member: Member, form: TermForm, now: datetime) -> None:
    if form.to == "into":
        await accept_into(member.workspace, form.language, form.term, form.into, member.user, now)
    elif form.to == "new" and form.tone in list(Tone):
        tone = Tone(form.tone)
        await accept_as_new(member.workspace, form.language, form.term, form.title, tone, member.user, now)
    elif form.to == "dismiss":
        await dismiss_term(member.workspace, form.language, form.term, member.user, now)
    elif form.to == "again":
        await propose_again(member.workspace, form.language, form.term)
    else:
        raise Invalid(Fault("to", "choose a theme, name a new one, or dismiss it"))


async def _page(member: Member, form: TermForm, faults: Sequence[Fault] = ()) -> Template:
    book = await load_theme_book(member.workspace)
    decisions = await list_decisions(member.workspace)
    context = {
        "proposals": await load_proposals(member.workspace),
        "most_comments": MOST_COMMENTS,
        "packs": [pack for pack in book.packs if pack.is_active],
        "readings": book.readings,
        "accepted": [(one, book.themes.get(one.theme)) for one in decisions if one.theme],
        "dismissed": [one for one in decisions if not one.theme],
        "contacts_words": contacts_words,
        "tones": TONES,
        "language_words": language_words,
        "form": form,
        "faults": [fault.message for fault in faults],
    }
    return Template("analysis/theme_terms.html", context=context, status_code=422 if faults else 200)


STAFF = [terms_page, decide_term]
