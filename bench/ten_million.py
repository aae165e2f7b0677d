"""Ten million answers: how long loading and counting them takes, and what a report over them costs.

Run as `python -m bench.ten_million [answers]`, ten million unless a number is given. An embedded PostgreSQL in a folder
of its own is filled by SQL: twelve touchpoints, two years, contacts who answer at a touchpoint once, twice or more.
"""

import asyncio
import random
import shutil
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from time import perf_counter

from accounts.membership import create_workspace
from analysis.load_report import Period, load_report
from analysis.rebuild_tally import rebuild_tally
from bench.figure import Figure
from core.database import connected, fetch, migrate
from core.embedded import embedded_postgres
from core.settings import BASE_FOLDER
from surveys.import_journey import import_journey
from surveys.journey_file import read_journey

FEW, MANY = 100_000, 10_000_000
PERIOD = Period(date(2024, 1, 1), date(2025, 12, 31))
ANSWERS_A_CONTACT = 5  # over all touchpoints, on average
RUNS = 7


async def _fill(workspace: int, n: int) -> None:
    """Contacts, then `n` responses with an anchor answer each; indexes are built after the rows are there."""
    dice = "setseed(0.5)"
    await fetch(f"SELECT {dice}")
    await fetch(_CONTACTS, workspace, n // ANSWERS_A_CONTACT)


async def _load(workspace: int, n: int) -> None:
    indexes = await fetch(_INDEXES)
    for index in indexes:
        await fetch(f'DROP INDEX "{index["name"]}"')
    await fetch(_RESPONSES, workspace, n)
    await fetch(_ANSWERS)
    for index in indexes:
        await fetch(index["definition"])
    await fetch("ANALYZE response")
    await fetch("ANALYZE answer")
