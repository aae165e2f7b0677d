"""Surveys tried out by the staff: every screen as customers see it, and nothing stored."""

import re

import pytest

from core.database import fetch
from surveys.publish import publish
from surveys.starters import starter
from tests.factories import Hands, make_journey
from tests.people import People, post_form

STORED = ("response", "answer", "contact", "refusal", "quota_count", "survey_version")
DRAFT = """
kept: survey/1
key: draft
name: A draft
title: "About {{contact.name|you}}"
layout: steps
opens_at: 2090-01-01T00:00:00Z
questions:
  - key: felt
    instrument: anchor
    required: true
    branches: [{when: [{answer: felt, at_least: 4}], go: end}]
  - {key: why, instrument: comment, text: "You said {{answer.felt|nothing}}. Why?"}
"""


async def counts() -> dict[str, int]:
    return {table: (await fetch(f"SELECT count(*) AS n FROM {table}"))[0]["n"] for table in STORED}


def carried(page: str) -> dict[str, str]:
    """The hidden fields of the survey's form, as a browser sends them back."""
    return hidden_fields(page.partition(" novalidate>")[2])


def hidden_fields(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: value.replace("&#34;", '"').replace("&#39;", "'").replace("&amp;", "&") for name, value in found}


@pytest.fixture
async def before(people: People, hands: Hands) -> dict[str, int]:
    await make_journey(people.acme, hands.now)
    return await counts()


async def test_a_published_survey_is_gone_through_and_nothing_is_stored(people: People, before: dict[str, int]) -> None:
    shown = await people.bob.get("/w/acme/surveys/after-delivery/preview")
    assert "Nothing is stored" in shown.text
    assert "frame-ancestors 'self'" in shown.headers["content-security-policy"]
    thanks = await people.bob.post("/w/acme/surveys/preview", data={**carried(shown.text), "felt": "2"})
    assert "Thank you for telling us." in thanks.text
    assert await counts() == before


async def test_a_draft_is_gone_through_screen_by_screen(people: People, before: dict[str, int]) -> None:
    first = await post_form(people.bob, "/w/acme/surveys/preview", {"text": DRAFT})
    assert "About you" in first.text
    second = await people.bob.post("/w/acme/surveys/preview", data={**carried(first.text), "felt": "2"})
    assert "You said Bad. Why?" in second.text
    done = await people.bob.post("/w/acme/surveys/preview", data={**carried(second.text), "why": "late"})
    assert "Thank you" in done.text
    short = await people.bob.post("/w/acme/surveys/preview", data={**carried(first.text), "felt": "5"})
    assert "Thank you" in short.text
    assert await counts() == before


async def test_what_must_be_answered_is_asked_for_in_a_preview_too(people: People, before: dict[str, int]) -> None:
    first = await post_form(people.bob, "/w/acme/surveys/preview", {"text": DRAFT})
    again = await people.bob.post("/w/acme/surveys/preview", data=carried(first.text))
    assert again.status_code == 422
    assert "Please choose one of the five faces." in again.text
    assert await counts() == before


async def test_a_draft_with_a_fault_is_refused_with_its_place(people: People, before: dict[str, int]) -> None:
    broken = DRAFT.replace("go: end", "go: nowhere")
    refused = await post_form(people.bob, "/w/acme/surveys/preview", {"text": broken})
    assert refused.status_code == 422
    assert "questions[0].branches[0].go" in refused.text


async def test_a_starter_is_previewed_in_any_language(people: People, hands: Hands, before: dict[str, int]) -> None:
    await publish(people.acme, starter("nps"), hands.now)
    shown = await people.bob.get("/w/acme/surveys/nps/preview?lang=ar")
    assert '<html lang="ar" dir="rtl"' in shown.text


async def test_nobody_previews_the_surveys_of_another_workspace(people: People, before: dict[str, int]) -> None:
    assert (await people.charlie.get("/w/acme/surveys/after-delivery/preview")).status_code == 404
    assert (await people.charlie.get("/w/other/surveys/after-delivery/preview")).status_code == 404


async def test_a_draft_that_was_never_published_starts_again(people: People, before: dict[str, int]) -> None:
    first = await post_form(people.bob, "/w/acme/surveys/preview", {"text": DRAFT})
    second = await people.bob.post("/w/acme/surveys/preview", data={**carried(first.text), "felt": "5"})
    assert "Thank you" in second.text
    for page in (first.text, second.text):
        to_start = hidden_fields(page.partition(" novalidate>")[0])
        again = await people.bob.post("/w/acme/surveys/preview", data=to_start)
        assert (again.status_code, again.text.count("About you")) == (200, first.text.count("About you"))
