"""What people say of pain points is kept, with its history, and nobody else's can be touched."""

import asyncio

import pytest

from accounts.membership import find_workspace
from analysis.actions import log_action
from analysis.before_after import Action
from analysis.pains.keep_pains import add_hypothesis, link_action, set_owner, set_status, unlink_action
from analysis.pains.load_pain import load_pain
from analysis.pains.load_pains import load_pains
from analysis.pains.pain_key import PainKey, read_pain_id
from analysis.pains.pain_point import PainStatus
from core.database import fetch
from core.errors import Invalid, NotFound
from tests.analysis.pains.seeding import PERIOD, SLOW, TODAY
from tests.factories import Hands, make_journey
from tests.people import People

SLOW_DELIVERY = f"buying/delivery/{SLOW}"


@pytest.fixture(autouse=True)
async def journey(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)


async def alice() -> int:
    return int((await fetch("SELECT id FROM kept_user WHERE name = 'Alice'"))[0]["id"])


async def test_the_history_says_who_said_what_and_when(people: People, hands: Hands) -> None:
    user = await alice()
    await set_status(people.acme, SLOW_DELIVERY, PainStatus.CONFIRMED, " seen in the shop ", user, hands.now)
    hands.move(days=1)
    await set_status(people.acme, SLOW_DELIVERY, PainStatus.IN_ACTION, "", user, hands.now)
    page = await load_pain(people.acme, SLOW_DELIVERY, PERIOD)
    assert page.pain.status is PainStatus.IN_ACTION
    told = [(change.status, change.note, change.by) for change in page.history]
    assert told == [(PainStatus.IN_ACTION, "", "Alice"), (PainStatus.CONFIRMED, "seen in the shop", "Alice")]
    assert page.history[0].at == hands.now


async def test_the_history_outlives_who_wrote_it(people: People, hands: Hands) -> None:
    await set_status(people.acme, SLOW_DELIVERY, PainStatus.CONFIRMED, "seen", await alice(), hands.now)
    await fetch("DELETE FROM kept_user WHERE name = 'Alice'")
    assert [change.by for change in (await load_pain(people.acme, SLOW_DELIVERY, PERIOD)).history] == [""]


async def test_without_an_owner_of_its_own_it_is_the_touchpoints(people: People, hands: Hands) -> None:
    await set_owner(people.acme, SLOW_DELIVERY, " Ida ", hands.now)
    assert (await load_pain(people.acme, SLOW_DELIVERY, PERIOD)).pain.owner == "Ida"
    await set_owner(people.acme, SLOW_DELIVERY, "", hands.now)
    assert (await load_pain(people.acme, SLOW_DELIVERY, PERIOD)).pain.owner == "Logistics"


async def test_a_hypothesis_has_a_history_and_hypotheses_of_one_touchpoint_are_apart(
    people: People, hands: Hands
) -> None:
    first, second = [
        await add_hypothesis(people.acme, "buying", "shop", title, await alice(), hands.now)
        for title in ("No door", "No light")
    ]
    await set_status(people.acme, first, PainStatus.CONFIRMED, "", None, hands.now)
    pages = [await load_pain(people.acme, pain_id, PERIOD) for pain_id in (first, second)]
    assert [page.pain.title for page in pages] == ["Shop: No door", "Shop: No light"]
    assert [[change.status.value for change in page.history] for page in pages] == [["confirmed", "new"], ["new"]]


