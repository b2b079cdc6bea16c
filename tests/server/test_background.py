"""Errors of a background build reach the server."""

from __future__ import annotations

import os
import signal
from contextlib import AbstractContextManager
from queue import Queue
from typing import TYPE_CHECKING

import pytest

from gen.errors import MORE_MEMORY, ConfigError, GenError, SetupError
from gen.server.background import BackgroundBuild
from tests.support.jobs import Lacking
from tests.workers.test_processes import DEADLINE

if TYPE_CHECKING:
    from gen.server.background import OpenContext
    from gen.site.context import BuildContext


def lacking() -> AbstractContextManager[BuildContext]:
    raise Lacking("models")


def mistaken() -> AbstractContextManager[BuildContext]:
    raise ConfigError("no model", where="gen.toml", hint="name one")


def out_of_memory() -> AbstractContextManager[BuildContext]:
    raise MemoryError


def killed() -> AbstractContextManager[BuildContext]:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def wrong() -> AbstractContextManager[BuildContext]:
    os.close(2)  # its traceback is of no interest here
    raise ZeroDivisionError


@pytest.mark.parametrize(
    ("opened", "kind", "text"),
    [
        (lacking, Lacking, "gen.toml: there is no table models; add it"),
        (mistaken, ConfigError, "gen.toml: no model; name one"),
        (out_of_memory, SetupError, f"not enough memory; {MORE_MEMORY}"),
        (killed, SetupError, "the background build was killed"),
        (wrong, SetupError, "the background build died (exit code 1)"),
    ],
)
def test_the_error_of_a_background_build_keeps_its_class(
    opened: OpenContext, kind: type[GenError], text: str
) -> None:
    ends: Queue[GenError | None] = Queue()
    build = BackgroundBuild(opened, lambda: None, lambda _, error: ends.put(error), None, {})
    try:
        error = ends.get(timeout=DEADLINE)
    finally:
        build.stop()
    assert type(error) is kind
    assert str(error).startswith(text)
