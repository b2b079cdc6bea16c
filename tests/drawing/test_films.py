"""Encoded films: decoded files have the right steps, colours and durations."""

from __future__ import annotations

import signal
import subprocess
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image, ImageSequence

from gen.drawing.canvas import light
from gen.drawing.colours import rgb
from gen.drawing.film import Film, Pacing
from gen.drawing.header_layers import StepCounter
from gen.drawing.layers import Cells
from gen.drawing.surface import Surface
from gen.encode import mp4
from gen.encode.gif import write_gif
from gen.encode.mp4 import write_mp4
from gen.encode.poster import write_poster
from gen.errors import SetupError
from gen.experiments.runs import ModelRun
from gen.figures.circle import Circle
from gen.figures.figure import FilmFigure
from gen.figures.trajectories import Trajectories
from gen.figures.waves import Waves
from gen.figures.weights import Weights
from gen.theme import COUNTER_SIZE
from tests.support.line_runs import circle_run, parity_run, waves_run

SHORT: Any = {"fps": 5, "hold_first": 0.4, "hold_last": 0.6}
"""Every frame lasts several ticks, and as few as possible."""

CASES: dict[str, tuple[FilmFigure, ModelRun]] = {
    "parity-weights": (Weights(model="m", **SHORT), parity_run(snapshots=9)),
    "modular-weights": (Weights(model="m", **SHORT), waves_run(snapshots=9)),
    "five-weights": (Weights(model="m", **SHORT), circle_run(snapshots=9)),
    "parity-trajectories": (Trajectories(model="m", **SHORT), parity_run(snapshots=9)),
    "modular-waves": (Waves(model="m", **SHORT), waves_run(snapshots=9)),
    "five-circle": (Circle(model="m", **SHORT), circle_run(snapshots=9)),
}
OF_CELLS = ["parity-weights", "modular-weights", "five-weights"]
GROUND = np.array(rgb(light("ground")))

pytestmark = pytest.mark.xdist_group("films")


@cache
def film(case: str, scale: int) -> Film:
    figure, run = CASES[case]
    return figure.film(run, scale)


