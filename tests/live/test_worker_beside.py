"""`kept serve` and the worker beside it: one set of settings, and a worker that dies is replaced."""

import os
import re
import signal
from pathlib import Path

import httpx
import pytest

from core.child import FIRST_PAUSE
from tests.factories import JOURNEY
from tests.live.processes import environment_in, kept, served, until

pytestmark = pytest.mark.live


class Staff:
    """Alice in a browser and her shop with its key, at a Kept that runs."""

    def __init__(self, client: httpx.Client, sign_in_link: str) -> None:
        self._client = client
        client.get(sign_in_link)
        assert self._post(sign_in_link).status_code == 303
        page = self._post("/w/acme/api-keys", name="Shop", scopes="events").text
        self._key = re.findall(r"kept_[\w-]{43}", page)[0]

    def deliver(self, contact: str) -> None:
        event = {
            "key": f"order-{contact}",
            "name": "order.delivered",
            "contact": {"id": contact, "email": f"{contact}@customer.example"},
        }
        headers = {"Authorization": f"Bearer {self._key}"}
        assert self._client.post("/api/v1/events", json=event, headers=headers).status_code == 202

    def mailed(self) -> int:
        return len(self._mails())

    def newest_link(self) -> str:
        """The link in the newest mail of the outbox."""
        mail = self._client.get(f"/w/acme/outbox/{self._mails()[0]}/html").text
        return re.findall(r'https?://[^"\s<]+/a/[^"\s<]+', mail)[0]

    def _mails(self) -> list[str]:
        return re.findall(r"outbox/(\d+)", self._client.get("/w/acme/outbox").text)

    def _post(self, path: str, **form: str) -> httpx.Response:
        return self._client.post(path, data={**form, "_csrf_token": self._client.cookies["kept_csrf"]})


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A Kept whose data folder is relative to the folder it is started in."""
    monkeypatch.chdir(tmp_path)
    return environment_in(Path("data"))


@pytest.fixture
def sign_in_link(environment: dict[str, str], tmp_path: Path) -> str:
    journey = tmp_path / "journey.yaml"
    journey.write_text(JOURNEY.replace("wait: PT2H", "wait: PT0S"), encoding="utf-8")
    link = kept(environment, "setup", "--workspace", "acme", "--name", "Acme", "--owner", "alice@acme.example")
    kept(environment, "journey", "import", str(journey), "--workspace", "acme")
    return link


def test_the_links_that_the_worker_signs_open_on_the_pages(
    environment: dict[str, str], sign_in_link: str, tmp_path: Path
) -> None:
    with served(environment) as client:
        staff = Staff(client, sign_in_link)
        staff.deliver("kim")
        until(lambda: staff.mailed() == 1)
        assert client.get(staff.newest_link()).status_code == 200
    assert list(tmp_path.glob("**/secret.key")) == [tmp_path / "data" / "secret.key"]


def test_a_worker_that_is_killed_is_replaced_and_leaves_no_zombie(
    environment: dict[str, str], sign_in_link: str
) -> None:
    with served(environment) as client:
        staff = Staff(client, sign_in_link)
        staff.deliver("kim")
        until(lambda: staff.mailed() == 1)
        [killed] = workers()
        os.kill(killed, signal.SIGKILL)
        until(lambda: not Path(f"/proc/{killed}").exists(), FIRST_PAUSE * 5)
        assert client.get("/healthz").status_code == 200
        staff.deliver("lee")
        until(lambda: staff.mailed() == 2)
        assert workers() != [killed]
        assert client.get(staff.newest_link()).status_code == 200
    assert workers() == []


def workers() -> list[int]:
    """The workers that run in the folder of this test."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
            if words[-2:] == [b"worker", b""] and (process / "cwd").readlink() == Path.cwd():
                found.append(int(process.name))
        except OSError:  # it has ended meanwhile
            continue
    return found
