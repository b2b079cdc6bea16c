"""Which program encodes films: the one that imageio-ffmpeg brings, or one that a variable names."""

from __future__ import annotations

import os

import imageio_ffmpeg

from gen.errors import SetupError

VARIABLE = "IMAGEIO_FFMPEG_EXE"
"""Names another encoder; imageio-ffmpeg reads it."""


def executable() -> str:
    """The path of the encoder.

    Raises:
        EnvironmentFault: there is none.
    """
    try:
        return imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError:
        raise SetupError("there is no video encoder", hint=encoder_hint()) from None


def origin() -> str:
    """Says in brackets that a variable chose the encoder; empty where none did."""
    return f" (chosen by {VARIABLE})" if os.environ.get(VARIABLE) else ""


def encoder_hint() -> str:
    """What to do where the encoder fails: a new installation does not replace a chosen one."""
    if os.environ.get(VARIABLE):
        return f"unset {VARIABLE} to use the encoder of imageio-ffmpeg"
    return "run pip install --force-reinstall imageio-ffmpeg"
