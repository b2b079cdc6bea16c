"""How large a film may be, and the steps that its sides come in."""

from __future__ import annotations

BLOCK = 16
"""Films are whole blocks of video compression, so that no encoder resizes them."""

MOST_WIDTH, MOST_HEIGHT = 2048, 1152
"""CSS pixels. At twice the scale this is 4096 x 2304, the largest frame of H.264's level 5.2,
which is the highest that phones decode."""


def round_up_to_block(length: float) -> int:
    """The shortest side of a film, in CSS pixels, that holds `length`."""
    return -int(-length // BLOCK) * BLOCK


def fits(width: int, height: int) -> bool:
    """Whether phones decode a film of this size, in CSS pixels."""
    return width <= MOST_WIDTH and height <= MOST_HEIGHT


def too_large_message(width: int, height: int) -> str:
    """What is wrong with a film of a size that does not fit."""
    return (
        f"the film would be {2 * width:,} x {2 * height:,} pixels, and phones decode "
        f"{2 * MOST_WIDTH:,} x {2 * MOST_HEIGHT:,} at most"
    )
