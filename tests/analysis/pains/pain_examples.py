"""Pain points made by hand, for what is written of them."""

from datetime import date
from typing import Any

from analysis.pains.exports.address import Address
from analysis.pains.pain_list import PainChoices, PainFilter, PainList, PainOrder
from analysis.pains.pain_point import PainPoint, PainStatus
from analysis.report import ReportSettings, Verdict

ADDRESS = Address("https://kept.example", "acme")
# What people write, in many scripts, and none of it a formula.
SCRIPTS = "Zu spät · слишком поздно · 太慢了 · متأخر جدا · מאוחר מדי · देर से · ช้ามาก · 🐌👩🏽‍🔧"


def pain(what: str = "general.slow", **more: Any) -> PainPoint:
    """With a figure in every column; `what` is the last part of its id."""
    usual: dict[str, Any] = {
        "pain_id": f"buying/delivery/{what}",
        "title": "Delivery: Slow",
        "status": PainStatus.NEW,
        "evidence_level": "fair",
        "journey": "buying",
        "stage": "Buying",
        "phase": "Purchase",
        "step": "Wait",
        "touchpoint": "Delivery",
        "period": "during",
        "channel": "in_person",
        "customer_intent": "Have the chair",
        "business_intent": "No second trip",
        "persona": "Buyer",
        "segment": "",
        "theme": "Slow",
        "theme_method": "pack",
        "n_responses": 90,
        "n_contacts": 87,
        "n_mentions": 12,
        "share": 12 / 87,
        "share_lo": 0.0969,
        "share_hi": 0.1922,
        "mean_x": -0.25,
        "ci_lo": -0.4,
        "ci_hi": -0.1,
        "x_without": -0.125,
        "drop": 0.9,
        "reach_month": 1234.5,
        "reach_source": "events",
        "loss_month": 153.25,
        "loss_lo": 101.5,
        "loss_hi": 210.0,
        "rank": 1,
        "p_top3": 0.97,
        "depth_rank": 2,
        "promise_text": "At your door in two days",
        "promise_source": "Home page",
        "promise_level": 0.75,
        "expected_level": 0.5,
        "gap": -1.0,
        "q_value": 0.001,
        "verdict": Verdict.BROKEN,
        "lens_sensitive": False,
        "importance": 0.4,
        "trend": -0.05,
        "sentiment_mean": -0.45,
        "sentiment_coverage": 0.8,
        "response_rate": 0.31,
        "first_seen": date(2026, 1, 5),
        "last_seen": date(2026, 2, 27),
        "quote_1": "Two weeks late, and nobody told me.",
        "quote_2": SCRIPTS,
        "quote_3": "Still waiting.",
        "counter_quote": "A day early!",
        "quotes_shown": "3 of 12 shown",
        "suppressed_reason": "",
        "owner": "Logistics",
        "action": "Two drivers a van",
        "action_date": date(2026, 1, 20),
        "before_after": "20 % before, 5 % after",
        "report_id": "buying/2025-12-03/2026-03-02",
        "data_hash": "0123456789abcdef" * 4,
        "method_version": "1",
    }
    return PainPoint(**{**usual, **more})


def guess(**more: Any) -> PainPoint:
    """A hypothesis: of what is measured it has nothing."""
    unknown = dict.fromkeys(("share", "share_lo", "share_hi", "x_without", "drop", "loss_month", "loss_lo"))
    unknown |= dict.fromkeys(("loss_hi", "rank", "p_top3", "depth_rank", "first_seen", "last_seen"))
    words = dict.fromkeys(("theme", "quote_1", "quote_2", "quote_3", "counter_quote", "quotes_shown", "action"), "")
    own = {"title": "Stairs", "evidence_level": "hypothesis", "n_mentions": 0, "action_date": None}
    return pain("hypothesis-7", **{**unknown, **words, **own, **more})


def listed(*pains: PainPoint, **more: Any) -> PainList:
    usual: dict[str, Any] = {
        "journey": "buying",
        "name": "Buying a chair",
        "since": date(2025, 12, 3),
        "until": date(2026, 3, 2),
        "chosen": PainFilter(),
        "order": PainOrder.LOSS,
        "rows": pains,
        "n_all": len(pains),
        "n_comments": 60,
        "notes": ("A theme that few mention is not shown.",),
        "choices": PainChoices(phases=(), personas=(), owners=(), statuses=(), touchpoints=()),
        "settings": ReportSettings(),
        "method_version": "1",
        "report_id": "buying/2025-12-03/2026-03-02",
        "data_hash": "0123456789abcdef" * 4,
    }
    return PainList(**{**usual, **more})
