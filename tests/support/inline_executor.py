"""An executor that runs jobs in this process, to avoid loading all libraries in another."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence

from gen.workers.background import Item
from gen.workers.processes import Done, Job


class InlineExecutor:
    """Replaces `gen.workers.processes.ProcessPool`; runs one job after the other."""

    width = 1

    def __init__(self, count: int, report: object, *, patient: bool = False) -> None:
        pass

    def __enter__(self) -> InlineExecutor:
        return self

    def __exit__(self, *exception: object) -> None:
        pass

    def in_background(self, items: Generator[Item, None, None]) -> Iterator[Item]:
        """Return the items; they are made when they are taken, so that tests are repeatable."""
        return items

    def run(self, jobs: Sequence[Job]) -> Iterator[Done]:
        for place, job in enumerate(jobs):
            yield Done(place, job.function(*job.arguments, on_progress=lambda done: None), 0.0)
