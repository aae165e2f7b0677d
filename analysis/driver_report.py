"""What the report of drivers holds: what the overall answer goes with, and the curve of the same contacts."""

from datetime import date
from enum import StrEnum

from msgspec import Struct

from analysis.drivers import DriverAnalysis
from analysis.importance import Quadrants
from analysis.report import ReportSettings
from analysis.same_contacts import SameContacts
from analysis.summaries import Prediction


class WhyLeftOut(StrEnum):
    """Why a touchpoint is not among the drivers."""

    TOO_FEW = "too_few"  # fewer contacts than may be shown answered there
    COSTS_MOST = "costs_most"  # too few contacts answered there, the overall question and at the other drivers


class LeftOut(Struct, frozen=True):
    """A touchpoint that is not among the drivers."""

    key: str
    name: str
    why: WhyLeftOut


class OverallAnswer(Struct, frozen=True):
    """The touchpoint whose answers are about the whole journey, and how many contacts gave one; 0 when suppressed."""

    key: str
    name: str
    instrument: str | None
    n_contacts: int


class DriverReport(Struct, frozen=True, kw_only=True):
    """Over the days `since` to `until`, both included. `overall`, `drivers`, `derived` and `prediction` are None where
    no touchpoint is named whose answers are about the whole journey."""

    journey: str
    name: str
    since: date
    until: date
    names: dict[str, str]  # of the touchpoints, by their keys, in the order of the journey; no two are alike
    n_contacts: int  # who came through at all; 0 when suppressed
    n_read: int  # the newest of them, whom all this is about; 0 when suppressed
    overall: OverallAnswer | None
    drivers: DriverAnalysis | None
    left_out: tuple[LeftOut, ...]  # in the order of the journey; empty where there are no drivers
    derived: Quadrants | None  # importance as a part of R squared
    stated: Quadrants  # importance as people say
    same: SameContacts
    prediction: Prediction | None
    settings: ReportSettings
    method_version: str
    data_hash: str

    @property
    def is_cut(self) -> bool:
        return self.n_contacts > self.n_read
