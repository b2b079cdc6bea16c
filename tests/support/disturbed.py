"""Builds with accidents: a process that has all libraries loaded, and forks a build a request.

A build changes what lasts by few calls: it opens files to write, makes, renames, removes and
exchanges them, and brings them to the disk. Each such call is a point. A disturbance acts just
before the point of its number, so that every state a disk can be in between two calls is met.
Training and drawing run inside the forked process, where they take moments; they leave nothing
that lasts, so the points are those of any other build. The code is not read again meanwhile.
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
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_CREATING = ("open", "os.mkdir", "fsync")
_CHANGING = (*_CREATING, "os.rename", "os.remove", "os.rmdir", "exchange")


@dataclass(frozen=True)
class Disturbance:
    """What happens to a build, and when.

    Attributes:
        kill_at: the point at which it is killed.
        fail_at: the point at which the system first says `error`.
        meddle_at: the point at which somebody else meddles, before it.
        meddling: what they do: `restore` the sources that lie in `former`, or `delete` the store.
        error: name of the error, such as `ENOSPC`, which spares what makes nothing new.
        lasting: whether all points after it fail too.
        limits: limits of the system, by their names in `resource`.
        exchange: whether the system can exchange two folders in one step.
        patience: seconds that an encoder may stand still.
        humble: whether it has none of the rights that only root has.
        years: by how much the clock is off, and it runs backwards.
        environment: variables that are set.
    """

    kill_at: int | None = None
    fail_at: int | None = None
    meddle_at: int | None = None
    meddling: str = ""
    error: str = "ENOSPC"
    lasting: bool = True
    limits: dict[str, int] = field(default_factory=dict)
    exchange: bool = True
    patience: float | None = None
    humble: bool = False
    years: int = 0
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Ended:
    """How a build ended: its exit code (negative: the signal), what it said, its points."""

    code: int
    err: str
    points: int


class Forge:
    """The process that forks builds."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.disturbed"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
        )

    def build(
        self,
        folder: Path,
        disturbance: Disturbance | None = None,
        *,
        killed_after: float | None = None,
        more: Sequence[str] = (),
    ) -> Ended:
        """Builds the site in a folder.

        Args:
            killed_after: seconds until it is killed, wherever it is then.
            more: options of the command.
        """
        return self._ask(folder, disturbance, [0.0], killed_after, more)[0]

    def rivals(self, folder: Path, apart: Sequence[float], *, more: Sequence[str]) -> list[Ended]:
        """Builds the same site in several processes at once.

        Args:
            apart: seconds until each is started, counted from the one before it.
            more: options of the command.
        """
        return self._ask(folder, None, apart, None, more)

    def _ask(
        self,
        folder: Path,
        disturbance: Disturbance | None,
        apart: Sequence[float],
        killed_after: float | None,
        more: Sequence[str],
    ) -> list[Ended]:
        request = {
            "folder": str(folder),
            "disturbance": asdict(disturbance or Disturbance()),
            "apart": list(apart),
            "killed_after": killed_after,
            "more": list(more),
        }
        assert self._process.stdin is not None and self._process.stdout is not None
        print(json.dumps(request), file=self._process.stdin, flush=True)
        return [Ended(**ended) for ended in json.loads(self._process.stdout.readline())]

    def close(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


class _Points:
    """Counts the points of this process, and acts at one of them."""

    def __init__(self, folder: Path, disturbance: Disturbance) -> None:
        self.count = 0
        self._folder, self._disturbance = str(folder), disturbance
        self._looking = True
        self._fails = _CREATING if disturbance.error == "ENOSPC" else _CHANGING

    def audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            if isinstance(path, str | bytes | os.PathLike) and flags & _WRITES:
                self._pass(event, path)
        elif event in _CHANGING:
            self._pass(event, arguments[0])

    def before(self, event: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def pointed(*arguments: Any) -> Any:
            self._pass(event, self._folder)
            return function(*arguments)

        return pointed

    def _pass(self, event: str, path: Any) -> None:
        name = os.fsdecode(path)
        elsewhere = Path(name).is_absolute() and not name.startswith(self._folder)
        if elsewhere or not self._looking:
            return
        number, asked = self.count, self._disturbance
        self.count += 1
        if number == asked.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        if number == asked.meddle_at:
            self._looking = False
            _meddle(Path(self._folder), asked.meddling)
            self._looking = True
        if asked.fail_at is None or event not in self._fails:
            return
        if number == asked.fail_at or (asked.lasting and number > asked.fail_at):
            code = getattr(errno, asked.error)
            raise OSError(code, os.strerror(code), name)


def _meddle(folder: Path, meddling: str) -> None:
    if meddling == "restore":
        shutil.copytree(folder / "former", folder / "site", dirs_exist_ok=True)
    else:
        shutil.rmtree(folder / ".gen")


def _backwards(years: int) -> Callable[[], float]:
    """A clock that is off by years, and goes back an hour whenever it is looked at."""
    moment = time.time() + years * 365.25 * 86_400

    def clock() -> float:
        nonlocal moment
        moment -= 3600
        return moment

    return clock


def _give_up_rights() -> None:
    """Leaves root no right of its own (Linux's capset), so that modes of folders hold for it."""
    version_3, this_process = 0x20080522, 0
    header = (ctypes.c_uint32 * 2)(version_3, this_process)
    assert ctypes.CDLL(None).capset(header, (ctypes.c_uint32 * 6)()) == 0


def _build(folder: Path, disturbance: Disturbance, more: Sequence[str]) -> int:
    """Lets the disturbance loose on this process, and builds."""
    from gen import cli
    from gen.commands import build
    from gen.encode import mp4
    from gen.experiments import train
    from gen.experiments.context import Effects
    from gen.site import publish
    from tests.support.here import Here

    os.environ.update(disturbance.environment)
    temporary = folder / "tmp"
    temporary.mkdir(exist_ok=True)
    tempfile.tempdir = str(temporary)
    build.reread = train.reread = lambda: None  # type: ignore[assignment]
    if disturbance.years:
        time.time = time.monotonic = _backwards(disturbance.years)
    if disturbance.patience is not None:
        mp4._TIMEOUT = disturbance.patience
    if disturbance.humble:
        _give_up_rights()
    for name, limit in disturbance.limits.items():
        kind = getattr(resource, name)
        resource.setrlimit(kind, (limit, resource.getrlimit(kind)[1]))
    points = _Points(folder, disturbance)
    exchanged = publish.exchange if disturbance.exchange else lambda one, other: False
    publish.exchange = points.before("exchange", exchanged)
    os.fsync = points.before("fsync", os.fsync)
    sys.argv = ["gen", "build", *_options(folder), "--jobs", "1", "--quiet", *more]
    sys.addaudithook(points.audit)
    try:
        cli.main(Effects(executor=Here, clock=time.monotonic))
    except SystemExit as end:
        _points_of[0] = points.count
        return end.code if isinstance(end.code, int) else 1


_points_of = [0]


def _options(folder: Path) -> list[str]:
    config = folder / "site" / "gen.toml"
    return [f"--config={config}", f"--store={folder / '.gen'}", f"--output={folder / '_site'}"]


class _Child:
    """A forked build that is under way."""

    def __init__(self, request: dict[str, Any]) -> None:
        self._said = tempfile.TemporaryFile()  # noqa: SIM115
        self._counted, write = os.pipe()
        self._killed_after = request["killed_after"]
        self._process = os.fork()
        if self._process == 0:
            self._live(request, write)
        os.close(write)

    def _live(self, request: dict[str, Any], write: int) -> None:
        code = 99
        try:
            os.dup2(self._said.fileno(), 1)
            os.dup2(self._said.fileno(), 2)
            disturbance = Disturbance(**request["disturbance"])
            code = _build(Path(request["folder"]), disturbance, request["more"])
            os.write(write, str(_points_of[0]).encode())
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)

    def end(self) -> Ended:
        if self._killed_after is not None:
            time.sleep(self._killed_after)
            os.kill(self._process, signal.SIGKILL)
        _, status = os.waitpid(self._process, 0)
        with os.fdopen(self._counted, "rb") as counted:
            points = int(counted.read() or 0)
        with self._said as said:
            said.seek(0)
            return Ended(os.waitstatus_to_exitcode(status), said.read().decode(), points)


def _serve() -> None:
    """Loads everything by building once, and then forks builds for every line of input."""
    from tests.support import small_site, torn

    answers, sys.stdout = sys.stdout, sys.stderr
    with tempfile.TemporaryDirectory() as name:
        small_site.build_here(Path(name), torn.CONFIG, torn.PAGE)
    for line in sys.stdin:
        request = json.loads(line)
        children = []
        for wait in request["apart"]:
            time.sleep(wait)
            children.append(_Child(request))
        print(json.dumps([asdict(child.end()) for child in children]), file=answers, flush=True)


if __name__ == "__main__":
    _serve()
