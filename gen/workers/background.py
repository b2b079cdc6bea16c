"""Iteration in threads, which goes on while its items are used."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterator
from contextlib import closing, suppress
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

Item = TypeVar("Item")

_SAVE_TIMEOUT = 60.0
"""Seconds that a thread has to store what it received."""

_LOOK_EVERY = 0.05
"""Seconds between two looks whether a thread has ended."""


class Background:
    """Threads that iterate, each over its own generator."""

    def __init__(self) -> None:
        self._threads: list[_Reader] = []

    def iterate(self, items: Generator[Item, None, None]) -> Iterator[Item]:
        """Return an iterator over the items of a generator, which a thread begins to read at once.

        All of its code runs in the thread. The exception that ends it is raised after the last
        item. Items that were not used yet are kept, so they should be small.
        """
        reader = _Reader(items)
        self._threads.append(reader)
        return reader

    def close(self, timeout: float = _SAVE_TIMEOUT) -> None:
        """Wait until the threads have ended, for so many seconds at most.

        The caller has ended what the generators wait for. No thread takes a further item.
        """
        deadline = time.monotonic() + timeout
        for reader in self._threads:
            reader.close(deadline)
        self._threads.clear()


class _End:
    """Follows the last item, with the exception that ended the generator if there was one."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


class _Reader(Generic[Item]):
    """An iterator over the items that a thread reads from a generator."""

    def __init__(self, items: Generator[Item, None, None]) -> None:
        self._items = items
        self._read: SimpleQueue[Item | _End] = SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._read_all, daemon=True)
        self._thread.start()

    def __iter__(self) -> _Reader[Item]:
        return self

    def __next__(self) -> Item:
        if self._closed:
            raise StopIteration
        item = self._read.get()
        if not isinstance(item, _End):
            return item
        self._closed = True
        if item.error is not None:
            raise item.error
        raise StopIteration

    def close(self, deadline: float) -> None:
        self._closed = True
        while self._thread.is_alive() and time.monotonic() < deadline:
            with suppress(Empty):
                self._read.get(timeout=_LOOK_EVERY)

    def _read_all(self) -> None:
        end = _End()
        try:
            with closing(self._items) as items:
                for item in items:
                    self._read.put(item)
                    if self._closed:
                        break
        except BaseException as error:
            end = _End(error)
        self._read.put(end)
