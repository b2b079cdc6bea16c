"""All sources of a site are watched, including the targets of links."""

from __future__ import annotations

import queue
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gen.server import changes as watching
from gen.server.changes import changes, watched_folders

BESIDE = ("references.toml", "pages", "assets", "*.css")
LONG = 60.0
"""Seconds that a busy machine may take to notice a change."""


class Watch:
    """A watch over a site; edits are made once it has come to rest."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._stop = folder, threading.Event()
        self._told: queue.Queue[None] = queue.Queue()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        for _ in changes(self.folder / "gen.toml", BESIDE, [], self._stop):
            self._told.put(None)

    def rest(self) -> None:
        """Wait until all former changes have been reported."""
        while True:
            (self.folder / "shared" / "gen.toml").touch()
            try:
                self._told.get(timeout=1)
                break
            except queue.Empty:
                continue
        while True:
            try:
                self._told.get(timeout=0.5)
            except queue.Empty:
                return

    def sees(self, edit: Callable[[], object]) -> bool:
        """Whether one edit is noticed."""
        self.rest()
        edit()
        return self.told()

    def told(self) -> bool:
        """Whether a change is reported."""
        try:
            self._told.get(timeout=LONG)
        except queue.Empty:
            return False
        return True

    def end(self) -> None:
        self._stop.set()
        self._thread.join(LONG)
        assert not self._thread.is_alive()


@pytest.fixture(params=["site", "node_modules/site", ".venv/lib/site-packages", ".git/x~/a.swp"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A site below folders of any name, with what it reads behind links."""
    folder = tmp_path / request.param
    shared = folder / "shared"
    (folder / "pages" / "en").mkdir(parents=True)
    (folder / "assets" / "deep").mkdir(parents=True)
    (shared / "pictures").mkdir(parents=True)
    for name in ("why.md", "gen.toml", "works.toml", "pictures/a.svg"):
        (shared / name).write_text("")
    for name in ("pages/en/index.md", "assets/deep/b.svg", "references.toml"):
        (folder / name).write_text("")
    (folder / "gen.toml").symlink_to("shared/gen.toml")
    (folder / "pages" / "en" / "why.md").symlink_to("../../shared/why.md")
    (folder / "assets" / "pictures").symlink_to("../shared/pictures")
    return folder


@pytest.fixture
def watch(site: Path) -> Iterator[Watch]:
    watch = Watch(site)
    yield watch
    watch.end()


@pytest.mark.parametrize(
    "name",
    [
        "pages/en/index.md",
        "assets/deep/b.svg",
        "shared/why.md",
        "shared/gen.toml",
        "shared/pictures/a.svg",
    ],
)
def test_an_edit_of_a_source_is_noticed(watch: Watch, name: str) -> None:
    assert watch.sees(lambda: (watch.folder / name).write_text("edited"))


def test_a_new_stylesheet_beside_the_config_is_noticed(watch: Watch) -> None:
    assert watch.sees(lambda: (watch.folder / "own.css").write_text(""))


def test_a_file_that_an_editor_replaces_is_noticed(watch: Watch) -> None:
    new = watch.folder / "new"
    new.write_text("edited")
    assert watch.sees(lambda: new.replace(watch.folder / "shared" / "why.md"))


def test_the_target_of_a_new_link_is_watched(watch: Watch) -> None:
    works = watch.folder / "references.toml"
    works.unlink()
    assert watch.sees(lambda: works.symlink_to("shared/works.toml"))
    assert watch.sees(lambda: (watch.folder / "shared" / "works.toml").write_text("edited"))


def test_new_and_exchanged_folders_are_watched(watch: Watch) -> None:
    new = watch.folder / "assets" / "node_modules"
    assert watch.sees(new.mkdir)
    assert watch.sees(lambda: (new / "c.svg").write_text(""))
    pages = watch.folder / "pages"
    shutil.copytree(pages, watch.folder / "copy", symlinks=True)
    shutil.rmtree(pages)
    (watch.folder / "copy").rename(pages)
    assert watch.sees(lambda: (pages / "en" / "index.md").write_text("edited"))


@pytest.mark.parametrize("site", ["site"], indirect=True)
def test_a_folder_that_is_new_before_the_watch_begins_is_watched(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = site / "pages" / "zh"

    def listed(*arguments: Any) -> watching.Watched:
        folders = watched_folders(*arguments)
        new.mkdir(exist_ok=True)
        return folders

    monkeypatch.setattr(watching, "watched_folders", listed)
    watch = Watch(site)
    assert watch.told()
    assert watch.told(), "the new folder needs a new watch"
    (new / "index.md").write_text("")
    assert watch.told()
    watch.end()


def test_link_loops_and_links_out_of_the_site_are_not_followed(site: Path, tmp_path: Path) -> None:
    (site / "assets" / "again").symlink_to(".")
    (site / "assets" / "itself").symlink_to("itself")
    (site / "assets" / "out").symlink_to(tmp_path)
    (site / "assets" / "nowhere").symlink_to("absent/file")
    inside = {site, site / "pages", site / "pages/en", site / "assets", site / "assets/deep"}
    inside |= {site / "shared", site / "shared/pictures"}
    beyond = watched_folders(site / "gen.toml", BESIDE, []).keys() - inside
    assert beyond == {tmp_path.parent}  # where a link out would be exchanged, and no further
