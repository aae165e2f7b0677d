"""Workers that are killed while mail goes out: nothing is lost, and twice comes only what was in flight."""

from pathlib import Path

import pytest

from bench.killing import killed_while_sending
from bench.sink import sink_in
from feedback.delivery.dispatch import MOST_UNWRITTEN

pytestmark = pytest.mark.live

INVITATIONS, KILLS, CONNECTIONS = 1_500, 5, 4


async def test_every_invitation_arrives_whatever_is_killed(database: None, database_url: str, tmp_path: Path) -> None:
    with sink_in(tmp_path) as sink:
        came = await killed_while_sending(database_url, sink, tmp_path, INVITATIONS, KILLS)
    assert came.kills == KILLS
    assert (came.lost, came.unsent) == (0, 0)
    assert came.duplicates == came.duplicates_in_flight
    assert came.duplicates <= KILLS * CONNECTIONS * (MOST_UNWRITTEN + 1)
