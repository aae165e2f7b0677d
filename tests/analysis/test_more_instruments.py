"""Every instrument counts in its own way: on a scale, turned round, as two values, as choices without a worth in x."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from analysis import distribution_chart
from analysis.actions import log_action
from analysis.before_after import Action
from analysis.curve_words import INSTRUMENT_WORDS
from analysis.experience import estimate_of, wilson
from analysis.load_drivers import load_drivers
from analysis.load_full_report import load_full_report
from analysis.load_report import last_days, load_report
from analysis.load_touchpoint import TouchpointReport, load_touchpoint
from analysis.official import official_figures
from analysis.pains.load_pains import load_pains
from analysis.read_answers import property_of
from analysis.rebuild_tally import rebuild_tally
from analysis.remove_responses import delete_response, erase_contact
from analysis.report import Interval, OfficialFigure, TouchpointFigure, Verdict
from analysis.scales import experience_of
from analysis.score_responses import score_responses
from analysis.set_valences import set_valences
from analysis.touchpoint_words import ASKED, question_report
from analysis.worth import CHOSEN, has_worth
from core.database import fetch
from surveys.instruments import DEFAULT_EMOTIONS, EXPERIENCE, SCALES, Instrument
from tests.analysis.answers import commented, contacts_of, given, score, sums_of
from tests.factories import Hands, make_journey
from tests.people import People

CHOICES = ("price", "a+b", "x" * 64)  # a key that looks like joined picks, and one as long as keys may be
ANSWERED = tuple(i for i in Instrument if i not in (Instrument.COMMENT, Instrument.STATEMENT))


def an_answer(instrument: Instrument, dice: random.Random) -> int | list[str]:
    if instrument in SCALES:
        return dice.choice(SCALES[instrument].points)
    if instrument is Instrument.EMOTION:
        return dice.sample(DEFAULT_EMOTIONS, dice.randint(0, 3))
    if instrument is Instrument.CHOICE:
        return [dice.choice(CHOICES)]
    if instrument is Instrument.CHOICES:
        return dice.sample(CHOICES, dice.randint(0, len(CHOICES)))
    return dice.randint(0, 1)


def official(instrument: Instrument, *distribution: tuple[int, int]) -> dict[str, OfficialFigure]:
    return {figure.name: figure for figure in official_figures(instrument, sums_of(instrument, distribution))}


def bounds(interval: Interval | None) -> list[float]:
    assert interval is not None
    return [interval.lo, interval.hi]


async def delivery(people: People, hands: Hands) -> TouchpointFigure:
    await score(hands)
    report = await load_report(people.acme, "buying", last_days(hands.now))
    return next(figure for figure in report.touchpoints if figure.key == "delivery")


async def figures(people: People, hands: Hands) -> TouchpointReport:
    await score(hands)
    return await load_touchpoint(people.acme, "buying", "delivery", last_days(hands.now))


class TestMaps:
    """METHOD, section 1."""

    @pytest.mark.parametrize(
        ("instrument", "expected"),
        [
            (Instrument.CSAT7, [-1, -2 / 3, -1 / 3, 0, 1 / 3, 2 / 3, 1]),
            (Instrument.CSAT10, [-1, -7 / 9, -5 / 9, -1 / 3, -1 / 9, 1 / 9, 1 / 3, 5 / 9, 7 / 9, 1]),
            (Instrument.CES1, [1, 0.5, 0, -0.5, -1]),
            (Instrument.THUMBS, [-1, 1]),
        ],
    )
    def test_every_point_has_its_experience(self, instrument: Instrument, expected: list[float]) -> None:
        assert [experience_of(instrument, value) for value in SCALES[instrument].points] == pytest.approx(expected)

    def test_what_says_how_it_was_has_a_worth_and_what_is_chosen_has_none(self) -> None:
        assert all(has_worth(instrument) for instrument in EXPERIENCE)
        assert not any(has_worth(instrument) for instrument in CHOSEN)


class TestOfficialFigures:
    """METHOD, section 2."""

    @pytest.mark.parametrize(
        ("instrument", "name", "satisfied"),
        [
            (Instrument.CSAT, "CSAT top-2-box", (4, 5)),
            (Instrument.CSAT7, "CSAT top-2-box (1 to 7)", (6, 7)),
            (Instrument.CSAT10, "CSAT top-2-box (1 to 10)", (9, 10)),
            (Instrument.CES1, "CES 1.0 share 1 to 2", (1, 2)),
            (Instrument.THUMBS, "Thumbs up", (1,)),
        ],
    )
    def test_a_share_is_of_its_own_boxes(self, instrument: Instrument, name: str, satisfied: tuple[int, ...]) -> None:
        for value in SCALES[instrument].points:
            share = official(instrument, (value, 20))[name]
            assert (share.value, share.unit, share.n) == (float(value in satisfied), "share", 20)
            assert share.interval == wilson(20 if value in satisfied else 0, 20)

    def test_effort_is_a_mean_on_its_own_scale_with_the_interval_turned_back(self) -> None:
        found = official(Instrument.CES1, (1, 6), (2, 8), (3, 3), (5, 3))
        mean = found["CES 1.0 mean effort"]
        # The same answers as a scale of its own on which high is good: 6 - effort.
        mirrored = estimate_of(sums_of(Instrument.CSAT, [(5, 6), (4, 8), (3, 3), (1, 3)]).x)
        assert mirrored is not None
        assert mean.value == pytest.approx((6 * 1 + 8 * 2 + 3 * 3 + 3 * 5) / 20)
        assert bounds(mean.interval) == pytest.approx([3 - 2 * mirrored.interval.hi, 3 - 2 * mirrored.interval.lo])
        assert mean.interval.lo < mean.value < mean.interval.hi
        assert found["CES 1.0 share 1 to 2"].value == 14 / 20

    def test_the_mean_of_effort_never_leaves_its_scale(self) -> None:
        mean = official(Instrument.CES1, (1, 12))["CES 1.0 mean effort"]
        assert (mean.value, mean.interval.lo) == (1, 1)


class TestCounting:
    """The tally counts each choice, picked emotions together, and consents by their value."""

    async def counted(self, instrument: str) -> dict[str, int]:
        rows = await fetch(
            "SELECT value, sum(n)::int AS n FROM tally WHERE grain = 'day' AND instrument = $1 GROUP BY 1",
            instrument,
        )
        return {row["value"]: row["n"] for row in rows}

    async def test_each_choice_is_a_cell_and_emotions_stay_together(self, people: People, hands: Hands) -> None:
        await make_journey(people.acme, hands.now)
        for contact in await contacts_of(people.acme, 3):
            await given(
                people.acme,
                contact,
                hands.now,
                ("how", "choice", ["a+b"]),
                ("why", "choices", ["price", "a+b"]),
                ("mood", "emotion", ["angry", "hurried"]),
                ("agreed", "consent", 1),
                ("call", "contact", 0),
            )
        await score(hands)
        assert await self.counted("choice") == {"a+b": 3}
        assert await self.counted("choices") == {"price": 3, "a+b": 3}
        assert await self.counted("emotion") == {"angry+hurried": 3}
        assert (await self.counted("consent"), await self.counted("contact")) == ({"1": 3}, {"0": 3})

    @pytest.mark.parametrize("seed", range(4))
    async def test_counting_one_by_one_and_counting_again_agree(self, people: People, hands: Hands, seed: int) -> None:
        dice = random.Random(seed)
        await make_journey(people.acme, hands.now)
        contacts = await contacts_of(people.acme, 6)
        responses = []
        for at in range(50):
            moment = datetime(2026, 1, 1, dice.randrange(24), tzinfo=UTC) + timedelta(days=dice.randrange(50))
            answers = [(f"q{i}", i.value, an_answer(i, dice)) for i in dice.sample(ANSWERED, dice.randint(1, 8))]
            channel = dice.choice(("mail", "web"))
            responses.append(await given(people.acme, dice.choice(contacts), moment, *answers, channel=channel))
            if at % 9 == 0:
                await score_responses(hands.now)
        await score(hands)
        assert (await rebuild_tally()).differing == 0
        for response in dice.sample(responses, 12):
            await delete_response(people.acme, response)
        assert (await rebuild_tally()).differing == 0
        await erase_contact(people.acme, "c1", hands.now)
        await set_valences(people.acme, {"angry": -0.5}, hands.now)
        assert (await rebuild_tally()).differing == 0
        await fetch("DELETE FROM response")
        await rebuild_tally()
        assert await fetch("SELECT FROM tally") == []


class TestEachAlone:
    """A touchpoint at which nothing else was asked."""

    @pytest.mark.parametrize("instrument", ANSWERED)
    async def test_every_page_and_figure_is_made(self, people: People, hands: Hands, instrument: Instrument) -> None:
        dice = random.Random(5)
        await make_journey(people.acme, hands.now)
        contacts = await contacts_of(people.acme, 12)
        for contact in contacts:
            for days in (0, 30):
                answer = an_answer(instrument, dice)
                await given(people.acme, contact, hands.now - timedelta(days=days), ("only", instrument.value, answer))
        await commented(contacts[0], "Waited for weeks, still waiting.")
        await log_action(people.acme, "buying", "delivery", Action("It", hands.now.date() - timedelta(9)), hands.now)
        await score(hands)
        period = last_days(hands.now)
        figure = await delivery(people, hands)
        assert figure.instrument == (instrument if instrument in EXPERIENCE else None)
        assert (figure.mean is not None) == (instrument in EXPERIENCE)
        for where in (None, property_of("plan:pro")):
            await load_full_report(people.acme, "buying", period, where=where)
        await load_pains(people.acme, "buying", period)
        await load_drivers(people.acme, "buying", period)
        page = "/w/acme/journeys/buying"
        for path in (page, f"{page}/touchpoints/delivery/figures", f"{page}/touchpoints/delivery/distribution.svg",
                     f"{page}/report.pdf", f"{page}/segments", "/w/acme/responses"):  # fmt: skip
            assert (await people.bob.get(path)).status_code == 200, path

    @pytest.mark.parametrize("instrument", [i for i in EXPERIENCE if i in SCALES])
    async def test_a_promise_is_judged_by_any_scale(self, people: People, hands: Hands, instrument: Instrument) -> None:
        scale = SCALES[instrument]
        await make_journey(people.acme, hands.now)
        for contact in await contacts_of(people.acme, 12):
            worst = scale.high if scale.is_reversed else scale.low
            await given(people.acme, contact, hands.now, ("only", instrument.value, worst))
        figure = await delivery(people, hands)
        assert (figure.mean, figure.verdict) == (-1, Verdict.BROKEN)
        assert figure.distribution == ((worst, 12),)


class TestWords:
    """Nothing that can be asked is without words."""

    def test_every_instrument_is_called_something(self) -> None:
        assert set(INSTRUMENT_WORDS) == set(Instrument)
        assert len(set(INSTRUMENT_WORDS.values())) == len(Instrument)

    def test_every_question_with_a_worth_has_a_row_of_its_own(self) -> None:
        asked = [instrument for instrument in Instrument if has_worth(instrument)]
        assert set(ASKED) == set(asked)
        assert len(set(ASKED.values())) == len(asked)

    async def test_little_effort_is_on_the_happy_side(self, people: People, hands: Hands) -> None:
        await make_journey(people.acme, hands.now)
        for at, contact in enumerate(await contacts_of(people.acme, 10)):
            answers = ("e", "ces1", 1 if at < 7 else 5), ("t", "thumbs", int(at < 4))
            await given(people.acme, contact, hands.now, *answers)
        found = question_report(await figures(people, hands))
        effort, thumbs = (distribution_chart.divided_answers(row) for row in found.touchpoints)
        assert effort is not None
        assert thumbs is not None
        assert (effort.happy, effort.unhappy) == pytest.approx((0.7, 0.3))
        assert (thumbs.happy, thumbs.unhappy) == pytest.approx((0.4, 0.6))
        cells = {row[0]: row[-1] for row in distribution_chart.table_of(found).rows}
        assert cells["How much effort it took"].replace("\xa0", " ") == "1: 7 (70 %), 5: 3 (30 %)"
        assert cells["Thumbs up or down"].replace("\xa0", " ") == "thumbs down: 6 (60 %), thumbs up: 4 (40 %)"
