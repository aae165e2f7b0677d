"""The demo shows what it says: every verdict, a blind spot, and no comment twice."""

from collections import Counter

import msgspec
import pytest
import yaml

from accounts.api_keys import Scope, create_api_key
from accounts.membership import create_workspace
from analysis.load_changes import load_changes
from analysis.load_report import last_days, load_report
from analysis.pains.load_pains import load_pains
from analysis.report import ActionVerdict, ReportSettings, Verdict
from analysis.valences import load_valences
from core.database import fetch
from core.site import Site
from demo.__main__ import POLICY
from demo.action_log import log_what_was_done
from demo.replay import FOLDER, Mailbox, Replay, ReplayClock
from feedback.deciding.load_policy import save_policy
from surveys.import_journey import import_journey
from surveys.journey_file import read_journey
from surveys.journeys import load_journey
from tests.factories import Hands, Letterbox

COMMENTS = yaml.safe_load((FOLDER / "comments.yaml").read_text(encoding="utf-8"))


def test_no_comment_is_written_twice() -> None:
    texts = Counter(text for by_score in COMMENTS.values() for texts in by_score.values() for text in texts)
    assert len(texts) >= 700
    assert [text for text, n in texts.items() if n > 1] == []


@pytest.mark.live
async def test_ninety_days_end_in_every_verdict_a_blind_spot_and_a_list_of_pains(
    database: None, site: Site, letterbox: Letterbox, hands: Hands
) -> None:
    clock = ReplayClock(hands.now)
    mailbox = Mailbox(letterbox)
    workspace = await create_workspace("demo", "Demo", hands.now)
    journey = read_journey((FOLDER / "journey.yaml").read_text(encoding="utf-8"), "journey.yaml")
    await import_journey(workspace, journey, hands.now)
    await save_policy(workspace, POLICY, hands.now)
    key = await create_api_key(workspace, "demo", frozenset({Scope.EVENTS}), hands.now)
    replayed = msgspec.structs.replace(site, clock=clock, transport=mailbox)
    await Replay(replayed, journey, key, mailbox, clock).run(hands.now)

    await log_what_was_done(workspace, "crm-purchase", hands.now)

    report = await load_report(workspace, "crm-purchase", last_days(hands.now))
    verdicts = {figure.key: figure.verdict for figure in report.touchpoints}
    assert set(verdicts.values()) == set(Verdict)
    assert verdicts["implementation"] is Verdict.BROKEN
    assert verdicts["tips-by-mail"] is Verdict.OVER_DELIVERED
    assert verdicts["negotiation"] is Verdict.BLIND
    assert {"ces", "anchor"} == {figure.instrument for figure in report.touchpoints} - {None}
    view = await load_journey(workspace, "crm-purchase")
    valences = (await load_valences([workspace]))[workspace]
    actions = await load_changes(workspace, view, valences, hands.now.date(), ReportSettings())
    assert {action.touchpoint: action.verdict for action in actions} == {
        "website": ActionVerdict.IMPROVED,
        "product-in-use": ActionVerdict.NOT_SHOWN,
    }
    pains = (await load_pains(workspace, "crm-purchase", last_days(hands.now))).rows
    assert len(pains) >= 8
    assert pains[0].rank == 1
    reasons = await fetch("SELECT reason FROM decision GROUP BY reason ORDER BY reason")
    assert [row["reason"] for row in reasons] == [
        "asked_here_recently",
        "due",
        "no_address",
        "no_trigger",
        "unsubscribed",
    ]
