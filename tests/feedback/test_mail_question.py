"""The question in the mail itself: a link for each answer, in the contact's language, as mail programs keep it."""

import re
from html.parser import HTMLParser

import pytest
from msgspec.structs import replace

from core.site import Site
from feedback.answering.asking import SaidPromise
from feedback.answering.pipe_values import pipe_values
from feedback.delivery.invitation_mail import answer_link, invitation_mail
from surveys.definition import Question, SurveyDefinition, Translation
from surveys.instruments import LOOKS, SCALES, Instrument, Look
from surveys.texts import languages, texts_in
from surveys.theme import WantedTheme, save_theme
from tests.factories import JOURNEY, Hands, Letterbox, delivered, make_journey, make_key, work
from tests.feedback.test_invitation_mail import CONTACT, survey
from tests.people import People

# Every scale in every way it is drawn.
DRAWN = [(instrument, look) for instrument in SCALES for look in LOOKS.get(instrument, (Look.NUMBERS,))]


def asking(instrument: Instrument, look: Look = Look.NUMBERS) -> SurveyDefinition:
    return SurveyDefinition(key="s", name="S", questions=(Question("felt", instrument, look=look),))


class Links(HTMLParser):
    """The links of a mail with the words a person sees in each, and all tags with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []
        self.is_in_link = False
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "a":
            self.links.append((dict(attrs)["href"] or "", ""))
            self.is_in_link = True

    def handle_endtag(self, tag: str) -> None:
        self.is_in_link = self.is_in_link and tag != "a"

    def handle_data(self, data: str) -> None:
        if self.is_in_link:
            href, words = self.links[-1]
            self.links[-1] = (href, f"{words} {data}".strip())


class TestTheQuestionItself:
    @pytest.mark.parametrize(("instrument", "look"), DRAWN)
    def test_every_point_of_the_scale_is_a_link_and_a_line(
        self, site: Site, instrument: Instrument, look: Look
    ) -> None:
        mail = invitation_mail(site, CONTACT, asking(instrument, look))
        link = answer_link(site, CONTACT.invitation)
        points = [f"{link}/felt/{value}" for value in SCALES[instrument].points]
        assert [href for href, _ in Links(mail.html).links] == [f"{link}/more", *points, f"{link}/unsubscribe"]
        assert re.findall(r"https?://\S+", mail.text) == [link, *points, f"{link}/unsubscribe"]
        assert texts_in("en").question(instrument) in mail.html

    def test_faces_have_their_words_under_them(self, site: Site) -> None:
        mail = invitation_mail(site, CONTACT, asking(Instrument.ANCHOR))
        words = [words for _, words in Links(mail.html).links][1:6]
        assert words == ["😞 Very bad", "😕 Bad", "😐 Neither good nor bad", "😊 Good", "😄 Very good"]
        assert f"5 Very good: {answer_link(site, 7)}/felt/5\n" in mail.text

    def test_stars_and_numbers_say_what_their_ends_mean(self, site: Site) -> None:
        stars = invitation_mail(site, CONTACT, asking(Instrument.CSAT, Look.STARS))
        assert "1 star, Very dissatisfied: " in stars.text
        assert 'aria-label="5 stars, Very satisfied"' in stars.html
        numbers = invitation_mail(site, CONTACT, asking(Instrument.NPS))
        assert "0 Not at all likely: " in numbers.text
        assert "\n7: " in numbers.text
        assert "10 = Extremely likely" in numbers.html

    def test_a_survey_with_ends_of_its_own_shows_those(self, site: Site) -> None:
        question = Question("felt", Instrument.CSAT7, low="Cold", high="Warm")
        mail = invitation_mail(site, CONTACT, SurveyDefinition(key="s", name="S", questions=(question,)))
        assert "1 = Cold" in mail.html
        assert "7 Warm: " in mail.text

    @pytest.mark.parametrize(
        "instrument", [Instrument.EMOTION, Instrument.COMMENT, Instrument.CHOICE, Instrument.CONTACT]
    )
    def test_what_one_point_does_not_answer_has_a_button(self, site: Site, instrument: Instrument) -> None:
        mail = invitation_mail(site, CONTACT, asking(instrument))
        link = answer_link(site, CONTACT.invitation)
        assert [href for href, _ in Links(mail.html).links] == [f"{link}/more", link, f"{link}/unsubscribe"]
        assert "Tap your answer" not in mail.text

    def test_the_question_whether_a_promise_was_kept_shows_its_words(self, site: Site) -> None:
        promise = SaidPromise("At your door <in> two days", "Home page")
        for instrument in SCALES:
            mail = invitation_mail(site, CONTACT, asking(instrument), promise=promise)
            is_shown = instrument is Instrument.KEPT
            assert ("“At your door &lt;in&gt; two days”" in mail.html) is is_shown
            assert ("“At your door <in> two days”" in mail.text) is is_shown

    @pytest.mark.parametrize("key", ["more", "unsubscribe"])
    def test_a_question_whose_key_is_taken_has_a_button(self, site: Site, key: str) -> None:
        taken = SurveyDefinition(key="s", name="S", questions=(Question(key, Instrument.ANCHOR),))
        assert f"{answer_link(site, CONTACT.invitation)}\n" in invitation_mail(site, CONTACT, taken).text
        assert f"/{key}/" not in invitation_mail(site, CONTACT, taken).html

    def test_all_attempts_carry_one_message_id(self, site: Site) -> None:
        sent = [invitation_mail(site, CONTACT, asking(instrument)) for instrument in SCALES]
        assert {mail.message_id for mail in sent} == {"<invitation.7@localhost>"}

    def test_no_link_that_is_seen_leads_to_the_trap(self, site: Site) -> None:
        mail = invitation_mail(site, CONTACT, asking(Instrument.ANCHOR))
        assert "/more" not in mail.text
        tags = Links(mail.html).tags
        [at] = [n for n, (tag, found) in enumerate(tags) if tag == "a" and str(found["href"]).endswith("/more")]
        (_, around), (_, trap) = tags[at - 1], tags[at]
        assert around["aria-hidden"] == "true"
        assert trap["tabindex"] == "-1"
        for hidden in (around, trap):
            assert "display:none" in str(hidden["style"])
            assert "font-size:0" in str(hidden["style"])

    @pytest.mark.parametrize(("instrument", "look"), [*DRAWN, (Instrument.EMOTION, Look.NUMBERS)])
    def test_mail_programs_keep_all_of_it(self, site: Site, instrument: Instrument, look: Look) -> None:
        html = invitation_mail(site, CONTACT, asking(instrument, look)).html
        tags = Links(html).tags
        assert {tag for tag, _ in tags} & {"script", "img", "form", "svg", "link", "iframe", "input"} == set()
        assert all(found.get("role") == "presentation" for tag, found in tags if tag == "table")
        assert all("bgcolor" in found for tag, found in tags if found.get("class") in ("cell", "card"))
        assert re.search(r"display:\s*(flex|grid)|position:|float:|url\(|var\(|@import", html) is None
        assert len(html.encode()) < 20_000  # Gmail cuts a mail off at 102 KB


class TestTheContactsLanguage:
    @pytest.mark.parametrize("language", languages())
    def test_the_mail_speaks_it_to_the_last_word(self, site: Site, language: str) -> None:
        texts = texts_in(language)
        mail = invitation_mail(site, replace(CONTACT, locale=language), asking(Instrument.ANCHOR))
        assert mail.subject == texts("title")
        for words in (texts.question(Instrument.ANCHOR), texts("mail_tap"), texts("mail_stop"), *texts.points["faces"]):
            assert words in mail.text
            assert words in mail.html
        assert f'<html lang="{language}" dir="{texts.direction}"' in mail.html
        assert f'class="card" role="presentation" dir="{texts.direction}" lang="{language}"' in mail.html

    def test_a_company_keeps_its_order_inside_a_sentence_from_right_to_left(self, site: Site) -> None:
        contact = replace(CONTACT, locale="ar", workspace_name="Acme & Sons")
        mail = invitation_mail(site, contact, asking(Instrument.ANCHOR))
        assert "\u2068Acme & Sons\u2069" in mail.text
        assert "\u2068Acme &amp; Sons\u2069" in mail.html

    def test_a_translated_survey_comes_in_the_contacts_form_of_it(self, site: Site) -> None:
        translated = replace(survey(1), translations={"pt-BR": Translation(title="Sua proposta")})
        assert invitation_mail(site, replace(CONTACT, locale="pt_PT"), translated).subject == "Sua proposta"
        assert invitation_mail(site, replace(CONTACT, locale="fr"), translated).subject == "Your quote"


class TestTextsFromElsewhere:
    def test_a_title_can_neither_break_the_subject_nor_the_page(self, site: Site) -> None:
        hostile = replace(survey(1), title='You\r\nBcc: all@x.example <img src=x onerror="a()">\u202egnp')
        mail = invitation_mail(site, CONTACT, hostile)
        assert mail.subject == 'You Bcc: all@x.example <img src=x onerror="a()"> gnp'
        assert "<img" not in mail.html
        assert "\u202e" not in mail.html + mail.text

    def test_pipes_hold_the_name_and_the_event_on_one_line(self, site: Site) -> None:
        values = pipe_values("Ann\n\nPay here: <b>x</b>", {"plan": "Pro", "seats": 7, "tags": ["a"], "is_new": True})
        asked = "{{contact.name|you}}, how is {{event.plan}} with {{event.seats}}{{event.tags|!}}{{event.is_new|?}}"
        definition = replace(survey(1), questions=(Question("felt", Instrument.ANCHOR, asked),))
        mail = invitation_mail(site, CONTACT, definition, values)
        assert "Ann Pay here: <b>x</b>, how is Pro with 7!?" in mail.text
        assert "Ann Pay here: &lt;b&gt;x&lt;/b&gt;, how is Pro with 7!?" in mail.html

    def test_a_name_keeps_the_joiners_that_its_script_needs(self) -> None:
        assert pipe_values("می\u200cخواهم", {})["contact.name"] == "می\u200cخواهم"

    async def test_a_worker_fills_them_from_the_contact_and_the_event(
        self, people: People, site: Site, letterbox: Letterbox, hands: Hands
    ) -> None:
        asked = 'text: "{{contact.name|You}}, how was {{event.chair|it}}?", required: true'
        text = JOURNEY.replace('text: "How did you feel about this step?", required: true', asked)
        await make_journey(people.acme, hands.now, text)
        await save_theme(people.acme, WantedTheme("#0b6e4f", "4", "serif"), hands.now)
        event = delivered(properties={"chair": "the Aalto 69"})
        event["contact"] |= {"name": "Chris", "locale": "de"}
        key = await make_key(people.acme, hands.now)
        await people.nobody.post("/api/v1/events", json=event, headers=key)
        hands.move(hours=3)
        await work(site)
        assert "border-top:4px solid #0b6e4f" in letterbox.mails[0].html
        assert "Chris, how was the Aalto 69?" in letterbox.mails[0].text
        assert "Very good: " in letterbox.mails[0].text  # the survey has words of its own, in English only
