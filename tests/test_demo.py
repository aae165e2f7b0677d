"""The demo shows what it says: every verdict, a blind spot, no comment twice, and what its team made of it all."""

from collections import Counter

import msgspec
import pytest

from analysis.load_changes import load_changes
from analysis.load_report import Period, last_days, load_report
from analysis.pains.load_pain import load_pain
from analysis.pains.load_pains import load_pains
from analysis.pains.pain_point import PainStatus
from analysis.report import ActionVerdict, ReportSettings, Verdict
from analysis.text.load_mismatches import load_mismatches
from analysis.text.load_theme_book import load_theme_book
from analysis.text.propose_terms import load_proposals
from analysis.text.theme_book import ThemeState
from analysis.text.themes import Pack, find_themes, shipped_pack_files
from analysis.valences import load_valences
from core.database import fetch
from core.site import Site
from demo.company import live
from demo.corrections import labels_of
from demo.files import read_file
from demo.replay import Mailbox, ReplayClock
from surveys.journeys import load_journey
from tests.factories import Hands, Letterbox

JOURNEY = "crm-purchase"
COMMENTS = read_file("comments.yaml")
TEXTS = [text for by_score in COMMENTS.values() for texts in by_score.values() for text in texts]


def test_no_comment_is_written_twice() -> None:
    assert len(set(TEXTS)) >= 750
    assert [text for text, n in Counter(TEXTS).items() if n > 1] == []


def test_whoever_labels_comments_labels_some_that_exist() -> None:
    said = read_file("labels.yaml")
    otherwise = {text for texts in said["otherwise"].values() for text in texts}
    assert otherwise <= set(TEXTS)
    assert set(labels_of(said, COMMENTS).values()) == {"positive", "neutral", "negative", "mixed"}


def test_no_pack_knows_what_many_are_unhappy_about() -> None:
    known = set(read_file("themes.yaml")["packs"])
    packs = [Pack(file) for file in shipped_pack_files() if file.id in known]
    unknown = [text for text in TEXTS if "confetti" in text.lower() and not find_themes(text, packs)]
    assert len(unknown) >= 20


@pytest.mark.live
async def test_ninety_days_end_in_all_that_a_visitor_comes_to_see(
    database: None, site: Site, letterbox: Letterbox, hands: Hands
) -> None:
    clock = ReplayClock(hands.now)
    mailbox = Mailbox(letterbox)
    replayed = msgspec.structs.replace(site, clock=clock, transport=mailbox)
    workspace = await live(replayed, mailbox, clock, hands.now)
    days = last_days(hands.now)

    await expect_every_verdict_and_a_blind_spot(workspace, days)
    await expect_one_action_that_helped(workspace, days)
    await expect_pains_that_somebody_dealt_with(workspace, days)
    await expect_themes_made_their_own(workspace)
    await expect_comments_corrected(workspace, days)
    reasons = await fetch("SELECT reason FROM decision GROUP BY reason ORDER BY reason")
    assert [row["reason"] for row in reasons] == [
        "asked_here_recently",
        "due",
        "no_address",
        "no_trigger",
        "unsubscribed",
    ]


async def expect_every_verdict_and_a_blind_spot(workspace: int, days: Period) -> None:
    report = await load_report(workspace, JOURNEY, days)
    verdicts = {figure.key: figure.verdict for figure in report.touchpoints}
    assert set(verdicts.values()) == set(Verdict)
    assert verdicts["implementation"] is Verdict.BROKEN
    assert verdicts["tips-by-mail"] is Verdict.OVER_DELIVERED
    assert verdicts["negotiation"] is Verdict.BLIND
    assert {"ces", "anchor"} == {figure.instrument for figure in report.touchpoints} - {None}


async def expect_one_action_that_helped(workspace: int, days: Period) -> None:
    view = await load_journey(workspace, JOURNEY)
    valences = (await load_valences([workspace]))[workspace]
    actions = await load_changes(workspace, view, valences, days.until, ReportSettings())
    assert {action.touchpoint: action.verdict for action in actions} == {
        "website": ActionVerdict.IMPROVED,
        "product-in-use": ActionVerdict.NOT_SHOWN,
    }


async def expect_pains_that_somebody_dealt_with(workspace: int, days: Period) -> None:
    pains = (await load_pains(workspace, JOURNEY, days)).rows
    assert len(pains) >= 8
    assert pains[0].rank == 1
    status = {pain.pain_id: pain.status for pain in pains}
    late = f"{JOURNEY}/implementation/software.late_implementation"
    assert status[late] is PainStatus.CONFIRMED
    assert (await load_pain(workspace, late, days)).pain.n_mentions >= 5
    assert sum(pain.evidence_level == "hypothesis" for pain in pains) == 1
    dismissed = await load_pain(workspace, f"{JOURNEY}/product-in-use/crm.crm_system", days)
    assert dismissed.pain.status is PainStatus.DISMISSED
    assert dismissed.history[0].note
    page = await load_pain(workspace, f"{JOURNEY}/website/general.price_hard_to_find", days)
    assert page.pain.status is PainStatus.IN_ACTION
    assert page.pain.owner == "Web team, Bob"
    assert [closing.is_closed for closing in page.closings] == [True]
    assert [change.by for change in page.history] == ["Bob", "Alice"]


async def expect_themes_made_their_own(workspace: int) -> None:
    book = await load_theme_book(workspace)
    assert {pack.id for pack in book.packs if pack.is_active} == {"general", "software", "crm", "own"}
    assert book.themes["crm.losing_data"].state is ThemeState.MERGED
    (own,) = [theme.key for theme in book.readings.values() if theme.pack == "own"]
    found = await fetch("SELECT count(*) AS n FROM comment_theme WHERE theme = $1", own)
    assert found[0]["n"] >= 5
    terms = {term.term: term for term in (await load_proposals(workspace)).terms}
    assert terms["confetti"].n_low >= 5
    assert terms["confetti"].n_high == 0


async def expect_comments_corrected(workspace: int, days: Period) -> None:
    rows = await fetch(LABELLED)
    labelled = {row["language"]: row["n"] for row in rows}
    assert 100 <= labelled["en"] <= 160
    assert {"de", "fr"} <= set(labelled)
    english = next(row for row in rows if row["language"] == "en")
    assert english["n_confirmed"] > english["n"] / 2
    assert english["n_confirmed"] < english["n"]
    tried = await fetch("SELECT n_labels FROM own_model WHERE language = 'en'")
    assert [row["n_labels"] for row in tried] == [labelled["en"]]
    assert len((await load_mismatches(workspace, days)).comments) >= 3


LABELLED = """
SELECT s.language, count(*) AS n, count(*) FILTER (WHERE s.state = l.state) AS n_confirmed
FROM sentiment_label l JOIN comment_score s ON s.answer = l.answer GROUP BY s.language
"""
