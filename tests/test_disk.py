"""A file is the former one or the new one, whole, whatever happens on the way."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from gen import disk


def test_a_file_that_cannot_be_written_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "gen.toml"
    path.write_text("dear")

    def full(part: Path, content: bytes) -> int:
        with part.open("wb") as file:
            file.write(content[:3])
        raise OSError(errno.ENOSPC, "no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full)
        with pytest.raises(OSError, match="no space"):
            disk.replace(path, b"new text")
    assert path.read_text() == "dear"
    assert [each.name for each in tmp_path.iterdir()] == ["gen.toml"]


def test_a_file_keeps_its_mode_and_a_link_leads_where_it_led(tmp_path: Path) -> None:
    path, link = tmp_path / "gen.toml", tmp_path / "link.toml"
    disk.replace(path, b"old")
    path.chmod(0o640)
    link.symlink_to("gen.toml")
    disk.replace(link, b"new")
    assert link.is_symlink() and path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o640
