"""MP4 encoder: H.264 for all browsers, seekable and byte-reproducible, through ffmpeg."""

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

import numpy as np
from jaxtyping import Int

from gen.drawing.film import Film
from gen.drawing.layers import Cells
from gen.encode.ffmpeg import encoder_hint, executable, origin
from gen.encode.yuv import yuv_frames
from gen.errors import MORE_MEMORY, SetupError, mentions_memory

_CRF_CELLS, _CRF_LINES = 23, 30
"""x264's constant rate factor: lower for cells, as their colours encode values."""

_PRESET = "veryfast"
_COLOURS = "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
_REPEATS = 3
"""Times that the last frame is stored again, at the film's last ticks."""

_TIMEOUT = 300.0
"""Seconds without progress after which ffmpeg is killed."""

_ERROR_LENGTH = 300
"""Characters of ffmpeg's error output in a message."""


def write_mp4(film: Film, path: Path) -> None:
    """Write a film. Each frame is encoded once, with its own duration.

    Raises:
        SetupError: ffmpeg is not installed, or it failed.
    """
    with tempfile.TemporaryFile() as errors:
        command = _command(film, path)
        with _ffmpeg(command, errors) as encoder, _Watchdog(encoder) as watchdog:
            complete = _send_frames(encoder, film, watchdog)
            encoder.wait()
        if encoder.returncode or not complete or not path.exists():
            raise _failed(encoder, _tail(errors), watchdog, path)


def _failed(
    encoder: subprocess.Popen[bytes], output: str, watchdog: _Watchdog, path: Path
) -> SetupError:
    """Return an error with the reason why ffmpeg failed, and a hint."""
    code = encoder.returncode
    what, where, hint = output or f"exit {code}", executable(), encoder_hint()
    if watchdog.timed_out:
        what = f"no progress for {_TIMEOUT:.0f} s"
    elif os.strerror(errno.ENOSPC) in what:
        where, hint = str(path.parent), "free disk space there, or set TMPDIR to another folder"
    elif mentions_memory(what):
        hint = MORE_MEMORY
    elif code < 0:
        what = f"{what} (signal {-code})" if output else f"killed by signal {-code}"
        hint = f"memory may have run out: {MORE_MEMORY}; or {hint}"
    return SetupError(f"ffmpeg failed{origin()}: {what}", where=where, hint=hint)


class _Watchdog:
    """Context manager that kills ffmpeg after `_TIMEOUT` seconds without progress.

    Attributes:
        timed_out: whether it was killed.
    """

    def __init__(self, encoder: subprocess.Popen[bytes]) -> None:
        self.timed_out = self._stopped = False
        self._encoder = encoder
        self._progress = threading.Event()
        self._thread = threading.Thread(target=self._wait, daemon=True)

    def __enter__(self) -> _Watchdog:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stopped = True
        self.reset()
        self._thread.join()

    def reset(self) -> None:
        """Restart the timeout."""
        self._progress.set()

    def _wait(self) -> None:
        while self._progress.wait(_TIMEOUT):
            if self._stopped:
                return
            self._progress.clear()
        self.timed_out = True
        self._encoder.kill()


@contextmanager
def _ffmpeg(command: list[str], errors: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """Start ffmpeg; wait for it at the end, and kill it on an exception."""
    try:
        # Unbuffered: closing a buffered pipe would flush it and block if ffmpeg hangs.
        encoder = subprocess.Popen(
            command, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=errors
        )
    except OSError as error:
        what = f"ffmpeg does not start{origin()}: {error.strerror}"
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


def _send_frames(encoder: subprocess.Popen[bytes], film: Film, watchdog: _Watchdog) -> bool:
    """Write each frame once to ffmpeg; return whether it read them all."""
    pipe = encoder.stdin
    assert pipe is not None
    try:
        with pipe:
            for planes in yuv_frames(film.pixels()):
                left = planes.data.cast("B")
                while left:
                    left = left[pipe.write(left) :]
                    watchdog.reset()
    except BrokenPipeError:
        return False
    return True


def _times(ticks: Int[np.ndarray, " frame"]) -> str:
    """Return ffmpeg filters that give each frame the tick at which it is first shown.

    A player shows a frame until the next one. To last as long as the film says, the last frame is
    repeated at the film's last ticks. Three times, because x264 sends each frame with the time of
    the one two before it, and a container is as long as these times say.
    """
    count, starts = len(ticks), [0, *np.cumsum(ticks).tolist()]
    later = f"{starts[1]}+(N-1)*{ticks[1]}" if count > 1 else "0"
    again = min(_REPEATS, int(ticks[-1]) - 1)
    last = f"{starts[-1] - again}+N-{count}"
    shown = f"setpts='if(eq(N,0),0,if(gte(N,{count}),{last},{later}))'"
    return f"tpad=stop={again}:stop_mode=clone,{shown}" if again else shown


def _command(film: Film, path: Path) -> list[str]:
    height, width = film.background.shape[:2]
    has_cells = any(isinstance(layer, Cells) for layer in film.layers)
    options: dict[str, object] = {
        "-hide_banner -nostdin -loglevel": "error",
        "-f": "rawvideo",
        "-pix_fmt": "yuv420p",
        "-video_size": f"{width}x{height}",
        "-framerate": f"{film.pacing.fps:.6g}",
        "-i": "pipe:0",
        "-vf": f"{_COLOURS},{_times(film.ticks)}",
        "-fps_mode": "passthrough",
        "-c:v": "libx264",
        "-preset": _PRESET,
        "-crf": _CRF_CELLS if has_cells else _CRF_LINES,
        "-threads": 1,
        "-x264-params": "cpu-independent=1",
        "-g": 600,
        "-sc_threshold": 0,
        # Without repeats at the end, times must be sent in order.
        **({} if film.ticks[-1] > _REPEATS else {"-bf": 0}),
        "-force_key_frames": f"expr:not(mod(n,{film.key_frame_every}))",
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


def _tail(errors: IO[bytes]) -> str:
    errors.seek(0)
    return " ".join(errors.read().decode(errors="replace").split())[-_ERROR_LENGTH:]
