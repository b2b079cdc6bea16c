"""Killed at any moment, a sweep goes on and ends as if nothing had happened."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import small_site
from tests.conftest import stored_runs

SWEPT = (
    small_site.CONFIG
    + """
[sweeps.grid]
base = "odd"
seeds = 2

[sweeps.grid.training]
steps = 3000
log_every = 100
snapshot_every = 3000

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


@pytest.mark.parametrize("kills", [4, pytest.param(20, marks=pytest.mark.torture)])
def test_a_sweep_that_is_killed_again_and_again_ends_with_the_same_bytes(
    tmp_path: Path, kills: int
) -> None:
    small_site.write(tmp_path, SWEPT)
    start = time.monotonic()
    assert training(tmp_path, tmp_path / "undisturbed").wait() == 0
    whole = time.monotonic() - start
    undisturbed = stored_runs(tmp_path / "undisturbed")
    assert len(undisturbed) == 6

    moments = random.Random(20)
    left, number, resumed = kills, 0, 0
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
        assert training(tmp_path, store).wait() == 0
        assert stored_runs(store) == undisturbed
    assert resumed
