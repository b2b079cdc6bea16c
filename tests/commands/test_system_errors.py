"""System errors: one line, the right exit code, and the former site is kept."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import CountTried
from tests.support.fault_injection import ROOT, Faults
from tests.support.site_update import SHORT, SiteUpdate, check_one_line_error, site_update

__all__ = ["site_update"]

TORTURE = pytest.mark.torture


@pytest.mark.parametrize(
    ("error", "lasting", "exchange", "every"),
    [
        pytest.param("ENOSPC", True, True, 199, marks=SHORT),
        pytest.param("EROFS", True, True, 227, marks=SHORT),
        pytest.param("ENOSPC", True, True, None, marks=TORTURE),
        pytest.param("EROFS", True, True, None, marks=TORTURE),
        pytest.param("EIO", False, True, None, marks=TORTURE),
        pytest.param("EIO", False, False, None, marks=TORTURE),
        pytest.param("EACCES", False, True, None, marks=TORTURE),
        pytest.param("EMFILE", False, True, None, marks=TORTURE),
    ],
)
def test_a_disk_error_leaves_the_former_site(
    site_update: SiteUpdate,
    tmp_path: Path,
    count_tried: CountTried,
    error: str,
    lasting: bool,
    exchange: bool,
    every: int | None,
) -> None:
    counted = site_update.build(site_update.copy(tmp_path / "counted"), Faults(exchange=exchange))
    for point in counted.tried_points(every, first=1):
        folder = site_update.copy(tmp_path / str(point))
        faults = Faults(fail_at=point, error=error, lasting=lasting, exchange=exchange)
        ended = site_update.build(folder, faults)
        if ended.code == 0:
            assert site_update.check_whole(folder) == "new"
        else:
            check_one_line_error(ended)
            assert site_update.check_whole(folder) in {"former", "new"}, point
        site_update.check_next(folder)
        shutil.rmtree(folder)
        count_tried("failures of the disk", 1)


@SHORT
@pytest.mark.parametrize("limit", [2_000, 20_000])
def test_a_file_size_limit_leaves_the_former_site(
    site_update: SiteUpdate, tmp_path: Path, limit: int
) -> None:
    """The limit is met while bytes are written, as a full disk is."""
    folder = site_update.copy(tmp_path / "site")
    check_one_line_error(site_update.build(folder, Faults(limits={"RLIMIT_FSIZE": limit})))
    assert site_update.check_whole(folder) == "former"
    site_update.check_next(folder)


@SHORT
def test_an_open_file_limit_leaves_the_former_site(site_update: SiteUpdate, tmp_path: Path) -> None:
    folder = site_update.copy(tmp_path / "site")
    ended = site_update.build(folder, Faults(limits={"RLIMIT_NOFILE": 6}))
    check_one_line_error(ended)
    assert "too many open files" in ended.err and "ulimit" in ended.err
    assert site_update.check_whole(folder) == "former"
    site_update.check_next(folder)


@pytest.mark.torture
@pytest.mark.parametrize("limit", [6, 8, 12, 16])
def test_a_failed_start_of_a_worker_leaves_the_former_site(
    site_update: SiteUpdate, tmp_path: Path, limit: int
) -> None:
    folder = site_update.copy(tmp_path / "site")
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
    assert site_update.check_whole(folder) == "former"
    site_update.check_next(folder)


@SHORT
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="root can do anything elsewhere")
@pytest.mark.parametrize("forbidden", [".gen", ".gen/runs", "."])
def test_a_read_only_folder_leaves_the_former_site(
    site_update: SiteUpdate, tmp_path: Path, forbidden: str
) -> None:
    folder = site_update.copy(tmp_path / "site")
    (folder / "tmp").mkdir(exist_ok=True)
    mode = stat.S_IMODE((folder / forbidden).stat().st_mode)
    (folder / forbidden).chmod(0o555)
    try:
        check_one_line_error(site_update.build(folder, Faults(drop_root=True)))
        assert site_update.check_whole(folder) == "former"
    finally:
        (folder / forbidden).chmod(mode)
    site_update.check_next(folder)


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
    site_update: SiteUpdate, tmp_path: Path, encoder: str
) -> None:
    script, said = ENCODERS[encoder]
    folder = site_update.copy(tmp_path / "site")
    shutil.rmtree(folder / ".gen" / "media")
    program = tmp_path / "encoder"
    if script:
        program.write_text(script)
        program.chmod(0o644 if encoder == "not executable" else 0o755)
    environment = {"IMAGEIO_FFMPEG_EXE": str(program)}
    ended = site_update.build(folder, Faults(environment=environment, patience=0.5))
    check_one_line_error(ended)
    assert said in ended.err and str(program) in ended.err
    assert site_update.check_whole(folder) == "former"
    site_update.check_next(folder)


@SHORT
@pytest.mark.parametrize("years", [-20, 5])
def test_a_wrong_clock_changes_nothing(site_update: SiteUpdate, tmp_path: Path, years: int) -> None:
    """The clock is years off and runs backwards, and every file is older than its sources."""
    folder = site_update.copy(tmp_path / "site")
    for path in folder.rglob("*"):
        os.utime(path, (0, 0))
    ended = site_update.build(folder, Faults(years=years))
    assert ended.code == 0, ended.err
    assert site_update.check_whole(folder) == "new"
    site_update.check_next(folder)