async def test_an_action_is_linked_once_and_unlinked(people: People, hands: Hands) -> None:
    here = await log_action(people.acme, "buying", "delivery", Action("More vans", TODAY), hands.now)
    elsewhere = await log_action(people.acme, "buying", "shop", Action("A door", TODAY), hands.now)
    hypothesis = await add_hypothesis(people.acme, "buying", "shop", "No door", None, hands.now)
    assert (await load_pain(people.acme, hypothesis, PERIOD)).linkable == (elsewhere,)
    for _ in range(2):
        await link_action(people.acme, SLOW_DELIVERY, here.id, hands.now)
    with pytest.raises(Invalid):
        await link_action(people.acme, SLOW_DELIVERY, elsewhere.id, hands.now)
    page = await load_pain(people.acme, SLOW_DELIVERY, PERIOD)
    assert (page.linked, page.linkable, page.pain.action, page.pain.action_date) == ((here,), (), "More vans", TODAY)
    await unlink_action(people.acme, SLOW_DELIVERY, here.id)
    page = await load_pain(people.acme, SLOW_DELIVERY, PERIOD)
    assert (page.linked, page.linkable, page.pain.action) == ((), (here,), "")
    with pytest.raises(NotFound):
        await unlink_action(people.acme, SLOW_DELIVERY, here.id)


async def test_two_who_deal_with_it_first_at_once_keep_one(people: People, hands: Hands) -> None:
    await asyncio.gather(
        *(set_status(people.acme, SLOW_DELIVERY, PainStatus.CONFIRMED, f"{n}", None, hands.now) for n in range(6))
    )
    assert len(await fetch("SELECT FROM pain")) == 1
    assert len((await load_pain(people.acme, SLOW_DELIVERY, PERIOD)).history) == 6


async def test_what_can_not_be_kept_is_refused_and_leaves_nothing(people: People, hands: Hands) -> None:
    refused = [
        set_status(people.acme, SLOW_DELIVERY, PainStatus.NEW, "x" * 501, None, hands.now),
        set_owner(people.acme, SLOW_DELIVERY, "x" * 121, hands.now),
        set_owner(people.acme, SLOW_DELIVERY, "a\nb", hands.now),
        add_hypothesis(people.acme, "buying", "moon", "", None, hands.now),
        link_action(people.acme, SLOW_DELIVERY, 1, hands.now),
    ]
    for wanted in refused:
        with pytest.raises(Invalid):
            await wanted
    assert await fetch("SELECT FROM pain") == []


@pytest.mark.parametrize(
    "pain_id",
    ["", "buying", "buying/delivery", "buying/delivery/", "buying/delivery/slow", "buying/delivery/general.no_such",
     "buying/moon/promise", "buying/delivery/hypothesis-1", "buying/delivery/hypothesis-x", "no/delivery/promise",
     "buying/delivery/general.slow/more", "buying/delivery/hypothesis-99999999999999999999", "buying/delivery/a.\x00"],
)  # fmt: skip
async def test_there_is_no_such_pain_point(people: People, hands: Hands, pain_id: str) -> None:
    with pytest.raises(NotFound):
        await set_owner(people.acme, pain_id, "Ida", hands.now)
    with pytest.raises(NotFound):
        await load_pain(people.acme, pain_id, PERIOD)


async def test_outsiders_find_nothing_and_change_nothing(people: People, hands: Hands) -> None:
    await make_journey(people.other, hands.now)
    hypothesis = await add_hypothesis(people.acme, "buying", "shop", "No door", None, hands.now)
    action = await log_action(people.acme, "buying", "delivery", Action("More vans", TODAY), hands.now)
    await link_action(people.acme, SLOW_DELIVERY, action.id, hands.now)
    other = await find_workspace("other")
    assert other is not None
    for wanted in (
        set_status(other, hypothesis, PainStatus.SOLVED, "", None, hands.now),
        set_owner(other, hypothesis, "Charlie", hands.now),
        load_pain(other, hypothesis, PERIOD),
        unlink_action(other, SLOW_DELIVERY, action.id),
    ):
        with pytest.raises(NotFound):
            await wanted
    with pytest.raises(Invalid):
        await link_action(other, SLOW_DELIVERY, action.id, hands.now)
    assert (await load_pains(other, "buying", PERIOD)).rows == ()
    assert (await load_pain(people.acme, hypothesis, PERIOD)).pain.owner == ""


@pytest.mark.parametrize(
    "key", [PainKey("a", "b", "general.slow"), PainKey("a", "b", ""), PainKey("a", "b", hypothesis=12)]
)
def test_an_id_is_read_as_it_was_written(key: PainKey) -> None:
    assert read_pain_id(str(key)) == key
