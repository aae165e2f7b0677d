"""What deciding must know of contacts and accounts: whom it may ask, and what they were asked already."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from core.database import Row, fetch
from feedback.contacts.suppressions import SUPPRESSED_AS
from feedback.deciding.deciding import ContactFacts
from feedback.deciding.policy import Policy
from feedback.deciding.policy_check import Asked
from feedback.deciding.send_window import zone_named
from feedback.tables import InvitationState

# A mail that was given up asked nobody; one that came back did leave.
COUNTED = (InvitationState.DUE, InvitationState.HELD, InvitationState.SENT, InvitationState.BOUNCED)
MOST_CONTACTS = 1_000  # of an account that are counted; a budget among more is as good as spent either way


class KnownContact(Struct, frozen=True):
    """A contact's facts, and the id of its account."""

    facts: ContactFacts
    account: int | None


class History(Struct, frozen=True):
    """By contact and by account, what was asked and will be. Whoever decides adds to it."""

    contacts: dict[int, list[Asked]]
    accounts: dict[int, list[datetime]]

    def add(self, contact: int, account: int | None, asked: Asked) -> None:
        self.contacts.setdefault(contact, []).append(asked)
        if account is not None:
            self.accounts.setdefault(account, []).append(asked.at)


async def lock_accounts(contacts: Collection[int]) -> dict[int, int]:
    """The accounts of these contacts, which are locked; how many contacts each has, up to MOST_CONTACTS.

    They stay locked until the transaction ends, so that decisions on one account's budget fall one by one.
    """
    rows = await fetch(_LOCK_ACCOUNTS, list(contacts), MOST_CONTACTS)
    return {row["id"]: row["contacts"] for row in rows}


async def count_colleagues(contacts: Collection[int]) -> dict[int, int]:
    """The same, for whoever decides nothing: no account is locked."""
    return {row["id"]: row["contacts"] for row in await fetch(_ACCOUNTS, list(contacts), MOST_CONTACTS)}


async def load_contacts(contacts: Collection[int], accounts: dict[int, int], policy: Policy) -> dict[int, KnownContact]:
    """By id; `accounts` says how many contacts each account has."""
    rows = await fetch(_CONTACTS, list(contacts), MOST_CONTACTS)
    return {row["id"]: _known(row, accounts, zone_of(row["time_zone"], policy)) for row in rows}


def zone_of(name: str, policy: Policy) -> ZoneInfo:
    """The contact's own zone, or the workspace's where it is not known."""
    return zone_named(name) or zone_named(policy.time_zone) or ZoneInfo("UTC")


async def load_history(contacts: Collection[int], accounts: Collection[int], since: datetime, now: datetime) -> History:
    """What was asked since then, or about what happened since then; what is overdue is taken to be sent now."""
    states = [state.value for state in COUNTED]
    of_contacts = await fetch(_OF_CONTACTS, list(contacts), states, since, now)
    of_accounts = await fetch(_OF_ACCOUNTS, list(accounts), states, since, now) if accounts else []
    history = History({}, {row["account"]: row["moments"] for row in of_accounts})
    for row in of_contacts:
        history.contacts.setdefault(row.pop("contact"), []).append(Asked(**row))
    return history


def looks_back(policy: Policy) -> timedelta:
    """As far as any rule of the policy does."""
    budgets = [budget.days for budget in (policy.contact_budget, policy.account_budget) if budget]
    groups = [group.days for group in policy.groups]
    return timedelta(days=max(policy.touchpoint_days, policy.survey_days, policy.overall_days, *budgets, *groups))


def experiences_since(occurred: Sequence[datetime], policy: Policy, now: datetime) -> datetime:
    """From when on the history matters to events that occurred then: some come late."""
    return min(now, *occurred) - looks_back(policy)


def _known(row: Row, accounts: dict[int, int], zone: ZoneInfo) -> KnownContact:
    facts = ContactFacts(
        id=row["id"],
        zone=zone,
        has_address=bool(row["email"]),
        suppressed_as=row["suppressed_as"],
        consent=row["consent"],
        kind=row["kind"],
        persona=row["persona"],
        locale=row["locale"],
        account=row["account_key"],
        account_contacts=accounts.get(row["account"], 0),
        account_place=row["account_place"] if row["account_place"] < MOST_CONTACTS else row["id"],
        attributes=msgspec.json.decode(row["attributes"]),
    )
    return KnownContact(facts, row["account"])


_ACCOUNTS = """
SELECT a.id, (SELECT count(*) FROM (SELECT FROM contact o WHERE o.account = a.id LIMIT $2) counted) AS contacts
FROM account a WHERE a.id IN (SELECT c.account FROM contact c WHERE c.id = ANY($1))
"""
# In the order of the ids, as everybody locks accounts, after contacts.
_LOCK_ACCOUNTS = f"{_ACCOUNTS} ORDER BY a.id FOR NO KEY UPDATE OF a"

_CONTACTS = f"""
SELECT c.id, c.email, {SUPPRESSED_AS} AS suppressed_as, c.consent, c.kind, p.key AS persona, c.locale, c.time_zone,
       c.account, a.external_id AS account_key, c.attributes,
       (SELECT count(*) FROM (SELECT FROM contact o WHERE o.account = c.account AND o.id < c.id LIMIT $2) before)
           AS account_place
FROM contact c LEFT JOIN persona p ON p.id = c.persona LEFT JOIN account a ON a.id = c.account
WHERE c.id = ANY($1)
"""

# What has left stays asked when it left, also while its reminder waits in the queue.
_AT = """CASE WHEN i.sent_at IS NULL AND i.state IN ('due', 'held') THEN greatest(i.due_at, $4::timestamptz)
         ELSE coalesce(i.sent_at, i.due_at) END"""
_SINCE = "greatest(i.occurred_at, i.due_at, i.sent_at) >= $3"

_OF_CONTACTS = f"""
SELECT i.contact, {_AT} AS at, i.occurred_at, i.touchpoint, i.survey, i.is_follow_up
FROM invitation i WHERE i.contact = ANY($1) AND i.state = ANY($2) AND {_SINCE}
"""

_OF_ACCOUNTS = f"""
SELECT i.account, array_agg({_AT}) AS moments
FROM invitation i WHERE i.account = ANY($1) AND i.state = ANY($2) AND {_SINCE} GROUP BY i.account
"""
