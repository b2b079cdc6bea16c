"""Worker processes: same environment for all, errors are reported, nothing is left behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from gen.errors import MORE_MEMORY, SetupError, as_gen_error
from gen.report import SilentReport
from gen.workers.environment import fixed_environment
from gen.workers.processes import Done, ProcessPool
from tests.conftest import REPOSITORY
from tests.support.jobs import (
    RAISED,
    draw_for_ever,
    drawing_settings,
    environment,
    fail,
    fail_here,
    fill,
    job,
    kill_oneself,
    niceness,
    pid,
    touch,
    unsendable,
)

DEADLINE = 60.0
"""Timeout in seconds; generous, because the machine may be busy."""


def raised_by(ends: Iterable[object]) -> BaseException:
    """What the work behind some results has raised, Ctrl-C and all."""
    try:
        found = list(ends)
    except BaseException as error:
        return error
    raise AssertionError(found)


def the_same(found: BaseException, wanted: BaseException) -> bool:
    """Whether an exception has come from a process as it was raised there."""
    lost = {"lock", "__notes__"}
    held = [{k: v for k, v in vars(error).items() if k not in lost} for error in (found, wanted)]
    return type(found) is type(wanted) and str(found) == str(wanted) and held[0] == held[1]


def run_one(function: Callable[..., object]) -> object:
    with ProcessPool(1, SilentReport()) as workers:
        (done,) = workers.run([job(function)])
        return done.result


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.skipif(not hasattr(os, "nice"), reason="the system has no such priorities")
def test_patient_workers_let_other_processes_come_first() -> None:
    with ProcessPool(1, SilentReport(), patient=True) as patient:
        (done,) = patient.run([job(niceness)])
    assert done.result > os.nice(0) == run_one(niceness)


def test_the_next_job_begins_while_the_caller_uses_a_result(tmp_path: Path) -> None:
    with ProcessPool(1, SilentReport()) as workers:
        results = workers.in_background(workers.run([job(touch, tmp_path / name) for name in "ab"]))
        assert next(results).place == 0
        until((tmp_path / "b").exists)
        assert [done.place for done in results] == [1]


def test_results_of_a_run_that_failed_are_not_those_of_the_next(tmp_path: Path) -> None:
    started = tmp_path / "started"
    with ProcessPool(2, SilentReport()) as workers:
        run = workers.run([job(draw_for_ever, started), job(fail, "memory"), job(pid)])
        error = raised_by(run)
        assert isinstance(error, MemoryError)
        ends = list(workers.run([job(niceness), job(niceness)]))
        assert sorted((end.place, end.result) for end in ends) == [(0, 0), (1, 0)]


def test_the_death_of_an_idle_worker_is_reported() -> None:
    with ProcessPool(1, SilentReport()) as workers:
        (done,) = workers.run([job(pid)])
        assert isinstance(done, Done)
        os.kill(done.result, signal.SIGKILL)
        workers._idle[0].process.join()
        with pytest.raises(SetupError, match="a worker process was killed"):
            list(workers.run([job(pid)]))


def test_a_cancelled_job_removes_its_temporary_folder(tmp_path: Path) -> None:
    started = tmp_path / "started"
    with ProcessPool(1, SilentReport()) as workers:
        workers._send_job(0, job(draw_for_ever, started))
        until(started.exists)
    assert [path.name for path in tmp_path.iterdir()] == ["started"]


ABANDONED = """
import sys
from pathlib import Path
from gen.workers.processes import ProcessPool
from gen.report import SilentReport
from tests.support.jobs import draw_for_ever, job
with ProcessPool(1, SilentReport()) as workers:
    list(workers.run([job(draw_for_ever, Path(sys.argv[1]))]))
