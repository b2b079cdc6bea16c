"""Environment variables that could change results, and missing standard streams."""

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
from gen.store.parsed_files import user_cache

ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

WORKER_VARIABLES = ONE_THREAD | {
    "MALLOC_MMAP_THRESHOLD_": str(32 * 2**20),
    "MALLOC_TRIM_THRESHOLD_": str(256 * 2**20),
    "MALLOC_TOP_PAD_": str(64 * 2**20),
}
"""Variables of a process that trains or draws.

With these, glibc keeps the memory of temporary tensors for the next step, and allocates by mmap
only blocks of more than 32 MiB, such as all snapshots of a training. Asking the kernel for each
tensor would double the time of a step by autograd.
"""

_REMOVED = (
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
"""Prefixes of variables that choose CPU or GPU instructions, and so change the last bits."""

_KEPT = ("NUMBA_CACHE_", *ONE_THREAD)
"""Exceptions: cache folders and numbers of threads."""


@contextmanager
def fixed_environment(**more: str) -> Iterator[None]:
    """Remove variables that could change results, and set more, until the `with` block ends.

    These variables are not part of any store key, so results must not depend on them.
    """
    before = dict(os.environ)
    after = filtered_environment(before) | more
    for name in before.keys() - after.keys():
        del os.environ[name]
    os.environ.update(after)
    try:
        yield
    finally:
        for name in os.environ.keys() - before.keys():
            del os.environ[name]
        os.environ.update(before)


def filtered_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without the variables that could change results."""
    kept = {
        name: value
        for name, value in environment.items()
        if not name.startswith(_REMOVED) or name.startswith(_KEPT)
    }
    return kept | _default_matplotlib() | _writable_cache(kept)


def _writable_cache(environment: Mapping[str, str]) -> dict[str, str]:
    """Return variables that give numba a writable cache folder, because it fails without one.

    Numba's default folder is used if it is writable, else a folder in the user's cache, else a
    private temporary folder.
    """
    configured = environment.get("NUMBA_CACHE_DIR")
    folders = [Path(configured)] if configured else []
    if any(map(_is_writable, [*folders, PACKAGE / "networks" / "kernels" / "__pycache__"])):
        return {}
    folder = user_cache(environment) / "numba"
    if _is_writable(folder):
        return {"NUMBA_CACHE_DIR": str(folder)}
    try:
        return {"NUMBA_CACHE_DIR": str(_private_folder())}
    except OSError:
        return {}  # nothing is writable; a later step reports that


def _private_folder() -> Path:
    """Return a temporary folder that only this user can write, because code is loaded from it."""
    user = os.getuid()
    folder = Path(tempfile.gettempdir()) / f"grokreel-numba-{user}"
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    status = folder.lstat()
    if stat.S_ISDIR(status.st_mode) and status.st_uid == user and not status.st_mode & 0o022:
        return folder
    folder = temporary.make("numba")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _is_writable(folder: Path) -> bool:
    """Whether numba can write to a folder; creates it as numba would."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except (OSError, RuntimeError, ValueError):
        return False
    return True


def _default_matplotlib() -> dict[str, str]:
    """Return variables that make matplotlib ignore the user's settings."""
    variables = {"MPLBACKEND": "agg"}
    spec = find_spec("matplotlib")
    if spec is not None and spec.origin is not None:
        variables["MATPLOTLIBRC"] = str(Path(spec.origin).parent / "mpl-data" / "matplotlibrc")
    return variables


def ensure_streams() -> None:
    """Open missing standard streams on /dev/null.

    Otherwise the next opened file gets the descriptor of the missing stream, and its output.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # takes the lowest number
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
