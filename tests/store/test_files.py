"""Files are replaced atomically: at any moment a file is either the former or the new one."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from gen.store import files
from tests.conftest import REPOSITORY


def test_a_failed_write_keeps_the_former_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "gen.toml"
    path.write_text("dear")

    def full(part: Path) -> None:
        assert part.read_bytes() == b"new text"
        raise OSError(errno.ENOSPC, "no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(files, "fsync_path", full)
        with pytest.raises(OSError, match="no space"):
            files.write_atomically(path, b"new text")
    assert path.read_text() == "dear"
    assert [each.name for each in tmp_path.iterdir()] == ["gen.toml"]


def test_a_file_that_is_replaced_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "gen.toml"
    path.write_text("old")
    path.chmod(0o640)
    files.write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o640


def test_concurrent_writers_never_mix_their_content(tmp_path: Path) -> None:
    path = tmp_path / "gen.toml"
    texts = [bytes([letter]) * 200_000 for letter in b"abcd"]
    failures: list[BaseException] = []

    def write(text: bytes) -> None:
        try:
            for _ in range(10):
                files.write_atomically(path, text)
        except BaseException as error:
            failures.append(error)

    writers = [threading.Thread(target=write, args=(text,)) for text in texts]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert not path.exists() or path.read_bytes() in texts
    assert (failures, list(tmp_path.iterdir())) == ([], [path])


def test_the_temporary_file_of_a_killed_writer_is_removed_by_the_next_writer(
    tmp_path: Path,
) -> None:
    path = tmp_path / "gen.toml"
    with subprocess.Popen([sys.executable, "-c", KILLED, str(path)], cwd=REPOSITORY) as process:
        assert process.wait() == -9
    (left,) = tmp_path.iterdir()
    assert files.abandoned_parts(path) == [left]
    other = tmp_path / ".gen.toml.mine.part"
    other.write_bytes(b"dear")
    files.write_atomically(path, b"new")
    assert sorted(tmp_path.iterdir()) == [other, path]


KILLED = """
import os, sys
from pathlib import Path
from gen.store import files
files.fsync_path = lambda path: os.kill(os.getpid(), 9)
files.write_atomically(Path(sys.argv[1]), b"half")
"""


def test_a_written_file_replaces_a_link_and_not_its_target(tmp_path: Path) -> None:
    """A cloned repository may contain links with the names of written files."""
    elsewhere, path = tmp_path / "elsewhere", tmp_path / "lock.holder"
    elsewhere.write_text("dear")
    path.symlink_to(elsewhere)
    (tmp_path / ".lock.holder.part").symlink_to(elsewhere)
    files.write_atomically(path, b"process 1")
    assert (path.read_bytes(), path.is_symlink()) == (b"process 1", False)
    assert elsewhere.read_text() == "dear"


def test_removing_a_link_keeps_its_target(tmp_path: Path) -> None:
    folder, link = tmp_path / "folder", tmp_path / "part"
    folder.mkdir()
    (folder / "thesis.tex").write_text("dear")
    link.symlink_to(folder)
    files.remove_tree(link)
    files.remove_tree(tmp_path / "absent")
    assert not link.exists() and (folder / "thesis.tex").exists()


@pytest.mark.parametrize("refusal", [errno.EINVAL, errno.ENOTSUP, errno.ENOSYS])
def test_files_are_written_on_a_file_system_without_fsync_for_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusal: int
) -> None:
    """Such as CIFS, vboxsf and some FUSE systems; the same error for a file is raised."""
    synced = os.fsync

    def fsync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(refusal, os.strerror(refusal))
        synced(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    files.write_atomically(tmp_path / "gen.toml", b"new")
    assert (tmp_path / "gen.toml").read_bytes() == b"new"

    def refuse(descriptor: int) -> None:
        raise OSError(refusal, os.strerror(refusal))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match=os.strerror(refusal)):
        files.fsync_path(tmp_path / "gen.toml")


def test_a_disk_that_fails_to_fsync_a_folder_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(descriptor: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        files.fsync_path(tmp_path)


def test_reading_a_pipe_fails_and_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path(os.devnull)):
        with pytest.raises(OSError, match="not a regular file"):
            files.read_regular(path)


def test_very_deep_folders_are_listed_and_removed(tmp_path: Path) -> None:
    depth = min(1500, (4000 - len(str(tmp_path))) // 2)
    folder = tmp_path / "top"
    folder.mkdir()
    for _ in range(depth):
        folder /= "d"
        folder.mkdir()
    assert len(list(files.walk(tmp_path / "top"))) == depth
    files.remove_tree(tmp_path / "top")
    assert not list(tmp_path.iterdir())


def test_reading_a_non_regular_file_fails_and_closes_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    descriptors = Path("/proc/self/fd")
    before = len(list(descriptors.iterdir()))
    for path in (tmp_path, tmp_path / "pipe", Path("/dev/null")):
        with pytest.raises(OSError, match=r"regular file|directory"):
            files.read_regular(path)
    assert len(list(descriptors.iterdir())) == before
