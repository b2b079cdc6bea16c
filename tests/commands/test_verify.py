"""`gen verify` builds the same bytes again; a site contains its provenance."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gen.site import publish
from tests.conftest import Gen, tree
from tests.support import small_site

CONFIG = small_site.CONFIG + '\n[figures.by-hand]\nkind = "construction"\nmodulus = 12\nfps = 5\n'


pytestmark = pytest.mark.xdist_group("verify")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small site and a construction, built once."""
    folder = tmp_path_factory.mktemp("built")
    small_site.build_here(folder, CONFIG)
    return folder


@pytest.fixture
def options(built: Path, tmp_path: Path) -> list[str | Path]:
    """What a command works with on a copy of it."""
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    return small_site.write(tmp_path, CONFIG)


def provenance(folder: Path) -> dict[str, Any]:
    """What a site says of what it was made from."""
    published: dict[str, Any] = json.loads(
        (folder / "_site" / "data" / "provenance.json").read_text()
    )
    return published


def test_a_site_that_is_built_again_is_identical(
    gen: Gen, tmp_path: Path, options: list[str | Path]
) -> None:
    before = tree(tmp_path / "_site"), tree(tmp_path / ".gen")
    outcome = gen("verify", *options)
    assert outcome.code == 0, outcome.err
    assert f"{len(before[0])} files are identical" in outcome.err
    assert (tree(tmp_path / "_site"), tree(tmp_path / ".gen")) == before


def test_the_first_difference_is_named(gen: Gen, tmp_path: Path, options: list[str | Path]) -> None:
    site = tmp_path / "_site"
    key = json.loads((site / publish.MANIFEST).read_text())["key"]
    files: dict[str, bytes | Path] = {
        path.relative_to(site).as_posix(): path.read_bytes()
        for path in site.rglob("*")
        if path.is_file() and path != site / publish.MANIFEST
    }
    poster = files["media/sum-weights.png"]
    assert isinstance(poster, bytes)
    files["media/sum-weights.png"] = poster[:-1] + b"?"
    publish.publish(site, key, files)
    outcome = gen("verify", *options)
    assert outcome.code == 6
    assert "media/sum-weights.png differs from byte" in outcome.err


def test_verify_refuses_the_site_of_another_config(gen: Gen, tmp_path: Path) -> None:
    options = small_site.write(tmp_path)
    outcome = gen("verify", *options)
    assert outcome.code == 3 and "run gen build first" in outcome.err


@pytest.mark.parametrize(
    "world",
    [
        {"TZ": "Pacific/Chatham", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
        pytest.param(
            {"TZ": "America/St_Johns", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "77"},
            marks=pytest.mark.torture,
        ),
    ],
)
def test_time_zone_locale_hash_seed_path_and_jobs_do_not_change_a_byte(
    built: Path, tmp_path: Path, world: dict[str, str]
) -> None:
    there = tmp_path / "another place"
    there.mkdir()
    options = small_site.write(there, CONFIG)
    command = [sys.executable, "-m", "gen.cli", "build", *map(str, options), "--jobs", "2"]
    old = os.umask(0o077)
    try:
        subprocess.run(command, check=True, env={**os.environ, **world}, capture_output=True)
    finally:
        os.umask(old)
    assert tree(there / "_site") == tree(built / "_site")


def test_the_order_of_directory_listings_changes_nothing(
    built: Path, gen: Gen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = small_site.write(tmp_path, CONFIG)
    seen: list[str] = []

    class Backwards:
        """The entries of a folder in reverse order, as `os.scandir` returns them."""

        def __init__(self, path: str = ".") -> None:
            seen.append(str(path))
            with scandir(path) as entries:
                self._entries = iter(sorted(entries, key=lambda one: one.name, reverse=True))

        def __enter__(self) -> Backwards:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def __iter__(self) -> Backwards:
            return self

        def __next__(self) -> os.DirEntry[str]:
            return next(self._entries)

        def close(self) -> None:
            pass

    scandir, listdir = os.scandir, os.listdir
    with monkeypatch.context() as patched:
        patched.setattr(os, "scandir", Backwards)
        patched.setattr(os, "listdir", lambda path=".": sorted(listdir(path), reverse=True))
        assert gen("build", *options).code == 0
    assert seen
    assert tree(tmp_path / "_site") == tree(built / "_site")


def test_every_figure_has_its_provenance(built: Path) -> None:
    published = provenance(built)
    figures = published["figures"]
    assert figures.keys() == {"sum-weights", "sum-accuracy", "odd-weights", "odd-loss", "by-hand"}
    stored = {path.name for path in (built / ".gen" / "runs").iterdir()}
    assert figures["sum-weights"]["run"] in stored
    assert (built / ".gen" / "media" / figures["sum-weights"]["film"]).exists()
    assert "modulus = 11" in figures["sum-accuracy"]["config"]
    assert published["libraries"]["torch"] and published["commit"] is None
    assert published["python"] == platform.python_version()


def test_the_commit_of_the_sources_is_published(
    gen: Gen, tmp_path: Path, options: list[str | Path]
) -> None:
    (tmp_path / ".gitignore").write_text(".gen\n_site\n._site*\n")
    identity = ["-c", "user.name=n", "-c", "user.email=e@example.org"]
    for command in (["init", "-q"], ["add", "."], [*identity, "commit", "-qm", "first"]):
        subprocess.run(["git", "-C", tmp_path, *command], check=True)
    head = subprocess.run(
        ["git", "-C", tmp_path, "rev-parse", "HEAD"], capture_output=True, text=True, check=True
    ).stdout.strip()
    for edited in (False, True):
        assert gen("build", *options).code == 0
        published = provenance(tmp_path)
        assert (published["commit"], published["edited"]) == (head, edited)
        with (tmp_path / "site" / "pages" / "en" / "index.md").open("a") as page:
            page.write("\nNot committed.\n")
