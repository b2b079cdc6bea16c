"""Objects are sent through pipes unchanged, and arrays without copies."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from multiprocessing import Pipe
from pathlib import Path

import numpy as np
import pytest

from gen.config import limits
from gen.config.reader import load
from gen.report import SilentReport
from gen.store import arrays
from gen.training.loop import Ensemble, Training, train
from gen.workers.pipes import receive, send
from gen.workers.processes import Done, Job, ProcessPool
from tests.conftest import REPOSITORY
from tests.support import small_site

ARRAYS = [
    np.arange(3 * 2**18, dtype=np.float32).reshape(3, -1),
    np.zeros((0, 3)),
    np.arange(12.0).reshape(3, 4).T,
    np.arange(10)[::3],
    np.array(4.5),
    np.array(["a", "bc"]),
]


def test_objects_arrive_unchanged() -> None:
    ours, theirs = Pipe()
    content = {"arrays": ARRAYS, "other": (b"x" * 3_000_000, "text", None)}
    sender = threading.Thread(target=lambda: [send(theirs, content), send(theirs, "next")])
    sender.start()
    found = receive(ours)
    assert receive(ours) == "next"
    sender.join()
    assert found["other"] == content["other"]
    for sent, array in zip(ARRAYS, found["arrays"], strict=True):
        assert sent.dtype == array.dtype
        assert np.array_equal(sent, array)
        assert array.flags.writeable


def test_an_object_that_cannot_be_pickled_leaves_the_pipe_usable() -> None:
    ours, theirs = Pipe()
    with pytest.raises(TypeError):
        send(theirs, (np.zeros(4), threading.Lock()))
    send(theirs, 7)
    assert receive(ours) == 7


def test_a_pipe_closed_in_the_middle_of_an_object_is_an_error() -> None:
    ours, theirs = Pipe()
    theirs.send_bytes(pickle.dumps(([2**21], 10)))  # sizes of an object that never arrives
    theirs.close()
    with pytest.raises(EOFError):
        receive(ours)


SIZE = 128 * 2**20


def peak(*, on_progress: Callable[[int], None] = lambda done: None) -> int:
    """Return the peak memory of this process in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024


def many(*, on_progress: Callable[[int], None]) -> dict[str, np.ndarray]:
    return {"many": np.ones(SIZE, dtype=np.uint8).view(np.float32)}


def receive_twice_and_keep(folder: Path) -> None:
    """Write the growth of the peak memory of both processes, in sizes of the sent array."""
    with ProcessPool(1, SilentReport()) as workers:
        ask = [Job("peak", peak, (), 1, "bytes")]
        (before,) = workers.run(ask)
        here = peak()
        for end in workers.run([Job("many", many, (), 1, "bytes")] * 2):
            assert isinstance(end, Done)
            arrays.write(folder / "file", end.result)
            del end
        (after,) = workers.run(ask)
        assert isinstance(before, Done)
        assert isinstance(after, Done)
        growths = (after.result - before.result, peak() - here)
    (folder / "growths").write_text(" ".join(str(growth / SIZE) for growth in growths))


def test_a_sent_run_is_in_memory_once_at_each_end(tmp_path: Path) -> None:
    command = (
        "import sys; from tests.workers import test_pipes as these\n"
        "if __name__ == '__main__': these.receive_twice_and_keep(these.Path(sys.argv[1]))"
    )
    (tmp_path / "twice.py").write_text(command)
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    run = [sys.executable, tmp_path / "twice.py", tmp_path]
    subprocess.run(run, env=environment, check=True, timeout=120)
    growths = [float(growth) for growth in (tmp_path / "growths").read_text().split()]
    assert all(0.9 < growth < 1.3 for growth in growths), growths
    assert (tmp_path / "file").stat().st_size > SIZE


WIDE = small_site.SUM_ALONE.replace("seeds = 3\nshard = 2", "seeds = 16").replace(
    "modulus = 11", "modulus = 67"
)


def train_twice(ensemble: Ensemble, *, on_progress: Callable[[int], None]) -> float:
    """Return the growth of the peak memory by snapshots, in sizes of the snapshots."""
    few, each = (Training(steps=200, log_every=200, snapshot_every=n) for n in (200, 1))
    train(replace(ensemble, training=few))
    before = peak()
    trained = train(replace(ensemble, training=each))
    return (peak() - before) / sum(view.nbytes for view in trained.views.values())


def test_training_takes_no_more_memory_than_estimated(tmp_path: Path) -> None:
    small_site.write(tmp_path, WIDE)
    model = load(tmp_path / "site" / "gen.toml").models["sum"]
    wide = model.network.model_copy(update={"hidden": 24})
    ((_, ensemble),) = model.shards
    job = Job("training", train_twice, (replace(ensemble, network=wide),), 1, "steps")
    with ProcessPool(1, SilentReport()) as workers:
        (end,) = workers.run([job])
    assert isinstance(end, Done)
    assert 1 < end.result < limits.SNAPSHOT_COPIES
