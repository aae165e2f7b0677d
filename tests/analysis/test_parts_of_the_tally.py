"""The tallies by persona, by channel and by week: exact for contacts who change between them, and after deletions."""

import random
from collections import defaultdict
from collections.abc import Hashable
from datetime import UTC, date, datetime, timedelta
from math import fsum
from typing import Any

import pytest

from analysis.read_measures import WindowMeasures, read_segments, read_weekly
from analysis.rebuild_tally import rebuild_if_outdated, rebuild_tally
from analysis.remove_responses import delete_response, erase_contact
from analysis.scales import VALENCES, picker_experience
from analysis.score_responses import score_responses
from analysis.set_valences import list_emotions, set_valences
from analysis.tally import Split, Window
from analysis.valences import load_valences
from core.database import fetch
from core.errors import Invalid, NotFound
from surveys.journeys import load_journey, persona_ids
from tests.analysis.answers import contacts_of, given
from tests.factories import Hands, make_journey
from tests.people import People

MONDAY = date(2025, 12, 1)
CHANNELS = ("mail", "widget")

Given = tuple[int, int, int, int | None, str]  # contact, day, face, persona, channel


@pytest.fixture
async def history(people: People, hands: Hands) -> dict[int, Given]:
    """By response: eighty answers of nine contacts, half of whom change persona or channel between answers."""
    await make_journey(people.acme, hands.now)
    contacts = await contacts_of(people.acme, 9)
    personas = [*(await persona_ids(people.acme)).values(), None]
    dice = random.Random(3)
    found = {}
    for at in range(80):
        contact = dice.choice(contacts)
        is_steady = contact % 2 == 0
        persona = personas[contact % len(personas)] if is_steady else dice.choice(personas)
        channel = "mail" if is_steady else dice.choice(CHANNELS)
        day, face = dice.randrange(70), dice.randint(1, 5)
        moment = datetime(2025, 12, 1, dice.randrange(24), tzinfo=UTC) + timedelta(days=day)
        response = await given(people.acme, contact, moment, ("felt", "anchor", face), persona=persona, channel=channel)
        found[response] = (contact, day, face, persona, channel)
        if at % 11 == 0:
            await score_responses(hands.now)
    await score_responses(hands.now)
    return found


