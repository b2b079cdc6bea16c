"""Peak memory of commands of this tool: a sweep of any number of models, and a film of a recording.

Memory is that which processes hold for themselves, summed over the command and its workers; pages
of mapped files, which the system can drop at any time, are not counted. It is read from /proc every
20 ms, so shorter peaks may be missed.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from bench.built_site import gen_command
from gen import Recorder

_PAUSE = 0.02
_OWN = ("RssAnon", "RssShmem")
_SIDE = 500
"""A snapshot of the recording is a matrix of this many rows and columns of float32: 1 MB."""

_SITE = """
[site]
title = "Memory"
description = "What a command needs."
languages = ["en"]
pages = ["index"]
"""
_SWEEP = """
[models.one]
seeds = 1

[models.one.task]
kind = "sparse-parity"
bits = 30
signal_bits = 3
train_rows = 1250
test_rows = 5000

[models.one.network]
kind = "perceptron"
hidden = 16

[models.one.optimiser]
learning_rate = 3e-3

[models.one.training]
steps = 4
log_every = 2
snapshot_every = 4

[sweeps.many]
base = "one"
seeds = {seeds}
shard = 45

[sweeps.many.grid]
optimiser.weight_decay = [0.01, 0.03, 0.1, 0.3, 1.0]
network.hidden = [16, 32, 64, 128, 258]
task.train_rows = [750, 1000, 1250, 1500, 1750]

[figures.map]
kind = "sweep-map"
sweep = "many"
"""
_CELLS = 125

_RECORDING = """
[models.large]
recording = "large.safetensors"

[figures.film]
kind = "layers"
model = "large"
rows = "::8"
columns = "::8"
frames = 21
"""


def peak_of_sweep(models: int, folder: Path) -> float:
    """Return megabytes at the peak of `gen train` of a sweep like the article's, 4 steps each.

    Args:
        models: a multiple of 125, the number of cells of its grid; 45 train together.
        folder: where a folder is made for the time of this.
    """
    with tempfile.TemporaryDirectory(dir=folder) as name:
        config = _SITE + _SWEEP.format(seeds=models // _CELLS)
        return _peak_of("train", Path(name), config)


def peak_of_recording(megabytes: int, folder: Path) -> float:
    """Return megabytes at the peak of `gen render` of a film of a new recording of this size."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        numbers = np.random.default_rng(0)
        path = Path(name) / "large.safetensors"
        with Recorder(path, axes={"W": ("neuron", "input")}) as recorder:
            for step in range(megabytes):
                recorder.snapshot(step, W=numbers.standard_normal((_SIDE, _SIDE), np.float32))
        return _peak_of("render", Path(name), _SITE + _RECORDING)


def _peak_of(name: str, folder: Path, config: str) -> float:
    """Return megabytes at the peak of a command of this tool with a config."""
    (folder / "gen.toml").write_text(config)
    paths = ("--config", folder / "gen.toml", "--store", folder / ".gen")
    return megabytes_of([*gen_command(name), *paths, "--output", folder / "_site"])


def megabytes_of(command: Sequence[str | Path]) -> float:
    """Return megabytes at the peak of a command and all processes below it; it must succeed."""
    peak = 0
    with subprocess.Popen(command) as process:
        while process.poll() is None:
            peak = max(peak, _kilobytes(process.pid))
            time.sleep(_PAUSE)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    return 1.024e-3 * peak


def _kilobytes(root: int) -> int:
    """Return the memory of a process and all below it, in units of 1,024 bytes."""
    parents: dict[int, int] = {}
    memory: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended
            found = dict(
                line.split(":", 1) for line in (folder / "status").read_text().splitlines()
            )
            pid = int(folder.name)
            parents[pid] = int(found["PPid"])
            memory[pid] = sum(int(found.get(key, "0").split()[0]) for key in _OWN)
    family = waiting = {root}
    while waiting:
        waiting = {pid for pid, parent in parents.items() if parent in waiting}
        family = family | waiting
    return sum(memory.get(pid, 0) for pid in family)
