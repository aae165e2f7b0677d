"""The send window: the first moment inside it by the contact's own clock, in every zone and on every day."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feedback.deciding.policy import Policy, QuietDates
from feedback.deciding.reasons import Reason
from feedback.deciding.send_window import Opening, next_opening, zone_named
from surveys.trigger_rule import SendWindow, Weekday

NO_POLICY = Policy()
OFFICE = SendWindow(time(9), time(17))
NIGHT = SendWindow(time(22), time(6), (Weekday.FRI,))
WEEKDAYS = tuple(Weekday)
WORKDAYS = WEEKDAYS[:5]

zones = st.sampled_from(sorted(available_timezones() - {"localtime"})).map(ZoneInfo)
moments = st.timedeltas(timedelta(days=1), timedelta(days=44_000)).map(
    lambda since: datetime.fromtimestamp(0, UTC) + since
)
clocks = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
weekdays = st.sets(st.sampled_from(WEEKDAYS), min_size=1).map(tuple)
windows = st.none() | st.builds(SendWindow, clocks, clocks, weekdays)


@st.composite
def quiet_dates(draw: st.DrawFn, around: date) -> tuple[QuietDates, ...]:
    ranges = draw(st.lists(st.tuples(st.integers(-5, 40), st.integers(0, 30)), max_size=3))
    starts = [(around + timedelta(days=after), days) for after, days in ranges]
    return tuple(QuietDates(first, first + timedelta(days=days)) for first, days in starts)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def opens(text: str, window: SendWindow | None, zone: str = "UTC", policy: Policy = NO_POLICY) -> str | None:
    found = next_opening(utc(text), window, ZoneInfo(zone), policy)
    return found.at.astimezone(ZoneInfo(zone)).isoformat() if found else None


def is_open(at: datetime, window: SendWindow | None, zone: ZoneInfo, policy: Policy) -> bool:
    """The rule once more, said as plainly as can be: on no quiet day, and in a window that began today or yesterday."""
    local = at.astimezone(zone)
    day, clock = local.date(), local.time()
    if WEEKDAYS[day.weekday()] in policy.quiet_weekdays or any(q.first <= day <= q.last for q in policy.quiet_dates):
        return False
    if window is None:
        return True
    if window.start < window.end:
        return WEEKDAYS[day.weekday()] in window.days and window.start <= clock < window.end
    began = day if clock >= window.start else day - timedelta(days=1)
    return WEEKDAYS[began.weekday()] in window.days and not window.end <= clock < window.start


@settings(max_examples=1_500, deadline=None)
@given(st.data(), moments, zones, windows, st.sets(st.sampled_from(WEEKDAYS), max_size=6).map(tuple))
def test_what_is_found_is_inside_the_window_and_never_too_early(
    data: st.DataObject, at: datetime, zone: ZoneInfo, window: SendWindow | None, quiet: tuple[Weekday, ...]
) -> None:
    policy = Policy(quiet_weekdays=quiet, quiet_dates=data.draw(quiet_dates(at.date())))
    found = next_opening(at, window, zone, policy)
    if found is not None:
        assert found.at >= at
        assert is_open(found.at, window, zone, policy)
        assert (found.waited_for is None) == is_open(at, window, zone, policy) == (found.at == at)


@settings(max_examples=150, deadline=None)
@given(st.data(), zones, windows, st.sets(st.sampled_from(WEEKDAYS), max_size=2).map(tuple))
def test_nothing_is_open_before_it(
    data: st.DataObject, zone: ZoneInfo, window: SendWindow | None, quiet: tuple[Weekday, ...]
) -> None:
    """Five days, minute by minute; half of them around a day on which the clocks of that zone are changed."""
    day = data.draw(st.dates(date(2020, 1, 1), date(2029, 12, 31)))
    at = datetime.combine(day, time(data.draw(st.integers(0, 23)), data.draw(st.integers(0, 59))), UTC)
    at = data.draw(st.sampled_from([at, changed_after(at, zone) - timedelta(hours=data.draw(st.integers(0, 30)))]))
    policy = Policy(quiet_weekdays=quiet)
    found = next_opening(at, window, zone, policy)
    minute = at.replace(second=0, microsecond=0)
    while minute < at + timedelta(days=5) and (found is None or minute < found.at):
        assert minute < at or not is_open(minute, window, zone, policy)
        minute += timedelta(minutes=1)


def changed_after(at: datetime, zone: ZoneInfo) -> datetime:
    """The hour before the clocks of the zone are changed next; `at` itself where they never are."""
    for hours in range(0, 400 * 24, 6):
        moment = at + timedelta(hours=hours)
        if moment.astimezone(zone).utcoffset() != (moment + timedelta(hours=6)).astimezone(zone).utcoffset():
            return moment
    return at


@given(moments, windows)
@example(utc("2024-02-29T23:59:59"), OFFICE)
def test_every_zone_there_is_keeps_the_window(at: datetime, window: SendWindow | None) -> None:
    for name in ("Pacific/Apia", "America/St_Johns", "Asia/Kathmandu", "Africa/Casablanca", "Antarctica/Troll"):
        found = next_opening(at, window, ZoneInfo(name), NO_POLICY)
        assert found is None or is_open(found.at, window, ZoneInfo(name), NO_POLICY)


def test_all_zones_on_the_days_when_clocks_change() -> None:
    for name in sorted(available_timezones() - {"localtime"}):
        zone = ZoneInfo(name)
        for day in ("2026-03-28T12:34", "2026-10-24T23:59", "2024-02-29T00:00", "2011-12-29T20:00"):
            for window in (OFFICE, NIGHT, SendWindow(time(2, 30), time(2, 45)), SendWindow(time(0), time(0, 1))):
                found = next_opening(utc(day), window, zone, NO_POLICY)
                assert found is not None, (name, day, window)
                assert is_open(found.at, window, zone, NO_POLICY), (name, day, window)


@pytest.mark.parametrize(
    ("at", "window", "zone", "opening"),
    [
        # 2026-03-06 is a Friday.
        ("2026-03-06T08:00:00", OFFICE, "UTC", "2026-03-06T09:00:00+00:00"),
        ("2026-03-06T09:00:00", OFFICE, "UTC", "2026-03-06T09:00:00+00:00"),
        ("2026-03-06T17:00:00", OFFICE, "UTC", "2026-03-07T09:00:00+00:00"),
        ("2026-03-06T17:00:00", SendWindow(time(9), time(17), WORKDAYS), "UTC", "2026-03-09T09:00:00+00:00"),
        ("2026-03-06T20:00:00", OFFICE, "Asia/Tokyo", "2026-03-07T09:00:00+09:00"),
        # Over midnight: from Friday evening to Saturday morning, and not from Saturday evening.
        ("2026-03-06T12:00:00", NIGHT, "UTC", "2026-03-06T22:00:00+00:00"),
        ("2026-03-07T05:59:00", NIGHT, "UTC", "2026-03-07T05:59:00+00:00"),
        ("2026-03-07T06:00:00", NIGHT, "UTC", "2026-03-13T22:00:00+00:00"),
        # Vienna puts its clocks from 2:00 to 3:00: half past two does not come, the window opens at three.
        ("2026-03-29T00:00:00", SendWindow(time(2, 30), time(4)), "Europe/Vienna", "2026-03-29T03:00:00+02:00"),
        # A window that lies in the hour which is left out opens a day later.
        ("2026-03-29T00:00:00", SendWindow(time(2, 15), time(2, 45)), "Europe/Vienna", "2026-03-30T02:15:00+02:00"),
        # And back from 3:00 to 2:00: at ten to three the window is over, and opens again at two.
        ("2026-10-25T00:50:00", SendWindow(time(2), time(2, 30)), "Europe/Vienna", "2026-10-25T02:00:00+01:00"),
        ("2026-10-25T00:50:00", SendWindow(time(2, 15), time(2, 30)), "Europe/Vienna", "2026-10-25T02:15:00+01:00"),
        # Lebanon's clocks change at midnight: that Sunday begins at one.
        ("2026-03-28T20:00:00", SendWindow(time(0), time(3)), "Asia/Beirut", "2026-03-29T01:00:00+03:00"),
        # Samoa had no 30 December 2011.
        ("2011-12-30T04:00:00", OFFICE, "Pacific/Apia", "2011-12-31T09:00:00+14:00"),
        ("2024-02-28T18:00:00", OFFICE, "UTC", "2024-02-29T09:00:00+00:00"),
    ],
)
def test_the_first_moment_inside_the_window(at: str, window: SendWindow, zone: str, opening: str) -> None:
    assert opens(at, window, zone) == opening


@pytest.mark.parametrize(
    ("at", "window", "policy", "opening"),
    [
        ("2026-03-07T10:00:00", None, Policy(quiet_weekdays=WEEKDAYS[5:]), "2026-03-09T00:00:00+00:00"),
        ("2026-03-07T10:00:00", OFFICE, Policy(quiet_weekdays=WEEKDAYS[5:]), "2026-03-09T09:00:00+00:00"),
        # The night that began on Friday may go on where Friday alone was quiet.
        ("2026-03-06T23:00:00", NIGHT, Policy(quiet_weekdays=(Weekday.FRI,)), "2026-03-07T00:00:00+00:00"),
        (
            "2026-12-24T10:00:00",
            OFFICE,
            Policy(quiet_dates=(QuietDates(date(2026, 12, 24), date(2027, 1, 1)),), quiet_weekdays=WEEKDAYS[5:]),
            "2027-01-04T09:00:00+00:00",
        ),
        # Quiet for ten years.
        (
            "2026-01-01T10:00:00",
            None,
            Policy(quiet_dates=(QuietDates(date(2026, 1, 1), date(2035, 12, 31)),)),
            "2036-01-01T00:00:00+00:00",
        ),
        # Quiet for ever.
        ("2026-01-01T10:00:00", None, Policy(quiet_weekdays=WEEKDAYS), None),
        ("2026-01-01T10:00:00", None, Policy(quiet_dates=(QuietDates(date.min, date.max),)), None),
        (
            "2026-03-02T10:00:00",
            SendWindow(time(9), time(17), (Weekday.SUN,)),
            Policy(quiet_weekdays=WEEKDAYS[6:]),
            None,
        ),
        ("2026-03-02T10:00:00", SendWindow(time(9), time(17), ()), NO_POLICY, None),
    ],
)
def test_quiet_days_are_waited_for(at: str, window: SendWindow | None, policy: Policy, opening: str | None) -> None:
    assert opens(at, window, policy=policy) == opening


def test_it_says_what_it_waited_for() -> None:
    weekend = Policy(quiet_weekdays=WEEKDAYS[5:])
    assert next_opening(utc("2026-03-07T10:00"), OFFICE, ZoneInfo("UTC"), weekend) == Opening(
        utc("2026-03-09T09:00"), Reason.QUIET_DAY
    )
    assert next_opening(utc("2026-03-06T18:00"), OFFICE, ZoneInfo("UTC"), weekend) == Opening(
        utc("2026-03-09T09:00"), Reason.SEND_WINDOW
    )
    assert next_opening(utc("2026-03-06T10:00"), OFFICE, ZoneInfo("UTC"), weekend) == Opening(utc("2026-03-06T10:00"))


def test_the_end_of_time_is_no_fault() -> None:
    last = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
    assert next_opening(last, OFFICE, ZoneInfo("Pacific/Kiritimati"), NO_POLICY) is None


@pytest.mark.parametrize("name", ["", "Moon/Base", "../etc/passwd", "/etc/passwd", "Europe", "a\0b", "x" * 10_000])
def test_what_is_no_zone_is_none(name: str) -> None:
    assert zone_named(name) is None
