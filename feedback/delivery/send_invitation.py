"""Send one claimed invitation, by mail or through a messenger, and say what became of it."""

from datetime import datetime, timedelta
from functools import lru_cache

import msgspec
import structlog

from core.errors import Invalid
from core.mail import Mail, NotDelivered, Scope
from core.site import Site
from feedback.answering.asking import SaidPromise
from feedback.answering.pipe_values import pipe_values
from feedback.delivery.bounces import bounce_token, return_path, take_report, trace_headers
from feedback.delivery.claim_due import MOST_ATTEMPTS, Claimed
from feedback.delivery.delivery_report import DeliveryReport, ReportKind
from feedback.delivery.invitation_mail import Posted, answer_link, invitation_mail, invitation_title
from feedback.delivery.messengers import load_target
from feedback.delivery.outlets import pause
from feedback.delivery.pacing import ALL, LOOKS_AGAIN
from feedback.delivery.post_to_messenger import MessengerNotReached, MessengerPayload, post_to_messenger
from feedback.delivery.sent_records import Result
from feedback.tables import InvitationState
from surveys.definition import SurveyDefinition
from surveys.journey_file import AskChannel
from surveys.quotas import is_full
from surveys.trigger_rule import TriggerRule

log = structlog.get_logger()

FIRST_PAUSE = timedelta(minutes=2)  # doubles with every attempt


def result_without_sending(claimed: Claimed) -> Result | None:
    """What becomes of an invitation that must not leave (again); None where it must."""
    if claimed.is_answered:  # an earlier worker was killed between the mail and its record
        return Result(state=InvitationState.SENT)
    if claimed.is_suppressed:
        return Result(state=InvitationState.CANCELLED)
    if claimed.is_removed:
        return Result(state=InvitationState.CANCELLED, error="the touchpoint was removed")
    if claimed.is_expired:
        return Result(state=InvitationState.MISSED)
    if claimed.attempts > MOST_ATTEMPTS:
        return Result(state=InvitationState.FAILED, error="the worker was stopped at every attempt")
    if claimed.postponed is not None:
        late = claimed.postponed
        return Result(state=late.state, due_at=late.due_at, error=late.error, gives_back=True)
    return None


async def send_invitation(site: Site, claimed: Claimed, now: datetime) -> Result:
    """Raises nothing that is only about this one: it becomes a result, and the others leave."""
    try:
        survey = _survey(claimed.definition)
        not_now = _not_now(survey, claimed, now)
        if not_now is not None:
            return not_now
        if claimed.channel is AskChannel.WEBHOOK:
            return await _post(site, claimed, survey, now)
        await site.transport.send(_mail(site, claimed, survey))
    except Invalid as fault:
        return Result(state=InvitationState.FAILED, error=str(fault))
    except NotDelivered as fault:
        log.warning("not_delivered", invitation=claimed.id, attempt=claimed.attempts, reason=str(fault))
        return await _after_refusal(site, claimed, fault, now)
    except Exception as fault:
        # Whatever is wrong with this one, the others of the batch leave and this one is not tried for ever. Its words
        # are kept nowhere: they may quote an address.
        log.error("mail_failed", invitation=claimed.id, attempt=claimed.attempts, exc_info=fault)
        return _tried_again(claimed, type(fault).__name__, now)
    return Result(state=InvitationState.SENT, remind_at=_remind_at(claimed, site.clock()))


def as_reminder(claimed: Claimed, result: Result) -> Result:
    """Of a reminder: whatever became of it, the invitation itself was sent."""
    if not claimed.is_reminder or result.state is InvitationState.DUE:
        return result
    return msgspec.structs.replace(result, state=InvitationState.SENT)


def _not_now(survey: SurveyDefinition, claimed: Claimed, now: datetime) -> Result | None:
    """What becomes of an invitation to a survey that nobody could answer now; None where they could."""
    if survey.closes_at is not None and survey.closes_at <= now:
        return Result(state=InvitationState.MISSED, error="the survey is closed")
    counts = msgspec.json.decode(claimed.quota_counts or "{}", type=dict[str, int])
    if is_full(survey, counts):
        return Result(state=InvitationState.CANCELLED, error="the survey has all the answers it wants")
    if survey.opens_at is not None and now < survey.opens_at:
        return Result(
            state=InvitationState.DUE, due_at=survey.opens_at, error="the survey is not open yet", gives_back=True
        )
    return None


