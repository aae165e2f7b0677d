"""The settings: read once from `KEPT_*` variables, typed, validated at start."""

import contextlib
import difflib
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from core.errors import SetupFault

PREFIX = "KEPT_"
SECRETS = frozenset({"database_url", "secret_key", "smtp_password"})
BASE_FOLDER = Path(__file__).resolve().parent.parent

Port = Annotated[int, Meta(ge=1, le=65_535)]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything an operator may set. A secret `X` may also be given as a file named by `X_FILE`."""

    data_folder: Annotated[
        Path, Meta(description="Where Kept keeps its files, and the embedded PostgreSQL its database.")
    ] = Path("data")
    database_url: Annotated[
        str, Meta(description="postgresql://user:password@host/name. Empty: the embedded PostgreSQL is used.")
    ] = ""
    database_connections: Annotated[
        int, Meta(ge=1, le=100, description="Connections each process keeps to the database.")
    ] = 10
    secret_key: Annotated[
        str, Meta(description="Signs links, at least 32 characters. Empty: one is made and kept in the data folder.")
    ] = ""
    base_url: Annotated[
        str, Meta(pattern=r"^https?://[^/]+$", description="The address people reach Kept at, without a path.")
    ] = "http://127.0.0.1:8000"
    host: Annotated[str, Meta(min_length=1, description="The address to listen on.")] = "127.0.0.1"
    port: Annotated[Port, Meta(description="The port to listen on.")] = 8000
    mail_transport: Annotated[
        Literal["outbox", "smtp"], Meta(description="outbox: mails are only shown on a page. smtp: they are sent.")
    ] = "outbox"
    mail_from: Annotated[
        str, Meta(pattern=r"^[^\r\n]*@[^\r\n]+$", description="The sender, such as Example <ask@example.com>.")
    ] = "Kept <kept@localhost>"
    smtp_host: Annotated[str, Meta(description="The SMTP server.")] = "localhost"
    smtp_port: Annotated[Port, Meta(description="Its port.")] = 587
    smtp_username: Annotated[str, Meta(description="Empty: no log-in.")] = ""
    smtp_password: Annotated[str, Meta(description="The password for the log-in.")] = ""
    smtp_tls: Annotated[Literal["none", "starttls", "tls"], Meta(description="How the connection is kept private.")] = (
        "starttls"
    )
    smtp_timeout_seconds: Annotated[float, Meta(gt=0, description="How long one step of SMTP may take.")] = 20.0
    smtp_connections: Annotated[
        int, Meta(ge=1, le=100, description="Connections each process keeps to a mail server: mails under way at once.")
    ] = 4
    messengers_inside: Annotated[
        bool, Meta(description="Whether workspaces may post to messengers on this machine and its private network.")
    ] = False
    worker_pause_seconds: Annotated[
        float, Meta(ge=0.05, le=60, description="How long an idle worker waits before it looks again.")
    ] = 1.0
    worker_lease_seconds: Annotated[
        float,
        Meta(
            ge=5,
            le=3600,
            description="How long after a worker was killed another takes over what it was about to send.",
        ),
    ] = 60.0
    log_format: Annotated[Literal["console", "json"], Meta(description="How log lines are written.")] = "console"
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="The least that is logged.")
    ] = "info"


class SettingInfo(msgspec.Struct, frozen=True):
    """One line of `kept settings`: the value is masked where it is a secret."""

    variable: str
    value: str
    help: str


def _decode(kind: type, value: Any) -> Any:
    if kind is Path:
        return Path(value)
    raise TypeError(f"no setting can be a {kind.__name__}")


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings in `environment`. Raises SetupFault with one line that names the variable and the remedy."""
    known = {PREFIX + name.upper(): name for name in Settings.__struct_fields__}
    files = {PREFIX + name.upper() + "_FILE": name for name in SECRETS}
    values: dict[str, str] = {}
    for variable, text in environment.items():
        if variable in known:
            values[known[variable]] = text
        elif variable in files and variable.removesuffix("_FILE") in environment:
            raise SetupFault(f"{variable} and {variable.removesuffix('_FILE')} are both set; unset one of them")
        elif variable in files:
            values[files[variable]] = _secret_from_file(variable, text)
        elif variable.startswith(PREFIX):
            raise SetupFault(_unknown(variable, [*known, *files]))
    if "port" in values:
        values.setdefault("base_url", f"http://127.0.0.1:{values['port']}")
    try:
        settings = msgspec.convert(values, Settings, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as fault:
        raise SetupFault(_explain(str(fault))) from fault
    if settings.secret_key and len(settings.secret_key) < 32:
        raise SetupFault("KEPT_SECRET_KEY is shorter than 32 characters; make one with: openssl rand -hex 32")
    return settings


def environment_of(settings: Settings) -> dict[str, str]:
    """The variables that give another process, wherever it runs, the settings of this one; they hold secrets."""
    whole = msgspec.structs.replace(settings, data_folder=settings.data_folder.resolve())
    return {PREFIX + name.upper(): str(getattr(whole, name)) for name in Settings.__struct_fields__}


def list_settings(settings: Settings) -> list[SettingInfo]:
    hints = get_type_hints(Settings, include_extras=True)
    return [
        SettingInfo(PREFIX + name.upper(), _shown(name, getattr(settings, name)), _help(hints[name]))
        for name in Settings.__struct_fields__
    ]


def secret_key_of(settings: Settings) -> str:
    """The key that signs links: the one set, else the one kept in the data folder, made on first use."""
    if settings.secret_key:
        return settings.secret_key
    file = settings.data_folder / "secret.key"
    try:
        settings.data_folder.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            _keep_new_key(file)
        return file.read_text(encoding="ascii")
    except OSError as fault:
        raise SetupFault(f"can't keep a secret key in {settings.data_folder}: {fault.strerror}") from fault


def _keep_new_key(file: Path) -> None:
    """Make the key under another name first: a process that starts at the same time must not read half of it."""
    with tempfile.NamedTemporaryFile("w", dir=file.parent, encoding="ascii") as new:  # only its owner may read it
        new.write(secrets.token_hex(32))
        new.flush()
        with contextlib.suppress(FileExistsError):  # the other process was first, and its key is the key
            file.hardlink_to(new.name)


def _secret_from_file(variable: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as fault:
        raise SetupFault(f"{variable} names {path}, which can't be read: {fault.strerror}") from fault
    except UnicodeDecodeError as fault:
        raise SetupFault(f"{variable} names {path}, which is not text; write the secret into it as UTF-8") from fault


def _unknown(variable: str, known: list[str]) -> str:
    near = difflib.get_close_matches(variable, known, n=1)
    hint = f"did you mean {near[0]}?" if near else "see: kept settings"
    return f"{variable} is not a setting of Kept; {hint}"


def _explain(message: str) -> str:
    """Turn msgspec's "Expected `int` - at `$.port`" into words that name the variable and what it should be."""
    what, _, place = message.partition(" - at `$.")
    name = place.rstrip("`")
    hint = get_type_hints(Settings, include_extras=True)[name]
    choices = get_args(hint.__origin__) if get_origin(hint.__origin__) is Literal else ()
    remedy = f"choose {' or '.join(choices)}" if choices else _help(hint)
    return f"{PREFIX}{name.upper()} is not valid: {what}; {remedy}"


def _shown(name: str, value: object) -> str:
    return "(set)" if name in SECRETS and value else str(value)


def _help(hint: Any) -> str:
    # A type such as Port has a Meta of its own; the description belongs to the outer one.
    return str(next(meta.description for meta in reversed(hint.__metadata__) if meta.description))
