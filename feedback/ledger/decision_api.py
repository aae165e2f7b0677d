"""The API that says why a contact was asked, or not."""

from datetime import datetime
from typing import Any
from urllib.parse import unquote

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from msgspec import Struct

from accounts.api_keys import ApiCaller, Scope
from core.errors import NotFound
from feedback.ledger.contact_decisions import ContactDecision, decisions_about, person_called
from feedback.ledger.invitation_words import InvitationView

AnyRequest = Request[Any, Any, Any]


class SaidEvent(Struct, frozen=True):
    key: str
    name: str
    occurred_at: datetime


class SaidSurvey(Struct, frozen=True):
    key: str
    version: int


class SaidInvitation(Struct, frozen=True):
    """Where the invitation stands; `answered` as soon as one answer is there."""

    state: str
    channel: str
    due_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    bounced_at: datetime | None
    opened_at: datetime | None
    answered: bool


class SaidDecision(Struct, frozen=True, kw_only=True):
    """Why somebody was asked or not after one event, by one trigger; `before=` its id goes on to older ones."""

    id: int
    event: SaidEvent
    trigger: int | None
    touchpoint: str | None
    survey: SaidSurvey | None
    outcome: str
    reason: str
    words: str
    facts: dict[str, str]
    probability: float | None
    deferred_until: datetime | None
    decided_at: datetime
    invitation: SaidInvitation | None


@get("/contacts/{external_id:str}/decisions", opt={"scope": Scope.CONTACTS})
async def get_decisions(
    request: AnyRequest, caller: NamedDependency[ApiCaller], before: FromQuery[int | None] = None
) -> list[SaidDecision]:
    """The decisions about a contact, by your own id of them, newest first, 100 at a time.

    An id of a contact that was merged into another finds that one. `words` says the decision in a sentence."""
    return await _decisions(request, caller, before)


# An encoded slash is a slash again before routes are matched: with one in the id the path has more parts.
@get("/contacts/{external_id:str}/{rest:path}", opt={"scope": Scope.CONTACTS}, include_in_schema=False)
async def get_decisions_of_parts(
    request: AnyRequest, caller: NamedDependency[ApiCaller], before: FromQuery[int | None] = None
) -> list[SaidDecision]:
    return await _decisions(request, caller, before)


async def _decisions(request: AnyRequest, caller: ApiCaller, before: int | None) -> list[SaidDecision]:
    person = await person_called(caller.workspace, contact_in_path(request.scope["raw_path"]))
    return [_said(decision) for decision in await decisions_about(person, before)]


def contact_in_path(raw_path: bytes) -> str:
    """The id between `/contacts/` and the last `/decisions`, as the caller wrote it.

    Raises NotFound where nothing stands there, or something that is not UTF-8."""
    path, _, end = raw_path.partition(b"?")[0].partition(b"/contacts/")[2].rpartition(b"/")
    try:
        external_id = unquote(path.decode("ascii"), errors="strict")
    except UnicodeDecodeError as fault:
        raise NotFound("There is no such contact.") from fault
    if end != b"decisions" or not external_id:
        raise NotFound("There is no such page.")
    return external_id


def _said(decision: ContactDecision) -> SaidDecision:
    is_known = decision.survey is not None and decision.survey_version is not None
    return SaidDecision(
        id=decision.id,
        event=SaidEvent(decision.event_key, decision.event_name, decision.occurred_at),
        trigger=decision.trigger,
        touchpoint=decision.touchpoint,
        survey=SaidSurvey(decision.survey or "", decision.survey_version or 0) if is_known else None,
        outcome=decision.outcome,
        reason=decision.reason,
        words=decision.words,
        facts=decision.facts,
        probability=decision.probability,
        deferred_until=decision.deferred_until,
        decided_at=decision.decided_at,
        invitation=_invitation(decision.invitation) if decision.invitation else None,
    )


def _invitation(found: InvitationView) -> SaidInvitation:
    return SaidInvitation(
        found.state,
        found.channel,
        found.due_at,
        found.sent_at,
        found.delivered_at,
        found.bounced_at,
        found.opened_at,
        found.is_answered,
    )


API = [get_decisions, get_decisions_of_parts]
