"""A command that is ended by a signal or a closed output exits at once and cleans up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from gen import cli
from gen.commands.train import train
from gen.errors import GenError
from tests.conftest import Gen
from tests.support import small_site

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")

GEN = [sys.executable, "-m", "gen.cli"]
DEADLINE = 120.0
STANDS_STILL = '#!/bin/sh\necho > "$STARTED"\nexec sleep 1000\n'


def until(true: Callable[[], bool], seconds: float = DEADLINE) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def group(of: int) -> list[str]:
    """What lives of a group of processes."""
    alive = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(fields[2]) == of and fields[0] != "Z":
                alive.append((folder / "cmdline").read_text())
        except OSError:
            continue
    return alive


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The options of a small site whose models are trained, and of which nothing is drawn."""
    folder = tmp_path_factory.mktemp("trained")
    options = small_site.write(folder, small_site.SUM_ALONE, small_site.SUM_ALONE_PAGE)
    train(small_site.context_of(folder))
    return [str(option) for option in options]


@dataclass(frozen=True)
class Drawing:
    """A command that draws a film with an encoder that takes nothing, and its temporary folder."""

    process: subprocess.Popen[str]
    folder: Path

    def send(self, number: signal.Signals) -> None:
        """Sends a signal to it and all that it has started, as a terminal does."""
        os.killpg(self.process.pid, number)


@contextmanager
def drawing(options: list[str], folder: Path, *before: str) -> Iterator[Drawing]:
    encoder, started, temporary = folder / "encoder", folder / "started", folder / "tmp"
    encoder.write_text(STANDS_STILL)
    encoder.chmod(0o755)
    temporary.mkdir()
    environment = {
        **os.environ,
        "IMAGEIO_FFMPEG_EXE": str(encoder),
        "STARTED": str(started),
        "TMPDIR": str(temporary),
    }
    with subprocess.Popen(
        [*before, *GEN, "render", "--jobs", "2", *options],
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        start_new_session=True,
    ) as process:
        try:
            until(lambda: started.exists() or process.poll() is not None)
            assert list(temporary.glob("grokreel-film-*"))
            yield Drawing(process, temporary)
        finally:
            if group(process.pid):
                os.killpg(process.pid, signal.SIGKILL)


ENDS = pytest.mark.parametrize(
    ("number", "code", "said"),
    [
        (signal.SIGINT, 130, "interrupted"),
        (signal.SIGTERM, 143, "terminated"),
        (signal.SIGHUP, 129, "hung up"),
    ],
)


@ENDS
def test_an_interrupted_film_leaves_no_process_and_no_folder(
    trained: list[str], tmp_path: Path, number: signal.Signals, code: int, said: str
) -> None:
    with drawing(trained, tmp_path) as drawn:
        drawn.send(number)
        _, started = drawn.process.communicate(timeout=120)
        assert drawn.process.returncode == code
        assert started.splitlines()[-1] == f"gen: {said}; finished runs and films are kept"
        with suppress(AssertionError):
            until(lambda: not group(drawn.process.pid), 60)
        assert group(drawn.process.pid) == []
        assert list(drawn.folder.iterdir()) == []


def test_a_second_interrupt_changes_nothing(trained: list[str], tmp_path: Path) -> None:
    with drawing(trained, tmp_path) as drawn:
        while drawn.process.poll() is None:
            drawn.send(signal.SIGINT)
            time.sleep(0.005)
        assert drawn.process.returncode == 130
        assert "Traceback" not in drawn.process.communicate()[1]
        assert list(drawn.folder.iterdir()) == []


def test_a_closed_terminal_does_not_end_a_command_under_nohup(
    trained: list[str], tmp_path: Path
) -> None:
    with drawing(trained, tmp_path, "nohup") as drawn:
        drawn.send(signal.SIGHUP)
        drawn.send(signal.SIGINT)
        assert "interrupted" in drawn.process.communicate(timeout=120)[1]
        assert drawn.process.returncode == 130


@ENDS
def test_the_signal_is_named_whatever_fails_during_cleanup(
    gen: Gen,
    monkeypatch: pytest.MonkeyPatch,
    number: signal.Signals,
    code: int,
    said: str,
) -> None:
    def ended(*_: object, **__: object) -> None:
        try:
            signal.raise_signal(number)
        finally:
            raise GenError("the terminal is gone")

    monkeypatch.setattr(cli.cli, "main", ended)
    before = {ignored: signal.getsignal(ignored) for ignored in (number, signal.SIGINT)}
    try:
        outcome = gen("build")
    finally:
        for restored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(restored, before.get(restored, signal.SIG_DFL))
    assert (outcome.code, outcome.err) == (code, f"gen: {said}; finished runs and films are kept\n")


@pytest.mark.parametrize("closed", ["2>&-", "<&- >&- 2>&-"])
def test_a_command_without_standard_streams_works_silently(
    trained: list[str], tmp_path: Path, closed: str
) -> None:
    folder = ["--output", str(tmp_path / "_site")]
    command = ["sh", "-c", f'exec "$@" {closed}', "sh", *GEN, "build", "--jobs", "1"]
    process = subprocess.run(
        [*command, *trained, *folder], capture_output=True, text=True, check=False
    )
    assert (process.returncode, process.stdout, process.stderr) == (0, "", "")
    assert (tmp_path / "_site" / "index.html").exists()


@pytest.mark.parametrize("arguments", [["status"], ["--help"]])
def test_a_command_exits_silently_if_its_output_is_closed(
    trained: list[str], arguments: list[str]
) -> None:
    read, write = os.pipe()
    os.close(read)
    options = trained if arguments == ["status"] else []
    process = subprocess.run(
        [*GEN, *arguments, *options], stdout=write, stderr=subprocess.PIPE, check=False
    )
    os.close(write)
    assert (process.returncode, process.stderr) == (141, b"")