"""


def test_a_job_whose_parent_was_killed_ends_and_removes_its_temporary_folder(
    tmp_path: Path,
) -> None:
    started = tmp_path / "started"
    command = [sys.executable, "-c", ABANDONED, str(started)]
    with subprocess.Popen(command, cwd=REPOSITORY, stderr=subprocess.DEVNULL) as process:
        until(started.exists)
        process.kill()
    until(lambda: [path.name for path in tmp_path.iterdir()] == ["started"])


def test_workers_do_not_inherit_variables_that_change_results(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ATEN_CPU_CAPABILITY", "default")
    monkeypatch.setenv("MKL_CBWR", "COMPATIBLE")
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    monkeypatch.setenv("NUMBA_CACHE_DIR", "kept")
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    found = run_one(environment)
    assert isinstance(found, dict)
    assert found.keys().isdisjoint({"ATEN_CPU_CAPABILITY", "MKL_CBWR", "NUMBA_DISABLE_JIT"})
    assert (found["OMP_NUM_THREADS"], found["NUMBA_CACHE_DIR"]) == ("1", "kept")


def test_workers_ignore_matplotlib_settings_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "matplotlibrc").write_bytes(b"font.size: 40\n# \xe9\n")
    monkeypatch.setenv("MATPLOTLIBRC", str(tmp_path))
    monkeypatch.setenv("MPLBACKEND", "foo")
    assert run_one(drawing_settings) == ("agg", 10.0)


def test_the_environment_is_restored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MKL_CBWR", "COMPATIBLE")
    monkeypatch.setenv("MPLBACKEND", "foo")
    monkeypatch.delenv("MATPLOTLIBRC", raising=False)
    before = dict(os.environ)
    with fixed_environment(OMP_NUM_THREADS="7"):
        assert os.environ["OMP_NUM_THREADS"] == "7" and "MKL_CBWR" not in os.environ
    assert dict(os.environ) == before


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to"),
        RuntimeError("CUDA out of memory. Tried to allocate 20.00 MiB"),
        RuntimeError("can't start new thread"),
        ImportError("libtorch_cpu.so: failed to map segment from shared object"),
        OSError(12, "Cannot allocate memory"),
    ],
)
def test_out_of_memory_is_a_one_line_error(error: Exception) -> None:
    fault = as_gen_error(error)
    assert isinstance(fault, SetupError)
    assert str(fault) == f"not enough memory; {MORE_MEMORY}"


@pytest.mark.parametrize("what", ["array", "read", "threads", "torch", "llvmlite.binding"])
def test_out_of_memory_in_a_worker_is_not_reported_as_a_missing_library(
    what: str,
) -> None:
    with ProcessPool(1, SilentReport()) as workers:
        error = raised_by(workers.run([job(fill, what)]))
    assert isinstance(error, Exception)
    assert str(as_gen_error(error)) == f"not enough memory; {MORE_MEMORY}"


def test_a_killed_worker_is_reported_as_out_of_memory() -> None:
    with ProcessPool(1, SilentReport()) as workers:
        error = raised_by(workers.run([job(kill_oneself)]))
    assert isinstance(error, SetupError)
    assert "because memory ran out" in str(error) and MORE_MEMORY in str(error)


def test_a_library_without_execute_permission_is_not_out_of_memory() -> None:
    said = "a.so: failed to map segment from shared object: Operation not permitted"
    assert as_gen_error(ImportError(said)) is None


def test_a_programming_error_is_not_a_gen_error() -> None:
    assert as_gen_error(RuntimeError("shapes differ")) is None


def test_an_exception_of_a_worker_keeps_its_class() -> None:
    with ProcessPool(1, SilentReport()) as workers:
        for name, make in RAISED.items():
            error = raised_by(workers.run([job(fail, name)]))
            assert the_same(error, make()), name
            assert "in fail\n" in "".join(error.__notes__), name
        (done,) = workers.run([job(pid)])
    assert done.result != os.getpid()


def test_an_exception_of_a_class_that_cannot_be_imported_arrives_as_its_base() -> None:
    with ProcessPool(1, SilentReport()) as workers:
        error = raised_by(workers.run([job(fail_here)]))
    assert type(error) is LookupError and str(error) == "Local: not found"


def test_a_result_that_cannot_be_pickled_is_an_error_and_the_worker_continues() -> None:
    with ProcessPool(1, SilentReport()) as workers:
        with pytest.raises(TypeError, match="cannot pickle"):
            list(workers.run([job(unsendable)]))
        (done,) = workers.run([job(pid)])
    assert done.result != os.getpid()


COMPILED = """
from gen.workers.environment import fixed_environment
with fixed_environment():
    from gen.networks.kernels import bit_tables
    print(bit_tables.__file__)
"""


@pytest.mark.parametrize("temporary", ["empty", "anothers"])
def test_numba_works_where_neither_package_nor_home_can_be_written(
    tmp_path: Path, temporary: str
) -> None:
    """A file in place of a folder cannot be written to by any user, including root."""
    package = tmp_path / "packages" / "gen"
    shutil.copytree(
        REPOSITORY / "gen", package, ignore=shutil.ignore_patterns("__pycache__", "_bundled")
    )
    for folder in [package, *(path for path in package.rglob("*") if path.is_dir())]:
        (folder / "__pycache__").touch()
    home, temp = tmp_path / "home", tmp_path / "tmp"
    home.touch()
    temp.mkdir()
    if temporary == "anothers":
        (temp / f"grokreel-numba-{os.getuid()}").symlink_to(tmp_path)
    result = subprocess.run(
        [sys.executable, "-P", "-c", COMPILED],
        check=False,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "TMPDIR": str(temp)}
        | {"PYTHONPATH": str(package.parent)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert Path(result.stdout.strip()) == package / "networks" / "kernels" / "bit_tables.py"
    left = [path.name for path in temp.iterdir()]
    assert left == [f"grokreel-numba-{os.getuid()}"]
    assert temporary == "anothers" or (temp / left[0]).stat().st_mode & 0o077 == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "packages", "tmp"]
