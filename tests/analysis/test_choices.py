"""What contacts chose and agreed to: on the page of the touchpoint, and in the list of responses."""

from datetime import timedelta

from analysis.load_report import Period, last_days
from analysis.load_touchpoint import TouchpointReport, load_touchpoint
from analysis.report import BlindSpot
from analysis.responses import list_responses
from analysis.touchpoint_words import chosen
from core.database import fetch
from tests.analysis.answers import contacts_of, given, score
from tests.factories import Hands, make_journey
from tests.people import People


async def figures(people: People, hands: Hands) -> TouchpointReport:
    await score(hands)
    return await load_touchpoint(people.acme, "buying", "delivery", last_days(hands.now))


async def test_they_are_counted_by_contacts(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    contacts = await contacts_of(people.acme, 6)
    for at, contact in enumerate(contacts):
        picks = ["price", "a+b"] if at < 2 else ["a+b"]
        await given(people.acme, contact, hands.now, ("why", "choices", picks), ("ok", "consent", int(at < 5)))
    for day in range(1, 4):
        await given(people.acme, contacts[0], hands.now - timedelta(days=day), ("why", "choices", ["price"]))
    found = await figures(people, hands)
    assert [(figure.question, figure.n_contacts, figure.counts) for figure in found.choices] == [
        ("ok", 6, (("1", 5), ("0", 1))),
        ("why", 6, (("a+b", 6), ("price", 2))),
    ]
    assert [row[-1].replace("\xa0", " ") for row in chosen(found).rows] == [
        "yes: 5 (83 %), no: 1 (17 %)",
        "a+b: 6 (100 %), price: 2 (33 %)",
    ]
    page = (await people.bob.get("/w/acme/journeys/buying/touchpoints/delivery/figures")).text
    assert "What they chose" in page
    assert "No answers are shown" not in page


async def test_fewer_than_five_contacts_are_not_shown(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    for contact in await contacts_of(people.acme, 4):
        for day in range(3):
            await given(people.acme, contact, hands.now - timedelta(days=day), ("why", "choice", ["price"]))
    assert (await figures(people, hands)).choices == ()
    page = (await people.bob.get("/w/acme/journeys/buying/touchpoints/delivery/figures")).text
    assert "What they chose" not in page


async def test_two_questions_are_not_mixed(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    for contact in await contacts_of(people.acme, 5):
        await given(people.acme, contact, hands.now, ("why", "choice", ["price"]), ("how", "choice", ["price"]))
    found = await figures(people, hands)
    assert [(figure.question, figure.counts) for figure in found.choices] == [
        ("how", (("price", 5),)),
        ("why", (("price", 5),)),
    ]


async def test_those_of_a_stale_touchpoint_are_hidden_with_all_else(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    for contact in await contacts_of(people.acme, 6):
        await given(people.acme, contact, hands.now, ("why", "choice", ["price"]))
    await score(hands)
    today = hands.now.date()
    hands.move(days=95)
    found = await load_touchpoint(people.acme, "buying", "delivery", Period(today, hands.now.date()))
    assert (found.touchpoint.blind_spot, found.choices) == (BlindSpot.STALE, ())


async def test_what_was_chosen_agreed_and_added_is_read_in_words(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    [contact] = await contacts_of(people.acme, 1)
    response = await given(
        people.acme,
        contact,
        hands.now,
        ("how", "choice", ["price"]),
        ("why", "choices", []),
        ("ok", "consent", 1),
        ("call", "contact", 0),
        ("thumb", "thumbs", 0),
        ("felt", "anchor", 4),
        ("mood", "emotion", ["angry", "hurried"]),
    )
    other = "UPDATE answer SET other = $2 WHERE response = $1 AND question = ANY($3)"
    await fetch(other, response, "My neighbour", ["why"])
    await fetch(other, response, "private@customer.example", ["call"])
    await fetch("UPDATE answer SET strength = 3 WHERE response = $1 AND question = 'mood'", response)
    [found] = await list_responses(people.acme)
    assert [(answer.question, answer.words, answer.remark) for answer in found.answers] == [
        ("how", "price", ""),
        ("why", "“My neighbour”", ""),
        ("ok", "yes", ""),
        ("call", "no", ""),
        ("thumb", "thumbs down", ""),
        ("felt", "4", "good"),
        ("mood", "angry and hurried", "very strongly"),
    ]
    page = (await people.bob.get("/w/acme/responses")).text
    assert "consent: <b>yes</b>" in page
    assert "My neighbour" in page
    assert "private@customer.example" not in page


async def test_only_who_may_write_back_reads_where_to(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    [contact] = await contacts_of(people.acme, 1)
    wish = await given(people.acme, contact, hands.now, ("call", "contact", 1))
    await fetch("UPDATE answer SET other = 'kim@customer.example' WHERE response = $1", wish)
    assert "kim@customer.example" in (await people.alice.get("/w/acme/responses")).text
    assert "kim@customer.example" not in (await people.bob.get("/w/acme/responses")).text
    await fetch("UPDATE answer SET other = NULL, value = 0 WHERE response = $1", wish)
    assert "mailto:" not in (await people.alice.get("/w/acme/responses")).text
