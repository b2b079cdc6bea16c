"""Shared fixtures: the command line as a function, built sites, builds with faults."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser

from gen import cli
from gen.experiments.context import Effects
from tests.support import led_site as led
from tests.support.browsing import launched
from tests.support.fault_injection import BuildForker
from tests.support.inline_executor import InlineExecutor

REPOSITORY = Path(__file__).parent.parent

# Tests run side by side: each has a core, and torch reads this when it is first imported.
os.environ["OMP_NUM_THREADS"] = "1"

# A shell's background job ignores SIGINT, and so would each build that a test starts to end.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # ignored under nohup, and then by what tests start

# How long an example takes says how busy the machine is.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@dataclass(frozen=True)
class Outcome:
    """Exit code and output of a command."""

    code: int
    out: str
    err: str


Gen = Callable[..., Outcome]


@pytest.fixture
def gen(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Gen:
    """Run the command line in this process, as `gen ARGUMENT ...` would.

    Jobs run in this process too, unless --jobs is given.
    """

    def run(*arguments: str | Path) -> Outcome:
        monkeypatch.setattr("sys.argv", ["gen", *map(str, arguments)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as exit_:
            cli.main(Effects() if "--jobs" in arguments else Effects(executor=InlineExecutor))
        captured = capfd.readouterr()
        code = exit_.value.code
        return Outcome(code if isinstance(code, int) else 0, captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of this repository with its preview profile, built from nothing."""
    folder = tmp_path_factory.mktemp("preview")
    subprocess.run(
        [
            *(sys.executable, "-m", "gen.cli", "build", "--profile", "preview", "--quiet"),
            *("--config", str(REPOSITORY / "site" / "gen.toml")),
            *("--store", str(folder / "store"), "--output", str(folder / "site")),
        ],
        check=True,
    )
    return folder / "site"


@pytest.fixture(scope="session")
def led_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small site with a timeline, see `tests.support.led_site`."""
    folder = tmp_path_factory.mktemp("led")
    led.build(folder)
    return folder / "_site"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real browser; while there is one, no other test can run an event loop."""
    with launched() as browser:
        yield browser


@pytest.fixture(scope="session")
def build_forker() -> Iterator[BuildForker]:
    """Run builds with faults, in forks of a process that has all libraries loaded."""
    forker = BuildForker()
    yield forker
    forker.close()


Tell = Callable[[str, int], None]


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Tell:
    """Notes how much of something was tried, for the table at the end of `make torture`."""
    return lambda what, count: record_property(f"tried: {what}", count)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says, after a long run, how much of everything was tried."""
    if terminalreporter.config.getoption("markexpr") != "torture":
        return
    tried: Counter[str] = Counter()
    for report in [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]:
        for name, count in report.user_properties:
            if report.when == "call" and name.startswith("tried: ") and isinstance(count, int):
                tried[name.removeprefix("tried: ")] += count
    terminalreporter.section("tried")
    for name, count in sorted(tried.items()):
        terminalreporter.write_line(f"{count:>8,}  {name}")
    terminalreporter.write_line(f"{len(terminalreporter.getreports('failed')):>8,}  failures")


def tree(folder: Path) -> dict[str, str]:
    """Every file below a folder with the digest of its bytes."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def stored_runs(store: Path) -> dict[str, str]:
    """The arrays of every run in a store, with the digests of their bytes."""
    if not (store / "runs").exists():
        return {}
    files = tree(store / "runs")
    return {path: digest for path, digest in files.items() if path.endswith(".safetensors")}
