"""Whose click it was: what marks a scanner, what a person may do, and what a mark takes with it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.answering.clicks import HOLDS_FOR, SOONEST, ClickReason, RequestFacts, SeenClick, reasons_of, said_by

SENT = datetime(2026, 3, 2, 12, tzinfo=UTC)
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"


def clicked(
    seconds: float, value: int | None = 5, question: str = "felt", said: ClickReason | None = None
) -> SeenClick:
    """A click so many seconds after the mail left."""
    return SeenClick(question, value, SENT + timedelta(seconds=seconds), said)


def unseen(seconds: float) -> SeenClick:
    return clicked(seconds, None, question="")


def judged(*clicks: SeenClick) -> list[str]:
    return [reason or "" for reason in reasons_of(clicks, SENT)]


class TestAPerson:
    def test_one_tap_is_nobody_elses(self) -> None:
        assert judged(clicked(40)) == [""]

    def test_the_same_score_opened_again_and_again_is_a_person_who_reloads(self) -> None:
        assert judged(clicked(40), clicked(41), clicked(41.5), clicked(3600)) == [""] * 4

    def test_a_mistap_and_another_tap_are_a_persons(self) -> None:
        assert judged(clicked(40, 2), clicked(45, 5)) == ["", ""]

    def test_who_changes_their_mind_over_days_is_a_person(self) -> None:
        assert judged(*(clicked(86_400 * day, day) for day in range(1, 6))) == [""] * 5

    def test_two_questions_at_once_are_not_two_scores_of_one(self) -> None:
        assert judged(clicked(40, 2, "felt"), clicked(40, 5, "nps")) == ["", ""]


class TestAScanner:
    def test_it_follows_the_link_that_nobody_sees(self) -> None:
        assert judged(unseen(60)) == ["honeypot"]

    def test_it_opens_two_scores_at_once(self) -> None:
        assert judged(clicked(60, 1), clicked(61, 2)) == ["several_scores"] * 2

    def test_it_opens_three_scores_in_a_minute(self) -> None:
        assert judged(clicked(60, 1), clicked(80, 2), clicked(120, 3)) == ["several_scores"] * 3
        assert judged(clicked(60, 1), clicked(80, 2), clicked(121, 3)) == [""] * 3

    @pytest.mark.parametrize(("seconds", "reason"), [(-5, "too_fast"), (1.9, "too_fast"), (2, "")])
    def test_it_clicks_before_anybody_can_have_read(self, seconds: float, reason: str) -> None:
        assert judged(clicked(seconds)) == [reason]

    def test_while_the_mail_is_still_under_way_nobody_has_it(self) -> None:
        assert reasons_of([clicked(60)], None) == [ClickReason.TOO_FAST]

    def test_what_it_does_before_and_after_its_mark_is_rejected_too(self) -> None:
        beside = HOLDS_FOR.total_seconds()
        clicks = [clicked(700 - beside - 1), clicked(700 - beside), unseen(700), clicked(700 + beside)]
        clicks.append(clicked(700 + beside + 1))
        assert judged(*clicks) == ["", "beside_a_scanner", "honeypot", "beside_a_scanner", ""]

    def test_what_is_rejected_for_its_neighbour_marks_no_further(self) -> None:
        assert judged(unseen(60), clicked(600, 5), clicked(1100, 5)) == ["honeypot", "beside_a_scanner", ""]


class TestWhatARequestSays:
    @pytest.mark.parametrize(
        "agent",
        [
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
            "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
            "WhatsApp/2.23.20.0 A",
            "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com",
            "Mozilla/5.0 (via ggpht.com GoogleImageProxy)",
            "BarracudaCentral",
            "Mozilla/5.0 (compatible; Proofpoint URL Defense)",
            "Mimecast-URL-Protect",
            "Microsoft SafeLinks/1.0",
            "Microsoft Office Existence Discovery",
            "TelegramBot (like TwitterBot)",
            "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
            "Mozilla/5.0 AppleWebKit/537.36 HeadlessChrome/140.0.0.0 Safari/537.36",
            "python-httpx/0.28.1",
            "curl/8.5.0",
            "",
            "  ",
        ],
    )
    def test_a_program_that_says_its_name_is_a_bot(self, agent: str) -> None:
        assert said_by(RequestFacts(agent)) is ClickReason.BOT

    @pytest.mark.parametrize(
        "agent",
        [
            PHONE,
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari",
            "Mozilla/5.0 (Linux; Android 14; CUBOT X70) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Mobile",
            "Mozilla/5.0 (Linux; Android 9; CUBOT_NOTE_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Mobile",
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Opera/9.80 (J2ME/MIDP; Opera Mini/7.1.32052/29.3709; U; en) Presto/2.8.119 Version/11.10",
        ],
    )
    def test_browsers_and_the_phones_of_cubot_are_peoples(self, agent: str) -> None:
        assert said_by(RequestFacts(agent)) is None

    @pytest.mark.parametrize("purpose", ["prefetch", "prefetch;prerender", "preview", "Prefetch"])
    def test_a_browser_that_loads_ahead_says_so(self, purpose: str) -> None:
        assert said_by(RequestFacts(PHONE, (purpose,))) is ClickReason.PREFETCH

    def test_what_a_bot_opened_takes_what_is_beside_it(self) -> None:
        assert judged(clicked(60, said=ClickReason.BOT), clicked(90)) == ["bot", "beside_a_scanner"]

    def test_what_was_loaded_ahead_speaks_against_nobodys_tap(self) -> None:
        ahead = [clicked(60, value, said=ClickReason.PREFETCH) for value in (1, 2, 3)]
        assert judged(*ahead, clicked(61, 5)) == ["prefetch"] * 3 + [""]


SAID = st.sampled_from([None, None, None, ClickReason.PREFETCH, ClickReason.BOT])
CLICKS = st.lists(
    st.builds(
        clicked,
        st.integers(-10, 5_000),
        st.integers(0, 10),
        st.sampled_from(["felt", "felt", "nps", ""]),
        SAID,
    ),
    max_size=12,
)


class TestAnyClicks:
    @given(CLICKS, st.randoms(use_true_random=False))
    def test_the_order_they_are_told_in_changes_nothing(self, clicks: list[SeenClick], chance: object) -> None:
        order = list(range(len(clicks)))
        chance.shuffle(order)  # type: ignore[attr-defined]
        reasons = reasons_of(clicks, SENT)
        assert reasons_of([clicks[at] for at in order], SENT) == [reasons[at] for at in order]

    @given(CLICKS, CLICKS)
    def test_a_further_click_never_clears_another(self, clicks: list[SeenClick], more: list[SeenClick]) -> None:
        before = reasons_of(clicks, SENT)
        after = reasons_of([*clicks, *more], SENT)[: len(clicks)]
        assert [now for was, now in zip(before, after, strict=True) if was and not now] == []

    @given(CLICKS)
    def test_nothing_near_the_unseen_link_stays(self, clicks: list[SeenClick]) -> None:
        traps = [click.clicked_at for click in clicks if not click.question]
        reasons = reasons_of(clicks, SENT)
        near = [
            reason
            for click, reason in zip(clicks, reasons, strict=True)
            if any(abs(click.clicked_at - trap) <= HOLDS_FOR for trap in traps)
        ]
        assert None not in near

    @given(st.lists(st.integers(0, 10_000), max_size=20), st.integers(0, 10))
    def test_one_score_of_a_browser_after_the_delivery_is_never_rejected(self, seconds: list[int], value: int) -> None:
        clicks = [clicked(SOONEST.total_seconds() + second, value) for second in seconds]
        assert reasons_of(clicks, SENT) == [None] * len(clicks)
