"""What customers read: their language, the words that are put into the questions, the choices in their order."""

import html
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from core.database import fetch
from surveys.choice_order import shown_order
from surveys.definition import Question
from surveys.instruments import DEFAULT_EMOTIONS, Instrument
from tests.feedback.answering import (
    Customer,
    Desk,
    asks,
    chosen,
    kept,
    links,
    responses,
)

FELT = asks("felt", "anchor", required=True)
WHY = asks("why", "comment")
COLOURS = [{"key": key, "text": key.title()} for key in ("red", "green", "blue", "white", "black", "grey")]


def spoken(page: httpx.Response) -> tuple[str, str]:
    """The language and the direction that a page says it is in."""
    found = re.search(r'<html lang="([^"]+)" dir="([^"]+)"', page.text)
    assert found is not None
    return found[1], found[2]


class TestLanguages:
    @pytest.fixture
    async def own_words(self, desk: Desk) -> None:
        """A survey in English and German."""
        german = {"title": "Ihre Lieferung", "thanks": "Danke sehr.", "questions": {"felt": {"text": "Wie war es?"}}}
        felt = {**FELT, "text": "How was it?"}
        await desk.publishes(felt, layout="steps", thanks="Thanks.", translations={"de": german})

    @pytest.mark.parametrize(
        ("link", "contact", "browser", "language"),
        [
            ("de", "en", "en", "de"),
            ("", "de", "en", "de"),
            ("", "", "de-CH;q=0.9, fr", "de"),
            ("", "", "fr, ja;q=0.5", "en"),
            ("", "", "", "en"),
            ("fr", "de", "en", "de"),
            ("fr", "ja", "de", "de"),
            ("de-AT", "", "", "de"),
            ("DE", "", "", "de"),
            ("<b>", "de", "", "de"),
            ("", "de_CH", "", "de"),
        ],
    )
    async def test_the_link_goes_before_the_contact_before_the_browser(
        self, desk: Desk, own_words: None, link: str, contact: str, browser: str, language: str
    ) -> None:
        customer = await desk.mails(locale=contact or "xx")
        address = f"{customer.page}?lang={link}" if link else customer.page
        somebody = Customer(customer.client, address, {"accept-language": browser})
        page = await somebody.opens()
        assert spoken(page)[0] == language
        assert ("Wie war es?" in page.text) is (language == "de")

    @pytest.mark.parametrize(("contact", "link", "locale"), [("en", "de", "de"), ("fr", "", "fr"), ("en", "", "en")])
    async def test_what_is_kept_is_the_language_they_write_in(
        self, desk: Desk, own_words: None, contact: str, link: str, locale: str
    ) -> None:
        customer = await desk.mails(locale=contact)
        await Customer(customer.client, f"{customer.page}?lang={link}").sends("felt", felt="4")
        assert [response["locale"] for response in await responses()] == [locale]

    async def test_a_survey_without_words_of_its_own_speaks_every_language(self, desk: Desk) -> None:
        await desk.publishes(FELT, title="")
        visitor = await desk.visited()
        for language, direction in (("ar", "rtl"), ("he", "rtl"), ("fa", "rtl"), ("fr", "ltr"), ("ja", "ltr")):
            assert spoken(await visitor.opens(lang=language)) == (language, direction)
        assert spoken(await visitor.opens(lang="tlh")) == ("en", "ltr")

    async def test_a_survey_in_its_own_words_speaks_only_those_it_has(self, desk: Desk, own_words: None) -> None:
        visitor = await desk.visited()
        page = await visitor.opens()
        assert re.findall(r'<li><a href="[^"]+" lang="([^"]+)"', page.text) == ["de"]
        assert spoken(await visitor.opens(lang="ar")) == ("en", "ltr")

    async def test_a_refusal_is_said_in_the_language_too(self, desk: Desk, own_words: None) -> None:
        customer = await desk.mails(locale="de")
        assert "Bitte wählen Sie eines der fünf Gesichter" in (await customer.sends("felt")).text

    async def test_the_language_of_the_link_stays_on_every_way(self, desk: Desk) -> None:
        await desk.publishes(FELT, asks("nps", "nps"), WHY, title="", layout="steps")
        customer = await desk.mails()
        somebody = Customer(customer.client, f"{customer.page}?lang=ar")
        redirects = [await somebody.sends("felt", felt="4"), await somebody.sends("nps", nps="9")]
        pages = [
            await somebody.opens(),
            await somebody.sends("nps", nps="11"),
            await somebody.client.get(f"{customer.page}/unsubscribe?lang=ar"),
        ]
        redirects += [
            await somebody.sends("why", why="x"),
            await somebody.client.post(f"{customer.page}/unsubscribe?lang=ar"),
        ]
        pages.append(await somebody.opens())
        assert all(spoken(page) == ("ar", "rtl") for page in pages)
        ways = [way for page in pages for way in links(page)] + [answer.headers["location"] for answer in redirects]
        of_another = {"en", *(tag for page in pages for tag in re.findall(r'" lang="([^"]+)">', page.text))}
        languages = [parse_qs(urlsplit(way).query).get("lang") for way in ways if way.startswith("/a/")]
        assert all(tags == ["ar"] or (tags is not None and tags[0] in of_another) for tags in languages)
        assert languages.count(["ar"]) >= 12

    async def test_what_was_said_in_one_language_is_chosen_in_the_other(self, desk: Desk, own_words: None) -> None:
        customer = await desk.mails()
        await customer.taps(felt="2")
        assert chosen(await customer.opens(at="felt", lang="de")) == ["2"]


