"""Words that are meant to do harm: read in bounded work or refused, stored, and shown as words."""

import asyncio
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from types import FrameType

import pytest
from litestar import Litestar

from analysis.apply_changes import apply_changes
from analysis.score_responses import score_responses
from analysis.text.evidence import Leaning
from analysis.text.reading import CommentReading, ReadingRules, read_comment
from analysis.text.reading_pool import MANY_CHARACTERS, Unread, _readers, read_all
from analysis.text.rescore import FROM_THE_START, ask_rescoring, load_rescoring, rescore_comments
from analysis.text.sentiment import SentimentState
from analysis.text.themes import shipped_pack_files
from analysis.text.wordlists import MAX_READ_CHARACTERS
from core.database import fetch
from core.site import Site
from surveys.instruments import MAX_COMMENT_CHARACTERS
from tests.analysis.changing import Voices
from tests.analysis.text.reading_examples import kept_rows, said
from tests.factories import Hands, Letterbox, make_journey
from tests.feedback.answering import Desk
from tests.people import People
from tests.test_routes import routes_of

LONGEST = 100_000
# What is repeated up to so many characters.
HOSTILE = {
    "NUL": "\0",
    "right to left": "\u202egood ",
    "stacked accents": "a\u0301\u0323\u0302\u0308",
    "only emoji": "😡",
    "a family in one emoji": "👨‍👩‍👧‍👦",
    "HTML": "<script>alert('good')</script>",
    "tags that never close": "<b ",
    "entities": "&lt;&amp;",
    "a spreadsheet's formula": "=HYPERLINK(A1) ",
    "a regex bomb of letters": "a",
    "a regex bomb of words": "not very ",
    "a regex bomb of quotes": "'",
    "a regex bomb of hyphens": "a-",
    "a regex bomb of addresses": "a@a.",
    "nothing but contrast": "but good ",
    "nothing but clauses": "good, bad. ",
    "nothing but contractions": "n't",
    "one theme again and again": "it crashes ",
    "themes with gaps": "lost all of my ",
    "half a surrogate": "\ud800",
    "line breaks": "\r\n",
    "spaces that are none": "\u200b\u2060\ufeff",
    "digits": "1,000.0",
    "Chinese": "很慢",
    "sums of money": "$9.99 ",
}
RULES = ReadingRules(shipped_pack_files())

hostile = pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE.keys())


