"""A response that is deleted leaves its place in a quota to the next."""

from analysis.remove_responses import delete_response, erase_contact
from core.database import fetch
from tests.feedback.answering import Desk, asks
from tests.people import People

FELT = asks("felt", "anchor", required=True)


async def test_deleting_a_response_gives_its_place_back(desk: Desk, people: People) -> None:
    await desk.publishes(FELT, quotas=[{"key": "all", "limit": 2}])
    for name in ("first", "second"):
        assert (await (await desk.visited(name)).sends(felt="4")).status_code == 303
    third = await desk.visited("third")
    assert (await third.sends(felt="4")).status_code == 410
    rows = await fetch("SELECT r.id, c.external_id FROM response r JOIN contact c ON c.id = r.contact ORDER BY r.id")
    await delete_response(people.acme, rows[0]["id"])
    assert await fetch("SELECT n FROM quota_count") == [{"n": 1}]
    assert (await third.sends(felt="4")).status_code == 303
    await erase_contact(people.acme, rows[1]["external_id"], desk.hands.now)
    assert await fetch("SELECT n FROM quota_count") == [{"n": 1}]