def decoded_mp4(path: Path, fps: float | None = None) -> np.ndarray:
    """Return what is stored, or what is seen `fps` times a second until its end."""
    seen = "" if fps is None else f"fps={fps},"
    width, height = metadata(path)["source_size"]
    raw = subprocess.run(
        [
            *(imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-i", str(path)),
            *("-vf", f"{seen}scale=flags=accurate_rnd+full_chroma_int", "-pix_fmt", "rgb24"),
            *("-t", str(metadata(path)["duration"]), "-fps_mode", "passthrough"),
            *("-f", "rawvideo", "-"),
        ],
        capture_output=True,
        check=True,
    ).stdout
    return np.frombuffer(raw, dtype=np.uint8).reshape(-1, height, width, 3)


def metadata(path: Path) -> dict[str, Any]:
    """Return ffmpeg's description of a video."""
    reader = imageio_ffmpeg.read_frames(path)
    description: Any = next(reader)
    reader.close()
    return description


def decoded_gif(path: Path) -> tuple[np.ndarray, list[int]]:
    """Return frames and their durations in milliseconds."""
    with Image.open(path) as picture:
        frames = [
            (np.array(frame.convert("RGB")), frame.info["duration"])
            for frame in ImageSequence.Iterator(picture)
        ]
    return np.stack([pixels for pixels, _ in frames]), [duration for _, duration in frames]


def read_steps(frames: np.ndarray, shown: Film) -> np.ndarray:
    """Return the step of each frame, by the most similar step counter."""
    counter = next(layer for layer in shown.layers if isinstance(layer, StepCounter))
    below = counter._top + round(1.3 * COUNTER_SIZE) * shown.scale
    place = slice(counter._top, below), slice(counter._left, counter._left + 250)
    digits = {}
    height, width = shown.background.shape[:2]
    for frame, step in enumerate(shown.steps.tolist()):
        sheet = Surface(width, height, shown.scale)
        sheet.pixels[..., :3] = shown.background
        counter.paint(sheet, frame)
        digits[step] = sheet.pixels[..., :3][place].astype(int)
    return np.array(
        [
            min(digits, key=lambda step: int(np.abs(digits[step] - seen[place]).sum()))
            for seen in frames
        ]
    )


@pytest.fixture(scope="module", params=CASES)
def written(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    folder = tmp_path_factory.mktemp(request.param)
    write_mp4(film(request.param, 2), folder / "film.mp4")
    write_gif(film(request.param, 1), folder / "film.gif")
    return request.param, folder


def test_every_decoded_frame_shows_its_step(written: tuple[str, Path]) -> None:
    case, folder = written
    for shown, frames, repeats in (
        (film(case, 2), decoded_mp4(folder / "film.mp4", SHORT["fps"]), film(case, 2).ticks),
        (film(case, 1), decoded_gif(folder / "film.gif")[0], np.ones(9, dtype=int)),
    ):
        assert np.array_equal(read_steps(frames, shown), np.repeat(shown.steps, repeats))


def test_an_mp4_stores_each_frame_once_and_the_last_one_again_at_its_end(
    written: tuple[str, Path],
) -> None:
    case, folder = written
    shown, frames = film(case, 2), decoded_mp4(folder / "film.mp4")
    steps = shown.steps.tolist()
    assert read_steps(frames, shown).tolist() == [*steps, steps[-1], steps[-1]]


def test_mp4_and_gif_have_the_duration_of_the_film(written: tuple[str, Path]) -> None:
    case, folder = written
    _, durations = decoded_gif(folder / "film.gif")
    assert sum(durations) / 1000 == pytest.approx(film(case, 1).seconds, abs=0.011)
    seconds = metadata(folder / "film.mp4")["duration"]
    assert seconds == pytest.approx(film(case, 2).seconds, abs=0.05)


def test_an_mp4_that_holds_its_last_frame_is_as_long_as_the_film(tmp_path: Path) -> None:
    """The end is held for longer than any other frame, so that repeating it once is not enough."""
    held = replace(film("parity-weights", 1), pacing=Pacing())
    write_mp4(held, tmp_path / "film.mp4")
    assert metadata(tmp_path / "film.mp4")["duration"] == pytest.approx(held.seconds, abs=0.05)


def test_a_gif_has_the_frames_of_the_film(written: tuple[str, Path]) -> None:
    case, folder = written
    frames, _ = decoded_gif(folder / "film.gif")
    drawn = np.stack(list(film(case, 1).frames()))
    apart = np.abs(frames.astype(int) - drawn).max(axis=3)
    assert (apart > 48).mean() < 0.001
    assert apart[(drawn == GROUND).all(axis=3)].max() == 0


@pytest.mark.parametrize("written", OF_CELLS, indirect=True)
def test_gif_cells_have_exactly_the_colours_of_the_colour_map(written: tuple[str, Path]) -> None:
    case, folder = written
    shown = film(case, 1)
    frames, _ = decoded_gif(folder / "film.gif")
    for cells in (layer for layer in shown.layers if isinstance(layer, Cells)):
        rows, columns = cells.centres()
        for number, frame in enumerate(frames):
            assert np.array_equal(frame[np.ix_(rows, columns)], cells.colours(number))


@pytest.mark.parametrize("written", OF_CELLS, indirect=True)
def test_mp4_cells_differ_by_at_most_six_from_the_colour_map(
    written: tuple[str, Path],
) -> None:
    case, folder = written
    shown = film(case, 2)
    frames = decoded_mp4(folder / "film.mp4")
    at = np.append(np.arange(len(shown.steps)), [len(shown.steps) - 1] * 2)
    for cells in (layer for layer in shown.layers if isinstance(layer, Cells)):
        rows, columns = cells.centres()
        for number, frame in zip(at.tolist(), frames, strict=True):
            apart = frame[np.ix_(rows, columns)].astype(int) - cells.colours(number)
            assert np.abs(apart).max() <= 6


def palettes_of_single_frames(content: bytes) -> int:
    """Return the number of GIF frames with a local palette."""
    place, found = 13 + 3 * 256, 0
    while content[place : place + 1] != b";":
        if content[place : place + 1] == b",":
            found += content[place + 9] >> 7
            place += 11
        else:
            place += 2
        while content[place]:
            place += content[place] + 1
        place += 1
    return found


def test_a_gif_has_one_palette_and_loops_endlessly(written: tuple[str, Path]) -> None:
    _, folder = written
    content = (folder / "film.gif").read_bytes()
    has_a_palette = 0b10000000
    assert content[10] & has_a_palette
    assert b"NETSCAPE2.0\x03\x01\x00\x00\x00" in content
    assert palettes_of_single_frames(content) == 0


def test_the_same_film_gives_the_same_bytes(written: tuple[str, Path], tmp_path: Path) -> None:
    case, folder = written
    write_mp4(film(case, 2), tmp_path / "film.mp4")
    write_gif(film(case, 1), tmp_path / "film.gif")
    for name in ("film.mp4", "film.gif"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


def test_a_gif_of_many_frames_shows_six_a_second_at_most_and_the_last(tmp_path: Path) -> None:
    shown = Circle(model="m").film(circle_run(snapshots=201), 1)
    write_gif(shown, tmp_path / "film.gif")
    frames, durations = decoded_gif(tmp_path / "film.gif")
    assert np.array_equal(read_steps(frames, shown), [*shown.steps[:-1:5], shown.steps[-1]])
    assert set(durations[1:-2]) == {200}  # every fifth of 25 a second
    assert sum(durations) / 1000 == pytest.approx(shown.seconds, abs=0.011)


def test_a_gif_stores_of_a_frame_only_pixels_whose_palette_entry_changed(tmp_path: Path) -> None:
    """Lines that move a little change many colours at their edges and few entries."""
    write_gif(film("modular-waves", 1), tmp_path / "film.gif")
    before: np.ndarray | None = None
    with Image.open(tmp_path / "film.gif") as picture:
        for number in range(getattr(picture, "n_frames", 1)):
            picture.seek(number)
            place: Any = picture.tile[0][1]
            left, top, right, bottom = place
            shown = np.array(picture.convert("RGB"))
            if before is not None:
                changed = np.argwhere((shown != before).any(axis=2))
                assert changed.min(axis=0).tolist() == [top, left]
                assert (changed.max(axis=0) + 1).tolist() == [bottom, right]
            before = shown


@pytest.mark.parametrize("case", CASES)
def test_a_poster_is_the_last_frame_in_256_colours(case: str, tmp_path: Path) -> None:
    shown = film(case, 2)
    last = shown.frame(-1)
    write_poster(last, tmp_path / "poster.png")
    with Image.open(tmp_path / "poster.png") as picture:
        assert picture.mode == "P" and picture.info.keys() <= {"transparency"}
        read = np.asarray(picture.convert("RGB"))
    error = np.abs(read.astype(int) - last).max(axis=2)
    colours, places, counts = np.unique(
        last.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True
    )
    # Areas have their colour; one pixel in a hundred, of an edge, may be a little off.
    area = (counts >= 0.001 * error.size)[places.reshape(error.shape)]
    assert len(colours) > 256 or error.max() == 0
    assert error[area].max() <= 6 and (error > 6).mean() < 0.01
    assert np.array_equal(read[0, 0], last[0, 0])


def test_an_mp4_is_yuv420p_with_its_index_first(
    written: tuple[str, Path],
) -> None:
    _, folder = written
    video = metadata(folder / "film.mp4")
    assert video["codec"] == "h264"
    assert video["pix_fmt"].startswith("yuv420p(tv, bt709")
    content = (folder / "film.mp4").read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_a_film_of_one_snapshot_can_be_written(tmp_path: Path) -> None:
    figure, run = CASES["modular-weights"]
    still = replace(
        run,
        snapshot_steps=run.snapshot_steps[:1],
        views={name: view[:1] for name, view in run.views.items()},
    )
    write_mp4(figure.film(still, 2), tmp_path / "film.mp4")
    write_gif(figure.film(still, 1), tmp_path / "film.gif")
    assert len(decoded_gif(tmp_path / "film.gif")[0]) == 1


def test_a_missing_encoder_is_reported_with_a_hint(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def missing() -> str:
        raise RuntimeError("no ffmpeg")

    monkeypatch.setattr(imageio_ffmpeg, "get_ffmpeg_exe", missing)
    with pytest.raises(SetupError, match="ffmpeg is not installed"):
        write_mp4(film("five-circle", 2), tmp_path / "film.mp4")


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("#!/bin/sh\necho 'Unknown encoder libx264' >&2\nexit 1\n", "Unknown encoder libx264"),
        (
            "#!/bin/sh\nhead -c 100000 >/dev/null\nkill -9 $$\n",
            "killed by signal 9; memory may have",
        ),
    ],
    ids=["without H.264", "killed half-way"],
)
def test_the_error_of_a_failing_encoder_contains_its_output(
    script: str, message: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    encoder = tmp_path / "ffmpeg"
    encoder.write_text(script)
    encoder.chmod(0o755)
    monkeypatch.setattr(imageio_ffmpeg, "get_ffmpeg_exe", lambda: str(encoder))
    with pytest.raises(SetupError, match=message):
        write_mp4(film("five-circle", 2), tmp_path / "film.mp4")


def test_sigterm_while_the_encoder_starts_ends_the_process(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    encoder = tmp_path / "ffmpeg"
    encoder.write_text("#!/bin/sh\nexec sleep 5\n")
    encoder.chmod(0o755)
    started: list[subprocess.Popen[bytes]] = []

    def exiting(encoder: subprocess.Popen[bytes]) -> None:
        started.append(encoder)
        raise SystemExit(143)

    monkeypatch.setattr(imageio_ffmpeg, "get_ffmpeg_exe", lambda: str(encoder))
    monkeypatch.setattr(mp4, "_Watchdog", exiting)
    with pytest.raises(SystemExit):
        write_mp4(film("five-circle", 2), tmp_path / "film.mp4")
    assert [each.returncode for each in started] == [-signal.SIGKILL]


@pytest.mark.parametrize("snapshots", [1, 2, 3, 10, 120, 500, 5000])
def test_films_cover_the_whole_run_in_at_most_ten_seconds(
    snapshots: int,
) -> None:
    pacing = Pacing()
    selected = pacing.select(snapshots)
    assert selected[0] == 0 or snapshots == 1
    assert selected[-1] == snapshots - 1
    strides = {after - before for before, after in pairwise(selected[:-1].tolist())}
    assert len(strides) <= 1
    assert pacing.ticks(len(selected)).sum() / pacing.fps <= 10.1
