"""Check that this machine has what a build needs (`gen doctor`)."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from gen.errors import is_out_of_memory, mentions_memory
from gen.store.temporary import temporary_folder
from gen.workers.processes import default_jobs

_MIN_DISK = 1 * 2**30
_MIN_MEMORY = 4 * 2**30
_FREE_MEMORY = "not enough memory: close other programs, or raise the limit (ulimit -v)"


@dataclass(frozen=True)
class Check:
    """Result of one check.

    Attributes:
        verdict: `ok`, `warn` (works, with a disadvantage) or `fail` (a build cannot work).
        found: what was found.
        hint: what to do; empty if nothing is to be done.
    """

    name: str
    verdict: Literal["ok", "warn", "fail"]
    found: str
    hint: str = ""


def examine(store: Path) -> list[Check]:
    """Run all checks.

    Args:
        store: folder of the store; the disk it is on is checked.
    """
    checks: dict[str, Callable[[], Check]] = {
        "python": _python,
        "torch": _torch,
        "encoder": _encoder,
        "codec": _codec,
        "fonts": _fonts,
        "disk": lambda: _disk(store),
        "cores": _cores,
        "memory": _memory,
        "gpu": _gpu,
    }
    return [_run_check(name, check) for name, check in checks.items()]


def show(checks: list[Check], *, as_json: bool) -> str:
    """Format checks as a table, or as JSON."""
    if as_json:
        return json.dumps([asdict(check) for check in checks])
    lines = [
        f"{check.verdict:<5} {check.name:<8} {check.found}"
        + (f"; {check.hint}" if check.hint else "")
        for check in checks
    ]
    failed = sum(check.verdict == "fail" for check in checks)
    return "\n".join([*lines, f"{failed} of {len(checks)} fail" if failed else "ready"])


def _run_check(name: str, check: Callable[[], Check]) -> Check:
    """Run a check; an exception is a failed check."""
    try:
        return check()
    except Exception as error:
        what = " ".join(str(error).split())[:200]
        hint = _FREE_MEMORY if is_out_of_memory(error) else "reinstall grokreel"
        return Check(name, "fail", f"{type(error).__name__}: {what}", hint)


def _python() -> Check:
    found = f"{platform.python_version()} on {platform.platform()}"
    if sys.prefix == sys.base_prefix:
        return Check("python", "warn", found, "use a virtual environment")
    return Check("python", "ok", found)


def _torch() -> Check:
    import torch

    found = f"{torch.__version__}, {torch.get_num_threads()} threads"
    flushes = torch.set_flush_denormal(True)
    torch.set_flush_denormal(False)
    if flushes:
        return Check("torch", "ok", found)
    return Check("torch", "warn", f"{found}; denormal numbers are slow on this processor")


def _encoder() -> Check:
    from gen.encode.ffmpeg import encoder_hint, executable, origin

    path = executable()
    try:
        output = subprocess.run(
            [path, "-version"], capture_output=True, text=True, timeout=20, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        what = " ".join(str(error).split())[:200]
        return Check("encoder", "fail", f"{path}{origin()} does not run: {what}", encoder_hint())
    return Check("encoder", "ok", " ".join(output.split()[:3]) + origin())


def _codec() -> Check:
    """Encode a film of a few frames."""
    from gen.encode.ffmpeg import encoder_hint, executable, origin

    encoder = executable()
    with temporary_folder("doctor") as folder:
        path = folder / "check.mp4"
        command = [
            *(encoder, "-v", "error", "-f", "lavfi"),
            *("-i", "testsrc=size=64x64:rate=10:duration=0.5"),
            *("-c:v", "libx264", "-pix_fmt", "yuv420p", str(path)),
        ]
        try:
            finished = subprocess.run(
                command, capture_output=True, text=True, timeout=60, check=False
            )
        except (OSError, subprocess.SubprocessError) as error:
            reason = str(error)
        else:
            if finished.returncode == 0 and path.is_file() and path.stat().st_size > 0:
                return Check("codec", "ok", "H.264 encodes")
            reason = (finished.stderr.strip().splitlines() or ["no error message"])[-1]
            if finished.returncode < 0 or mentions_memory(finished.stderr):
                found = f"H.264 does not encode{origin()}: {reason} (exit {finished.returncode})"
                return Check("codec", "fail", found, f"{_FREE_MEMORY}; or {encoder_hint()}")
    return Check("codec", "fail", f"H.264 does not encode{origin()}: {reason}", encoder_hint())


def _fonts() -> Check:
    from gen.drawing.fonts import font

    return Check("fonts", "ok", font("Regular", 12).get_name())


def _disk(store: Path) -> Check:
    folder = store.absolute()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    found = f"{free / 2**30:.1f} GiB free at {folder}"
    if not os.access(folder, os.W_OK):
        return Check("disk", "fail", f"{folder} cannot be written", "choose another --store")
    if free < _MIN_DISK:
        return Check("disk", "fail", found, "free 1 GiB")
    return Check("disk", "ok", found)


def _cores() -> Check:
    cores = default_jobs()
    return Check("cores", "ok", f"{cores}, for {cores} parallel processes")


def _memory() -> Check:
    size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    found = f"{size / 2**30:.1f} GiB"
    if size < _MIN_MEMORY:
        return Check("memory", "warn", found, "use --jobs 1")
    return Check("memory", "ok", found)


def _gpu() -> Check:
    import torch

    if torch.cuda.is_available():
        return Check("gpu", "ok", torch.cuda.get_device_name())
    return Check("gpu", "ok", "none; not needed")
