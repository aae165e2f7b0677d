"""Widget keys: public, good for the origins they name only, revocable; and the identities that pages sign with them."""

import hashlib
import hmac
import re
import secrets
from datetime import datetime

from msgspec import Struct

from core.database import Row, fetch
from core.errors import Fault, Invalid, NotFound, NotSignedIn

MOST_ORIGINS = 20
LONGEST_ORIGIN = 255  # characters, as its column takes
OWN_PORTS = {"http": "80", "https": "443"}
LAST_PORT = 65_535
ORIGIN = re.compile(
    r"https?://(?P<host>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::(?P<port>[1-9][0-9]{0,4}))?"
)


class WidgetKeyInfo(Struct, frozen=True):
    """A key as the page lists it and as the widget calls with it; `origins` as browsers write them."""

    id: int
    workspace: int
    name: str
    public_key: str
    origins: tuple[str, ...]
    created_at: datetime
    revoked_at: datetime | None


async def create_widget_key(workspace: int, name: str, origins: str, now: datetime) -> WidgetKeyInfo:
    """`origins` holds one a line. Raises Invalid with every fault."""
    name = name.strip()
    faults = []
    if not (1 <= len(name) <= 100 and name.isprintable()):
        faults.append(Fault("name", "give the key a name of up to 100 characters, on one line"))
    allowed, wrong = read_origins(origins)
    faults += wrong
    if faults:
        raise Invalid(*faults)
    rows = await fetch(
        "INSERT INTO widget_key (workspace, name, public_key, origins, created_at) VALUES ($1, $2, $3, $4, $5) "
        f"RETURNING {_COLUMNS}",
        workspace,
        name,
        f"pk_{secrets.token_urlsafe(17)[:22]}",
        allowed,
        now,
    )
    return _info(rows[0])


async def list_widget_keys(workspace: int) -> list[WidgetKeyInfo]:
    """The newest first."""
    rows = await fetch(f"SELECT {_COLUMNS} FROM widget_key WHERE workspace = $1 ORDER BY id DESC", workspace)
    return [_info(row) for row in rows]


async def revoke_widget_key(workspace: int, key: int, now: datetime) -> None:
    """Raises NotFound where this workspace has no such key."""
    rows = await fetch(
        "UPDATE widget_key SET revoked_at = coalesce(revoked_at, $1) WHERE id = $2 AND workspace = $3 RETURNING id",
        now,
        key,
        workspace,
    )
    if not rows:
        raise NotFound("There is no such widget key.")


async def widget_key_of(public_key: str) -> WidgetKeyInfo:
    """The key that a page calls with. Raises NotSignedIn where it is unknown or revoked."""
    rows = await fetch(f"SELECT {_COLUMNS} FROM widget_key WHERE public_key = $1 AND revoked_at IS NULL", public_key)
    if not rows:
        raise NotSignedIn("This widget key is not known, or was revoked. An owner finds the keys on the page Widget.")
    return _info(rows[0])


async def widget_origins(workspace: int) -> tuple[str, ...]:
    """Every origin whose pages may show this workspace's surveys, in order."""
    rows = await fetch(
        "SELECT DISTINCT unnest(origins) AS origin FROM widget_key WHERE workspace = $1 AND revoked_at IS NULL "
        "ORDER BY origin",
        workspace,
    )
    return tuple(row["origin"] for row in rows)


def identity_secret(secret_key: str, public_key: str) -> str:
    """What the server of a page signs contact ids with: derived from the site's secret key, and stored nowhere."""
    return _hmac_hex(secret_key, f"kept.widget-identity:{public_key}")


def is_signed(secret: str, contact: str, signature: str, email: str | None = None) -> bool:
    """Whether `signature` is the HMAC-SHA256 of the contact's id under the identity secret, in hex.

    Where a page gives an address as well, the id, a line break and the address are signed: nobody may have mails sent
    to another's address, or learn what is known of it.
    """
    signed = contact if email is None else f"{contact}\n{email}"
    return hmac.compare_digest(_hmac_hex(secret, signed).encode(), signature.encode())


def _hmac_hex(key: str, message: str) -> str:
    return hmac.new(key.encode(), message.encode(), hashlib.sha256).hexdigest()


def read_origins(text: str) -> tuple[list[str], list[Fault]]:
    """The origins of `text`, one a line, each once, and what is wrong with the others.

    An address bar gives an origin with a slash, which is taken.
    """
    lines = [line.strip().removesuffix("/") for line in text.splitlines() if line.strip()]
    if not 1 <= len(lines) <= MOST_ORIGINS:
        return [], [Fault("origins", f"write 1 to {MOST_ORIGINS} origins, one a line, such as https://shop.example")]
    read = [(line, _origin(line)) for line in lines]
    wrong = [
        Fault("origins", f"“{line[:60]}” is no origin; write it like https://shop.example, without a path")
        for line, origin in read
        if origin is None
    ]
    return list(dict.fromkeys(origin for _, origin in read if origin)), wrong


def _origin(line: str) -> str | None:
    """The origin as browsers send it: in small letters, other alphabets as punycode, without the scheme's own port.

    None where it is none.
    """
    scheme, mark, rest = line.lower().partition("://")
    try:
        found = ORIGIN.fullmatch(scheme + mark + rest.encode("idna").decode())
    except UnicodeError:
        return None
    if found is None or len(found[0]) > LONGEST_ORIGIN:
        return None
    host, port = f"{scheme}://{found['host']}", found["port"]
    if port is not None and int(port) > LAST_PORT:
        return None
    return host if port in (None, OWN_PORTS[scheme]) else f"{host}:{port}"


def _info(row: Row) -> WidgetKeyInfo:
    return WidgetKeyInfo(**{**row, "origins": tuple(row["origins"])})


_COLUMNS = "id, workspace, name, public_key, origins, created_at, revoked_at"