def afresh(rows: list[Given], key: int | None = None) -> dict[Hashable, tuple[int, float]]:
    """(contacts, sum of their means) by the value of column `key`."""
    faces: defaultdict[Hashable, defaultdict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        faces[None if key is None else row[key]][row[0]].append((row[2] - 3) / 2)
    return {
        segment: (len(own), fsum(fsum(found) / len(found) for found in own.values())) for segment, own in faces.items()
    }


def kept(found: WindowMeasures) -> tuple[int, Any]:
    measure = found.of("anchor")
    assert measure is not None
    return measure.sums.n, pytest.approx(measure.sums.x.sum, abs=1e-9)


async def segments(people: People, split: Split, first: int, last: int) -> dict[str, tuple[int, Any]]:
    view = await load_journey(people.acme, "buying")
    [touchpoint] = [found.id for found in view.touchpoints if found.key == "delivery"]
    window = Window(touchpoint, MONDAY + timedelta(days=first), MONDAY + timedelta(days=last))
    return {segment: kept(found) for (_, segment), found in (await read_segments([window], split, VALENCES)).items()}


async def test_personas_and_channels_are_averaged_by_themselves_in_every_period(
    people: People, history: dict[int, Given]
) -> None:
    dice = random.Random(5)
    for _ in range(20):
        first, last = sorted(dice.sample(range(70), 2))
        rows = [row for row in history.values() if first <= row[1] <= last]
        by_persona = {"" if key is None else str(key): sums for key, sums in afresh(rows, 3).items()}
        assert by_persona == await segments(people, Split.PERSONA, first, last)
        assert afresh(rows, 4) == await segments(people, Split.CHANNEL, first, last)
        assert {"": afresh(rows)[None]} == await segments(people, Split.WHOLE, first, last)


async def test_a_contact_is_one_voice_in_a_week(people: People, history: dict[int, Given]) -> None:
    view = await load_journey(people.acme, "buying")
    touchpoints = [found.id for found in view.touchpoints]
    weeks = await read_weekly(touchpoints, MONDAY, MONDAY + timedelta(days=69), VALENCES)
    expected = {
        MONDAY + timedelta(weeks=week): afresh([row for row in history.values() if row[1] // 7 == week])[None]
        for week in {row[1] // 7 for row in history.values()}
    }
    assert expected == {monday: kept(found) for (_, monday), found in weeks.items()}


async def test_a_deleted_response_takes_its_counts_away(people: People, history: dict[int, Given]) -> None:
    gone = sorted(history)[::7]
    for response in gone:
        await delete_response(people.acme, response)
    rows = [row for response, row in history.items() if response not in gone]
    assert {"": afresh(rows)[None]} == await segments(people, Split.WHOLE, 0, 69)
    assert (await rebuild_tally()).differing == 0


async def test_an_erased_contact_leaves_nothing(people: People, hands: Hands, history: dict[int, Given]) -> None:
    contact = min(row[0] for row in history.values())  # "c1" was made first
    rows = [row for row in history.values() if row[0] != contact]
    assert await erase_contact(people.acme, "c1", hands.now) == len(history) - len(rows)
    assert {"": afresh(rows)[None]} == await segments(people, Split.WHOLE, 0, 69)
    assert (await rebuild_tally()).differing == 0
    assert await fetch("SELECT FROM contact WHERE id = $1", contact) == []


async def test_an_unscored_response_is_deleted_without_being_counted_away(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    [contact] = await contacts_of(people.acme, 1)
    for _ in range(2):
        response = await given(people.acme, contact, hands.now, ("felt", "anchor", 4))
        if _ == 0:
            await score_responses(hands.now)
    await delete_response(people.acme, response)
    assert (await rebuild_tally()).differing == 0


async def test_nobody_deletes_in_another_workspace(people: People, hands: Hands, history: dict[int, Given]) -> None:
    response = next(iter(history))
    with pytest.raises(NotFound):
        await delete_response(people.other, response)
    with pytest.raises(NotFound):
        await erase_contact(people.other, "c1", hands.now)
    form = {"_csrf_token": "none"}
    assert (await people.bob.post(f"/w/acme/responses/{response}/delete", data=form)).status_code == 403
    assert (await rebuild_tally()).differing == 0


async def test_other_valences_change_every_figure_at_once(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    contacts = await contacts_of(people.acme, 6)
    picks = [["angry"], ["angry", "happy"], ["hopeful"], ["confused"], ["happy"], ["angry", "confused"]]
    for day in range(3):
        for contact, own in zip(contacts, picks, strict=True):
            moment = datetime(2026, 1, 5 + day * contact % 17, tzinfo=UTC)
            await given(people.acme, contact, moment, ("mood", "emotion", own), ("felt", "anchor", 2))
    await score_responses(hands.now)
    await set_valences(people.acme, {"angry": -0.5, "happy": 0.25}, hands.now)
    valences = (await load_valences([people.acme]))[people.acme]
    assert (valences["angry"], valences["happy"], valences["hopeful"]) == (-0.5, 0.25, VALENCES["hopeful"])
    view = await load_journey(people.acme, "buying")
    window = Window(next(t.id for t in view.touchpoints if t.key == "delivery"), date(2026, 1, 1), date(2026, 2, 1))
    found = (await read_segments([window], Split.WHOLE, valences))[0, ""].of("emotion")
    assert found is not None
    means = [picker_experience(own, valences) or 0.0 for own in picks]
    assert (found.sums.n, found.sums.x.sum) == (6, pytest.approx(fsum(means), abs=1e-9))
    assert (await rebuild_tally()).differing == 0
    await set_valences(people.acme, {"angry": None}, hands.now)
    angry = next(view for view in await list_emotions(people.acme) if view.emotion == "angry")
    assert (angry.own, angry.n_rated, angry.suggested) == (None, 0, None)  # three contacts are too few to show
    assert (await rebuild_tally()).differing == 0


async def test_what_contacts_rated_suggests_a_valence(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    for contact in await contacts_of(people.acme, 30):
        await given(people.acme, contact, hands.now, ("mood", "emotion", ["frustrated"]), ("felt", "anchor", 2))
    frustrated = next(view for view in await list_emotions(people.acme) if view.emotion == "frustrated")
    assert frustrated.n_rated == 30
    assert frustrated.suggested == pytest.approx((30 * -0.5 + 20 * -0.75) / 50)


async def test_a_valence_off_the_scale_is_refused_and_nothing_is_set(people: People, hands: Hands) -> None:
    with pytest.raises(Invalid) as refused:
        await set_valences(people.acme, {"happy": 0.5, "angry": -2, "blissful": 1}, hands.now)
    assert sorted(fault.field for fault in refused.value.faults) == ["angry", "blissful"]
    assert await fetch("SELECT FROM emotion_valence") == []


async def test_a_tally_of_an_earlier_edition_is_counted_again(people: People, history: dict[int, Given]) -> None:
    await rebuild_tally()
    assert await rebuild_if_outdated() is None
    await fetch("UPDATE tally_state SET edition = '1'")
    await fetch("DELETE FROM contact_tally")
    rebuilt = await rebuild_if_outdated()
    assert rebuilt is not None
    assert rebuilt.differing > 0
    assert {"": afresh(list(history.values()))[None]} == await segments(people, Split.WHOLE, 0, 69)
