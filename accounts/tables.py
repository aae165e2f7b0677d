"""The tables of who may enter."""

from enum import StrEnum

from piccolo.columns import Array, BigSerial, ForeignKey, OnDelete, Serial, Timestamptz, Varchar
from piccolo.constraints import Unique
from piccolo.table import Table


class Role(StrEnum):
    """What a user may do in a workspace; each may do all that the next may."""

    OWNER = "owner"
    EDITOR = "editor"
    VIEWER = "viewer"


class Workspace(Table):
    """One company's journeys and customers; no list ever crosses it."""

    id = Serial(primary_key=True)
    key = Varchar(length=64, unique=True)
    name = Varchar(length=200)
    created_at = Timestamptz(default=None)


class User(Table, tablename="kept_user"):
    """Somebody who signs in."""

    id = Serial(primary_key=True)
    email = Varchar(length=254, unique=True)  # in lower case
    name = Varchar(length=200)
    created_at = Timestamptz(default=None)


class Membership(Table):
    """A user's role in a workspace."""

    id = Serial(primary_key=True)
    workspace = ForeignKey(Workspace, null=False, on_delete=OnDelete.cascade)
    user = ForeignKey(User, null=False, on_delete=OnDelete.cascade, index=True)
    role = Varchar(length=16, choices=Role)
    membership_once = Unique([workspace, user])


class SignInLink(Table):
    """A link that signs its user in once."""

    id = BigSerial(primary_key=True)
    user = ForeignKey(User, null=False, on_delete=OnDelete.cascade)
    token_hash = Varchar(length=64, unique=True)
    expires_at = Timestamptz(default=None)
    used_at = Timestamptz(null=True, default=None)


class Session(Table):
    """A browser that is signed in."""

    id = BigSerial(primary_key=True)
    user = ForeignKey(User, null=False, on_delete=OnDelete.cascade)
    token_hash = Varchar(length=64, unique=True)
    created_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)


class ApiKey(Table):
    """A program's way in: hashed, scoped, revocable. `prefix` tells keys apart on the page."""

    id = Serial(primary_key=True)
    workspace = ForeignKey(Workspace, null=False, on_delete=OnDelete.cascade, index=True)
    name = Varchar(length=100)
    prefix = Varchar(length=16)
    token_hash = Varchar(length=64, unique=True)
    scopes = Array(base_column=Varchar(length=32))
    created_at = Timestamptz(default=None)
    last_used_at = Timestamptz(null=True, default=None)
    revoked_at = Timestamptz(null=True, default=None)


class WidgetKey(Table):
    """A web page's way in: public, since every visitor can read it, and good for the origins it names only."""

    id = Serial(primary_key=True)
    workspace = ForeignKey(Workspace, null=False, on_delete=OnDelete.cascade, index=True)
    name = Varchar(length=100)
    public_key = Varchar(length=64, unique=True)
    origins = Array(base_column=Varchar(length=255))  # such as https://shop.example
    created_at = Timestamptz(default=None)
    revoked_at = Timestamptz(null=True, default=None)
