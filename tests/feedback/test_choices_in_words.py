"""What customers chose, in the words in which they were asked."""

import html

from tests.factories import work
from tests.feedback.answering import Desk, asks
from tests.people import People

HOW = asks(
    "how", "choice", text="How did you come?", choices=[{"key": "f", "text": "On foot"}, {"key": "c", "text": "By car"}]
)


async def test_the_figures_of_a_touchpoint_say_choices_as_they_were_worded(desk: Desk, people: People) -> None:
    await desk.publishes(asks("felt", "anchor"), HOW)
    for n in range(6):
        assert (await (await desk.visited(f"n{n}")).sends(felt="4", how="f" if n else "c")).status_code == 303
    await work(desk.site)
    page = html.unescape((await people.bob.get("/w/acme/journeys/buying/touchpoints/delivery/figures")).text)
    assert "How did you come?" in page
    assert "On foot: 5" in page
    assert "By car: 1" in page
