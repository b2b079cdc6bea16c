"""Jobs for worker processes; a worker imports this module alone, without pytest or torch."""

from __future__ import annotations

import os
import resource
import signal
import tempfile
import threading
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import numpy as np

from gen.errors import ConfigError, SetupError
from gen.tasks.task import Task
from gen.workers.processes import Job


def job(function: Callable[..., object], *arguments: object) -> Job:
    return Job("job", function, arguments, 1, "pieces")


def niceness(*, on_progress: Callable[[int], None]) -> int:
    """Return how readily this process lets others come first."""
    return os.nice(0)


def pid(*, on_progress: Callable[[int], None]) -> int:
    return os.getpid()


def touch(file: Path, *, on_progress: Callable[[int], None]) -> None:
    file.touch()


def environment(*, on_progress: Callable[[int], None]) -> dict[str, str]:
    return dict(os.environ)


def drawing_settings(*, on_progress: Callable[[int], None]) -> tuple[str, float]:
    import matplotlib as mpl

    return mpl.get_backend(), mpl.rcParams["font.size"]


def draw_for_ever(started: Path, *, on_progress: Callable[[int], None]) -> None:
    """Works inside a folder of its own, which it tells."""
    with tempfile.TemporaryDirectory(dir=started.parent) as folder:
        (started.parent / "written").write_text(f"{os.getpid()} {folder}")
        (started.parent / "written").replace(started)
        on_progress(1)
        while True:
            time.sleep(0.05)


class Asking(Exception):
    """Its constructor asks for what `args` do not hold."""

    def __init__(self, place: int, *, name: str) -> None:
        super().__init__(f"{name} at {place}")
        self.place, self.name = place, name


class Holding(ValueError):
    """Holds what cannot be sent to another process."""

    def __init__(self) -> None:
        super().__init__("held", 7)
        self.lock, self.kept = threading.Lock(), [1, 2]


class Lacking(SetupError):
    """An error of this tool with a constructor of its own."""

    exit_code = 31

    def __init__(self, table: str) -> None:
        super().__init__(f"there is no table {table}", where="gen.toml", hint="add it")


class Unread(OSError):
    """An error of the system with a constructor of its own."""

    def __init__(self, file: Path) -> None:
        super().__init__(13, "not allowed", str(file))


class Wordless(Exception):
    """Says something of what it holds, and holds a function."""

    def __init__(self, number: int) -> None:
        super().__init__(lambda: number)
        self.number = number

    def __str__(self) -> str:
        return f"number {self.number}"


RAISED: dict[str, Callable[[], BaseException]] = {
    "asking": lambda: Asking(3, name="loss"),
    "holding": Holding,
    "lacking": lambda: Lacking("models"),
    "unread": lambda: Unread(Path("a.toml")),
    "wordless": lambda: Wordless(4),
    "keyboard": KeyboardInterrupt,
    "memory": MemoryError,
    "torch": lambda: RuntimeError("can't allocate memory"),
    "system": lambda: FileNotFoundError(2, "no such file", "a.toml"),
    "exit": lambda: SystemExit(9),
    "config": lambda: ConfigError("no model", where="gen.toml", hint="name one"),
    "unicode": lambda: UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"),
}
"""Factories of exceptions of different kinds."""


def fail(name: str, *, on_progress: Callable[[int], None]) -> None:
    error = RAISED[name]()
    raise error


def fail_here(*, on_progress: Callable[[int], None]) -> None:
    class Local(LookupError):
        pass

    raise Local("not found")


def unsendable(*, on_progress: Callable[[int], None]) -> object:
    return threading.Lock()


def fill(what: str, *, on_progress: Callable[[int], None]) -> None:
    """Asks for more memory than this process may have from now on."""
    held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + 96 * 2**20, resource.RLIM_INFINITY))
    if what == "array":
        np.ones(2**30)
    elif what == "read":
        bytearray(2**31)
    elif what == "threads":
        threads = [threading.Thread(target=time.sleep, args=(2,)) for _ in range(10_000)]
        for thread in threads:
            thread.start()
    else:
        import_module(what)


def kill_oneself(*, on_progress: Callable[[int], None]) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def answer(number: int, *, on_progress: Callable[[int], None]) -> int:
    return number * number


def refuse(*, on_progress: Callable[[int], None]) -> None:
    raise SetupError("this machine lacks a table")


def first_labels(task: Task, *, on_progress: Callable[[int], None]) -> list[int]:
    """The labels of the first row that a task draws for training."""
    return task.draw(0).train.labels[0].tolist()
