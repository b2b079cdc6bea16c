"""Generators that a thread reads: their items come in order, their errors last, and they end."""

from __future__ import annotations

import threading
from collections.abc import Generator

import pytest

from gen.workers.background import Background

DEADLINE = 60.0


def test_items_come_in_order() -> None:
    assert list(Background().iterate(n for n in range(100))) == list(range(100))


def test_the_generator_goes_on_while_nobody_takes_its_items() -> None:
    ended = threading.Event()

    def items() -> Generator[int, None, None]:
        yield from range(5)
        ended.set()

    read = Background().iterate(items())
    assert ended.wait(DEADLINE)
    assert list(read) == [0, 1, 2, 3, 4]


def test_an_error_comes_after_the_items_before_it_and_only_once() -> None:
    def items() -> Generator[int, None, None]:
        yield 1
        raise KeyError("lost")

    read = Background().iterate(items())
    assert next(read) == 1
    with pytest.raises(KeyError, match="lost"):
        next(read)
    assert list(read) == []


def test_closing_ends_a_generator_whose_items_nobody_used() -> None:
    ended = threading.Event()

    def items() -> Generator[int, None, None]:
        try:
            yield from range(10**12)
        finally:
            ended.set()

    background = Background()
    read = background.iterate(items())
    assert next(read) == 0
    background.close(DEADLINE)
    assert list(read) == []
    assert ended.wait(DEADLINE)
