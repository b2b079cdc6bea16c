"""Number format of films and round index strides; imports no matplotlib, unlike `canvas`."""

from __future__ import annotations

INDEX_STRIDES = (1, 2, 5, 10, 20, 25, 50, 100)
"""Round distances between labelled indices."""


def format_number(value: float) -> str:
    """Format with a true minus, which zero never has, and narrow spaces between thousands.

    It has at most 10 digits.
    """
    text = f"{value or 0:,.10g}".replace(",", "\u202f")
    return text.replace("-", "\u2212")
