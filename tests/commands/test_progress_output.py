"""Log output: bars in a terminal, plain lines or JSON elsewhere."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from gen.report import duration, make_report


def _clock(*times: float) -> Callable[[], float]:
    moments = iter(times)
    return lambda: next(moments)


def test_plain_progress_lines_show_the_time_left() -> None:
    stream = io.StringIO()
    clock = _clock(0, 1, 10, 11, 20)
    with (
        make_report(quiet=False, json_log=False, stream=stream, clock=clock) as report,
        report.task("modular, seeds 0 to 3", 50_000, unit="steps") as task,
    ):
        for done in (100, 12_500, 13_000, 25_000):
            task.advance_to(done)
    assert stream.getvalue().splitlines() == [
        "modular, seeds 0 to 3: 12,500 of 50,000 steps, 27 s left",
        "modular, seeds 0 to 3: 25,000 of 50,000 steps, 19 s left",
    ]


def test_the_time_left_ignores_the_time_of_compilation() -> None:
    stream = io.StringIO()
    clock = _clock(0, 40, 41, 50, 60)
    with (
        make_report(quiet=False, json_log=False, stream=stream, clock=clock) as report,
        report.task("parity", 1000, unit="steps") as task,
    ):
        for done in (0, 100, 190, 290):
            task.advance_to(done)
    assert stream.getvalue().splitlines() == [
        "parity: 100 of 1,000 steps",
        "parity: 190 of 1,000 steps, 81 s left",
        "parity: 290 of 1,000 steps, 71 s left",
    ]


def test_messages_are_separate_lines() -> None:
    stream = io.StringIO()
    with make_report(quiet=False, json_log=False, stream=stream) as report:
        report.info("all is fresh")
        report.warn("seed 3 failed")
        report.done("site", "5 pages")
    assert stream.getvalue() == "all is fresh\nwarning: seed 3 failed\nsite: 5 pages\n"


def test_json_log_has_one_object_per_line() -> None:
    stream = io.StringIO()
    clock = _clock(0, 1, 2, 2, 3, 4, 5)
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


def test_json_log_has_one_progress_event_per_second() -> None:
    stream = io.StringIO()
    now = 0.0
    with (
        make_report(quiet=False, json_log=True, stream=stream, clock=lambda: now) as report,
        report.task("film", 100, unit="frames") as task,
    ):
        for done in range(1, 101):
            now = done / 16
            task.advance_to(done)
    events = [json.loads(line) for line in stream.getvalue().splitlines()]
    counts = [event["done"] for event in events if event["event"] == "progress"]
    assert counts == [1, 17, 33, 49, 65, 81, 97]


@pytest.mark.parametrize("json_log", [False, True])
def test_lines_of_threads_do_not_mix(json_log: bool) -> None:
    stream = io.StringIO()
    with make_report(quiet=False, json_log=json_log, stream=stream) as report:
        names = [f"model {number}" for number in range(8)]
        with ThreadPoolExecutor(8) as pool:
            for name in names:
                pool.submit(lambda name=name: [report.done(name, "trained") for _ in range(200)])
    lines = stream.getvalue().splitlines()
    assert len(lines) == 1600
    tasks = {json.loads(line)["name"] if json_log else line.split(":")[0] for line in lines}
    assert tasks == set(names)


def test_parallel_tasks_have_separate_times() -> None:
    stream = io.StringIO()
    now = 0.0
    with (
        make_report(quiet=False, json_log=False, stream=stream, clock=lambda: now) as report,
        report.task("parity", 10, unit="steps") as first,
    ):
        now = 1.0
        first.advance_to(1)
        now = 4.0
        with report.task("modular", 10, unit="steps") as second:
            now = 6.0
            first.advance_to(6)
            second.advance_to(1)
    assert stream.getvalue() == "parity: 6 of 10 steps, 4 s left\n"


def test_quiet_prints_nothing() -> None:
    stream = io.StringIO()
    with make_report(quiet=True, json_log=False, stream=stream) as report:
        report.info("x")
        report.done("x", "y")
        with report.task("x", 1, unit="steps") as task:
            task.advance_to(1)
    assert stream.getvalue() == ""


def test_a_terminal_shows_bars_and_log_lines_above_them() -> None:
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
        report.warn("[seed 3] has no valid run: " + "a long path/" * 12)
        deadline = time.monotonic() + 120
        while "400 of 1,000 steps" not in stream.getvalue() and time.monotonic() < deadline:
            time.sleep(0.05)
    assert "parity: trained in 2 s" in stream.getvalue()
    assert "400 of 1,000 steps" in stream.getvalue()
    assert "warning: [seed 3] has no valid run: " + "a long path/" * 12 in stream.getvalue()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "1 s"), (89, "89 s"), (180, "3 min"), (5400, "1 h 30 min"), (7260, "2 h 1 min")],
)
def test_durations_are_rounded_to_readable_units(seconds: float, text: str) -> None:
    assert duration(seconds) == text


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


NEVER = set("\x07\x9b\u202e\udcff\x7f")
"""Control characters that are never printed, except escapes of progress bars."""

OBEYED = "\x1b[31m\x07\x9b2J\u202e\udcff\r\n\x7f"


@pytest.mark.parametrize("stream", [io.StringIO(), Screen()], ids=["plain", "terminal"])
def test_control_characters_in_messages_are_escaped(stream: io.StringIO) -> None:
    name = f"file{OBEYED}.md"
    shown = r"file\x1b[31m\x07\x9b2J\u202e\udcff\x0d\x0a\x7f.md"
    with make_report(quiet=False, json_log=False, stream=stream, clock=count().__next__) as report:
        report.info(name)
        report.warn(name)
        report.done(name, name)
        with report.task(name, 100, unit="steps") as task:
            for done in range(1, 20):
                task.advance_to(done)
    said = stream.getvalue()
    for whole in (f"{shown}\n", f"warning: {shown}", f"{shown}: {shown}"):
        assert whole in said
    assert not NEVER & set(said)


def test_json_log_escapes_control_characters_without_loss() -> None:
    stream = io.StringIO()
    with make_report(quiet=False, json_log=True, stream=stream) as report:
        report.info(f"日本{OBEYED}")
    (line,) = stream.getvalue().splitlines()
    assert json.loads(line)["text"] == f"日本{OBEYED}"
    assert "日本" in line and not (NEVER | {"\x1b"}) & set(line)
