"""Why a mail was not taken, what that is about, and whether to try again."""

import re
from enum import StrEnum

# RFC 4954, 6: asked to log in, or a log-in that does not do. The operator's to mend, at whatever command it is said.
_ABOUT_THE_LOG_IN = frozenset({530, 534, 535, 538})
# RFC 3463, 3.2: there is no such mailbox, or no such domain; and what servers without such codes write.
_NO_SUCH_ADDRESS = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"})
_STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")
_IN_WORDS = re.compile(r"user unknown|unknown user|no such user|no mailbox here by that name", re.IGNORECASE)


class Scope(StrEnum):
    """What a refusal is about."""

    MAIL = "mail"
    RECIPIENT = "recipient"
    DOMAIN = "domain"  # the recipient's: its server asks for patience
    SERVER = "server"  # the one that mail leaves by: it says nothing against the mail


class NotDelivered(Exception):
    """The mail was not taken. `permanent` says whether trying again is of use, `code` is what the server answered.

    `no_such_address`: nothing that is sent there ever arrives.
    """

    no_such_address = False

    def __init__(self, reason: str, *, permanent: bool, code: int | None = None, scope: Scope = Scope.MAIL) -> None:
        super().__init__(reason)
        self.permanent = permanent
        self.code = code
        self.scope = scope


def server_refused(code: int) -> NotDelivered:
    """Refused before the recipient was named: that says something of our settings and nothing against the mail."""
    return NotDelivered(f"refused with {code}", permanent=False, code=code, scope=Scope.SERVER)


def recipient_refused(code: int, said: str = "") -> NotDelivered:
    """What the server `said` is read and not kept: it may quote the address."""
    refused = _refused(f"recipient refused with {code}", code, Scope.RECIPIENT)
    status = _STATUS.search(said)
    is_unknown = status[0] in _NO_SUCH_ADDRESS if status else bool(_IN_WORDS.search(said))
    refused.no_such_address = refused.permanent and is_unknown
    return refused


def message_refused(code: int) -> NotDelivered:
    return _refused(f"refused with {code}", code, Scope.MAIL)


def server_lost(fault: Exception) -> NotDelivered:
    """No connection, or none any more, before the message was on its way."""
    return NotDelivered(type(fault).__name__, permanent=False, scope=Scope.SERVER)


def answer_lost(fault: Exception) -> NotDelivered:
    """The message was on its way: nobody knows whether the server has it. One that ends every connection by what it
    holds must not stop all others, so that it counts against the mail."""
    return NotDelivered(type(fault).__name__, permanent=False, scope=Scope.MAIL)


def _refused(reason: str, code: int, scope: Scope) -> NotDelivered:
    if code in _ABOUT_THE_LOG_IN:
        return NotDelivered(reason, permanent=False, code=code, scope=Scope.SERVER)
    if code >= 500:
        return NotDelivered(reason, permanent=True, code=code, scope=scope)
    return NotDelivered(reason, permanent=False, code=code, scope=Scope.DOMAIN)
