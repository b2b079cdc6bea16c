"""Temporary folders are removed after use, or by the next command after a kill."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gen.store import files, temporary
from tests.conftest import REPOSITORY
from tests.support import small_site

DEADLINE = 120.0


def test_a_temporary_folder_is_removed_even_if_its_removal_is_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    remove_tree, removed = files.remove_tree, []

    def interrupted(path: Path) -> None:
        removed.append(path)
        if len(removed) == 1:
            raise SystemExit(143)
        remove_tree(path)

    monkeypatch.setattr(temporary, "remove_tree", interrupted)
    with pytest.raises(SystemExit), temporary.temporary_folder("film") as folder:
        (folder / "film.mp4").write_bytes(b"frames")
    assert list(tmp_path.iterdir()) == []


def used_by(process: int) -> str:
    """The name of the folder of a process on this machine."""
    return f"grokreel-film-{files.machine_id()}-{process}-abc_1def"


@pytest.fixture
def ended() -> int:
    """The number of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    return process.pid


def test_only_temporary_folders_of_killed_processes_are_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ended: int
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left = tmp_path / used_by(ended)
    (left / "below").mkdir(parents=True)
    (left / "below" / "film.mp4").write_bytes(b"frames")
    others = ["grokreel-film-00000000-1-abc", "gen-film-abc", f"{used_by(ended)}.txt", "thesis"]
    others.append(used_by(os.getpid()))
    for name in others:
        (tmp_path / name).mkdir()
    dear = tmp_path / "thesis" / "thesis.tex"
    dear.write_text("dear")
    link = tmp_path / f"{used_by(ended)}2"
    link.symlink_to(dear.parent)
    temporary.sweep()
    assert {path.name for path in tmp_path.iterdir()} == {*others, link.name}
    assert dear.read_text() == "dear"


def test_a_locked_folder_is_kept_if_its_process_is_not_visible(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(temporary, "is_running", lambda process: False)  # as in another container
    with temporary.temporary_folder("film") as folder:
        temporary.sweep()
        assert folder.is_dir()
    assert not folder.exists()


def test_a_missing_temporary_directory_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "absent"))
    temporary.sweep()


def test_a_zombie_process_is_not_running() -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        assert files.is_running(process.pid)
        process.kill()
        wait_for(lambda: not files.is_running(process.pid))
        assert process.returncode is None  # nothing has removed so far


def wait_for(found: Callable[[], object]) -> None:
    until = time.monotonic() + DEADLINE
    while not found():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.long
def test_the_next_command_removes_temporary_folders_of_a_killed_verify(
    tmp_path: Path,
) -> None:
    folder, temp = tmp_path / "site", tmp_path / "tmp"
    temp.mkdir()
    small_site.build_here(folder, small_site.SUM_ALONE, small_site.SUM_ALONE_PAGE)
    options = small_site.write(folder, small_site.SUM_ALONE, small_site.SUM_ALONE_PAGE)
    environment = os.environ | {"TMPDIR": str(temp), "PYTHONPATH": str(REPOSITORY)}
    verify = [sys.executable, "-m", "gen", "verify", "--jobs", "1", *options]
    process = subprocess.Popen(
        verify, env=environment, cwd=tmp_path, start_new_session=True, stderr=subprocess.DEVNULL
    )
    with process:
        wait_for(lambda: list(temp.glob("grokreel-film-*")))
        os.killpg(process.pid, signal.SIGKILL)
    assert len(list(temp.glob("grokreel-verify-*"))) == 1
    assert len(list(temp.glob("grokreel-film-*"))) == 1
    shutil.rmtree(folder / "_site")
    build = [sys.executable, "-m", "gen", "build", "--quiet", *options]
    subprocess.run(build, env=environment, cwd=tmp_path, check=True, timeout=DEADLINE)
    assert not list(temp.glob("grokreel-*"))
