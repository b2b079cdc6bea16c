"""What training needs: the store, the device, and the processes that train."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from gen.report import Report
from gen.store.store import Store
from gen.workers.processes import Executor, ProcessPool

DEVICES = ("cpu", "cuda")
"""Torch devices that models can be trained on."""


@runtime_checkable
class ExecutorFactory(Protocol):
    """Starts the given number of processes, and ends them when the `with` block ends."""

    def __call__(
        self, count: int, report: Report, /, *, patient: bool = False
    ) -> AbstractContextManager[Executor]:
        """With `patient`, other processes of the machine come first."""
        ...


@dataclass(frozen=True)
class Effects:
    """The processes and the clock of a command; tests pass others.

    Attributes:
        executor: starts the processes that train and draw.
        clock: returns seconds since a fixed moment.
    """

    executor: ExecutorFactory = ProcessPool
    clock: Callable[[], float] = time.monotonic


@dataclass(frozen=True)
class TrainingContext:
    """Where runs are stored, and how models are trained.

    Attributes:
        jobs: number of processes.
        device: torch device to train on, one of `DEVICES`.
        cluster: address of a Dask scheduler, or `local:N`; None to train on this machine.
        fail_fast: whether the first model that diverges ends the training.
    """

    store: Store
    report: Report
    jobs: int = 1
    device: str = "cpu"
    cluster: str | None = None
    fail_fast: bool = False
    executor: ExecutorFactory = ProcessPool
