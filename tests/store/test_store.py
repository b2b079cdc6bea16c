"""The store returns an entry as it was stored, or none, and never a damaged one."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gen.errors import BusyError, SetupError
from gen.store.store import SCHEMA, Store, content_key
from tests.conftest import Gen, tree
from tests.support import small_site

INGREDIENTS = {"task": {"modulus": 67}, "seeds": [0, 1]}


def _write(folder: Path) -> None:
    (folder / "a.bin").write_bytes(bytes(range(256)) * 8)
    (folder / "b.txt").write_text("b")


@pytest.fixture
def messages() -> list[str]:
    return []


@pytest.fixture
def store(tmp_path: Path, messages: list[str]) -> Store:
    return Store(tmp_path / "store", on_damage=messages.append)


def test_an_entry_is_returned_with_its_files_and_its_info(store: Store) -> None:
    entry = store.put("runs", INGREDIENTS, {"model": "m"}, _write)
    found = store.get("runs", content_key(INGREDIENTS))
    assert found == entry
    assert found is not None and found.info == {"model": "m"}
    assert found.file("b.txt").read_text() == "b"
    assert [one.key for one in store.entries("runs")] == [entry.key]


def test_the_key_depends_on_the_values_and_not_on_their_order() -> None:
    assert content_key({"a": 1, "b": [2, 3]}) == content_key({"b": [2, 3], "a": 1})
    assert content_key({"a": 1}) != content_key({"a": 1.5})
    assert content_key({"seeds": [0, 1]}) != content_key({"seeds": [1, 0]})


def test_a_missing_entry_is_none(store: Store) -> None:
    assert store.get("runs", "0" * 24) is None
    assert list(store.entries("runs")) == []


@pytest.mark.parametrize(
    "damage", ["flip", "cut", "zeros", "remove", "manifest", "swap", "exchange"]
)
def test_a_damaged_entry_is_reported_once_and_moved_aside(
    store: Store, messages: list[str], damage: str
) -> None:
    entry = store.put("runs", INGREDIENTS, {}, _write)
    path = entry.file("a.bin")
    content = path.read_bytes()
    if damage == "flip":
        path.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    elif damage == "cut":
        path.write_bytes(content[:-1])
    elif damage == "zeros":
        path.write_bytes(bytes(len(content)))
    elif damage == "remove":
        path.unlink()
    elif damage == "manifest":
        entry.file("entry.json").write_text("{")
    elif damage == "exchange":
        other = store.put("runs", {"other": 1}, {}, _write)
        away = other.folder.rename(store.root / "away")
        entry.folder.rename(other.folder)
        away.rename(entry.folder)
    else:
        other = store.put("runs", {"other": 1}, {}, _write)
        entry.file("entry.json").write_text(other.file("entry.json").read_text())
    assert store.get("runs", entry.key) is None
    assert len(messages) == 1 and entry.key in messages[0]
    assert store.get("runs", entry.key) is None
    assert len(messages) == 1
    again = store.put("runs", INGREDIENTS, {}, _write)
    assert store.get("runs", entry.key) == again


def test_every_changed_bit_of_a_manifest_is_detected(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    info = {"source": "m", "seconds": 1.5, "views": ["W_in", "W_out"], "shard": None}
    entry = store.put("runs", INGREDIENTS, info, _write)
    text = entry.file("entry.json").read_bytes()
    for place in range(8 * len(text)):
        flipped = bytearray(text)
        flipped[place // 8] ^= 1 << place % 8
        entry.file("entry.json").write_bytes(flipped)
        assert list(store.entries("runs")) == [], place
    entry.file("entry.json").write_bytes(text)
    assert store.get("runs", entry.key) == entry


@pytest.mark.parametrize("text", ["", "null", "[]", "{}", '{"digest": 1}', "[" * 100_000])
def test_an_entry_without_a_valid_manifest_is_damaged(
    store: Store, messages: list[str], text: str
) -> None:
    entry = store.put("runs", INGREDIENTS, {}, _write)
    entry.file("entry.json").write_text(text)
    assert store.get("runs", entry.key) is None and len(messages) == 1


def test_an_entry_of_another_schema_is_moved_aside(
    store: Store, messages: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as former:
        former.setattr("gen.store.store.SCHEMA", SCHEMA - 1)
        entry = store.put("runs", INGREDIENTS, {}, _write)
    assert store.get("runs", entry.key) is None
    assert len(messages) == 1 and "another version" in messages[0]


def test_a_removal_that_is_killed_leaves_no_half_entry(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed while it removes an entry, a process leaves no half of one."""
    entry = store.put("runs", INGREDIENTS, {}, _write)

    def killed(folder: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("gen.store.store.remove_tree", killed)
        with pytest.raises(KeyboardInterrupt):
            store.remove(entry)
    assert store.get("runs", entry.key) is None
    with store.locked():
        pass
    assert {path.name for path in store.root.iterdir()} == {"CACHEDIR.TAG", "lock", "runs"}
    assert not list((store.root / "runs").iterdir())


def test_a_writer_that_fails_leaves_nothing(store: Store) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.put("runs", INGREDIENTS, {}, fail)
    assert store.get("runs", content_key(INGREDIENTS)) is None
    assert not [path for path in store.root.iterdir() if path.name != "runs"]


def test_files_of_a_killed_writer_are_removed_under_the_lock(store: Store) -> None:
    store.root.mkdir()
    part = store.root / f"part-1-{content_key(INGREDIENTS)}"
    part.mkdir()
    (part / "half").write_text("half")
    with store.locked():
        assert not part.exists()


def test_a_second_process_gets_the_name_of_the_lock_holder(store: Store) -> None:
    code = (
        "import sys, time; from pathlib import Path; from gen.store.store import Store\n"
        "with Store(Path(sys.argv[1])).locked():\n"
        "    print('held', flush=True); time.sleep(60)\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(store.root)], stdout=subprocess.PIPE, text=True
    )
    with holder as process:
        assert process.stdout is not None and process.stdout.readline() == "held\n"
        with pytest.raises(BusyError, match=f"process {process.pid}"), store.locked():
            pass
        process.kill()
    with store.locked():
        pass


@pytest.mark.parametrize("error", [errno.EIO, errno.EMFILE, errno.EACCES])
def test_a_read_error_of_the_disk_does_not_remove_an_entry(
    store: Store, messages: list[str], monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    entry = store.put("runs", INGREDIENTS, {}, _write)
    opened = os.open

    def refuse(path: Any, *arguments: Any, **options: Any) -> int:
        if Path(path).parent == entry.folder:
            raise OSError(error, os.strerror(error), str(path))
        return opened(path, *arguments, **options)

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", refuse)
        with pytest.raises(SetupError, match="cannot be read"):
            store.get("runs", entry.key)
    assert store.get("runs", entry.key) == entry and not messages


def test_a_folder_with_other_files_is_not_used_as_a_store(tmp_path: Path) -> None:
    for name in ("site", "part-one", "runs"):
        (tmp_path / name).mkdir()
    before = sorted(tmp_path.iterdir())
    with (
        pytest.raises(SetupError, match="did not write; choose another --store"),
        Store(tmp_path).locked(),
    ):
        pass
    assert sorted(tmp_path.iterdir()) == before


def test_only_files_of_the_store_are_removed_from_it(store: Store) -> None:
    with store.locked():
        store.put("runs", INGREDIENTS, {}, _write)
    for name in ("notes", "part-one"):
        (store.root / name).mkdir()
    with store.locked():
        store.clear(["runs", "media"])
    assert {path.name for path in store.root.iterdir()} == {
        "CACHEDIR.TAG",
        "lock",
        "notes",
        "part-one",
    }


@pytest.mark.parametrize("what", ["file", "link", "dangling"])
def test_a_file_in_place_of_an_entry_is_removed(
    store: Store, messages: list[str], tmp_path: Path, what: str
) -> None:
    entry = store.put("runs", INGREDIENTS, {}, _write)
    away = entry.folder.rename(tmp_path / "away")
    for _ in range(2):
        if what == "file":
            entry.folder.write_text("no folder")
        else:
            entry.folder.symlink_to(tmp_path / ("elsewhere" if what == "link" else "absent"))
            (tmp_path / "elsewhere").mkdir(exist_ok=True)
        assert store.get("runs", entry.key) is None
    assert len(messages) == 2
    store.put("runs", INGREDIENTS, {}, _write)
    assert store.get("runs", entry.key) == entry
    assert store.prune(["runs"], set()) == 1
    assert {path.name for path in store.root.iterdir()} == {"runs"}
    assert away.exists() and (tmp_path / "elsewhere").exists() == (what != "file")


def test_a_stray_file_in_an_entry_is_damage(store: Store, messages: list[str]) -> None:
    entry = store.put("runs", INGREDIENTS, {}, _write)
    entry.file("film.gif").write_bytes(b"stray")
    assert store.get("runs", entry.key) is None and len(messages) == 1


def test_unreadable_entries_are_pruned(store: Store) -> None:
    entry = store.put("runs", INGREDIENTS, {}, _write)
    entry.file("entry.json").write_text("{")
    kept = store.put("runs", {"other": 1}, {}, _write)
    assert store.prune(["runs", "media"], {kept.key}) == 1
    assert store.get("runs", kept.key) == kept


def test_a_store_that_cannot_be_written_is_a_setup_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(SetupError, match="cannot be written"):
        Store(tmp_path / "file" / "store").put("runs", INGREDIENTS, {}, _write)


def test_file_times_and_clocks_are_ignored(store: Store) -> None:
    entry = store.put("runs", INGREDIENTS, {}, _write)
    for path in entry.folder.iterdir():
        os.utime(path, (0, 0))
    assert store.get("runs", entry.key) == entry
    assert "time" not in json.dumps(json.loads(entry.file("entry.json").read_text()))


FOREIGN_TAG = """Signature: 8a477f597d28d172789f06886806bc55
# This file is a cache directory tag created by cargo.
"""


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    """The cache of another program, with folders that are called as this tool's are."""
    folder = tmp_path / "target"
    for name in ("runs", "media", "damaged", f"part-1-{content_key(INGREDIENTS)}"):
        (folder / name).mkdir(parents=True)
        (folder / name / "dear.txt").write_text("dear")
    (folder / "CACHEDIR.TAG").write_text(FOREIGN_TAG)
    return folder


@pytest.mark.parametrize("command", [["clean"], ["clean", "--all"], ["render"], ["build"]])
def test_a_tagged_folder_of_another_program_is_not_used_as_a_store(
    gen: Gen, tmp_path: Path, foreign: Path, command: list[str]
) -> None:
    options = small_site.write(tmp_path, small_site.SUM_ALONE, small_site.SUM_ALONE_PAGE)
    before = tree(foreign)
    outcome = gen(*command, *options, "--store", foreign)
    assert outcome.code == 3
    assert "holds files that this tool did not write; choose another --store" in outcome.err
    assert tree(foreign) == before


def test_files_of_other_programs_in_a_store_are_kept(store: Store) -> None:
    with store.locked():
        store.put("runs", INGREDIENTS, {}, _write)
    for family in ("runs", "media", "damaged"):
        (store.root / family / "notes").mkdir(parents=True)
        (store.root / family / "notes" / "dear.txt").write_text("dear")
    (store.root / "part-1-notes").mkdir()
    with store.locked():
        assert store.prune(["runs", "media"], set()) == 1
        store.clear(["runs", "media"])
    for family in ("runs", "media", "damaged"):
        assert [path.name for path in (store.root / family).iterdir()] == ["notes"]
    assert (store.root / "part-1-notes").is_dir()


@pytest.mark.parametrize("name", ["entry.json", "a.bin"])
def test_a_pipe_in_place_of_a_file_of_an_entry_is_damage(
    store: Store, messages: list[str], name: str
) -> None:
    entry = store.put("runs", INGREDIENTS, {}, _write)
    entry.file(name).unlink()
    os.mkfifo(entry.file(name))
    assert store.get("runs", entry.key) is None and len(messages) == 1
    os.mkfifo(entry.folder)
    assert store.get("runs", entry.key) is None and len(messages) == 2


def test_a_pipe_in_place_of_the_tag_is_no_tag(store: Store) -> None:
    store.root.mkdir()
    os.mkfifo(store.root / "CACHEDIR.TAG")
    with pytest.raises(SetupError, match="did not write"), store.locked():
        pass
