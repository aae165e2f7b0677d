"""A served Kept whose surveys ask with every instrument in every look, and the doors to them."""

import asyncio
import re
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from msgspec import Struct, field, json

from core.embedded import embedded_postgres
from tests.live.processes import environment_in, kept, served, until
from tests.live.shop_page import shop_page

# By groups, because a survey asks most instruments once. Most have the words of their instruments in every language.
SCALES: list[dict[str, Any]] = [
    {"key": "felt", "instrument": "anchor"},
    {"key": "nps", "instrument": "nps"},
    {"key": "faces", "instrument": "csat", "look": "faces"},
    {"key": "stars", "instrument": "csat", "look": "stars"},
    {"key": "ces", "instrument": "ces"},
    {"key": "ces1", "instrument": "ces1"},
    {"key": "thumbs", "instrument": "thumbs"},
    {"key": "promise", "instrument": "kept"},
    {"key": "compared", "instrument": "disconfirmation"},
    {"key": "weight", "instrument": "importance"},
    {"key": "expected", "instrument": "expectation"},
]
NUMBERS: list[dict[str, Any]] = [
    {"key": "five", "instrument": "csat"},
    {"key": "seven", "instrument": "csat7"},
    {"key": "seven-stars", "instrument": "csat7", "look": "stars"},
    {"key": "ten", "instrument": "csat10"},
    {"key": "ten-stars", "instrument": "csat10", "look": "stars"},
    {"key": "moods", "instrument": "emotion", "shows_pictures_only": True, "asks_strength": True},
    {"key": "why", "instrument": "comment", "max_characters": 500, "required": True},
    {"key": "call", "instrument": "contact"},
]
CHOICES = [{"key": "fast", "text": "It came fast"}, {"key": "kind", "text": "The people were kind"}]
ARABIC_CHOICES = {"fast": "وصل بسرعة", "kind": "كان الموظفون لطفاء"}
WORDS: list[dict[str, Any]] = [
    {"key": "hello", "instrument": "statement", "text": "Thank you for your time. It takes ten seconds."},
    {"key": "one", "instrument": "choice", "text": "What was best?", "choices": CHOICES},
    {"key": "one-more", "instrument": "choice", "text": "What else?", "choices": CHOICES, "has_other": True},
    {"key": "some", "instrument": "choices", "text": "What was good?", "choices": CHOICES},
    {"key": "some-more", "instrument": "choices", "text": "And else?", "choices": CHOICES, "has_other": True},
    {"key": "mood", "instrument": "emotion", "asks_strength": True},
    {"key": "agree", "instrument": "consent", "text": "You may quote me without my name.", "required": True},
]
ARABIC: dict[str, Any] = {
    "hello": {"text": "شكرًا على وقتك. لن يستغرق الأمر سوى عشر ثوانٍ."},
    "one": {"text": "ما الذي كان الأفضل؟", "choices": ARABIC_CHOICES},
    "one-more": {"text": "ماذا أيضًا؟", "choices": ARABIC_CHOICES},
    "some": {"text": "ما الذي كان جيدًا؟", "choices": ARABIC_CHOICES},
    "some-more": {"text": "وماذا أيضًا؟", "choices": ARABIC_CHOICES},
    "agree": {"text": "يمكنكم اقتباس كلامي دون ذكر اسمي."},
}
GROUPS = {"scales": SCALES, "numbers": NUMBERS, "words": WORDS}
SHORT: list[dict[str, Any]] = [{"key": "felt", "instrument": "anchor", "required": True}]


