"""What training works with: the store, the device, and the processes that train."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TypeAlias

from gen.report import Report
from gen.store.store import Store
from gen.workers.processes import Executor, ProcessPool

DEVICES = ("cpu", "cuda")
"""What models can be trained on."""

ExecutorFactory: TypeAlias = Callable[[int, Report], AbstractContextManager[Executor]]
"""Starts as many processes as it is given, and ends them when the `with` block ends."""


@dataclass(frozen=True)
class Effects:
    """What commands reach the machine through; tests pass others.

    Attributes:
        executor: starts the processes that train and draw.
        clock: seconds from some moment on.
    """

    executor: ExecutorFactory = ProcessPool
    clock: Callable[[], float] = time.monotonic


@dataclass(frozen=True)
class TrainingContext:
    """Where runs are stored, and how models are trained.

    Attributes:
        jobs: processes that work side by side.
        device: torch device that models are trained on, one of `DEVICES`.
        cluster: address of a Dask scheduler that trains them, or `local:N`; None for here.
        fail_fast: whether the first model with unsound numbers ends the training.
        executor: starts the processes that train.
    """

    store: Store
    report: Report
    jobs: int = 1
    device: str = "cpu"
    cluster: str | None = None
    fail_fast: bool = False
    executor: ExecutorFactory = ProcessPool
