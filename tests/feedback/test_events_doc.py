"""docs/events.md: every request that it shows is taken as it stands there."""

import re
import shlex

import pytest

from core.settings import BASE_FOLDER
from tests.factories import Hands, make_journey, make_key
from tests.people import People

EXAMPLES = re.findall(
    r"```console\n\$ (curl .*?)```", (BASE_FOLDER / "docs" / "events.md").read_text(encoding="utf-8"), re.DOTALL
)


def test_the_page_shows_every_way() -> None:
    assert len(EXAMPLES) == 7


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
async def test_an_example_is_taken(people: People, hands: Hands, example: str) -> None:
    await make_journey(people.acme, hands.now)
    words = shlex.split(example.replace('Bearer $KEY"', 'Bearer"'))
    url = next(word for word in words if word.startswith("http"))
    headers = dict(
        words[at + 1].split(": ", 1) for at, word in enumerate(words) if word == "-H" and ": " in words[at + 1]
    )
    headers |= await make_key(people.acme, hands.now)
    body = words[words.index("-d") + 1]
    answered = await people.nobody.post("/" + url.split("/", 3)[3], content=body.encode(), headers=headers)
    assert answered.status_code in (200, 202), answered.text
