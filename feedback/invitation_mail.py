"""The mail that asks: the first question itself, where one tap answers it, and one way to say no."""

from collections.abc import Mapping
from email.utils import parseaddr

import msgspec
from msgspec import Struct

from core.mail import Mail
from core.site import Site
from feedback.asking import SaidPromise
from feedback.mail_scale import HONEYPOT, SPACING, UNSUBSCRIBE, mail_scale
from feedback.pipe_values import one_line
from surveys.definition import SurveyDefinition
from surveys.instruments import Instrument
from surveys.texts import texts_in
from surveys.theme import SHIPPED_ACCENT
from surveys.wording import language_for, with_pipes, worded

LONGEST_SUBJECT = 250  # characters; a title has 200, mail programs show fewer
SHORT = 3  # questions that take ten seconds


class InvitedContact(Struct, frozen=True):
    """Whom an invitation goes to; `locale` is theirs, as far as it is known."""

    workspace: int
    workspace_name: str
    email: str
    invitation: int
    locale: str = ""


def invitation_mail(
    site: Site,
    contact: InvitedContact,
    survey: SurveyDefinition,
    values: Mapping[str, str] | None = None,
    accent: str = SHIPPED_ACCENT,
    promise: SaidPromise | None = None,
) -> Mail:
    """The invitation as a mail. Its Message-ID is the same at every attempt, so a repeated mail is seen as one.

    `values` are what the pipes of the texts hold (feedback/pipe_values.py), `accent` is the theme's colour, `promise`
    the one in force: the question whether it was kept shows its words.
    """
    link = answer_link(site, contact.invitation)
    shown = _as_read(survey, contact.locale, values or {})
    texts = texts_in(shown.language)
    context = {
        "survey": shown,
        "question": shown.questions[0],
        "promise": promise if shown.questions[0].instrument is Instrument.KEPT else None,
        "scale": mail_scale(shown.questions[0], texts, link),
        "spacing": SPACING,
        "texts": texts,
        "workspace": one_line(contact.workspace_name),
        "company": _isolated(one_line(contact.workspace_name), texts.direction),
        "answer": texts("mail_answer" if len(shown.questions) <= SHORT else "mail_answer_long"),
        "link": link,
        "stop_link": f"{link}/{UNSUBSCRIBE}",
        "unseen_link": f"{link}/{HONEYPOT}",
        "accent": accent,
    }
    return Mail(
        workspace=contact.workspace,
        to=contact.email,
        subject=shown.title,
        text=site.templates.get_template("email/invitation.txt").render(context),
        html=site.templates.get_template("email/invitation.html").render(context),
        message_id=f"<invitation.{contact.invitation}@{_domain(site)}>",
        headers=(
            ("List-Unsubscribe", f"<{link}/{UNSUBSCRIBE}>"),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ),
    )


def answer_link(site: Site, invitation: int) -> str:
    return f"{site.settings.base_url}/a/{site.invitation_links.sign(invitation)}"


def _as_read(survey: SurveyDefinition, locale: str, values: Mapping[str, str]) -> SurveyDefinition:
    """The survey in the contact's language. Its title is the subject: one line, however long what is put into it."""
    shown = with_pipes(worded(survey, language_for(survey, locale)), values)
    return msgspec.structs.replace(shown, title=_shortened(one_line(shown.title)))


def _shortened(title: str) -> str:
    return title if len(title) <= LONGEST_SUBJECT else f"{title[: LONGEST_SUBJECT - 1]}…"


def _isolated(name: str, direction: str) -> str:
    """A name inside a sentence that runs from right to left, which would turn the ends of a Latin one round."""
    return f"\u2068{name}\u2069" if direction == "rtl" else name


def _domain(site: Site) -> str:
    return parseaddr(site.settings.mail_from)[1].rpartition("@")[2]
