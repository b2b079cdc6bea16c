"""Run builds with injected faults: a process with all libraries loaded forks one per request.

A build changes the disk by few system calls: open for writing, mkdir, rename, remove, exchange and
fsync. Each such call is a point, with a number. A fault happens just before a point, so tests can
reach every state of the disk between two calls. Training and drawing run inside the forked
process; they change no files, so the points are the same as in any other build. The code digest
is not read again during a build.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_PACKAGE = str(ROOT / "gen")
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_CREATING = ("open", "os.mkdir", "fsync")
_CHANGING = (*_CREATING, "os.rename", "os.remove", "os.rmdir", "exchange")


@dataclass(frozen=True)
class Faults:
    """The faults of one build.

    Attributes:
        kill_at: point at which the build is killed.
        fail_at: point at which a system call first fails with `error`.
        interfere_at: point before which another program changes files.
        interference: `restore` (the sources in `former`) or `delete` (the store).
        error: name of the error; `ENOSPC` fails only calls that create something.
        lasting: whether all later points fail too.
        limits: resource limits, by their names in `resource`.
        exchange: whether the system supports the atomic exchange of two folders.
        patience: seconds without progress before the encoder is killed.
        drop_root: whether the build runs without the rights of root.
        years: error of the clock in years; the clock then also runs backwards.
        environment: environment variables to set.
    """

    kill_at: int | None = None
    fail_at: int | None = None
    interfere_at: int | None = None
    interference: str = ""
    error: str = "ENOSPC"
    lasting: bool = True
    limits: dict[str, int] = field(default_factory=dict)
    exchange: bool = True
    patience: float | None = None
    drop_root: bool = False
    years: int = 0
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """How a build ended.

    Attributes:
        code: exit code; negative for a signal.
        err: what it wrote to stderr.
        places: for each point the number of its place: the calls that lead to it, by line.
    """

    code: int
    err: str
    places: list[int]

    @property
    def points(self) -> int:
        return len(self.places)

    @property
    def distinct_points(self) -> list[int]:
        """The first, middle and last point of each place.

        Most points store one of many entries, and all of these pass the same lines.
        """
        by_place: dict[int, list[int]] = {}
        for point, place in enumerate(self.places):
            by_place.setdefault(place, []).append(point)
        chosen = ((points[0], points[len(points) // 2], points[-1]) for points in by_place.values())
        return sorted({point for three in chosen for point in three})

    def tried_points(self, every: int | None, first: int = 0) -> list[int]:
        """Return every n-th point from the first one on; without n, those of `distinct_points`."""
        if every is not None:
            return list(range(first, self.points, every))
        return [point for point in self.distinct_points if point >= first]


class BuildForker:
    """A process that forks builds."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.fault_injection"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
        )

    def build(
        self,
        folder: Path,
        faults: Faults | None = None,
        *,
        killed_after: float | None = None,
        more: Sequence[str] = (),
    ) -> Result:
        """Build the site in a folder.

        Args:
            killed_after: seconds until the build is killed.
            more: options of the command.
        """
        return self._request(folder, faults, [0.0], killed_after, more)[0]

    def build_concurrently(
        self, folder: Path, delays: Sequence[float], *, more: Sequence[str]
    ) -> list[Result]:
        """Build the same site in several processes at once.

        Args:
            delays: seconds before the start of each process, after the start of the one before.
            more: options of the command.
        """
        return self._request(folder, None, delays, None, more)

    def _request(
        self,
        folder: Path,
        faults: Faults | None,
        delays: Sequence[float],
        killed_after: float | None,
        more: Sequence[str],
    ) -> list[Result]:
        request = {
            "folder": str(folder),
            "faults": asdict(faults or Faults()),
            "delays": list(delays),
            "killed_after": killed_after,
            "more": list(more),
        }
        assert self._process.stdin is not None and self._process.stdout is not None
        print(json.dumps(request), file=self._process.stdin, flush=True)
        return [Result(**ended) for ended in json.loads(self._process.stdout.readline())]

    def close(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


class _Points:
    """Counts the points of this process, and injects the faults."""

    def __init__(self, folder: Path, faults: Faults) -> None:
        self.places: list[int] = []
        self._known: dict[tuple[tuple[str, int], ...], int] = {}
        self._folder, self._faults = str(folder), faults
        self._counting = True
        self._fails = _CREATING if faults.error == "ENOSPC" else _CHANGING

    def audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            if isinstance(path, str | bytes | os.PathLike) and flags & _WRITES:
                self._reach(event, path)
        elif event in _CHANGING:
            self._reach(event, arguments[0])

    def before(self, event: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any) -> Any:
            self._reach(event, self._folder)
            return function(*arguments)

        return counted

    def _reach(self, event: str, path: Any) -> None:
        name = os.fsdecode(path)
        elsewhere = Path(name).is_absolute() and not name.startswith(self._folder)
        if elsewhere or not self._counting:
            return
        number, faults = len(self.places), self._faults
        self.places.append(self._known.setdefault(_lines_of_gen(), len(self._known)))
        if number == faults.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        if number == faults.interfere_at:
            self._counting = False
            _interfere(Path(self._folder), faults.interference)
            self._counting = True
        if faults.fail_at is None or event not in self._fails:
            return
        if number == faults.fail_at or (faults.lasting and number > faults.fail_at):
            code = getattr(errno, faults.error)
            raise OSError(code, os.strerror(code), name)


def _lines_of_gen() -> tuple[tuple[str, int], ...]:
    """Return the files and lines of this package that the present call has passed."""
    lines = []
    frame = sys._getframe()
    while frame is not None:
        if frame.f_code.co_filename.startswith(_PACKAGE):
            lines.append((frame.f_code.co_filename, frame.f_lineno))
        frame = frame.f_back
    return tuple(lines)


def _interfere(folder: Path, interference: str) -> None:
    if interference == "restore":
        shutil.copytree(folder / "former", folder / "site", dirs_exist_ok=True)
    else:
        shutil.rmtree(folder / ".gen")


def _backwards(years: int) -> Callable[[], float]:
    """Return a clock that is wrong by years, and goes back an hour at each call."""
    moment = time.time() + years * 365.25 * 86_400

    def clock() -> float:
        nonlocal moment
        moment -= 3600
        return moment

    return clock


def _drop_capabilities() -> None:
    """Drop all capabilities (Linux's capset), so that file modes also apply to root."""
    version_3, this_process = 0x20080522, 0
    header = (ctypes.c_uint32 * 2)(version_3, this_process)
    assert ctypes.CDLL(None).capset(header, (ctypes.c_uint32 * 6)()) == 0


def _build(folder: Path, faults: Faults, more: Sequence[str]) -> int:
    """Install the faults in this process, and build."""
    from gen import cli
    from gen.encode import mp4
    from gen.experiments import train
    from gen.experiments.context import Effects
    from gen.site import orders, publish, write
    from tests.support.inline_executor import InlineExecutor

    os.environ.update(faults.environment)
    temporary = folder / "tmp"
    temporary.mkdir(exist_ok=True)
    tempfile.tempdir = str(temporary)
    orders.clear_cache = train.clear_cache = write.clear_cache = lambda: None
    if faults.years:
        time.time = time.monotonic = _backwards(faults.years)
    if faults.patience is not None:
        mp4._TIMEOUT = faults.patience
    if faults.drop_root:
        _drop_capabilities()
    for name, limit in faults.limits.items():
        kind = getattr(resource, name)
        resource.setrlimit(kind, (limit, resource.getrlimit(kind)[1]))
    points = _Points(folder, faults)
    exchanged = publish.exchange if faults.exchange else lambda one, other: False
    publish.exchange = points.before("exchange", exchanged)
    os.fsync = points.before("fsync", os.fsync)
    sys.argv = ["gen", "build", *_options(folder), "--jobs", "1", "--quiet", *more]
    sys.addaudithook(points.audit)
    try:
        cli.main(Effects(executor=InlineExecutor, clock=time.monotonic))
    except SystemExit as end:
        _last_places[:] = points.places
        return end.code if isinstance(end.code, int) else 1


_last_places: list[int] = []


def _options(folder: Path) -> list[str]:
    config = folder / "site" / "gen.toml"
    return [f"--config={config}", f"--store={folder / '.gen'}", f"--output={folder / '_site'}"]


class _Child:
    """A running forked build."""

    def __init__(self, request: dict[str, Any]) -> None:
        self._output = tempfile.TemporaryFile()  # noqa: SIM115
        self._counted, write = os.pipe()
        self._killed_after = request["killed_after"]
        self._process = os.fork()
        if self._process == 0:
            self._run(request, write)
        os.close(write)

    def _run(self, request: dict[str, Any], write: int) -> None:
        code = 99
        try:
            os.dup2(self._output.fileno(), 1)
            os.dup2(self._output.fileno(), 2)
            faults = Faults(**request["faults"])
            code = _build(Path(request["folder"]), faults, request["more"])
            os.write(write, json.dumps(_last_places).encode())
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)

    def end(self) -> Result:
        if self._killed_after is not None:
            time.sleep(self._killed_after)
            os.kill(self._process, signal.SIGKILL)
        _, status = os.waitpid(self._process, 0)
        with os.fdopen(self._counted, "rb") as counted:
            places = json.loads(counted.read() or b"[]")
        with self._output as output:
            output.seek(0)
            return Result(os.waitstatus_to_exitcode(status), output.read().decode(), places)


def _serve() -> None:
    """Build once to load all libraries, then fork builds for every line of input."""
    from tests.support import site_update, small_site

    answers, sys.stdout = sys.stdout, sys.stderr
    with tempfile.TemporaryDirectory() as name:
        small_site.build_here(Path(name), site_update.CONFIG, site_update.PAGE)
    for line in sys.stdin:
        request = json.loads(line)
        children = []
        for wait in request["delays"]:
            time.sleep(wait)
            children.append(_Child(request))
        print(json.dumps([asdict(child.end()) for child in children]), file=answers, flush=True)


if __name__ == "__main__":
    _serve()
