"""Location of ffmpeg: imageio-ffmpeg's binary, or the one named by an environment variable."""

from __future__ import annotations

import os

import imageio_ffmpeg

from gen.errors import SetupError

VARIABLE = "IMAGEIO_FFMPEG_EXE"
"""Environment variable with the path of another ffmpeg; imageio-ffmpeg reads it."""


def executable() -> str:
    """Return the path of ffmpeg.

    Raises:
        SetupError: ffmpeg is not installed.
    """
    try:
        return imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError:
        raise SetupError("ffmpeg is not installed", hint=encoder_hint()) from None


def origin() -> str:
    """Return a note in brackets if the variable selects ffmpeg, else an empty text."""
    return f" (chosen by {VARIABLE})" if os.environ.get(VARIABLE) else ""


def encoder_hint() -> str:
    """Return how to repair ffmpeg; reinstalling does not help if the variable selects another."""
    if os.environ.get(VARIABLE):
        return f"unset {VARIABLE} to use the encoder of imageio-ffmpeg"
    return "run pip install --force-reinstall imageio-ffmpeg"