def _mail(site: Site, claimed: Claimed, survey: SurveyDefinition) -> Mail:
    sender, host = claimed.sender, site.settings.smtp_host
    if sender is not None:
        host = sender.server.host if sender.server else host
        if sender.envelope_from:
            path = return_path(site, sender.envelope_from, claimed.id)
            sender = msgspec.structs.replace(sender, envelope_from=path)
    headers = trace_headers(site, claimed.id, host)
    if claimed.is_reminder:  # mail programs show it beside the first
        first = claimed.message_id.replace(".reminder@", "@")
        headers = (*headers, ("In-Reply-To", first), ("References", first))
    promise = msgspec.json.decode(claimed.promise, type=SaidPromise) if claimed.promise else None
    posted = Posted(message_id=claimed.message_id, sender=sender, headers=headers)
    return invitation_mail(site, claimed.contact, survey, _values(claimed, survey), claimed.accent, promise, posted)


async def _post(site: Site, claimed: Claimed, survey: SurveyDefinition, now: datetime) -> Result:
    if claimed.messenger is None:
        return Result(state=InvitationState.FAILED, error="its messenger was deleted")
    if claimed.is_messenger_paused:
        again = min(now + LOOKS_AGAIN, claimed.expires_at)
        return Result(state=InvitationState.DUE, due_at=again, error="the messenger is paused", gives_back=True)
    target = await load_target(site.settings, claimed.outlet.workspace, claimed.messenger)
    payload = MessengerPayload(
        invitation=claimed.id,
        contact=claimed.contact_key,
        survey=claimed.survey,
        title=invitation_title(survey, claimed.contact.locale, _values(claimed, survey)),
        link=answer_link(site, claimed.id),
        expires_at=claimed.expires_at,
        event=claimed.event,
    )
    await post_to_messenger(site, target, payload)
    return Result(state=InvitationState.SENT)


def _values(claimed: Claimed, survey: SurveyDefinition) -> dict[str, str]:
    properties = msgspec.json.decode(claimed.properties)
    hidden = {name: str(value) for name, value in properties.items() if name in survey.hidden}
    return pipe_values(claimed.contact_name, properties, hidden)


async def _after_refusal(site: Site, claimed: Claimed, fault: NotDelivered, now: datetime) -> Result:
    if fault.no_such_address:
        return await _bounced(site, claimed, fault, now)
    if fault.permanent:
        return Result(state=InvitationState.FAILED, error=str(fault))
    if isinstance(fault, MessengerNotReached) and fault.retry_after is not None:
        return _tried_again(claimed, str(fault), now, fault.retry_after)
    if fault.scope is Scope.SERVER:
        until = await pause(claimed.outlet, ALL, str(fault), now)
        again = min(until, claimed.expires_at)
        return Result(state=InvitationState.DUE, due_at=again, error=str(fault), gives_back=True, stops=ALL)
    if fault.scope is Scope.DOMAIN:
        until = await pause(claimed.outlet, claimed.domain, str(fault), now)
        result = _tried_again(claimed, str(fault), now, until - now)
        return result if result.due_at is None else msgspec.structs.replace(result, stops=claimed.domain)
    return _tried_again(claimed, str(fault), now)


async def _bounced(site: Site, claimed: Claimed, fault: NotDelivered, now: datetime) -> Result:
    """A server that knows no such address says at once what another says by a mail that comes back."""
    tokens = (bounce_token(site.settings, claimed.id),)
    report = DeliveryReport(ReportKind.HARD, tokens, address=claimed.contact.email, detail=str(fault))
    await take_report(site.settings, claimed.outlet.workspace, report, "mail server", now)
    return Result(state=InvitationState.BOUNCED, error=str(fault))


def _tried_again(claimed: Claimed, reason: str, now: datetime, at_least: timedelta = timedelta(0)) -> Result:
    if claimed.attempts >= MOST_ATTEMPTS:
        return Result(state=InvitationState.FAILED, error=reason)
    wait = max(FIRST_PAUSE * 2 ** (claimed.attempts - 1), at_least)
    return Result(state=InvitationState.DUE, due_at=now + wait, error=reason)


def _remind_at(claimed: Claimed, left_at: datetime) -> datetime | None:
    """Once, and after the mail alone."""
    if claimed.is_reminder or claimed.rule is None:
        return None
    remind = _rule(claimed.rule).remind
    return left_at + remind if remind is not None else None


# A queue of thousands has few surveys and few triggers. By their text, so that nothing old is ever taken for the new.
@lru_cache(maxsize=200)
def _survey(definition: str) -> SurveyDefinition:
    return msgspec.json.decode(definition, type=SurveyDefinition)


@lru_cache(maxsize=200)
def _rule(rule: str) -> TriggerRule:
    return msgspec.json.decode(rule, type=TriggerRule)
