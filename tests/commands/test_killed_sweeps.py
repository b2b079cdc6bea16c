"""A killed sweep continues, and ends with the same runs as one that was not killed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import CountTried, stored_runs
from tests.support import small_site

SWEPT = (
    small_site.CONFIG
    + """
[sweeps.grid]
base = "odd"
seeds = 2

[sweeps.grid.training]
steps = 1500
log_every = 100
snapshot_every = 1500

[sweeps.grid.grid]
optimiser.weight_decay = [0.0, 1.0]
network.hidden = [4, 8, 16]
task.train_rows = [20, 30]
"""
)


def training(folder: Path, store: Path) -> subprocess.Popen[bytes]:
    config = folder / "site" / "gen.toml"
    command = [sys.executable, "-m", "gen.cli", "train", "grid", "--quiet", "--jobs", "1"]
    return subprocess.Popen(
        [*command, "--config", str(config), "--store", str(store)], start_new_session=True
    )


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The runs of a sweep that is not killed."""
    folder = tmp_path_factory.mktemp("undisturbed")
    small_site.write(folder, SWEPT)
    assert training(folder, folder / ".gen").wait() == 0
    runs = stored_runs(folder / ".gen")
    assert len(runs) == 6
    return runs


def test_a_killed_sweep_continues_where_it_was(tmp_path: Path, undisturbed: dict[str, str]) -> None:
    small_site.write(tmp_path, SWEPT)
    store = tmp_path / ".gen"
    process = training(tmp_path, store)
    while len(stored_runs(store)) < 2:
        assert process.poll() is None
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    kept = {path: (store / "runs" / path).stat().st_ino for path in stored_runs(store)}
    assert 2 <= len(kept) < 6
    assert training(tmp_path, store).wait() == 0
    assert stored_runs(store) == undisturbed
    assert all((store / "runs" / path).stat().st_ino == inode for path, inode in kept.items())


@pytest.mark.torture
def test_a_repeatedly_killed_sweep_ends_with_the_same_bytes(
    tmp_path: Path, undisturbed: dict[str, str], count_tried: CountTried
) -> None:
    small_site.write(tmp_path, SWEPT)
    start = time.monotonic()
    assert training(tmp_path, tmp_path / "timed").wait() == 0
    whole = time.monotonic() - start

    moments = random.Random(20)
    left, number, resumed = 20, 0, 0
    while left:
        number += 1
        store = tmp_path / f"killed-{number}"
        while left:
            process = training(tmp_path, store)
            time.sleep(moments.uniform(0.3, 1) * whole)
            if process.poll() is not None:
                break
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            left -= 1
            resumed += bool(stored_runs(store)) and len(stored_runs(store)) < 6
            count_tried("kills of a sweep at a random moment", 1)
        assert training(tmp_path, store).wait() == 0
        assert stored_runs(store) == undisturbed
    assert resumed
