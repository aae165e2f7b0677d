"""A comment is read alike on every run, in every process, whatever its hashes begin with."""

import os
import subprocess
import sys

import msgspec

from analysis.text.evidence import Leaning
from analysis.text.reading import ReadingRules, read_comment
from analysis.text.themes import shipped_pack_files
from core.settings import BASE_FOLDER
from tests.analysis.text.reading_examples import WORDS

MORE = (
    *WORDS,
    "The consultant was friendly, but the migration was late and nobody called back. I am disappointed 😡",
    "I was on hold for an hour; the app lost all my contacts, crashes daily and is painfully slow. Never again!",
    "Schnell und freundlich, sehr gern wieder",
)
PROGRAM = """
import json, sys
import msgspec
from analysis.text.evidence import Leaning
from analysis.text.reading import ReadingRules, read_comment
from analysis.text.themes import shipped_pack_files

rules = ReadingRules(shipped_pack_files())
for text in json.load(sys.stdin):
    found = read_comment(text, locale="en", offered=("en", "de"), leaning=Leaning.BETTER, rules=rules)
    print(msgspec.json.encode(found).decode())
"""


def read_elsewhere(seed: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=BASE_FOLDER,
        env={**os.environ, "PYTHONPATH": str(BASE_FOLDER), "PYTHONHASHSEED": seed},
        input=msgspec.json.encode(MORE).decode(),
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout.splitlines()


def test_every_digit_and_span_is_the_same() -> None:
    rules = ReadingRules(shipped_pack_files())
    here = [
        msgspec.json.encode(
            read_comment(text, locale="en", offered=("en", "de"), leaning=Leaning.BETTER, rules=rules)
        ).decode()
        for text in MORE
    ]
    assert [read_elsewhere(seed) for seed in ("0", "1", "2", "random")] == [here] * 4


def test_what_was_read_before_changes_nothing() -> None:
    rules = ReadingRules(shipped_pack_files())

    def read(text: str) -> bytes:
        found = read_comment(text, locale="en", offered=("en",), leaning=Leaning.OPEN, rules=rules)
        return msgspec.json.encode(found)

    assert {text: read(text) for text in MORE} == {text: read(text) for text in reversed(MORE)}
