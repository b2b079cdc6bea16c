"""What was read ahead comes in order, an error comes last, and an unused thread ends."""

from __future__ import annotations

import threading
from collections.abc import Generator

import pytest

from gen.workers.read_ahead import ReadAhead

DEADLINE = 60.0


def test_items_come_in_order() -> None:
    assert list(ReadAhead((n for n in range(100)), 3)) == list(range(100))


def test_no_more_items_are_read_than_may_wait() -> None:
    begun = [threading.Event() for _ in range(9)]

    def items() -> Generator[int, None, None]:
        for number, event in enumerate(begun):
            event.set()
            yield number

    read = ReadAhead(items(), 2)
    assert begun[2].wait(DEADLINE)  # two wait, and the third has no place
    assert not begun[3].wait(0.2)
    assert next(read) == 0
    assert begun[3].wait(DEADLINE)
    read.close(DEADLINE)


def test_an_error_comes_after_the_items_before_it_and_only_once() -> None:
    def items() -> Generator[int, None, None]:
        yield 1
        raise KeyError("lost")

    read = ReadAhead(items(), 5)
    assert next(read) == 1
    with pytest.raises(KeyError, match="lost"):
        next(read)
    assert list(read) == []


def test_closing_ends_a_thread_whose_items_nobody_used() -> None:
    ended = threading.Event()

    def items() -> Generator[int, None, None]:
        try:
            yield from range(10**9)
        finally:
            ended.set()

    read = ReadAhead(items(), 1)
    assert next(read) == 0
    read.close(DEADLINE)
    assert list(read) == []
    assert ended.wait(DEADLINE)
