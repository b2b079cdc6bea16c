"""The tool says what it does: bars in a terminal, plain lines or JSON elsewhere."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable

import pytest

from gen.report import duration, make_report


def _clock(*times: float) -> Callable[[], float]:
    moments = iter(times)
    return lambda: next(moments)


def test_plain_lines_come_now_and_then_and_tell_the_time_left() -> None:
    stream = io.StringIO()
    clock = _clock(0, 1, 10, 11, 20)
    with (
        make_report(quiet=False, json_log=False, stream=stream, clock=clock) as report,
        report.task("modular, seeds 0 to 3", 50_000, unit="steps") as task,
    ):
        for done in (100, 12_500, 13_000, 25_000):
            task.advance_to(done)
    assert stream.getvalue().splitlines() == [
        "modular, seeds 0 to 3: 12,500 of 50,000 steps, 30 s left",
        "modular, seeds 0 to 3: 25,000 of 50,000 steps, 20 s left",
    ]


def test_what_is_said_stands_on_lines_of_its_own() -> None:
    stream = io.StringIO()
    with make_report(quiet=False, json_log=False, stream=stream) as report:
        report.say("all is fresh")
        report.warn("seed 3 failed")
        report.done("site", "5 pages")
    assert stream.getvalue() == "all is fresh\nwarning: seed 3 failed\nsite: 5 pages\n"


def test_json_is_an_object_a_line() -> None:
    stream = io.StringIO()
    clock = _clock(0, 1, 2, 3, 4, 5)
    with make_report(quiet=True, json_log=True, stream=stream, clock=clock) as report:
        with report.task("film", 3, unit="files") as task:
            task.advance_to(2)
        report.done("film", "201 frames")
        report.warn("odd")
    events = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [event["event"] for event in events] == ["begin", "progress", "end", "done", "warn"]
    assert events[1] == {
        "event": "progress",
        "seconds": 2,
        "name": "film",
        "done": 2,
        "total": 3,
    }


def test_quiet_says_nothing() -> None:
    stream = io.StringIO()
    with make_report(quiet=True, json_log=False, stream=stream) as report:
        report.say("x")
        report.done("x", "y")
        with report.task("x", 1, unit="steps") as task:
            task.advance_to(1)
    assert stream.getvalue() == ""


def test_a_terminal_gets_bars_and_the_lines_above_them() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    with (
        make_report(quiet=False, json_log=False, stream=stream) as report,
        report.task("modular", 1000, unit="steps") as task,
    ):
        task.advance_to(400)
        report.done("parity", "trained in 2 s")
        deadline = time.monotonic() + 10
        while "400 of 1,000 steps" not in stream.getvalue() and time.monotonic() < deadline:
            time.sleep(0.05)
    assert "parity: trained in 2 s" in stream.getvalue()
    assert "400 of 1,000 steps" in stream.getvalue()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "1 s"), (89, "89 s"), (180, "3 min"), (5400, "1 h 30 min"), (7260, "2 h 1 min")],
)
def test_durations_read_as_people_say_them(seconds: float, text: str) -> None:
    assert duration(seconds) == text
