"""`kept bounce`, as a mail server's pipe runs it: a process of its own, on the database that is there."""

import asyncio
import contextlib
import mailbox
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.database import fetch
from core.settings import BASE_FOLDER, Settings, environment_of
from core.site import Site
from feedback.delivery.bounces import bounce_token
from tests.factories import Hands, make_journey
from tests.feedback.mailed import mailed, suppressed
from tests.feedback.test_dsn import ABSENT, OURS, POSTFIX, TOKEN
from tests.people import People

pytestmark = pytest.mark.live

COMMAND = "import os; from commands.bounces import bounce; from core.settings import read_settings; "
RUN = COMMAND + "bounce(obj=read_settings(os.environ))"
KIM = {"kim@customer.example": "bounced"}


async def kept(settings: Settings, *words: str | Path, piped: str = "") -> tuple[int, str]:
    """The code it ended with, and what it said."""
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", RUN, *map(str, words)],
        cwd=BASE_FOLDER,
        env={**os.environ, **environment_of(settings)},
        input=piped.encode(),
        capture_output=True,
        timeout=60,
    )
    return done.returncode, (done.stdout + done.stderr).decode().strip()


@pytest.fixture
def settings(site: Site, database_url: str) -> Settings:
    return Settings(
        data_folder=site.settings.data_folder, secret_key=site.settings.secret_key, database_url=database_url
    )


@pytest.fixture
async def returned(people: People, site: Site, hands: Hands) -> str:
    """A mail that came back, without a token of ours in it."""
    await make_journey(people.acme, hands.now)
    invitation = await mailed(people.acme, hands.now)
    return POSTFIX.replace(OURS, f"<invitation.{invitation}@acme.example>")


async def signed(site: Site, returned: str) -> str:
    invitation = (await fetch("SELECT id FROM invitation"))[0]["id"]
    return returned.replace(TOKEN, bounce_token(site.settings, invitation))


async def test_a_mail_that_is_piped_in_is_taken(people: People, site: Site, settings: Settings, returned: str) -> None:
    assert await kept(settings, "take", piped=await signed(site, returned)) == (
        0,
        "1 taken, 0 about mail that is not known",
    )
    assert await suppressed(people.acme) == KIM


async def test_the_address_that_a_mail_came_to_may_be_said_beside_it(
    people: People, site: Site, settings: Settings, returned: str
) -> None:
    token = bounce_token(site.settings, (await fetch("SELECT id FROM invitation"))[0]["id"])
    code, said = await kept(settings, "take", "--recipient", f"bounces+{token}@acme.example", piped=returned)
    assert (code, said[:7]) == (0, "1 taken")


async def test_a_report_without_our_token_is_believed_on_demand_only(
    people: People, settings: Settings, returned: str
) -> None:
    assert await kept(settings, "take", piped=returned) == (0, "0 taken, 1 about mail that is not known")
    assert await suppressed(people.acme) == {}
    assert await kept(settings, "take", "--trust", piped=returned) == (0, "1 taken, 0 about mail that is not known")
    assert await suppressed(people.acme) == KIM


async def test_an_answer_is_passed_over(people: People, settings: Settings) -> None:
    assert await kept(settings, "take", piped=ABSENT) == (0, "0 taken, 0 about mail that is not known")


async def test_while_the_database_is_away_the_server_keeps_the_mail(
    people: People, settings: Settings, returned: str
) -> None:
    away = Settings(secret_key=settings.secret_key, database_url="postgresql://nobody@127.0.0.1:1/none")
    code, said = await kept(away, "take", piped=returned)
    assert (code, "can't reach the database" in said, "Traceback" in said) == (os.EX_TEMPFAIL, True, False)


@pytest.mark.parametrize("kind", [mailbox.mbox, mailbox.Maildir])
async def test_a_whole_mailbox_is_read_and_left_as_it_is(
    people: People, site: Site, settings: Settings, returned: str, tmp_path: Path, kind: type[mailbox.mbox]
) -> None:
    box = kind(tmp_path / "box")
    for mail in (ABSENT, await signed(site, returned), returned):
        box.add(mail.encode())
    box.close()
    for _ in range(2):
        assert await kept(settings, "read", tmp_path / "box") == (0, "1 taken, 1 about mail that is not known")
    with contextlib.closing(kind(tmp_path / "box")) as left:
        assert len(left) == 3
    assert await suppressed(people.acme) == KIM
