"""What the title and the subtitle of the emotion curve say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.finding import CLAIM_CHARACTERS, finding_of, shortened, subtitle_of, verdicts_of
from analysis.report import BlindSpot, TouchpointFigure, Verdict
from tests.analysis.curve_reports import IMPLEMENTATION, JOURNEY, NEGOTIATION, promise, report_of, touchpoint


class TestFinding:
    def test_the_worst_broken_promise_is_the_title(self) -> None:
        desk = touchpoint("desk", 0.05, Verdict.BROKEN, promise=promise(), gap=-0.45)
        title = finding_of(report_of(desk, IMPLEMENTATION))
        assert title == "Implementation breaks its promise: “Live in 30 days…” was promised, people felt unhappy"

    def test_a_gap_between_shares_is_compared_on_the_scale_of_experience(self) -> None:
        delivery = touchpoint("delivery", 0.4, Verdict.BROKEN, promise=promise(None, share=0.95), gap=-0.25)
        desk = touchpoint("desk", 0.05, Verdict.BROKEN, promise=promise(), gap=-0.45)
        assert finding_of(report_of(desk, delivery)).startswith("Delivery breaks its promise")
        assert finding_of(report_of(delivery)).endswith("70\xa0% got it")

    def test_a_mean_that_is_not_negative_is_not_called_worse_than_it_is(self) -> None:
        desk = touchpoint("desk", 0.3, Verdict.BROKEN, promise=promise(0.75), gap=-0.45)
        assert finding_of(report_of(desk)).endswith("people felt only pleased")

    @pytest.mark.parametrize(
        ("touchpoints", "title"),
        [
            ([], "This journey has no touchpoints yet"),
            ([touchpoint("a", blind_spot=BlindSpot.NO_ANSWERS)], "No answers in this period"),
            ([NEGOTIATION, touchpoint("a", blind_spot=BlindSpot.TOO_FEW)], "Too few answers: "),
            ([touchpoint("a", blind_spot=BlindSpot.STALE)], "No fresh answers"),
            (
                [touchpoint("a", 0.4, Verdict.NO_PROMISE), NEGOTIATION],
                "Experience is measured, but there is no",
            ),
            ([touchpoint("a", 0.4, Verdict.INDICATIVE, n=7)], "First impressions only"),
            ([touchpoint("a", 0.4, Verdict.UNDETERMINED)], "No verdict: the one tested promise is"),
            (
                [touchpoint("a", 0.4, Verdict.UNDETERMINED), touchpoint("b", 0.4, Verdict.KEPT)],
                "No promise is shown to be broken, 1 of 2 tested are still undetermined",
            ),
            ([touchpoint("a", 0.4, Verdict.KEPT)], "Every tested promise is kept"),
            ([touchpoint("a", 0.4, Verdict.OVER_DELIVERED)], "Every tested promise is kept, and A delivers more"),
        ],
    )
    def test_without_a_broken_promise_the_title_says_how_far_the_evidence_reaches(
        self, touchpoints: list[TouchpointFigure], title: str
    ) -> None:
        assert finding_of(report_of(*touchpoints)).startswith(title)

    def test_the_subtitle_counts_answers_days_and_verdicts(self) -> None:
        subtitle = subtitle_of(JOURNEY).replace("\xa0", " ")
        assert "172 answers, 1 May 2026 to 29 Jul 2026 (90 days). Bars: 95 % interval." in subtitle
        assert subtitle.endswith("Violet: what was promised.")
        assert verdicts_of(JOURNEY).replace("\xa0", " ").startswith("Of 7 touchpoints: 1 broken, 1 kept")

    @given(st.text(max_size=200))
    def test_a_claim_is_never_longer_than_its_room_and_only_cut_between_words(self, claim: str) -> None:
        short = shortened(claim)
        assert len(short) <= CLAIM_CHARACTERS
        whole = " ".join(claim.split())
        assert short == whole or short.endswith("…")
        start = short.removesuffix("…")
        if " " in start and short != whole:
            assert not whole[len(start)].isalnum() or not start[-1].isalnum()
