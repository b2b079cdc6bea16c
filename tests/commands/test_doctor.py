"""`gen doctor` checks what a build needs, and prints a hint if something is missing."""

from __future__ import annotations

import json
from pathlib import Path

import imageio_ffmpeg
import pytest

from gen.commands.doctor import examine, show
from tests.conftest import Gen
from tests.support import small_site


def test_this_machine_can_build(tmp_path: Path, gen: Gen) -> None:
    outcome = gen("doctor", "--store", tmp_path / "store")
    assert outcome.code == 0, outcome.out
    assert outcome.out.endswith("ready\n")
    for name in ("python", "torch", "encoder", "codec", "fonts", "disk", "cores", "gpu"):
        assert f" {name} " in outcome.out
    assert not (tmp_path / "store").exists()


def test_doctor_prints_json(tmp_path: Path, gen: Gen) -> None:
    checks = json.loads(gen("doctor", "--json", "--store", tmp_path).out)
    assert {check["verdict"] for check in checks} <= {"ok", "warn"}


def test_a_missing_encoder_fails_with_exit_3(
    tmp_path: Path, gen: Gen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imageio_ffmpeg, "get_ffmpeg_exe", lambda: str(tmp_path / "absent"))
    outcome = gen("doctor", "--store", tmp_path)
    assert outcome.code == 3
    assert "fail  encoder" in outcome.out


def test_an_encoder_without_h264_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / "ffmpeg"
    fake.write_text("#!/bin/sh\necho 'Unknown encoder libx264' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setattr(imageio_ffmpeg, "get_ffmpeg_exe", lambda: str(fake))
    codec = next(check for check in examine(tmp_path) if check.name == "codec")
    assert codec.verdict == "fail"
    assert "Unknown encoder libx264" in codec.found
    assert "of 9 fail" in show([codec] * 9, as_json=False)


@pytest.fixture
def without_x264(tmp_path: Path) -> Path:
    """An encoder that fails, as builds of ffmpeg do that leave x264 out."""
    fake = tmp_path / "ffmpeg"
    fake.write_text("#!/bin/sh\necho 'Unknown encoder libx264' >&2\nexit 1\n")
    fake.chmod(0o755)
    return fake


@pytest.mark.parametrize("name", ["encoder", "codec"])
def test_the_hint_for_a_broken_encoder_of_a_variable_is_to_unset_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, without_x264: Path, name: str
) -> None:
    for chosen in (without_x264, tmp_path / "absent"):
        monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(chosen))
        check = next(check for check in examine(tmp_path) if check.name == name)
        assert check.verdict == "fail"
        assert "chosen by IMAGEIO_FFMPEG_EXE" in check.found
        assert check.hint == "unset IMAGEIO_FFMPEG_EXE to use the encoder of imageio-ffmpeg"


def test_a_working_encoder_of_a_variable_is_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", imageio_ffmpeg.get_ffmpeg_exe())
    checks = {check.name: check for check in examine(tmp_path)}
    assert checks["encoder"].found.endswith("(chosen by IMAGEIO_FFMPEG_EXE)")
    assert (checks["encoder"].verdict, checks["codec"].verdict) == ("ok", "ok")


def test_a_failed_build_says_that_a_variable_chose_the_encoder(
    gen: Gen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, without_x264: Path
) -> None:
    options = small_site.write(tmp_path, small_site.SUM_ALONE, small_site.SUM_ALONE_PAGE)
    for chosen, what in ((without_x264, "failed"), (tmp_path / "absent", "does not start")):
        monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(chosen))
        outcome = gen("build", *options)
        assert outcome.code == 3
        assert f"ffmpeg {what} (chosen by IMAGEIO_FFMPEG_EXE)" in outcome.err
        assert "unset IMAGEIO_FFMPEG_EXE" in outcome.err and "pip install" not in outcome.err