def _survey(key: str, questions: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    translated = {"translations": {"ar": {"questions": ARABIC}}} if questions is WORDS else {}
    return {"key": key, "name": key, "questions": questions, **translated, **more}


SURVEYS = [
    *(
        _survey(f"{group}-{layout}", questions, layout=layout)
        for group, questions in GROUPS.items()
        for layout in ("steps", "page")
    ),
    _survey("early", SHORT, opens_at="2100-01-01T00:00:00Z"),
    _survey("over", SHORT, closes_at="2020-01-01T00:00:00Z"),
    _survey("full", SHORT, quotas=[{"key": "all", "limit": 1}]),
    _survey("mailed", [*SHORT, {"key": "why", "instrument": "comment"}], layout="steps"),
    _survey("short", SHORT),
    # What scripts ask a form for, until a field is called so.
    _survey("named", [{"key": "action", "instrument": "csat"}, {"key": "method", "instrument": "comment"}]),
    _survey(
        "everywhere",
        [
            {"key": "felt", "instrument": "anchor", "required": True},
            {"key": "nps", "instrument": "nps"},
            {"key": "mood", "instrument": "emotion", "asks_strength": True},
            {"key": "one", "instrument": "choice", "text": "Best?", "choices": CHOICES, "has_other": True},
            {"key": "some", "instrument": "choices", "text": "Good?", "choices": CHOICES},
            {"key": "why", "instrument": "comment"},
            {"key": "agree", "instrument": "consent", "text": "You may quote me."},
        ],
        hidden=["store"],
        quotas=[{"key": "all", "limit": 100}],
    ),
]
JOURNEY: dict[str, Any] = {
    "kept": "journey/1",
    "key": "buying",
    "name": "Buying a chair",
    "surveys": SURVEYS,
    "stages": [
        {
            "key": "buy",
            "name": "Buying",
            "phase": "Purchase",
            "touchpoints": [
                {
                    "key": "delivery",
                    "name": "Delivery",
                    "period": "during",
                    "channel": "in_person",
                    "event": "order.delivered",
                    "promises": [
                        {
                            "claim": "At your door in two days",
                            "source": "Home page",
                            "valid_from": "2025-01-01",
                            "level": 0.75,
                        }
                    ],
                    "asks": [{"survey": "mailed", "wait": "PT0S", "expires": "P14D"}],
                },
                {
                    "key": "talk",
                    "name": "Talk",
                    "period": "during",
                    "channel": "in_person",
                    "event": "talk.ended",
                    "asks": [{"survey": "everywhere", "wait": "PT0S", "expires": "P14D"}],
                },
                {
                    "key": "checkout",
                    "name": "Checkout",
                    "period": "during",
                    "channel": "web",
                    "event": "order.placed",
                    "asks": [{"survey": "everywhere", "wait": "PT0S", "expires": "P14D", "channel": "widget"}],
                },
                {
                    "key": "pictures",
                    "name": "Pictures",
                    "period": "during",
                    "channel": "web",
                    "event": "pictures.seen",
                    "asks": [{"survey": "numbers-steps", "wait": "PT0S", "expires": "P14D", "channel": "widget"}],
                },
            ],
        }
    ],
}


# Whoever comes to a door is asked: of the shipped lottery each touchpoint would get its share alone.
ASK_ALWAYS = """INSERT INTO contact_policy (workspace, policy, updated_at)
SELECT id, '{"draw": "first_come", "contact_budget": null, "account_budget": null, "overall_days": 0}', now()
FROM workspace"""


class Doors(Struct):
    """The ways to the surveys of one Kept; `client` is signed in as its owner."""

    environment: dict[str, str]
    client: httpx.Client
    database: str  # its URL
    shop: str  # the origin of the page in which the widget asks
    codes: dict[str, str] = field(default_factory=dict)  # of the short links made so far, by survey
    api: dict[str, str] = field(default_factory=dict)  # the header of a program
    widget_key: str = ""

    @property
    def url(self) -> str:
        return self.environment["KEPT_BASE_URL"]

    def code(self, survey: str) -> str:
        """Of the short link to a survey, asked about the delivery."""
        if survey not in self.codes:
            page = "/w/acme/journeys/buying/touchpoints/delivery"
            self.post(f"{page}/links", survey=survey)
            known = set(self.codes.values())
            found = re.findall(r"/s/(\w{8})<", self.client.get(page).text)
            self.codes[survey] = next(code for code in found if code not in known)
        return self.codes[survey]

    def visit(self, survey: str, door: str = "s", **query: str) -> str:
        """The address of a new visit to a survey, by its short link `s` or as a kiosk `k`."""
        begun = httpx.get(f"{self.url}/{door}/{self.code(survey)}", params=query)
        assert begun.status_code == 303, begun.text
        return f"{self.url}{begun.headers['location']}"

    def mailed(self, event: str, contact: str, **properties: str) -> str:
        """The answering link in the mail that an event brings about."""
        before = len(self._mails())
        who = {"id": contact, "email": f"{contact}@customer.example", "locale": "en"}
        happened = {"key": f"{event}-{contact}", "name": event, "contact": who, "properties": properties}
        answered = self.client.post("/api/v1/events", json=happened, headers=self.api)
        assert answered.status_code == 202, answered.text
        until(lambda: len(self._mails()) > before)
        mail = self.client.get(f"/w/acme/outbox/{self._mails()[0]}/html").text
        path: str = re.findall(r"/a/[\w.-]+", mail)[0]
        return self.url + path

    def widget(self, touchpoint: str) -> str:
        """The address that the widget shows to a new visitor in a page of the shop."""
        chance = secrets.token_hex()
        call = {"key": self.widget_key, "once": chance, "contact": {"visitor": chance}, "touchpoint": touchpoint}
        answered = httpx.post(f"{self.url}/widget/ask", content=json.encode(call), headers={"Origin": self.shop})
        assert answered.status_code == 200, answered.text
        return str(answered.json()["ask"]["url"])

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """What the database says, asked from a thread: playwright holds this one's event loop."""

        async def read() -> list[dict[str, Any]]:
            connection = await asyncpg.connect(self.database)
            try:
                return [dict(row) for row in await connection.fetch(sql, *values)]
            finally:
                await connection.close()

        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, read()).result()

    def answers(self) -> dict[str, dict[str, Any]]:
        """What was answered last of all, by question: what is filled in of value, picks, text, strength and other."""
        newest = """SELECT question, value, picks, text, strength, other FROM answer
                    WHERE response = (SELECT max(id) FROM response)"""
        return {
            row.pop("question"): {name: value for name, value in row.items() if value is not None}
            for row in self.rows(newest)
        }

    def post(self, path: str, **form: str) -> httpx.Response:
        answered = self.client.post(path, data={**form, "_csrf_token": self.client.cookies["kept_csrf"]})
        assert answered.status_code < 400, answered.text
        return answered

    def _mails(self) -> list[str]:
        return re.findall(r"outbox/(\d+)", self.client.get("/w/acme/outbox").text)


@contextmanager
def doors_in(folder: Path) -> Iterator[Doors]:
    """Kept with every survey, served from `folder`."""
    environment = environment_in(folder / "data")
    (folder / "journey.json").write_bytes(json.encode(JOURNEY))
    sign_in = kept(environment, "setup", "--workspace", "acme", "--name", "Acme", "--owner", "al@acme.example")
    kept(environment, "journey", "import", str(folder / "journey.json"), "--workspace", "acme")
    with (
        served(environment) as client,
        embedded_postgres(folder / "data") as database,
        shop_page(environment["KEPT_BASE_URL"]) as shop,
    ):
        doors = Doors(environment, client, database, shop)
        client.get(sign_in)
        doors.post(sign_in)
        key = re.findall(r"kept_[\w-]{43}", doors.post("/w/acme/api-keys", name="Shop", scopes="events").text)[0]
        doors.api = {"Authorization": f"Bearer {key}"}
        doors.post("/w/acme/widget", name="Shop", origins=shop)
        doors.rows(ASK_ALWAYS)
        doors.widget_key = re.findall(r"pk_[\w-]{22}", client.get("/w/acme/widget").text)[0]
        yield doors
