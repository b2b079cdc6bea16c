"""Frame sizes: the largest size of a film, and rounding to video blocks."""

from __future__ import annotations

BLOCK = 16
"""Side of a video block in pixels; films consist of whole blocks, so encoders do not pad them."""

MOST_WIDTH, MOST_HEIGHT = 2048, 1152
"""Largest size in CSS pixels. At scale 2 it is 4096 x 2304, the limit of H.264 level 5.2, which
phones decode."""

HEADER = 76
"""CSS pixels from the top of a film to its timeline, below the step counter."""


def round_up_to_block(length: float) -> int:
    """Round a length in CSS pixels up to whole blocks."""
    return -int(-length // BLOCK) * BLOCK


def fits(width: int, height: int) -> bool:
    """Return whether phones decode a film of this size, in CSS pixels."""
    return width <= MOST_WIDTH and height <= MOST_HEIGHT


def too_large_message(width: int, height: int) -> str:
    """Return the error message for a size that does not fit."""
    return (
        f"the film would be {2 * width:,} x {2 * height:,} pixels, and phones decode "
        f"{2 * MOST_WIDTH:,} x {2 * MOST_HEIGHT:,} at most"
    )
