"""Shared fixtures: the command line, built sites, a browser, builds with faults."""

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
from tests.support import timeline_site as small_timeline_site
from tests.support.browsing import KeptBrowser
from tests.support.fault_injection import BuildForker
from tests.support.inline_executor import InlineExecutor
from tests.support.installed import unpacked_wheel

REPOSITORY = Path(__file__).parent.parent

# Each test process uses one core; torch reads this variable when it is imported.
os.environ["OMP_NUM_THREADS"] = "1"

# Background jobs of a shell ignore SIGINT, and so would builds that tests interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # ignored under nohup and inherited

# The duration of an example depends on the load of the machine.
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
    """Run `gen ARGUMENT ...` in this process.

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
def article_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of this repository, built with the preview profile and an empty store."""
    folder = tmp_path_factory.mktemp("preview")
    config = ["--profile", "preview", "--quiet", "--config", str(REPOSITORY / "site" / "gen.toml")]
    store = ["--store", str(folder / "store")]
    # `gen build` alone would publish the first pages before all models are trained.
    for command in (["train"], ["build", "--output", str(folder / "site")]):
        subprocess.run([sys.executable, "-m", "gen.cli", *command, *config, *store], check=True)
    return folder / "site"


@pytest.fixture(scope="session")
def timeline_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small site with a timeline, see `tests.support.timeline_site`."""
    folder = tmp_path_factory.mktemp("timeline")
    small_timeline_site.build(folder)
    return folder / "_site"


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the installed package, in which kernels are compiled once.

    Tests that use it are in the group `installed`.
    """
    return unpacked_wheel(tmp_path_factory.mktemp("installed"))


@pytest.fixture(scope="session")
def kept_browser() -> Iterator[KeptBrowser]:
    kept = KeptBrowser()
    yield kept
    kept.close()


@pytest.fixture(scope="module")
def browser(kept_browser: KeptBrowser) -> Iterator[Browser]:
    """A browser; while it runs, tests cannot run another event loop."""
    browser = kept_browser.opened()
    yield browser
    for context in browser.contexts:  # what is left open would go on playing
        context.close()


@pytest.fixture(scope="module")
def event_loop(kept_browser: KeptBrowser) -> None:
    """Let the tests of a module run an event loop."""
    kept_browser.close()


@pytest.fixture(scope="session")
def build_forker() -> Iterator[BuildForker]:
    """Runs builds with faults in forks of a process with all libraries loaded."""
    forker = BuildForker()
    yield forker
    forker.close()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep tests that share a fixture of their module on one worker; start the longest first.

    Otherwise every worker makes the fixture, and makes it again after a test of another module.
    Workers take groups in the order of their size, and then single tests in the order of `items`.
    """
    for item in items:
        if item.get_closest_marker("xdist_group") is None and _shares_a_fixture(item):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
        if _needs_the_article(item):
            item.add_marker(pytest.mark.article)
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def _shares_a_fixture(item: pytest.Item) -> bool:
    """Return whether a test uses a fixture that is made once for its module."""
    if not isinstance(item, pytest.Function):
        return False
    made = item._fixtureinfo.name2fixturedefs.values()
    return any(definition.scope == "module" for definitions in made for definition in definitions)


def _needs_the_article(item: pytest.Item) -> bool:
    """Return whether a test uses the site of this repository, which takes a minute to build."""
    if not isinstance(item, pytest.Function):
        return False
    return "article_site" in item.fixturenames


CountTried = Callable[[str, int], None]


@pytest.fixture
def count_tried(record_property: Callable[[str, object], None]) -> CountTried:
    """Record how often something was tried, for the table at the end of `make torture`."""
    return lambda what, count: record_property(f"tried: {what}", count)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how often everything was tried after `make torture`."""
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
    """Return the digest of every file in a folder, by its relative path."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def stored_runs(store: Path) -> dict[str, str]:
    """Return the digests of the arrays of all runs in a store, by path."""
    if not (store / "runs").exists():
        return {}
    files = tree(store / "runs")
    return {path: digest for path, digest in files.items() if path.endswith(".safetensors")}
