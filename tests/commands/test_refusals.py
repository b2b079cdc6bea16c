"""What a machine can refuse: one line, the right exit code, nothing lost, nothing half-written."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Tell
from tests.support.disturbed import ROOT, Disturbance
from tests.support.torn import SHORT, Torn, check_told, torn

__all__ = ["torn"]

TORTURE = pytest.mark.torture


@pytest.mark.parametrize(
    ("error", "lasting", "exchange", "every"),
    [
        pytest.param("ENOSPC", True, True, 53, marks=SHORT),
        pytest.param("EROFS", True, True, 61, marks=SHORT),
        pytest.param("ENOSPC", True, True, 1, marks=TORTURE),
        pytest.param("EROFS", True, True, 1, marks=TORTURE),
        pytest.param("EIO", False, True, 1, marks=TORTURE),
        pytest.param("EIO", False, False, 1, marks=TORTURE),
        pytest.param("EACCES", False, True, 3, marks=TORTURE),
        pytest.param("EMFILE", False, True, 3, marks=TORTURE),
    ],
)
def test_a_disk_that_refuses_leaves_the_former_site(
    torn: Torn, tmp_path: Path, tell: Tell, error: str, lasting: bool, exchange: bool, every: int
) -> None:
    points = torn.build(torn.copy(tmp_path / "counted"), Disturbance(exchange=exchange)).points
    for point in range(1, points, every):
        folder = torn.copy(tmp_path / str(point))
        disturbance = Disturbance(fail_at=point, error=error, lasting=lasting, exchange=exchange)
        ended = torn.build(folder, disturbance)
        if ended.code == 0:
            assert torn.check_whole(folder) == "new"
        else:
            check_told(ended)
            assert torn.check_whole(folder) in {"former", "new"}, point
        torn.check_next(folder)
        shutil.rmtree(folder)
        tell("failures of the disk", 1)


@SHORT
@pytest.mark.parametrize("limit", [2_000, 20_000])
def test_files_that_must_not_grow_leave_the_former_site(
    torn: Torn, tmp_path: Path, limit: int
) -> None:
    """The limit is met while bytes are written, as a full disk is."""
    folder = torn.copy(tmp_path / "site")
    check_told(torn.build(folder, Disturbance(limits={"RLIMIT_FSIZE": limit})))
    assert torn.check_whole(folder) == "former"
    torn.check_next(folder)


@SHORT
def test_too_few_open_files_leave_the_former_site(torn: Torn, tmp_path: Path) -> None:
    folder = torn.copy(tmp_path / "site")
    ended = torn.build(folder, Disturbance(limits={"RLIMIT_NOFILE": 6}))
    check_told(ended)
    assert "too many open files" in ended.err and "ulimit" in ended.err
    assert torn.check_whole(folder) == "former"
    torn.check_next(folder)


@pytest.mark.torture
@pytest.mark.parametrize("limit", [6, 8, 12, 16])
def test_workers_that_cannot_be_started_leave_the_former_site(
    torn: Torn, tmp_path: Path, limit: int
) -> None:
    folder = torn.copy(tmp_path / "site")
    command = f"ulimit -n {limit}; exec {sys.executable} -m gen.cli build --quiet --jobs 2"
    ended = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr.count("\n")) == (3, 1), ended.stderr
    assert torn.check_whole(folder) == "former"
    torn.check_next(folder)


@SHORT
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="root can do anything elsewhere")
@pytest.mark.parametrize("forbidden", [".gen", ".gen/runs", "."])
def test_a_folder_that_must_not_be_written_leaves_the_former_site(
    torn: Torn, tmp_path: Path, forbidden: str
) -> None:
    folder = torn.copy(tmp_path / "site")
    (folder / "tmp").mkdir(exist_ok=True)
    mode = stat.S_IMODE((folder / forbidden).stat().st_mode)
    (folder / forbidden).chmod(0o555)
    try:
        check_told(torn.build(folder, Disturbance(humble=True)))
        assert torn.check_whole(folder) == "former"
    finally:
        (folder / forbidden).chmod(mode)
    torn.check_next(folder)


STANDING_STILL = "#!/bin/sh\nexec sleep 60\n"
HALF_WAY = "#!/bin/sh\nhead -c 100000 >/dev/null\n{end}\n"
WITHOUT_H264 = "#!/bin/sh\necho \"Unknown encoder 'libx264'\" >&2\nexit 1\n"
ENCODERS = {
    "missing": ("", "ffmpeg does not start"),
    "not executable": ("no program", "ffmpeg does not start"),
    "standing still": (STANDING_STILL, "no progress for"),
    "dying half-way": (HALF_WAY.format(end="kill -9 $$"), "ffmpeg failed"),
    "stopping half-way, content": (HALF_WAY.format(end="exit 0"), "ffmpeg failed"),
    "content with nothing": ("#!/bin/sh\ncat >/dev/null\n", "ffmpeg failed"),
    "without H.264": (WITHOUT_H264, "Unknown encoder 'libx264'"),
}


@SHORT
@pytest.mark.parametrize("encoder", ENCODERS)
def test_an_encoder_that_fails_leaves_the_former_site(
    torn: Torn, tmp_path: Path, encoder: str
) -> None:
    script, said = ENCODERS[encoder]
    folder = torn.copy(tmp_path / "site")
    shutil.rmtree(folder / ".gen" / "media")
    program = tmp_path / "encoder"
    if script:
        program.write_text(script)
        program.chmod(0o644 if encoder == "not executable" else 0o755)
    environment = {"IMAGEIO_FFMPEG_EXE": str(program)}
    ended = torn.build(folder, Disturbance(environment=environment, patience=0.5))
    check_told(ended)
    assert said in ended.err and str(program) in ended.err
    assert torn.check_whole(folder) == "former"
    torn.check_next(folder)


@SHORT
@pytest.mark.parametrize("years", [-20, 5])
def test_no_clock_decides_anything(torn: Torn, tmp_path: Path, years: int) -> None:
    """The clock is years off and runs backwards, and every file is older than its sources."""
    folder = torn.copy(tmp_path / "site")
    for path in folder.rglob("*"):
        os.utime(path, (0, 0))
    ended = torn.build(folder, Disturbance(years=years))
    assert ended.code == 0, ended.err
    assert torn.check_whole(folder) == "new"
    torn.check_next(folder)
