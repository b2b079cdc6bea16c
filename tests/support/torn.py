"""A site that changes: what stands, what is to be built, and what a build must leave of both."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from gen.site import publish
from tests.conftest import stored_runs, tree
from tests.support import small_site
from tests.support.disturbed import Disturbance, Ended, Forge

CONFIG = (
    small_site.CONFIG.replace(
        '[figures.sum-weights]\nkind = "weights"\nmodel = "sum"\nfps = 5\n', ""
    )
    .replace('[figures.odd-loss]\nkind = "loss"\nmodel = "odd"\n', "")
    .replace(
        "steps = 50\nlog_every = 5\nsnapshot_every = 10",
        "steps = 4\nlog_every = 1\nsnapshot_every = 2",
    )
)
PAGE = """+++
title = "A site"
description = "It changes."
picture = "odd-weights"
+++

::: figure sum-accuracy
Former words.
:::
"""
NEW_CONFIG = CONFIG.replace("weight_decay = 0.1", "weight_decay = 0.2")
NEW_PAGE = PAGE.replace("Former", "New")


@dataclass(frozen=True)
class Torn:
    """A site and its next version, each as an undisturbed build leaves it.

    Attributes:
        folder: holds the former site, its store, and the sources of the new one.
    """

    forge: Forge
    folder: Path
    former: dict[str, str]
    new: dict[str, str]
    new_runs: dict[str, str]

    @classmethod
    def prepare(cls, forge: Forge, folder: Path) -> Torn:
        small_site.write(folder / "work", CONFIG, PAGE)
        _sound(forge.build(folder / "work"))
        former = tree(folder / "work" / "_site")
        (folder / "work" / "site").rename(folder / "work" / "former")
        small_site.write(folder / "work", NEW_CONFIG, NEW_PAGE)
        small_site.write(folder / "undisturbed", NEW_CONFIG, NEW_PAGE)
        _sound(forge.build(folder / "undisturbed"))
        new = tree(folder / "undisturbed" / "_site")
        assert former.keys() == new.keys() and former != new
        runs = stored_runs(folder / "undisturbed" / ".gen")
        return cls(forge, folder / "work", former, new, runs)

    def copy(self, to: Path, *, empty: bool = False) -> Path:
        """A working copy; an empty one has neither site nor store."""
        shutil.copytree(self.folder, to)
        if empty:
            shutil.rmtree(to / "_site")
            shutil.rmtree(to / ".gen")
        return to

    def build(self, folder: Path, disturbance: Disturbance | None = None) -> Ended:
        return self.forge.build(folder, disturbance)

    def check_whole(self, folder: Path, *, may_be_away: bool = False) -> str:
        """The published folder is one of the two sites, whole; says which, or "none"."""
        site = folder / "_site"
        if may_be_away and not site.exists():
            site = folder / "._site.former"
        if not site.exists():
            return "none"
        found = tree(site)
        assert found in (self.former, self.new)
        key = publish.key_of(site)
        assert key is not None and publish.is_fresh(site, key)
        return "former" if found == self.former else "new"

    def check_next(self, folder: Path, *, former: bool = False, runs: bool = True) -> None:
        """The next build ends well and leaves what an undisturbed one leaves, and nothing else.

        Args:
            former: whether the sources are those of the former site again.
            runs: whether the store has to hold the runs, even where the site is fresh.
        """
        _sound(self.forge.build(folder))
        assert tree(folder / "_site") == (self.former if former else self.new)
        stored = stored_runs(folder / ".gen")
        assert former or not runs or self.new_runs.items() <= stored.items()
        beside = {path.name for path in folder.iterdir()}
        assert beside <= {
            "_site",
            "._site.lock",
            "._site.lock.holder",
            ".gen",
            "site",
            "former",
            "tmp",
        }
        inside = {path.name for path in (folder / ".gen").glob("*")}
        assert inside <= {"CACHEDIR.TAG", "runs", "media", "lock", "lock.holder", "damaged"}


def check_told(ended: Ended, code: int = 3) -> None:
    """A build that could not go on has said so in one line, with the right exit code."""
    assert ended.code == code, ended
    assert ended.err.startswith("gen: ") and ended.err.count("\n") == 1, ended.err
    assert len(ended.err) < 600


def _sound(ended: Ended) -> None:
    assert ended.code == 0, ended.err


SHORT = pytest.mark.xdist_group("forge")
"""Marks what runs in `make test`, so that one process with all libraries loaded is enough."""


@pytest.fixture(scope="session")
def torn(forge: Forge, tmp_path_factory: pytest.TempPathFactory) -> Torn:
    return Torn.prepare(forge, tmp_path_factory.mktemp("torn"))
