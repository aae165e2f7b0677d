"""The staff's pages of decisions and of the outbox."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.enums import MediaType
from litestar.params import FromPath, FromQuery
from litestar.response import Template
from msgspec.structs import asdict

from accounts.membership import Member
from accounts.tables import Role
from core.errors import Fault, Invalid
from core.site import Site
from feedback.answering.refusals import list_refusals
from feedback.delivery.outbox import list_outbox, load_outbox_mail
from feedback.delivery.sending_pause import paused_since
from feedback.ledger.decision_words import REASON_WORDS, decision_words, short_words
from feedback.ledger.invitation_words import invitation_words
from feedback.ledger.ledger import REFUSAL_WORDS, DecisionFilter, count_reasons, filter_choices, list_decisions
from feedback.tables import Outcome

REFUSALS_SINCE = timedelta(days=30)
LONGEST_NUMBER = 9  # digits: no id of a touchpoint or trigger has more


@get("/decisions", include_in_schema=False)
async def decisions_page(
    member: NamedDependency[Member],
    now: NamedDependency[datetime],
    before: FromQuery[int | None] = None,
    outcome: FromQuery[str | None] = None,
    reason: FromQuery[str | None] = None,
    touchpoint: FromQuery[str | None] = None,
    trigger: FromQuery[str | None] = None,
) -> Template:
    only = DecisionFilter(outcome or None, reason or None, _number(touchpoint), _number(trigger))
    context = {
        "page": await list_decisions(member.workspace, before, only),
        "before": before,
        "only": only,
        "query": urlencode({name: value for name, value in asdict(only).items() if value is not None}),
        "reasons": await count_reasons(member.workspace, now),
        "choices": await filter_choices(member.workspace),
        "outcomes": {str(one): one.value.replace("_", " ") for one in Outcome},
        "words": REASON_WORDS,
        "short_words": short_words,
        "decision_words": decision_words,
        "invitation_words": invitation_words,
        "refusals": await list_refusals(member.workspace, (now - REFUSALS_SINCE).date()),
        "refusal_words": REFUSAL_WORDS,
    }
    return Template("feedback/decisions.html", context=context)


def _number(chosen: str | None) -> int | None:
    """What a list of the form sends: a number, or nothing for all. Raises Invalid."""
    if not chosen:
        return None
    if not chosen.isascii() or not chosen.isdigit() or len(chosen) > LONGEST_NUMBER:
        raise Invalid(Fault("filter", "choose one of the list"))
    return int(chosen)


@get("/outbox", opt={"role": Role.EDITOR}, include_in_schema=False)
async def outbox_page(
    member: NamedDependency[Member], site: NamedDependency[Site], before: FromQuery[int | None] = None
) -> Template:
    mails = await list_outbox(member.workspace, before)
    return Template(
        "feedback/outbox.html",
        context={
            "mails": mails,
            "transport": site.settings.mail_transport,
            "before": before,
            "paused_at": await paused_since(member.workspace),
        },
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
