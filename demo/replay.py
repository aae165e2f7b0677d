"""Ninety days of the demo's journey, lived through the real doors: HTTP in, mail out, a form back, worker between."""

import random
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

import httpx
from litestar import Litestar
from msgspec import Struct
from tqdm import tqdm

from app import create_app, jobs_of
from core.mail import Mail, Transport
from core.site import Site
from core.worker import run_once
from demo.feelings import Feelings
from demo.files import read_file
from demo.population import Person, make_people
from surveys.journey_file import JourneyFile

REPEAT_AFTER = timedelta(days=33)  # most people come back to a touchpoint no sooner
COMES_BACK_SOON = 0.06  # the others are refused: "asked at this touchpoint recently"
UNSUBSCRIBES = 0.006  # of those who don't answer
HEARD_NOT_USED = "invoice.paid"
NOT_USED_A_DAY = 2


class Passage(Struct, frozen=True):
    """Somebody comes through a touchpoint at a moment."""

    at: datetime
    touchpoint: str
    event: str
    person: Person


class ReplayClock:
    """A clock that the replay sets."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class Mailbox:
    """Hands every mail on and remembers it, so that its receiver can open it."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._received: list[Mail] = []

    async def send(self, mail: Mail) -> None:
        await self._transport.send(mail)
        self._received.append(mail)

    def empty(self) -> list[Mail]:
        received, self._received = self._received, []
        return sorted(received, key=lambda mail: mail.message_id)


class Replay:
    """Lives the journey day by day. `site` must have a ReplayClock and a Mailbox."""

    def __init__(self, site: Site, journey: JourneyFile, api_key: str, mailbox: Mailbox, clock: ReplayClock) -> None:
        self._script = read_file("script.yaml")
        self._dice = random.Random(self._script["seed"])
        self._site, self._mailbox, self._clock = site, mailbox, clock
        self._application: Litestar = create_app(site)
        self._headers = {"Authorization": f"Bearer {api_key}"}
        self._touchpoints = {t.key: t for stage in journey.stages for t in stage.touchpoints}
        self._surveys = {survey.title: survey for survey in journey.surveys}
        asked_at = {ask.survey: t.key for t in self._touchpoints.values() for ask in t.asks}
        self._touchpoint_of = {
            survey.title: asked_at[survey.key] for survey in journey.surveys if survey.key in asked_at
        }
        self._people = make_people(read_file("people.yaml"), [persona.key for persona in journey.personas], self._dice)
        comments = read_file("comments.yaml")
        self._feelings = {
            key: Feelings(touchpoint, self._script, comments.get(key, {}), self._dice)
            for key, touchpoint in self._script["touchpoints"].items()
        }

    async def run(self, until: datetime) -> None:
        """Live the days up to `until`, with a bar that shows how many are over."""
        days = self._script["days"]
        midnight = datetime.combine(until.date(), time(0), until.tzinfo)
        starts = [midnight - timedelta(days=back) for back in reversed(range(days))]
        plan = self._plan(starts, until)
        transport = httpx.ASGITransport(self._application)  # type: ignore[arg-type]  # Litestar types its scope more narrowly
        async with httpx.AsyncClient(transport=transport, base_url=self._site.settings.base_url) as browser:
            for start in tqdm(starts, desc="Replaying 90 days", unit="day"):
                await self._live(browser, plan[start], min(start + timedelta(hours=23, minutes=30), until))

    async def _live(self, browser: httpx.AsyncClient, passages: Sequence[Passage], evening: datetime) -> None:
        self._clock.now = evening
        events = [self._event(passage) for passage in passages] + self._unused_events(evening)
        (await browser.post("/api/v1/events", json=events, headers=self._headers)).raise_for_status()
        await run_once(jobs_of(self._site), evening)
        for mail in self._mailbox.empty():
            await self._receive(browser, mail)
        await run_once(jobs_of(self._site), evening)

    async def _receive(self, browser: httpx.AsyncClient, mail: Mail) -> None:
        """Open the mail's link and answer, or don't; a few never want to be asked again."""
        feelings = self._feelings[self._touchpoint_of[mail.subject]]
        link = _first_link(mail.text)
        if feelings.will_answer():
            (await browser.get(link)).raise_for_status()
            answered = await browser.post(link, data=feelings.fill_in(self._surveys[mail.subject]))
            if answered.status_code != httpx.codes.SEE_OTHER:
                raise RuntimeError(f"an answer of the demo was refused: {answered.text}")
        elif self._dice.random() < UNSUBSCRIBES:
            await browser.post(f"{link}/unsubscribe")

    def _plan(self, starts: Sequence[datetime], until: datetime) -> Mapping[datetime, list[Passage]]:
        """Who comes through which touchpoint when: as many as the script says, more on some weekdays than on others."""
        plan: dict[datetime, list[Passage]] = {start: [] for start in starts}
        weights = [self._script["weekday_weights"][start.weekday()] for start in starts]
        came: defaultdict[str, dict[str, datetime]] = defaultdict(dict)
        for key, touchpoint in self._script["touchpoints"].items():
            total = round(touchpoint["per_day"] * self._script["days"])
            for start in sorted(self._dice.choices(starts, weights, k=total)):
                at = self._moment(start, until)
                person = self._somebody(touchpoint["personas"], came[key], at)
                came[key][person.external_id] = at
                plan[start].append(Passage(at, key, self._touchpoints[key].event, person))
        return plan

    def _moment(self, start: datetime, until: datetime) -> datetime:
        first, last = self._script["hours"]
        at = start + timedelta(hours=self._dice.uniform(first, last))
        # Today is not over: what would lie ahead of now has happened since midnight instead.
        return at if at < until else start + (until - start) * self._dice.random()

    def _somebody(self, personas: Mapping[str, float], came: Mapping[str, datetime], at: datetime) -> Person:
        persona = self._dice.choices(list(personas), list(personas.values()))[0]
        candidates = [person for person in self._people if person.persona == persona]
        if self._dice.random() > COMES_BACK_SOON:
            rested = [p for p in candidates if p.external_id not in came or at - came[p.external_id] > REPEAT_AFTER]
            candidates = rested or candidates
        return self._dice.choice(candidates)

    def _event(self, passage: Passage) -> dict[str, Any]:
        person = passage.person
        contact: dict[str, Any] = {
            "id": person.external_id,
            "name": person.name,
            "persona": person.persona,
            "locale": person.locale,
            "time_zone": person.time_zone,
            "account": {"id": person.company.lower().replace(" ", "-"), "name": person.company},
        }
        if person.email is not None:
            contact["email"] = person.email
        return {
            "key": f"{passage.event}:{person.external_id}:{passage.at.isoformat()}",
            "name": passage.event,
            "occurred_at": passage.at.isoformat(),
            "contact": contact,
        }

    def _unused_events(self, evening: datetime) -> list[dict[str, Any]]:
        payers = self._dice.sample(self._people, NOT_USED_A_DAY)
        return [
            {
                "key": f"{HEARD_NOT_USED}:{p.external_id}:{evening.date()}",
                "name": HEARD_NOT_USED,
                "contact": {"id": p.external_id},
            }
            for p in payers
        ]


def _first_link(text: str) -> str:
    found = re.search(r"https?://\S+/a/\S+", text)
    if found is None:
        raise RuntimeError("a mail of the demo holds no link")
    return found.group()
