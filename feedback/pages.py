"""The staff's pages of decisions and of the outbox."""

from datetime import datetime, timedelta

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.enums import MediaType
from litestar.params import FromPath, FromQuery
from litestar.response import Template

from accounts.membership import Member
from accounts.tables import Role
from core.site import Site
from feedback.ledger import REASON_WORDS, REFUSAL_WORDS, count_reasons, list_decisions
from feedback.outbox import list_outbox, load_outbox_mail
from feedback.refusals import list_refusals

REFUSALS_SINCE = timedelta(days=30)


@get("/decisions", include_in_schema=False)
async def decisions_page(
    member: NamedDependency[Member],
    now: NamedDependency[datetime],
    before: FromQuery[int | None] = None,
    reason: FromQuery[str | None] = None,
) -> Template:
    decisions = await list_decisions(member.workspace, before, reason)
    reasons = await count_reasons(member.workspace)
    context = {
        "decisions": decisions,
        "reasons": reasons,
        "chosen": reason,
        "words": REASON_WORDS,
        "refusals": await list_refusals(member.workspace, (now - REFUSALS_SINCE).date()),
        "refusal_words": REFUSAL_WORDS,
    }
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


STAFF = [decisions_page, outbox_page, outbox_mail_page, outbox_mail_html]
