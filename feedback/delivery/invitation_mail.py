"""The mail that asks: the first question itself, where one tap answers it, and one way to say no."""

import secrets
from collections.abc import Mapping
from email.utils import parseaddr
from functools import lru_cache
from typing import NamedTuple

import msgspec
from jinja2 import Environment
from markupsafe import escape
from msgspec import Struct

from core.mail import Mail, MailSender
from core.site import Site
from feedback.answering.asking import SaidPromise
from feedback.answering.pipe_values import one_line
from feedback.delivery.mail_scale import HONEYPOT, SPACING, UNSUBSCRIBE, mail_scale
from surveys.definition import SurveyDefinition
from surveys.instruments import Instrument
from surveys.texts import texts_in
from surveys.theme import SHIPPED_ACCENT
from surveys.wording import language_for, with_pipes, worded

LONGEST_SUBJECT = 250  # characters; a title has 200, mail programs show fewer
SHORT = 3  # questions that take ten seconds


class Posted(Struct, frozen=True, kw_only=True):
    """What a mail carries beside its words. Without a sender it is the installation's."""

    message_id: str
    sender: MailSender | None = None
    headers: tuple[tuple[str, str], ...] = ()


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
    posted: Posted | None = None,
) -> Mail:
    """The invitation as a mail. Its Message-ID is the same at every attempt, so a repeated mail is seen as one.

    `values` are what the pipes of the texts hold (answering/pipe_values.py), `accent` is the theme's colour, `promise`
    the one in force: the question whether it was kept shows its words.
    """
    posted = posted or Posted(
        message_id=f"<invitation.{contact.invitation}@{domain_of_sender(site.settings.mail_from)}>"
    )
    read = _as_read(survey, contact.locale, values or {})
    words = _words(site.templates, read, one_line(contact.workspace_name), accent, promise)
    link = answer_link(site, contact.invitation)
    return Mail(
        workspace=contact.workspace,
        to=contact.email,
        subject=read.survey.title,
        text=link.join(words.text),
        html=str(escape(link)).join(words.html),
        message_id=posted.message_id,
        headers=(
            ("List-Unsubscribe", f"<{link}/{UNSUBSCRIBE}>"),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
            *posted.headers,
        ),
        sender=posted.sender,
        own=link,
    )


class _Read:
    """A survey as it is read, the same as any other of the same words."""

    def __init__(self, survey: SurveyDefinition) -> None:
        self.survey = survey
        self._words = msgspec.json.encode(msgspec.structs.replace(survey, translations={}))

    def __hash__(self) -> int:
        return hash(self._words)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Read) and self._words == other._words


class _Words(NamedTuple):
    """A mail in the pieces between which its link stands."""

    text: list[str]
    html: list[str]


# Thousands of mails differ in nothing but the link, and templates take most of the time that a mail takes. A piece of
# chance stands in for the link: no text of anybody's can hold it.
_LINK = secrets.token_hex(16)


@lru_cache(maxsize=100)
def _words(templates: Environment, read: _Read, workspace: str, accent: str, promise: SaidPromise | None) -> _Words:
    shown = read.survey
    texts = texts_in(shown.language)
    context = {
        "survey": shown,
        "question": shown.questions[0],
        "promise": promise if shown.questions[0].instrument is Instrument.KEPT else None,
        "scale": mail_scale(shown.questions[0], texts, _LINK),
        "spacing": SPACING,
        "texts": texts,
        "workspace": workspace,
        "company": _isolated(workspace, texts.direction),
        "answer": texts("mail_answer" if len(shown.questions) <= SHORT else "mail_answer_long"),
        "link": _LINK,
        "stop_link": f"{_LINK}/{UNSUBSCRIBE}",
        "unseen_link": f"{_LINK}/{HONEYPOT}",
        "accent": accent,
    }
    text = templates.get_template("email/invitation.txt").render(context)
    html = templates.get_template("email/invitation.html").render(context)
    return _Words(text.split(_LINK), html.split(_LINK))


def invitation_title(survey: SurveyDefinition, locale: str, values: Mapping[str, str]) -> str:
    """What a mail has as its subject."""
    return _as_read(survey, locale, values).survey.title


def answer_link(site: Site, invitation: int) -> str:
    return f"{site.settings.base_url}/a/{site.invitation_links.sign(invitation)}"


def _as_read(survey: SurveyDefinition, locale: str, values: Mapping[str, str]) -> _Read:
    """The survey in the contact's language. Its title is the subject: one line, however long what is put into it."""
    worded_survey, for_all = _for_all(_Same(survey), locale)
    return for_all or _Read(_with_subject(with_pipes(worded_survey, values)))


class _Same:
    """A survey as a key, equal to itself alone: what never changes needs no look inside."""

    def __init__(self, survey: SurveyDefinition) -> None:
        self.survey = survey

    def __hash__(self) -> int:
        return id(self.survey)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.survey is other.survey


@lru_cache(maxsize=500)
def _for_all(same: _Same, locale: str) -> tuple[SurveyDefinition, _Read | None]:
    """The survey in a language, and, where no text holds a pipe, how everybody reads it who reads that language."""
    shown = worded(same.survey, language_for(same.survey, locale))
    return shown, None if _has_pipes(shown) else _Read(_with_subject(shown))


def _has_pipes(survey: SurveyDefinition) -> bool:
    return b"{{" in msgspec.json.encode(msgspec.structs.replace(survey, translations={}))


def _with_subject(survey: SurveyDefinition) -> SurveyDefinition:
    return msgspec.structs.replace(survey, title=_shortened(one_line(survey.title)))


def _shortened(title: str) -> str:
    return title if len(title) <= LONGEST_SUBJECT else f"{title[: LONGEST_SUBJECT - 1]}…"


def _isolated(name: str, direction: str) -> str:
    """A name inside a sentence that runs from right to left, which would turn the ends of a Latin one round."""
    return f"\u2068{name}\u2069" if direction == "rtl" else name


def domain_of_sender(address: str) -> str:
    """The domain of an address such as `Example <ask@example.com>`."""
    return parseaddr(address)[1].rpartition("@")[2]
