"""Signing in by a link that works once, and the sessions it opens."""

from datetime import datetime, timedelta

from core.database import fetch, transaction
from core.errors import NotSignedIn
from core.tokens import hash_of, new_token

LINK_LASTS = timedelta(minutes=30)
SESSION_LASTS = timedelta(days=14)
MOST_OPEN_LINKS = 5  # of a user, unused and unexpired, for a form that anybody may fill in: nobody floods a mailbox


async def make_link(email: str, now: datetime, most_open: int | None = None) -> str | None:
    """A new sign-in token for the user with `email`; None where there is none, or `most_open` links are open."""
    token = new_token()
    rows = await fetch(
        """
        INSERT INTO sign_in_link ("user", token_hash, expires_at)
        SELECT u.id, $1::text, $2::timestamptz FROM kept_user u
        WHERE u.email = $3 AND ($5::bigint IS NULL OR (
            SELECT count(*) FROM sign_in_link l WHERE l."user" = u.id AND l.used_at IS NULL AND l.expires_at > $4
        ) < $5)
        RETURNING id
        """,
        hash_of(token),
        now + LINK_LASTS,
        email.strip().lower(),
        now,
        most_open,
    )
    return token if rows else None


async def open_session(link_token: str, now: datetime) -> str:
    """Use up a sign-in link; returns the token of the session. Raises NotSignedIn for a used, old or forged link."""
    session = new_token()
    async with transaction():
        used = await fetch(
            "UPDATE sign_in_link SET used_at = $1 "
            'WHERE token_hash = $2 AND used_at IS NULL AND expires_at > $3 RETURNING "user"',
            now,
            hash_of(link_token),
            now,
        )
        if not used:
            raise NotSignedIn("This sign-in link was used already or is too old. Please ask for a new one.")
        await fetch(
            'INSERT INTO session ("user", token_hash, created_at, expires_at) VALUES ($1, $2, $3, $4)',
            used[0]["user"],
            hash_of(session),
            now,
            now + SESSION_LASTS,
        )
    return session


async def user_of_session(token: str, now: datetime) -> int:
    """The number of the user whose session this is. Raises NotSignedIn."""
    rows = await fetch('SELECT "user" FROM session WHERE token_hash = $1 AND expires_at > $2', hash_of(token), now)
    if not rows:
        raise NotSignedIn("Please sign in.")
    return int(rows[0]["user"])


async def close_session(token: str) -> None:
    await fetch("DELETE FROM session WHERE token_hash = $1", hash_of(token))
