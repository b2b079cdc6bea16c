"""`gen serve` notices edits of plugins and their helpers, and uses the new code."""

from __future__ import annotations

import queue
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gen.commands import build
from gen.config.plugins import plugin_files
from gen.config.reader import load
from gen.server.changes import changes, watched_folders
from gen.server.live_site import LiveSite
from gen.site.context import BuildContext, ConfigReloader
from tests.support import plugin_site
from tests.support.small_site import context_of

CONFIG = plugin_site.SITE + plugin_site.CLOCK + plugin_site.CHART
PAGE = f"{plugin_site.PAGE}\n::: figure clock-loss\nThe loss.\n:::\n"
LONG = 60.0


@pytest.fixture
def site(tmp_path: Path) -> Path:
    plugin_site.write(tmp_path, CONFIG, PAGE)
    return tmp_path


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_an_edit_of_a_helper_leads_to_training_with_the_new_code(site: Path) -> None:
    first = context_of(site)
    build.build(first)
    live = LiveSite(ConfigReloader(first))
    fresh = live.refresh(check_store=True)
    assert fresh.stale == [] and fresh.error is None
    edit(site / "site/kinds/hours.py", "first + second", "first - second")
    edited = live.refresh()
    assert [line.partition(":")[0] for line in edited.stale] == ["clock, seed 0"]
    assert edited.target != fresh.target
    build.build(_present(site))
    again = live.refresh(check_store=True)
    assert again.stale == [] and again.target == edited.target
    assert not live.publish(), "the build has just written this very site"


def _present(site: Path) -> BuildContext:
    return replace(context_of(site), config=load(site / "site" / "gen.toml"))


def test_a_failing_edit_is_shown_until_it_is_mended(site: Path) -> None:
    first = context_of(site)
    build.build(first)
    live = LiveSite(ConfigReloader(first))
    fresh = live.refresh(check_store=True)
    edit(site / "site/kinds/hours.py", "return (", "return )")
    broken = live.refresh()
    assert broken.error is not None and broken.error.where.endswith("kinds/hours.py:6")
    edit(site / "site/kinds/hours.py", "return )", "return (")
    mended = live.refresh()
    assert mended.error is None and mended.stale == [] and mended.target == fresh.target


@pytest.mark.long
def test_a_running_server_trains_with_an_edited_helper(site: Path) -> None:
    options = plugin_site.write(site, CONFIG, PAGE)
    command = [sys.executable, "-m", "gen.cli", "serve", "--port", "0", "--jobs", "1"]
    with subprocess.Popen([*command, *map(str, options)], stderr=subprocess.PIPE, text=True) as run:
        assert run.stderr is not None
        for line in run.stderr:
            if "written: " in line:
                break
        facts = (site / "_site" / "data" / "facts.json").read_text()
        edit(site / "site/kinds/hours.py", "first + second", "first - second")
        said = []
        for line in run.stderr:
            said.append(line)
            if "written: " in line:
                break
        run.terminate()
    assert any(
        line.startswith("stale: clock, seed 0: the training code changed") for line in said
    ), said
    assert (site / "_site" / "data" / "facts.json").read_text() != facts
    build.build(context_of(site))
    assert len(list((site / ".gen" / "runs").iterdir())) == 2, "the server's run is that of a build"


class Watch:
    """Collects the changes that are noticed in a site."""

    def __init__(self, config: Path) -> None:
        self._config, self._stop = config, threading.Event()
        self._noticed: queue.Queue[None] = queue.Queue()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        for _ in changes(self._config, ["pages"], [], self._stop, plugin_files):
            self._noticed.put(None)

    def rest(self) -> None:
        """Wait until the watch is running and all former changes are reported."""
        while True:
            self._config.touch()
            try:
                self._noticed.get(timeout=1)
                break
            except queue.Empty:
                continue
        while True:
            try:
                self._noticed.get(timeout=0.5)
            except queue.Empty:
                return

    def notices(self, change: Callable[[], object], within: float = LONG) -> bool:
        self.rest()
        change()
        try:
            self._noticed.get(timeout=within)
        except queue.Empty:
            return False
        return True

    def end(self) -> None:
        self._stop.set()
        self._thread.join(LONG)


@pytest.fixture
def watch(site: Path) -> Iterator[Watch]:
    watch = Watch(site / "site" / "gen.toml")
    yield watch
    watch.end()


def test_edits_of_plugins_and_helpers_are_noticed_and_those_of_other_files_are_not(
    site: Path, watch: Watch
) -> None:
    kinds = site / "site" / "kinds"
    (kinds / "notes.txt").write_text("notes")
    assert watch.notices(lambda: edit(kinds / "clock.py", "All pairs", "Pairs"))
    assert watch.notices(lambda: edit(kinds / "hours.py", "Hours.", "All hours."))
    assert not watch.notices(lambda: (kinds / "notes.txt").write_text("other"), within=1.5)
    assert watch.notices((kinds / "hours.py").unlink)
    assert watch.notices(lambda: (kinds / "hours.py").write_text(plugin_site.TASK_HELPER))


def test_files_that_a_broken_plugin_needs_are_watched(site: Path) -> None:
    config = site / "site" / "gen.toml"
    kinds = site / "site" / "kinds"
    edit(kinds / "plain.py", "from .limits", "from .depth.limits")
    names = watched_folders(config, [], [], plugin_files)[kinds.resolve()]
    assert names is not None and {"clock.py", "hours.py", "plain.py", "depth.py"} <= names
    shutil.rmtree(kinds)
    assert watched_folders(config, [], [], plugin_files)
    config.write_text("plugins = [")
    assert plugin_files(config) == []
