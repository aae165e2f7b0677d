"""The staff's page that says why a person was asked, or not, and the search for the person."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery
from litestar.response import Redirect, Template
from msgspec import Struct

from accounts.membership import Member
from accounts.tables import Role
from feedback.deciding.reasons import Reason
from feedback.ledger.contact_decisions import PAGE, ContactDecision, decisions_about, find_people, load_person
from feedback.ledger.decision_words import free_from, moment_words, reason_words
from feedback.ledger.invitation_words import invitation_words
from feedback.ledger.next_moment import next_moment

# Where to read the rule of a reason: in the contact policy, in the trigger, or of the person.
BY_POLICY = (
    Reason.QUIET_DAY,
    Reason.NO_CONSENT,
    Reason.ASKED_HERE_RECENTLY,
    Reason.SURVEY_COOL_DOWN,
    Reason.GROUP_COOL_DOWN,
    Reason.COOL_DOWN,
    Reason.CONTACT_BUDGET,
    Reason.ACCOUNT_BUDGET,
    Reason.NOT_DRAWN,
)
BY_TRIGGER = (Reason.DUE, Reason.SEND_WINDOW, Reason.CONDITIONS, Reason.TOO_LATE, Reason.NOT_SAMPLED, Reason.NO_PAGE)
SUPPRESSED_WORDS = {
    "unsubscribed": "opted out",
    "bounced": "the address bounced for good",
    "complained": "complained about a mail",
    "erased": "was erased on request",
    "by_hand": "suppressed by hand",
}


class Search(Struct, frozen=True):
    """An id or an address; it is posted, because addresses never stand in the address of a page."""

    wanted: str = ""


class Happened(Struct, frozen=True):
    """One event and what was decided about it."""

    name: str
    key: str
    occurred_at: datetime
    decisions: Sequence[ContactDecision]


@get("/why", opt={"role": Role.EDITOR}, include_in_schema=False)
async def search_page() -> Template:
    return Template("feedback/why_search.html", context={"wanted": "", "found": None})


@post("/why", opt={"role": Role.EDITOR}, include_in_schema=False, status_code=200)
async def search_person(
    member: NamedDependency[Member], data: Annotated[Search, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Response[Any]:
    found = await find_people(member.workspace, data.wanted) if data.wanted.strip() else []
    if len(found) == 1:
        return Redirect(f"/w/{member.workspace_key}/contacts/{found[0].id}/why", status_code=303)
    return Template("feedback/why_search.html", context={"wanted": data.wanted, "found": found})


@get("/contacts/{contact:int}/why", opt={"role": Role.EDITOR}, include_in_schema=False)
async def why_page(
    contact: FromPath[int],
    member: NamedDependency[Member],
    now: NamedDependency[datetime],
    before: FromQuery[int | None] = None,
) -> Template:
    person = await load_person(member.workspace, contact)
    decisions = await decisions_about(person, before)
    context = {
        "person": person,
        "suppressed": SUPPRESSED_WORDS.get(person.suppressed_as or "", person.suppressed_as),
        "next": await next_moment(member.workspace, person.id, person.account, now),
        "happened": happened(decisions),
        "older": decisions[-1].id if len(decisions) == PAGE else None,
        "before": before,
        "now": now,
        "rule_of": rule_of,
        "free_from": free_from,
        "moment_words": moment_words,
        "reason_words": reason_words,
        "invitation_words": invitation_words,
    }
    return Template("feedback/why.html", context=context)


def happened(decisions: Sequence[ContactDecision]) -> list[Happened]:
    """By event, in the order in which they are given."""
    by_event = [list(group) for _, group in groupby(decisions, key=lambda decision: decision.event)]
    return [Happened(each[0].event_name, each[0].event_key, each[0].occurred_at, each) for each in by_event]


def rule_of(decision: ContactDecision) -> tuple[str, str] | None:
    """Words and path, below the workspace, of the rule that decided; None where there is none to read."""
    if decision.reason in BY_POLICY:
        return "the contact policy", "/policy"
    if decision.reason in BY_TRIGGER and decision.trigger is not None:
        return "the trigger", f"/triggers/{decision.trigger}"
    if decision.reason in (Reason.SUPPRESSED, Reason.UNSUBSCRIBED):
        return "who is never written to", "/suppressions"
    return ("the triggers", "/triggers") if decision.reason == Reason.NO_TRIGGER else None


STAFF = [search_page, search_person, why_page]
