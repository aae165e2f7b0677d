"""From when on somebody may be asked again, wherever they pass: what the contact policy says of any touchpoint."""

from datetime import datetime

from msgspec import Struct

from feedback.deciding.load_facts import experiences_since, load_history
from feedback.deciding.load_policy import load_policy
from feedback.deciding.policy_check import Asked, Refusal, refusal_of_sending

# Rules tried one after the other: each that stands against asking moves the moment on, to where another may.
MOST_RULES = 50
NOWHERE = 0  # the number of no touchpoint and no survey: their own rules are for a trigger to say


class NextMoment(Struct, frozen=True):
    """`at` is when the rule that holds longest lets go; `refusal` is that rule with its figures."""

    at: datetime
    refusal: Refusal


async def next_moment(workspace: int, contact: int, account: int | None, now: datetime) -> NextMoment | None:
    """None where the policy has nothing against asking now. A lottery may still draw others."""
    policy = await load_policy(workspace)
    accounts = [] if account is None else [account]
    history = await load_history([contact], accounts, experiences_since([now], policy, now), now)
    own = history.contacts.get(contact, [])
    of_account = [] if account is None else history.accounts.get(account, [])
    last: Refusal | None = None
    for _ in range(MOST_RULES):
        at = last.free_at if last else now
        refusal = refusal_of_sending(policy, (), Asked(at, at, NOWHERE, NOWHERE), own, of_account)
        if refusal is None or refusal.free_at <= at:
            break
        last = refusal
    return NextMoment(last.free_at, last) if last else None
