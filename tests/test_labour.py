"""What goes wrong beside a running server is told there as what it is."""

from __future__ import annotations

import os
import signal
from contextlib import AbstractContextManager
from queue import Queue
from typing import TYPE_CHECKING

import pytest

from gen.errors import MORE_MEMORY, ConfigError, EnvironmentFault, GenError
from gen.labour import Labour
from tests.test_executors import DEADLINE, Lacking

if TYPE_CHECKING:
    from gen.labour import Opened
    from gen.studio import Studio


def lacking() -> AbstractContextManager[Studio]:
    raise Lacking("models")


def mistaken() -> AbstractContextManager[Studio]:
    raise ConfigError("no model", where="gen.toml", mend="name one")


def out_of_memory() -> AbstractContextManager[Studio]:
    raise MemoryError


def killed() -> AbstractContextManager[Studio]:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def wrong() -> AbstractContextManager[Studio]:
    os.close(2)  # its traceback is of no interest here
    raise ZeroDivisionError


@pytest.mark.parametrize(
    ("opened", "kind", "text"),
    [
        (lacking, Lacking, "gen.toml: there is no table models; add it"),
        (mistaken, ConfigError, "gen.toml: no model; name one"),
        (out_of_memory, EnvironmentFault, f"there is not enough memory; {MORE_MEMORY}"),
        (killed, EnvironmentFault, "the process that trains and draws was killed"),
        (wrong, EnvironmentFault, "the process that trains and draws died (exit code 1)"),
    ],
)
def test_what_ends_the_work_arrives_as_what_it_is(
    opened: Opened, kind: type[GenError], text: str
) -> None:
    ends: Queue[GenError | None] = Queue()
    labour = Labour(opened, lambda: None, lambda _, error: ends.put(error), None)
    try:
        error = ends.get(timeout=DEADLINE)
    finally:
        labour.end()
    assert type(error) is kind
    assert str(error).startswith(text)
