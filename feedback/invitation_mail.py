"""The mail that asks: one short survey, one link, one way to say no."""

from email.utils import parseaddr

from msgspec import Struct

from core.mail import Mail
from core.site import Site
from surveys.definition import SurveyDefinition


class InvitedContact(Struct, frozen=True):
    """Whom an invitation goes to."""

    workspace: int
    workspace_name: str
    email: str
    invitation: int


def invitation_mail(site: Site, contact: InvitedContact, survey: SurveyDefinition) -> Mail:
    """The invitation as a mail. Its Message-ID is the same at every attempt, so a repeated mail is seen as one."""
    link = answer_link(site, contact.invitation)
    context = {"survey": survey, "workspace": contact.workspace_name, "link": link, "stop_link": f"{link}/unsubscribe"}
    return Mail(
        workspace=contact.workspace,
        to=contact.email,
        subject=" ".join(survey.title.split()),
        text=site.templates.get_template("email/invitation.txt").render(context),
        html=site.templates.get_template("email/invitation.html").render(context),
        message_id=f"<invitation.{contact.invitation}@{_domain(site)}>",
        headers=(
            ("List-Unsubscribe", f"<{link}/unsubscribe>"),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ),
    )


def answer_link(site: Site, invitation: int) -> str:
    return f"{site.settings.base_url}/a/{site.invitation_links.sign(invitation)}"


def _domain(site: Site) -> str:
    return parseaddr(site.settings.mail_from)[1].rpartition("@")[2]
