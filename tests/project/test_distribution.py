"""The sdist is complete: its wheel and its tests equal those of the repository."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.support.installed import ROOT, build_distribution


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sdist of this repository, unpacked."""
    folder = tmp_path_factory.mktemp("sdist")
    with tarfile.open(build_distribution("sdist", ROOT, folder / "built")) as archive:
        archive.extractall(folder, filter="data")
    (sources,) = folder.glob("grokreel-*")
    return sources


def _contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_sdist_contains_every_file_of_the_repository_unchanged(unpacked: Path) -> None:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names = {name for name in listed.split("\0") if name and (ROOT / name).is_file()}
    held = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()}
    assert held - names == {"PKG-INFO"}
    assert names - held == set()
    for name in names:
        assert (unpacked / name).read_bytes() == (ROOT / name).read_bytes(), name


def test_the_wheel_from_the_sdist_equals_the_wheel_from_the_repository(
    unpacked: Path, tmp_path: Path
) -> None:
    ours = _contents(build_distribution("wheel", ROOT, tmp_path / "ours"))
    assert _contents(build_distribution("wheel", unpacked, tmp_path / "theirs")) == ours
    assert "gen/py.typed" in ours and "gen/__main__.py" in ours


def test_every_test_of_the_sdist_can_be_imported(unpacked: Path) -> None:
    """One process imports them as they are: pytest would rewrite and check all of them."""
    tests = [path.relative_to(unpacked) for path in (unpacked / "tests").rglob("test_*.py")]
    assert Path("tests/project/test_distribution.py") in tests and len(tests) > 100
    names = [".".join(path.with_suffix("").parts) for path in sorted(tests)]
    imports = "".join(f"import {name}\n" for name in ("tests.conftest", *names))
    imported = subprocess.run(
        [sys.executable, "-c", f"{imports}import gen; print(gen.__file__)"],
        cwd=unpacked,
        env={**os.environ, "PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert imported.returncode == 0, imported.stderr[-2000:]
    assert Path(imported.stdout.strip()).is_relative_to(unpacked)