HOSTILE = [
    ('<script>alert("x")</script>', '<script>alert("x")</script>'),
    ("{{contact.name}} {{event.plan|x}} {title} %s", "{{contact.name}} {{event.plan|x}} {title} %s"),
    ("Ann\r\nBcc: all@x.example", "Ann Bcc: all@x.example"),
    ("Ann\u202egnp.exe\u2066", "Ann gnp.exe"),
    ("Ann\u2028\u2067\u0007Lee", "Ann Lee"),
    ("  Søren  Å. \U0001f98a ", "Søren Å. \U0001f98a"),
    ('O\'Neil & "Sons"', 'O\'Neil & "Sons"'),
]


class TestPipes:
    PIPED = asks("felt", "anchor", text="{{contact.name|Hello}}, how was the {{ event.plan | offer }}?", required=True)

    @pytest.mark.parametrize(("name", "shown"), HOSTILE)
    async def test_a_name_is_shown_as_words_and_nothing_else(self, desk: Desk, name: str, shown: str) -> None:
        """Such a name is refused where it comes in; others may stand there from before that."""
        await desk.publishes(self.PIPED, title="For {{contact.name|you}}", thanks="Bye {{contact.name|you}}.")
        customer = await desk.mails(properties={"plan": name})
        await fetch("UPDATE contact SET name = $1", name)
        page = await customer.opens()
        assert f"{shown}, how was the {shown}?" in html.unescape(page.text)
        assert f"<title>For {html.escape(shown)}".replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in page.text
        assert "<script>alert" not in page.text
        await customer.sends(felt="4")
        assert f"Bye {shown}." in html.unescape((await customer.opens()).text)

    async def test_without_a_value_the_fallback_stands(self, desk: Desk) -> None:
        await desk.publishes(self.PIPED)
        none: list[dict[str, Any]] = [{}, {"plan": ""}, {"plan": None}, {"plan": ["a", "b"]}, {"plan": " \u202e "}]
        for n, properties in enumerate(none):
            page = await (await desk.mails(f"c{n}", properties=properties)).opens()
            assert "Hello, how was the offer?" in page.text
        assert "Hello, how was the offer?" in (await (await desk.visited()).opens()).text

    async def test_an_answer_is_said_as_it_was_read(self, desk: Desk) -> None:
        colour = asks("colour", "choice", text="Which?", choices=COLOURS, has_other=True)
        why = asks("why", "comment", text="You said {{answer.felt|nothing}} of {{answer.colour|no colour}}: why?")
        await desk.publishes(FELT, colour, why, layout="steps")
        customer = await desk.mails()
        assert "You said nothing of no colour: why?" in (await customer.opens(at="why")).text
        await customer.sends("felt", felt="5")
        await customer.sends("colour", colour__other="{{answer.felt}} <i>")
        assert "You said Very good of {{answer.felt}} &lt;i&gt;: why?" in (await customer.opens()).text

    async def test_a_choice_that_holds_a_word_of_the_event_is_said_with_it(self, desk: Desk) -> None:
        plans = [{"key": "mine", "text": "My plan {{event.plan|of now}}"}, {"key": "other", "text": "Another"}]
        why = asks("why", "comment", text="Why {{answer.plan|that}}?")
        await desk.publishes(asks("plan", "choice", text="Which?", choices=plans), why, layout="steps")
        customer = await desk.mails(properties={"plan": "Gold {{contact.name}}"})
        await customer.sends("plan", plan="mine")
        assert "Why My plan Gold {{contact.name}}?" in (await customer.opens()).text

    async def test_a_hidden_field_is_a_word_like_any(self, desk: Desk) -> None:
        await desk.publishes(asks("felt", "anchor", text="How was {{hidden.store|the shop}}?"), hidden=["store"])
        assert "How was &lt;b&gt;?" in (await (await desk.visited("n1", store="<b>")).opens()).text
        assert "How was the shop?" in (await (await desk.visited("n2")).opens()).text


