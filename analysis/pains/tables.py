"""The tables of the pain-point list: what has become of each pain point."""

from piccolo.columns import ForeignKey, OnDelete, Serial, Timestamptz, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from accounts.tables import User, Workspace
from analysis.tables import LoggedAction
from surveys.tables import Touchpoint


class Pain(Table):
    """A pain point somebody has dealt with, or a hypothesis of a workshop; figures are never stored here.

    A theme at a touchpoint; the touchpoint itself where `theme` is empty; a hypothesis where it is null.
    """

    id = Serial(primary_key=True)
    workspace = ForeignKey(Workspace, null=False, on_delete=OnDelete.cascade)
    touchpoint = ForeignKey(Touchpoint, null=False, on_delete=OnDelete.cascade)
    theme = Varchar(length=64, null=True, default=None)
    title = Varchar(length=200, default="")  # of a hypothesis; the others are named by touchpoint and theme
    status = Varchar(length=24, default="new")
    owner = Varchar(length=120, default="")  # where it is not the touchpoint's
    noted_at = Timestamptz(default=None)
    pain_once = Unique([touchpoint, theme])
    pain_status_known = Check(
        "status IN ('new', 'confirmed', 'in_action', 'solved_awaiting_proof', 'solved', 'dismissed')"
    )
    pain_hypothesis_named = Check("theme IS NOT NULL OR title <> ''")


class PainStatusChange(Table):
    """The history of a pain point: who said what about it, and when."""

    id = Serial(primary_key=True)
    pain = ForeignKey(Pain, null=False, on_delete=OnDelete.cascade, index=True)
    status = Varchar(length=24)
    note = Varchar(length=500, default="")
    changed_by = ForeignKey(User, null=True, default=None, on_delete=OnDelete.set_null)
    changed_at = Timestamptz(default=None)


class PainAction(Table):
    """An entry of the action log that is meant to end a pain point."""

    id = Serial(primary_key=True)
    pain = ForeignKey(Pain, null=False, on_delete=OnDelete.cascade)
    action = ForeignKey(LoggedAction, null=False, on_delete=OnDelete.cascade)
    pain_action_once = Unique([pain, action])
