"""What became of an invitation, in plain words."""

from datetime import datetime

from msgspec import Struct

from core.templating import moment


class InvitationView(Struct, frozen=True, kw_only=True):
    """An invitation as the ledger tells it; `state` is a word of tables.InvitationState."""

    state: str
    channel: str
    due_at: datetime
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    bounced_at: datetime | None = None
    opened_at: datetime | None = None
    remind_at: datetime | None = None
    last_error: str = ""
    is_answered: bool = False
    is_provisional: bool = False  # a score of the mail was opened, and nobody has confirmed it
    is_rejected: bool = False  # only scanners opened the mail's links


def invitation_words(invitation: InvitationView) -> str:
    """The one thing that came last; with the reason where something went wrong."""
    return _after_it_left(invitation) if invitation.sent_at else _before_it_leaves(invitation)


def _before_it_leaves(invitation: InvitationView) -> str:
    error = invitation.last_error
    if invitation.is_answered:
        return "answered"
    if invitation.state == "due" and error:
        return f"postponed to {moment(invitation.due_at)}: {error}"
    if invitation.state == "due":
        return f"due {moment(invitation.due_at)}"
    because = error or _BECAUSE.get(invitation.state, "")
    return f"{invitation.state}: {because}" if because else invitation.state


def _after_it_left(invitation: InvitationView) -> str:
    if invitation.is_answered:
        return "answered"
    if invitation.bounced_at or invitation.state == "bounced":
        return f"bounced: {invitation.last_error}" if invitation.last_error else "bounced: it came back undelivered"
    if invitation.is_provisional:
        return "clicked, not confirmed"
    if invitation.is_rejected:
        return "clicked by a scanner"
    if invitation.opened_at:
        return "opened, not answered"
    return "delivered, not opened" if invitation.delivered_at else "sent"


_BECAUSE = {"held": "sending is paused", "missed": "its time was over before it could be sent"}
