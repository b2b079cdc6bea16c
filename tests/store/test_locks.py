"""Locks: one build at a time; a site is replaced atomically; a terminated build cleans up."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gen.errors import BusyError, SetupError
from gen.site import publish, write
from gen.site.context import BuildContext
from gen.site.sources import Sources
from gen.store.files import exchange
from gen.store.store import Store
from tests.conftest import Gen, tree
from tests.support import small_site
from tests.support.small_site import context_of

FILES: dict[str, bytes | Path] = {"index.html": b"<p>1</p>", "data/facts.json": b"{}"}
HOLD_OUTPUT = """
import sys, time
from pathlib import Path
from gen.site.publish import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


@contextmanager
def holder(site: Path, seconds: float = 60) -> Iterator[subprocess.Popen[str]]:
    """Start another process that locks an output folder."""
    command = [sys.executable, "-c", HOLD_OUTPUT, str(site), str(seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_build_names_the_process_that_holds_the_lock_and_exits_5(
    gen: Gen, tmp_path: Path
) -> None:
    options = small_site.write(tmp_path)
    with holder(tmp_path / "_site") as process:
        outcome = gen("build", *options)
        assert outcome.code == 5
        assert f"locked by process {process.pid}" in outcome.err
        assert outcome.err.count("\n") == 1
    assert not (tmp_path / "_site").exists()


@pytest.mark.parametrize("command", ["build", "site"])
def test_a_locked_store_or_output_is_an_error_before_sources_are_read(
    gen: Gen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    def read(context: BuildContext) -> Sources:
        raise AssertionError("sources were read")

    monkeypatch.setattr(Sources, "gather", read)
    options = small_site.write(tmp_path)
    with context_of(tmp_path).locked():
        assert gen(command, *options).code == 5
    with holder(tmp_path / "_site"):
        assert gen(command, *options).code == 5


def test_the_lock_of_a_killed_process_is_free(gen: Gen, tmp_path: Path) -> None:
    options = small_site.write(tmp_path, small_site.SUM_ALONE, small_site.SUM_ALONE_PAGE)
    with holder(tmp_path / "_site") as process:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert (tmp_path / "._site.lock.holder").exists()
    assert gen("build", *options).code == 0
    assert not (tmp_path / "._site.lock.holder").exists()


def test_a_waiting_build_continues_when_the_other_build_has_ended(gen: Gen, tmp_path: Path) -> None:
    options = small_site.write(tmp_path, small_site.SUM_ALONE, small_site.SUM_ALONE_PAGE)
    with holder(tmp_path / "_site", seconds=2) as process:
        outcome = gen("build", *options, "--wait")
        assert outcome.code == 0, outcome.err
        assert f"locked by process {process.pid}; waiting" in outcome.err
    assert (tmp_path / "_site" / "index.html").exists()


def test_a_lock_is_released_when_its_process_is_killed(tmp_path: Path) -> None:
    site = tmp_path / "_site"
    with holder(site) as process:
        with pytest.raises(BusyError), publish.locked(site):
            pass
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        with publish.locked(site):
            pass


def test_exchange_swaps_two_folders_or_changes_nothing(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        folder.mkdir()
        (folder / "name").write_text(folder.name)
    if exchange(one, other):
        assert ((one / "name").read_text(), (other / "name").read_text()) == ("other", "one")
    assert not exchange(one, tmp_path / "absent")
    assert one.exists()


@pytest.mark.parametrize("knows_how", [True, False])
def test_a_site_is_replaced_atomically(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, knows_how: bool
) -> None:
    if not knows_how:
        monkeypatch.setattr(publish, "exchange", lambda one, other: False)
    site = tmp_path / "_site"
    publish.publish(site, "key", FILES)
    publish.publish(site, "new", {"index.html": b"new"})
    assert publish.is_fresh(site, "new")
    assert [path.name for path in tmp_path.iterdir()] == ["_site"]


def test_a_site_that_was_moved_away_and_not_replaced_is_restored(tmp_path: Path) -> None:
    """A process was killed between two renames."""
    site = tmp_path / "_site"
    publish.publish(site, "key", FILES)
    site.rename(tmp_path / "._site.former")
    (tmp_path / "._site.part").mkdir()
    with publish.locked(site):
        assert publish.is_fresh(site, "key")
    assert {path.name for path in tmp_path.iterdir()} <= {"_site", "._site.lock"}


def test_a_build_is_discarded_if_a_page_changes_during_it(
    gen: Gen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = small_site.write(tmp_path)
    page = tmp_path / "site" / "pages" / "en" / "index.md"
    original = write.site_files

    def edited(*arguments: object) -> object:
        page.write_text(small_site.PAGE.replace("The loss.", "The loss, again."))
        return original(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(write, "site_files", edited)
    outcome = gen("build", *options)
    assert outcome.code == 2
    assert "changed during the build" in outcome.err
    assert not (tmp_path / "_site").exists()
    monkeypatch.undo()
    again = gen("build", *options)
    assert again.code == 0 and "trained in" not in again.err
    assert "The loss, again." in (tmp_path / "_site" / "index.html").read_text()


def building(folder: Path, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "gen.cli", "build", "--jobs", "2", *more]
        + [str(option) for option in small_site.write(folder, SLOW)],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


SLOW = small_site.CONFIG.replace(
    "steps = 50\nlog_every = 5\nsnapshot_every = 10",
    "steps = 5_000_000\nlog_every = 50_000\nsnapshot_every = 500_000",
)


def children(of: int) -> set[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(of)], capture_output=True, text=True, check=False
    )
    return {int(line) for line in listed.stdout.split()}


def alive(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return status != "Z"


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize(
    ("number", "code", "said"),
    [(signal.SIGTERM, 143, "terminated"), (signal.SIGINT, 130, "interrupted")],
)
def test_a_terminated_build_leaves_no_process_and_keeps_finished_runs(
    tmp_path: Path, number: signal.Signals, code: int, said: str
) -> None:
    process = building(tmp_path)
    runs = tmp_path / ".gen" / "runs"
    deadline = time.monotonic() + 120
    while not (runs.exists() and len(list(runs.iterdir())) == 2) and time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.1)
    workers = children(process.pid)
    assert workers
    process.send_signal(number)
    _, stderr = process.communicate(timeout=120)
    assert process.returncode == code
    assert stderr.splitlines()[-1] == f"gen: {said}; finished runs and films are kept"
    deadline = time.monotonic() + 120
    while any(map(alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(alive, workers))
    assert len(tree(runs)) == 4
    assert not list((tmp_path / ".gen").glob("part-*"))


def test_a_parent_folder_that_cannot_be_written_is_a_setup_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with (
        pytest.raises(SetupError, match="cannot be written"),
        publish.locked(tmp_path / "file" / "_site"),
    ):
        pass


@pytest.mark.parametrize("refusal", [errno.ENOSYS, errno.EOPNOTSUPP])
def test_a_file_system_without_flock_is_locked_with_lockf(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusal: int
) -> None:
    """An existing lock file, for example in a copied store, is not locked."""
    store = Store(tmp_path / "store")
    with store.locked():
        pass
    assert store.lock.exists()

    def missing(descriptor: int, operation: int) -> None:
        raise OSError(refusal, os.strerror(refusal))

    monkeypatch.setattr(fcntl, "flock", missing)
    with store.locked():
        assert (tmp_path / "store" / "lock.holder").exists()
    monkeypatch.setattr(fcntl, "lockf", missing)
    with pytest.raises(SetupError, match="the file system does not support locks"), store.locked():
        pass


def test_a_lock_is_taken_again_if_its_folder_was_removed(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    with store.locked():
        shutil.rmtree(store.root)
        with store.locked():
            assert store.lock.exists()
