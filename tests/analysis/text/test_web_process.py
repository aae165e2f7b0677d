"""The web process never loads the text stack: it stays as small as it is, whatever page it serves."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from accounts.guards import SESSION_COOKIE
from core.settings import BASE_FOLDER
from tests.analysis.text.reading_examples import WORDS, said
from tests.factories import Hands, make_key
from tests.people import People
from tests.test_routes import Values, values

__all__ = ["values"]  # the fixture: what stands in the paths of every route

TEXT_STACK = ("nltk", "py3langid", "textblob", "sklearn")
# It visits every route of the staff and of the API, then says what it has loaded, and which routes failed.
PROGRAM = """
import asyncio, json, os, sys
from datetime import datetime

import httpx

from app import create_app, make_site
from core.logs import configure_logs
from core.settings import Settings
from pathlib import Path
from tests.people import BASE_URL
from tests.test_routes import call, routes_of, visit

given = json.load(sys.stdin)
moment = datetime.fromisoformat(given["now"])

async def main():
    secret = "not-a-secret-" * 3
    settings = Settings(data_folder=Path(given["folder"]), secret_key=secret, base_url=BASE_URL, log_level="critical")
    configure_logs(settings)
    app = create_app(make_site(settings, lambda: moment), given["database"])
    statuses = {}
    async with app.lifespan():
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as client:
            client.cookies.set(given["cookie"], given["session"])
            for route in sorted(routes_of(app), key=lambda route: route.method):
                if route.template.startswith("/w/{workspace}/"):
                    answered = await visit(client, route, given["values"])
                elif route.template.startswith("/api/v1/"):
                    answered = await call(client, route, given["values"], given["key"])
                else:
                    continue
                statuses[" ".join(route.name)] = answered.status_code
    loaded = sorted({name.partition(".")[0] for name in sys.modules})
    print(json.dumps({"loaded": loaded, "statuses": statuses}))

asyncio.run(main())
"""


class Told(msgspec.Struct):
    loaded: list[str]
    statuses: dict[str, int]


@pytest.mark.live
async def test_no_page_and_no_call_loads_it(
    people: People, values: Values, hands: Hands, database_url: str, tmp_path: Path
) -> None:
    await said(people.acme, hands, *WORDS)
    given = {
        "database": database_url,
        "folder": str(tmp_path),
        "now": hands.now.isoformat(),
        "cookie": SESSION_COOKIE,
        "session": people.alice.cookies[SESSION_COOKIE],
        "key": await make_key(people.acme, hands.now),
        "values": values,
    }
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", PROGRAM],
        cwd=BASE_FOLDER,
        env={**os.environ, "PYTHONPATH": str(BASE_FOLDER)},
        input=msgspec.json.encode(given).decode(),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    told = msgspec.json.decode(done.stdout, type=Told)
    assert len(told.statuses) > 60
    assert {route: status for route, status in told.statuses.items() if status >= 500} == {}
    assert sum(status in (200, 201, 202, 204, 303) for status in told.statuses.values()) > len(told.statuses) * 0.8
    assert [name for name in told.loaded if name in TEXT_STACK] == []
