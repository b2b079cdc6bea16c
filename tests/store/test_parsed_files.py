"""Results of parsing are kept between commands, and are never taken for those of other bytes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gen.store import code_digest
from gen.store.parsed_files import ParsedFiles, user_cache


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file in a new cache folder of the user."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return user_cache() / "parsed.json"


def test_a_result_is_known_to_the_next_command(cache: Path) -> None:
    first = ParsedFiles(b"3.11")
    key = first.key(b"x = 1", b"gen")
    assert first.get(key) is None
    first.put(key, ["digest", ["gen.a"]])
    first.save()
    assert ParsedFiles(b"3.11").get(key) == ["digest", ["gen.a"]]
    assert cache.is_file()


def test_other_bytes_and_another_python_have_other_keys() -> None:
    keys = {
        ParsedFiles(salt).key(*parts)
        for salt in (b"3.11", b"3.12")
        for parts in ((b"ab", b"c"), (b"a", b"bc"), (b"abc",), (b"abd",))
    }
    assert len(keys) == 8


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"\0\0", b"3", b'{"a": ' * 3000],
    ids=["empty", "a list", "zeros", "a number", "deep"],
)
def test_a_damaged_file_is_replaced(cache: Path, content: bytes) -> None:
    cache.parent.mkdir(parents=True)
    cache.write_bytes(content)
    parsed = ParsedFiles(b"")
    parsed.put("key", "result")
    parsed.save()
    assert json.loads(cache.read_bytes()) == {"key": "result"}


def test_without_a_folder_that_can_be_written_nothing_is_kept(cache: Path) -> None:
    cache.parent.parent.touch()  # a file in place of the folder, which root cannot write either
    parsed = ParsedFiles(b"")
    parsed.put("key", "result")
    parsed.save()
    assert parsed.get("key") == "result"
    assert ParsedFiles(b"").get("key") is None


def test_results_that_no_command_needs_any_more_are_dropped(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gen.store.parsed_files._MOST", 3)
    former = ParsedFiles(b"")
    for number in range(3):
        former.put(f"old {number}", number)
    former.save()
    now = ParsedFiles(b"")
    assert now.get("old 1") == 1
    now.put("new", 4)
    now.save()
    assert json.loads(cache.read_bytes()) == {"old 1": 1, "new": 4}


@pytest.mark.parametrize("junk", ["text", 7, [], ["digest", "modules", []], [1, [], []]])
def test_the_digest_of_code_does_not_depend_on_what_is_kept(
    cache: Path, monkeypatch: pytest.MonkeyPatch, junk: object
) -> None:
    def digest() -> str:
        code_digest._parsed.cache_clear()
        code_digest.clear_cache()
        return code_digest.code_digest("gen.training.loop")

    first = digest()
    kept = json.loads(cache.read_bytes())
    assert kept and digest() == first
    cache.write_text(json.dumps(dict.fromkeys(kept, junk)))
    assert digest() == first
    code_digest._parsed.cache_clear()


@pytest.mark.parametrize("caches", ["here", ""])
def test_a_relative_cache_folder_is_not_used(
    caches: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the XDG standard says."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", caches)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert user_cache() == tmp_path / "home" / ".cache" / "grokreel"


def test_without_a_home_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("gen.store.parsed_files.user_cache", lambda: Path("~/.cache/grokreel"))
    parsed = ParsedFiles(b"")
    parsed.put("key", "result")
    parsed.save()
    assert not list(tmp_path.iterdir())
