"""What a process finds around it: variables that would change pixels or weights, and streams."""

from __future__ import annotations

import atexit
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

from gen.resources import PACKAGE
from gen.store import temporary

ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

_SMALL, _TAKEN_AHEAD = 32 * 2**10, 64 * 2**20

WORKER = ONE_THREAD | {
    "MALLOC_MMAP_THRESHOLD_": str(_SMALL),
    "MALLOC_TOP_PAD_": str(_TAKEN_AHEAD),
}
"""Variables of a process that trains or draws.

What glibc is asked for, it asks the system for in turn, if it is larger than 32 KiB, and gives back
when it is no longer needed. Left alone, it keeps it and cannot use it again where snapshots lie in
between: a training would take nine times the memory of its snapshots. Memory for what is small is
asked for 64 MiB at a time, without which training would take longer.
"""

_TAKEN_AWAY = (
    "ATEN_",
    "CUBLAS_",
    "DISABLE_ADDMM_CUDA_LT",
    "DNNL_",
    "GLIBC_TUNABLES",
    "GOMP_",
    "KMP_",
    "MKL_",
    "NPY_",
    "NUMBA_",
    "NVIDIA_TF32_OVERRIDE",
    "OMP_",
    "ONEDNN_",
    "OPENBLAS_",
    "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE",
    "TORCH_BLAS_",
)
"""How names of variables begin that choose instructions, and so the last bits of numbers."""

_LEFT = ("NUMBA_CACHE_", *ONE_THREAD)
"""Exceptions: where something is kept, and how many threads there are."""


@contextmanager
def fixed_environment(**more: str) -> Iterator[None]:
    """Environment variables that no result depends on; those of before come back afterwards.

    No key of the store knows them, so they must not decide anything.

    Args:
        more: variables to set, too.
    """
    before = dict(os.environ)
    after = known(before) | more
    for name in before.keys() - after.keys():
        del os.environ[name]
    os.environ.update(after)
    try:
        yield
    finally:
        for name in os.environ.keys() - before.keys():
            del os.environ[name]
        os.environ.update(before)


def known(environment: Mapping[str, str]) -> dict[str, str]:
    """What is left of an environment when all is taken away that no key of the store knows."""
    left = {
        name: value
        for name, value in environment.items()
        if not name.startswith(_TAKEN_AWAY) or name.startswith(_LEFT)
    }
    return left | _plain_matplotlib() | _writable_cache(left)


def _writable_cache(environment: Mapping[str, str]) -> dict[str, str]:
    """Gives numba, which refuses to work without, a folder for what it has compiled.

    Without one of its own choice that can be written, it is one below the user's caches, or a
    private one below the folder for temporary files.
    """
    chosen = environment.get("NUMBA_CACHE_DIR")
    own = [Path(chosen)] if chosen else []
    if any(map(_can_be_written, [*own, PACKAGE / "networks" / "kernels" / "__pycache__"])):
        return {}
    caches = environment.get("XDG_CACHE_HOME") or Path(os.path.expanduser("~"), ".cache")  # noqa: PTH111
    below = Path(caches) / "grokreel" / "numba"
    if _can_be_written(below):
        return {"NUMBA_CACHE_DIR": str(below)}
    try:
        return {"NUMBA_CACHE_DIR": str(_private_folder())}
    except OSError:
        return {}  # no work can be done where nothing can be written, and that is told later


def _private_folder() -> Path:
    """A folder for temporary files that this user alone may write: code is read from it."""
    user = os.getuid()
    folder = Path(tempfile.gettempdir()) / f"grokreel-numba-{user}"
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if stat.S_ISDIR(found.st_mode) and found.st_uid == user and not found.st_mode & 0o022:
        return folder
    folder = temporary.make("numba")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _can_be_written(folder: Path) -> bool:
    """Whether numba could keep something there; it makes the folder as numba would."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except (OSError, RuntimeError, ValueError):
        return False
    return True


def _plain_matplotlib() -> dict[str, str]:
    """Lets matplotlib read its own settings and not the user's, which it may not even decode."""
    plain = {"MPLBACKEND": "agg"}
    spec = find_spec("matplotlib")
    if spec is not None and spec.origin is not None:
        plain["MATPLOTLIBRC"] = str(Path(spec.origin).parent / "mpl-data" / "matplotlibrc")
    return plain


def ensure_streams() -> None:
    """Gives a process that was started without standard streams ones that lead nowhere.

    Without them, the next file that is opened would take their place, and get what is meant
    for them.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # takes the lowest number
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
