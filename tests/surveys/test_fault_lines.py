"""A fault in a survey's file leads to its line."""

import pytest

from surveys.fault_lines import line_of

TEXT = """\
kept: survey/1
key: call
questions:
  - {key: felt, instrument: anchor}
  - key: easy
    instrument: cess
    branches:
      - when: [{answer: felt, at_least: 3}]
        go: wyh
translations:
  de:
    title: Anruf
"""


@pytest.mark.parametrize(
    ("field", "line"),
    [
        ("key", 2),
        ("questions[0].instrument", 4),
        ("questions[1].instrument", 6),
        ("questions[1].branches[0].go", 9),
        ("translations.de.title", 12),
        ("questions[1].text", 5),  # which is missing there
        ("translations.fr", 10),
        ("questions[7]", 3),
        ("name", None),
    ],
)
def test_it_is_the_line_of_the_field_or_of_what_it_is_missing_in(field: str, line: int | None) -> None:
    assert line_of(TEXT, field) == line


def test_json_has_lines_too() -> None:
    assert line_of('{\n  "kept": "survey/1",\n  "key": 5\n}', "key") == 3


def test_what_is_no_yaml_has_none() -> None:
    assert line_of("a: [", "a") is None
