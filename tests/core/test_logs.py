"""Logs: events and counts, and of an error its kind and its place, never its words."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from core.logs import configure_logs
from core.settings import Settings

ADDRESS = "chris@customer.example"


@pytest.fixture
def own_configuration() -> Iterator[None]:
    """Afterwards the run's configuration is back."""
    yield
    configure_logs(Settings(log_level="warning"))


@pytest.fixture
def written(own_configuration: None, capsys: pytest.CaptureFixture[str]) -> pytest.CaptureFixture[str]:
    """What is logged within the test. The capture ends first, for a log must not go on writing to it."""
    return capsys


def lines_of(written: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    out, err = written.readouterr()
    assert out == ""
    return [json.loads(line) for line in err.splitlines()]


def fail() -> None:
    raise ValueError(f"no row for {ADDRESS}")


def test_an_event_is_one_line_of_json(written: pytest.CaptureFixture[str]) -> None:
    configure_logs(Settings(log_format="json"))
    structlog.get_logger().info("sent", count=3)
    [line] = lines_of(written)
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "sent", "level": "info", "count": 3}


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_the_words_of_an_error_never_reach_the_log_and_its_place_does(
    written: pytest.CaptureFixture[str], log_format: Any
) -> None:
    configure_logs(Settings(log_format=log_format))
    log = structlog.get_logger()
    try:
        fail()
    except ValueError as error:
        log.exception("in_the_handler")
        log.error("handed_over", exc_info=error)
    said = written.readouterr().err
    assert "chris" not in said
    assert "in_the_handler" in said
    assert "ValueError" in said
    assert said.count("in fail") == 2
    assert "test_logs.py" in said


def test_the_words_of_the_cause_stay_out_too(written: pytest.CaptureFixture[str]) -> None:
    configure_logs(Settings(log_format="json"))
    try:
        try:
            fail()
        except ValueError as cause:
            raise RuntimeError("outer") from cause
    except RuntimeError:
        structlog.get_logger().exception("failed")
    said = written.readouterr().err
    assert "chris" not in said
    assert json.loads(said)["error"] == "RuntimeError"


def test_an_exception_that_is_not_there_is_no_trouble(written: pytest.CaptureFixture[str]) -> None:
    configure_logs(Settings(log_format="json"))
    structlog.get_logger().error("odd", exc_info=True)
    assert [line["event"] for line in lines_of(written)] == ["odd"]


@pytest.mark.parametrize(
    ("level", "heard"),
    [("debug", ["a", "b", "c", "d"]), ("info", ["b", "c", "d"]), ("warning", ["c", "d"]), ("error", ["d"])],
)
def test_what_is_below_the_level_is_not_written(
    written: pytest.CaptureFixture[str], level: Any, heard: list[str]
) -> None:
    configure_logs(Settings(log_format="json", log_level=level))
    log = structlog.get_logger()
    log.debug("a")
    log.info("b")
    log.warning("c")
    log.error("d")
    assert [line["event"] for line in lines_of(written)] == heard
