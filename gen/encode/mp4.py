"""Films as MP4: H.264 that every browser plays and seeks in, with the same bytes each time."""

from __future__ import annotations

import errno
import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from gen.drawing.film import Film
from gen.drawing.layers import Cells
from gen.encode.ffmpeg import encoder_hint, executable, origin
from gen.errors import MORE_MEMORY, SetupError, mentions_memory

_CELLS, _LINES = 20, 24
"""x264's constant rate factor, smaller for truer: a cell's colour is a number, a line's is not."""

_PRESET = "veryfast"
_EXACT = "accurate_rnd+full_chroma_int+bitexact"
_PATIENCE = 300.0
"""Seconds in which an encoder has to take a frame, or to end after the last one."""

_COMPLAINTS_SHOWN = 300


def write_mp4(film: Film, path: Path, quality: int | None = None) -> None:
    """Writes a film; a frame that stands for several ticks is repeated.

    Args:
        quality: x264's constant rate factor; None for what the film needs.

    Raises:
        EnvironmentFault: there is no encoder, or it failed.
    """
    if quality is None:
        quality = _CELLS if any(isinstance(layer, Cells) for layer in film.layers) else _LINES
    with tempfile.TemporaryFile() as complaints:
        command = _command(film, path, quality)
        with _started(command, complaints) as encoder, _watched(encoder) as watch:
            all_taken = _feed(encoder, film, watch)
            encoder.wait()
        if encoder.returncode or not all_taken or not path.exists():
            raise _failed(encoder, _tail(complaints), watch, path)


def _failed(encoder: subprocess.Popen[bytes], said: str, watch: _Watch, path: Path) -> SetupError:
    """Why an encoder has failed, as far as it can be told, and what to do about it."""
    code, program = encoder.returncode, executable()
    what, where, hint = said or f"exit {code}", program, encoder_hint()
    if watch.given_up:
        what = f"it took nothing for {_PATIENCE:.0f} s"
    elif os.strerror(errno.ENOSPC) in what:
        where, hint = str(path.parent), "free space there, or let TMPDIR lead elsewhere"
    elif mentions_memory(what):
        hint = MORE_MEMORY
    elif code < 0:
        what = f"{what} (signal {-code})" if said else f"ended by signal {-code}"
        hint = f"memory may have run out: {MORE_MEMORY}; or {hint}"
    return SetupError(f"the encoder failed{origin()}: {what}", where=where, hint=hint)


class _Watch:
    """Ends an encoder that has stood still for too long.

    Attributes:
        given_up: whether it was ended.
    """

    def __init__(self, encoder: subprocess.Popen[bytes]) -> None:
        self.given_up = False
        self._encoder = encoder
        self._moved = threading.Event()
        self._over = False

    def moved(self) -> None:
        """It has taken something."""
        self._moved.set()

    def end(self) -> None:
        """Nobody needs to look any longer."""
        self._over = True
        self._moved.set()

    def look(self) -> None:
        """Looks on until the end, or until nothing has moved for too long."""
        while self._moved.wait(_PATIENCE):
            if self._over:
                return
            self._moved.clear()
        self.given_up = True
        self._encoder.kill()


@contextmanager
def _watched(encoder: subprocess.Popen[bytes]) -> Iterator[_Watch]:
    watch = _Watch(encoder)
    watcher = threading.Thread(target=watch.look, daemon=True)
    watcher.start()
    try:
        yield watch
    finally:
        watch.end()
        watcher.join()


@contextmanager
def _started(command: list[str], complaints: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """An encoder, which is killed where something else goes wrong before anybody waits for it."""
    try:
        # Without a buffer there is nothing left to send when the pipe is closed, which an
        # encoder that stands still would never take.
        encoder = subprocess.Popen(
            command,
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=complaints,
        )
    except OSError as error:
        what = f"the encoder does not start{origin()}: {error.strerror}"
        hint = MORE_MEMORY if error.errno == errno.ENOMEM else encoder_hint()
        raise SetupError(what, where=command[0], hint=hint) from None
    try:
        yield encoder
    except BaseException:
        encoder.kill()
        raise
    finally:
        with encoder:
            pass  # closes its pipe and waits for it


def _feed(encoder: subprocess.Popen[bytes], film: Film, watch: _Watch) -> bool:
    """Sends every frame; the first and the last are repeated by the encoder's own filter.

    Returns:
        Whether the encoder has taken them all.
    """
    repeats = film.ticks.copy()
    repeats[[0, -1]] = 1
    pipe = encoder.stdin
    assert pipe is not None
    try:
        with pipe:
            for pixels, repeat in zip(film.pixels(), repeats.tolist(), strict=True):
                for _ in range(repeat):
                    left = pixels.data.cast("B")
                    while left:
                        left = left[pipe.write(left) :]
                        watch.moved()
    except BrokenPipeError:
        return False
    return True


def _command(film: Film, path: Path, quality: int) -> list[str]:
    height, width = film.background.shape[:2]
    ticks = film.ticks
    first, last = int(ticks[0]) - 1, int(ticks[-1]) - 1 if len(ticks) > 1 else 0
    moving = int(ticks.sum()) - last - 1
    to_709 = f"scale=out_color_matrix=bt709:out_range=tv:flags={_EXACT},format=yuv420p"
    hold = f"tpad=start={first}:stop={last}:start_mode=clone:stop_mode=clone"
    every = film.key_frame_every
    seekable = f"expr:between(n,{first},{moving})*not(mod(n-{first},{every}))"
    options: dict[str, object] = {
        "-hide_banner -nostdin -loglevel": "error",
        "-f": "rawvideo",
        "-pix_fmt": "rgb0",
        "-video_size": f"{width}x{height}",
        "-framerate": f"{film.pacing.fps:.6g}",
        "-i": "pipe:0",
        "-filter_threads": 1,
        "-vf": f"{to_709},{hold}",
        "-c:v": "libx264",
        "-preset": _PRESET,
        "-crf": quality,
        "-threads": 1,
        "-x264-params": "cpu-independent=1",
        "-g": 600,
        "-sc_threshold": 0,
        "-force_key_frames": seekable,
        "-colorspace": "bt709",
        "-color_primaries": "bt709",
        "-color_trc": "bt709",
        "-color_range": "tv",
        "-map_metadata": -1,
        "-fflags": "+bitexact",
        "-flags:v": "+bitexact",
        "-movflags": "+faststart",
    }
    parts = [part for key, value in options.items() for part in (*key.split(), str(value))]
    return [executable(), *parts, "-y", str(path)]


def _tail(complaints: IO[bytes]) -> str:
    complaints.seek(0)
    text = complaints.read().decode(errors="replace")
    return " ".join(text.split())[-_COMPLAINTS_SHOWN:]