class TestOrderOfChoices:
    async def test_it_stays_on_every_reload_and_is_the_one_of_the_recorded_seed(self, desk: Desk) -> None:
        colour = asks("colour", "choices", text="Which?", choices=COLOURS, is_shuffled=True)
        await desk.publishes(colour, asks("mood", "emotion", is_shuffled=True), WHY)
        orders = set()
        for n in range(6):
            visitor = await desk.visited(f"n{n}")
            shown = [self._boxes(await visitor.opens()) for _ in range(3)]
            await visitor.taps(why="x")
            shown.append(self._boxes(await visitor.opens()))
            assert len(set(shown)) == 1
            seed = (await responses())[-1]["seed"]
            asked = Question("colour", Instrument.CHOICES, is_shuffled=True)
            assert shown[0][:6] == shown_order(asked, [choice["key"] for choice in COLOURS], seed)
            asked = Question("mood", Instrument.EMOTION, is_shuffled=True)
            assert shown[0][6:] == shown_order(asked, DEFAULT_EMOTIONS, seed)
            orders.add(shown[0])
        assert len(orders) == 6

    async def test_choices_are_stored_in_the_order_of_the_survey_whatever_was_shown(self, desk: Desk) -> None:
        await desk.publishes(asks("colour", "choices", text="Which?", choices=COLOURS, is_shuffled=True))
        await (await desk.visited()).sends(colour=["grey", "red", "blue"])
        assert await kept() == {"colour": ["red", "blue", "grey"]}

    def _boxes(self, page: httpx.Response) -> tuple[str, ...]:
        return tuple(re.findall(r'<input type="checkbox" name="[a-z]+" value="([^"]+)"', page.text))


class TestHiddenFields:
    async def test_only_the_declared_ones_are_kept_from_an_event(self, desk: Desk) -> None:
        await desk.publishes(FELT, hidden=["store", "till"])
        await (await desk.mails(properties={"store": 7, "secret": "x"})).sends(felt="4")
        assert [response["hidden"] for response in await responses()] == ['{"store": "7"}']

    async def test_they_are_fixed_with_the_first_answer_and_never_taken_from_the_form(self, desk: Desk) -> None:
        await desk.publishes({**FELT, "text": "How was {{hidden.store|it}}?"}, hidden=["store"])
        await (await desk.visited("n1", store="a", secret="x")).taps(felt="4")
        again = await desk.visited("n1", store="b")
        assert "How was a?" in (await again.opens()).text
        await again.sends(felt="5")
        assert [response["hidden"] for response in await responses()] == ['{"store": "a"}']
        forged = await (await desk.visited("n2")).posts({"felt": "4", "store": "c"})
        assert forged.status_code == 422