def of_length(unit: str, n: int) -> str:
    return (unit * (n // len(unit) + 1))[:n]


def as_sent(text: str) -> str:
    """What a program that knows no better makes of half a surrogate."""
    return text.encode("utf-8", "replace").decode()


def read(text: str) -> CommentReading:
    return read_comment(text, locale="en", offered=("en",), leaning=Leaning.BETTER, rules=RULES)


def calls_of(act: Callable[[], object]) -> int:
    """How many functions are called, those written in C too: work that no busy machine makes more of."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    former = sys.getprofile()
    sys.setprofile(count)
    try:
        act()
    finally:
        sys.setprofile(former)
    return calls


@hostile
def test_it_is_read_to_a_state_with_every_span_inside_the_text(unit: str) -> None:
    text = of_length(unit, LONGEST)
    found = read(text)
    assert found.state in SentimentState
    assert found.polarity is None or -1 <= found.polarity <= 1
    assert found.probability is None or 0 <= found.probability <= 1
    spans = [(span.start, span.stop) for span in (*found.clauses, *found.themes, *found.emotions)]
    assert [span for span in spans if not 0 <= span[0] < span[1] <= len(text)] == []
    clauses = [(clause.start, clause.stop) for clause in found.clauses]
    assert all(first[1] <= second[0] for first, second in pairwise(clauses))


@hostile
def test_work_grows_with_the_text_and_no_faster(unit: str) -> None:
    texts = [of_length(unit, n) for n in (2_500, 5_000, MAX_READ_CHARACTERS)]
    for text in texts:
        read(text)  # what is remembered is remembered
    least, half, whole = (calls_of(lambda text=text: read(text)) for text in texts)  # type: ignore[misc]
    assert whole - half <= 2.2 * (half - least) + 200
    assert half <= 2.2 * least + 200


@hostile
def test_beyond_ten_thousand_characters_more_text_is_hardly_more_work(unit: str) -> None:
    text = of_length(unit, LONGEST)
    start = text[:MAX_READ_CHARACTERS]
    assert read(text) == read(start)
    assert calls_of(lambda: read(text)) <= 1.1 * calls_of(lambda: read(start)) + 50


async def test_the_processes_read_it_as_this_one_does() -> None:
    """Half a surrogate can't be stored, and never comes from the database: it is left out here."""
    texts = [of_length(unit, LONGEST) for unit in HOSTILE.values() if "\ud800" not in unit]
    unread = [Unread(text, "en", ("en",), Leaning.BETTER) for text in texts]
    assert MAX_READ_CHARACTERS * len(unread) >= MANY_CHARACTERS
    await read_all(unread, RULES)
    await asyncio.gather(*map(asyncio.wrap_future, _readers().beginnings))
    assert await read_all(unread, RULES) == [read(text) for text in texts]


@hostile
async def test_from_the_page_to_the_score_nothing_breaks(
    people: People, site: Site, letterbox: Letterbox, hands: Hands, unit: str
) -> None:
    """Too much of it is refused with words; what is taken is read, changed and read again."""
    voices = Voices(Desk(people, site, letterbox, hands))
    await voices.begin()
    visitor = await voices.desk.visited("hostile")
    for n in (LONGEST, 1_500):
        sent = await visitor.sends(felt="2", why=as_sent(of_length(unit, n)))
        assert sent.status_code in (303, 422)
    while await score_responses(hands.now):
        pass
    await visitor.sends(felt="3", why=as_sent(of_length(f"{unit} slow ", 900)))
    await apply_changes(hands.now)
    written = await fetch("SELECT id, length(text) AS n FROM answer WHERE text IS NOT NULL")
    assert [row for row in written if row["n"] > MAX_COMMENT_CHARACTERS] == []
    assert [row["answer"] for row in (await kept_rows())["comment_score"]] == [row["id"] for row in written]
    run = await ask_rescoring(people.acme, FROM_THE_START, hands.now)
    while await rescore_comments(hands.now):
        pass
    done = await load_rescoring(run)
    assert (done.n_read, done.n_changed) == (len(written), 0)


class Elements(HTMLParser):
    """What a browser would make of a page: its elements with their attributes, and the words of its scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.scripts = ""
        self._is_script = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self._is_script = tag == "script"

    def handle_endtag(self, tag: str) -> None:
        self._is_script = False

    def handle_data(self, data: str) -> None:
        self.scripts += data if self._is_script else ""


MARKS = (
    "<img src=evil onerror=evil()>The app keeps crashing, and I am furious",
    '"><script>evil()</script>It is painfully slow, but the staff are great',
    "'><a href='javascript:evil()'>It crashes</a>",
    "{{ evil }}{% evil %} it lost my data",
    "</textarea></td></table><form action=evil><b id=evil>no refund",
    '=HYPERLINK("http://evil.example","It crashes")',
    "@evil it crashes",
    "\u202eevil it crashes\u202c",
)


async def test_it_is_shown_as_words_on_every_page(app: Litestar, people: People, hands: Hands) -> None:
    """Marks around clauses and themes are Kept's own."""
    await make_journey(people.acme, hands.now)
    await said(people.acme, hands, *MARKS)
    place = {"workspace": "acme", "journey": "buying", "touchpoint": "delivery"}
    staff = [route for route in routes_of(app) if route.template.startswith("/w/") and route.method == "GET"]
    paths = {route.template.format(**place) for route in staff if route.parameters <= place.keys()}
    assert {"/w/acme/responses", "/w/acme/journeys/buying"} <= paths
    for path in [*sorted(paths), "/w/acme/responses?sentiment=negative"]:
        answered = await people.alice.get(path)
        assert answered.status_code == 200, path
        if not answered.headers["content-type"].startswith("text/html"):
            continue
        page = Elements(answered.text)
        assert "evil()" not in page.scripts
        for _, attributes in page.found:
            assert "onerror" not in attributes, path
            assert "evil" not in (attributes.get("id"), attributes.get("action")), path
            assert not (attributes.get("href") or "").startswith("javascript:"), path
    shown = (await people.alice.get("/w/acme/responses")).text
    assert "&lt;img src=evil onerror=evil()&gt;" in shown
    assert "{{ evil }}" in shown
