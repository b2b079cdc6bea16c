"""Iteration in a thread, so that what it waits for goes on while its items are used."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from contextlib import closing, suppress
from queue import Empty, Queue
from typing import Generic, TypeVar

Item = TypeVar("Item")

_LOOK_EVERY = 0.05
"""Seconds between two looks whether the thread has ended."""


class _End:
    """Follows the last item, with the exception that ended the iteration if there was one."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


class ReadAhead(Generic[Item]):
    """An iterator over the items of a generator, which is iterated in a thread.

    It begins at once. The exception that ends it is raised after the last item.

    Args:
        items: iterated in the thread, and closed there.
        most: number of items that may wait to be used. If there are so many, the thread waits.
    """

    def __init__(self, items: Generator[Item, None, None], most: int) -> None:
        self._items = items
        self._read: Queue[Item | _End] = Queue(most)
        self._closed = False
        self._thread = threading.Thread(target=self._read_all, daemon=True)
        self._thread.start()

    def __iter__(self) -> ReadAhead[Item]:
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

    def close(self, timeout: float) -> None:
        """Drop what was read and wait until the thread has ended, for so many seconds at most.

        The caller ends what the iterator waits for.
        """
        self._closed = True
        deadline = time.monotonic() + timeout
        while self._thread.is_alive() and time.monotonic() < deadline:
            with suppress(Empty):
                self._read.get(timeout=_LOOK_EVERY)

    def _read_all(self) -> None:
        end = _End()
        try:
            with closing(self._items) as items:
                for item in items:
                    self._read.put(item)
                    del item  # it may be large
                    if self._closed:
                        break
        except BaseException as error:
            end = _End(error)
        self._read.put(end)
