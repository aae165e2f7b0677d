"""The pages customers answer on, and the staff's pages of decisions and of the outbox."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.enums import MediaType
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

from accounts.membership import Member
from accounts.tables import Role
from core.errors import Fault, Invalid
from core.problems import is_for_people
from core.site import Site
from feedback.answer import AnswerState, OpenInvitation, find_invitation, mark_opened, store_response
from feedback.ledger import REASON_WORDS, count_reasons, list_decisions
from feedback.no_store import NoStore
from feedback.opting_out import unsubscribe
from feedback.outbox import list_outbox, load_outbox_mail
from surveys.answering import check_answers
from surveys.instruments import POINT_LABELS, SCALES

AnyRequest = Request[Any, Any, Any]
# Bytes. A comment that is far too long shall be told so, not cut off by the server, up to a million characters of four
# bytes each, of which a form makes twelve.
LARGEST_FORM = 12 * 1024 * 1024
LONGEST_SHOWN = 10_000  # characters of an answer that comes back to be shortened


@get("/a/{token:str}", include_in_schema=False)
async def answer_page(
    token: FromPath[str],
    site: NamedDependency[Site],
    now: NamedDependency[datetime],
    again: FromQuery[str | None] = None,
) -> Response[Any]:
    """The survey, or what became of it. Opening the page never counts as an answer; `again` says a second one came."""
    invitation = await find_invitation(site.invitation_links.read(token), now)
    await mark_opened(invitation.id, now)
    return _answer_page(token, invitation, given={}, faults=(), is_again=again is not None)


@post("/a/{token:str}", include_in_schema=False, request_max_body_size=LARGEST_FORM)
async def submit_answer(
    request: AnyRequest, token: FromPath[str], site: NamedDependency[Site], now: NamedDependency[datetime]
) -> Response[Any]:
    """Store the answers once, then show the thanks; a form with faults comes back as it was filled in."""
    invitation = await find_invitation(site.invitation_links.read(token), now)
    if invitation.state is AnswerState.ANSWERED:
        return _answered_already(token)
    given, files = await _read_form(request)
    try:
        if files:
            raise Invalid(*(Fault(key, "Please write text here. A file can't be taken.") for key in files))
        answers = check_answers(invitation.survey, given)
    except Invalid as fault:
        if not is_for_people(request):
            raise
        return _answer_page(token, invitation, given, fault.faults)
    if not await store_response(invitation, answers, now):
        return _answered_already(token)
    return Redirect(f"/a/{token}", status_code=303)


def _answered_already(token: str) -> Redirect:
    return Redirect(f"/a/{token}?again=1", status_code=303)


async def _read_form(request: AnyRequest) -> tuple[dict[str, list[str]], list[str]]:
    """The texts of the form by key, and the keys under which it holds files. Raises Invalid for text that is none."""
    try:
        form = await request.form()
    except (UnicodeDecodeError, LookupError) as fault:
        raise Invalid(Fault("body", "Please send text in UTF-8.")) from fault
    given = {key: [value for value in form.getall(key) if isinstance(value, str)] for key in form}
    files = [key for key in form if any(not isinstance(value, str) for value in form.getall(key))]
    return given, list(dict.fromkeys(files))


@get("/a/{token:str}/unsubscribe", include_in_schema=False)
async def unsubscribe_page(
    token: FromPath[str], site: NamedDependency[Site], now: NamedDependency[datetime]
) -> Template:
    """Ask once more: opening a link must not opt anybody out, because scanners open links."""
    invitation = await find_invitation(site.invitation_links.read(token), now)
    return Template("feedback/unsubscribe.html", context={"token": token, "invitation": invitation})


@post("/a/{token:str}/unsubscribe", include_in_schema=False)
async def confirm_unsubscribe(
    request: AnyRequest, token: FromPath[str], site: NamedDependency[Site], now: NamedDependency[datetime]
) -> Response[Any]:
    """Opt out, by the page's button or by the mail program's one click: RFC 8058 forbids to answer that elsewhere."""
    await unsubscribe(site.invitation_links.read(token), now)
    form = await request.form()
    if form.get("List-Unsubscribe") == "One-Click":
        return Response("", status_code=200, media_type=MediaType.TEXT)
    return Redirect(f"/a/{token}/unsubscribe", status_code=303)


@get("/decisions", include_in_schema=False)
async def decisions_page(
    member: NamedDependency[Member], before: FromQuery[int | None] = None, reason: FromQuery[str | None] = None
) -> Template:
    decisions = await list_decisions(member.workspace, before, reason)
    reasons = await count_reasons(member.workspace)
    context = {"decisions": decisions, "reasons": reasons, "chosen": reason, "words": REASON_WORDS}
    return Template("feedback/decisions.html", context=context)


@get("/outbox", opt={"role": Role.EDITOR}, include_in_schema=False)
async def outbox_page(
    member: NamedDependency[Member], site: NamedDependency[Site], before: FromQuery[int | None] = None
) -> Template:
    mails = await list_outbox(member.workspace, before)
    return Template(
        "feedback/outbox.html", context={"mails": mails, "transport": site.settings.mail_transport, "before": before}
    )


@get("/outbox/{mail:int}", opt={"role": Role.EDITOR}, include_in_schema=False)
async def outbox_mail_page(mail: FromPath[int], member: NamedDependency[Member]) -> Template:
    return Template("feedback/outbox_mail.html", context={"mail": await load_outbox_mail(member.workspace, mail)})


@get("/outbox/{mail:int}/html", opt={"role": Role.EDITOR}, include_in_schema=False)
async def outbox_mail_html(mail: FromPath[int], member: NamedDependency[Member]) -> Response[str]:
    """The mail itself, for the frame on its page: it may use its own inline styles there, and nothing else."""
    found = await load_outbox_mail(member.workspace, mail)
    policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    return Response(found.html, media_type=MediaType.HTML, headers={"Content-Security-Policy": policy})


def _answer_page(
    token: str,
    invitation: OpenInvitation,
    given: Mapping[str, list[str]],
    faults: tuple[Fault, ...],
    is_again: bool = False,
) -> Template:
    statuses = {AnswerState.OPEN: 422 if faults else 200, AnswerState.ANSWERED: 200, AnswerState.EXPIRED: 410}
    context = {
        "token": token,
        "invitation": invitation,
        "survey": invitation.survey,
        "given": {key: [value[:LONGEST_SHOWN] for value in values] for key, values in given.items()},
        "is_shortened": any(len(value) > LONGEST_SHOWN for values in given.values() for value in values),
        "faults": {fault.field: fault.message for fault in faults},
        "is_again": is_again,
        "scales": SCALES,
        "labels": POINT_LABELS,
    }
    status = statuses[invitation.state]
    return Template(f"feedback/answer_{invitation.state}.html", context=context, status_code=status)


PUBLIC = [
    Router(
        "/",
        route_handlers=[answer_page, submit_answer, unsubscribe_page, confirm_unsubscribe],
        middleware=[NoStore()],
    )
]
STAFF = [decisions_page, outbox_page, outbox_mail_page, outbox_mail_html]
