"""A published site and its next version, for tests that interrupt the build of the latter."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from gen.site import publish
from tests.conftest import stored_runs, tree
from tests.support import small_site
from tests.support.fault_injection import BuildForker, Faults, Result

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
class SiteUpdate:
    """A site and its next version, each as a build without faults publishes it.

    Attributes:
        folder: contains the former site, its store, and the sources of the new site.
    """

    build_forker: BuildForker
    folder: Path
    former: dict[str, str]
    new: dict[str, str]
    new_runs: dict[str, str]

    @classmethod
    def prepare(cls, build_forker: BuildForker, folder: Path) -> SiteUpdate:
        small_site.write(folder / "work", CONFIG, PAGE)
        _check_success(build_forker.build(folder / "work"))
        former = tree(folder / "work" / "_site")
        (folder / "work" / "site").rename(folder / "work" / "former")
        small_site.write(folder / "work", NEW_CONFIG, NEW_PAGE)
        small_site.write(folder / "without-faults", NEW_CONFIG, NEW_PAGE)
        _check_success(build_forker.build(folder / "without-faults"))
        new = tree(folder / "without-faults" / "_site")
        assert former.keys() == new.keys() and former != new
        runs = stored_runs(folder / "without-faults" / ".gen")
        return cls(build_forker, folder / "work", former, new, runs)

    def copy(self, to: Path, *, empty: bool = False) -> Path:
        """Return a copy to work in; an empty one has no site and no store."""
        shutil.copytree(self.folder, to)
        if empty:
            shutil.rmtree(to / "_site")
            shutil.rmtree(to / ".gen")
        return to

    def build(self, folder: Path, faults: Faults | None = None) -> Result:
        return self.build_forker.build(folder, faults)

    def check_whole(self, folder: Path, *, may_be_away: bool = False) -> str:
        """Check that the published folder is one of the sites; return `former`, `new` or `none`."""
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
        """Check that the next build publishes the same as a build without faults, and no more.

        Args:
            former: whether the sources are those of the former site.
            runs: whether the store must contain the runs, even if the site is fresh.
        """
        _check_success(self.build_forker.build(folder))
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


def check_one_line_error(ended: Result, code: int = 3) -> None:
    """Check that a failed build printed one line and has the right exit code."""
    assert ended.code == code, ended
    assert ended.err.startswith("gen: ") and ended.err.count("\n") == 1, ended.err
    assert len(ended.err) < 600


def _check_success(ended: Result) -> None:
    assert ended.code == 0, ended.err


SHORT = pytest.mark.xdist_group("build_forker")
"""Marks the tests of `make test` that share one build forker."""


@pytest.fixture(scope="session")
def site_update(build_forker: BuildForker, tmp_path_factory: pytest.TempPathFactory) -> SiteUpdate:
    return SiteUpdate.prepare(build_forker, tmp_path_factory.mktemp("site_update"))
