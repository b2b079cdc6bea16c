"""How films write numbers; apart from `canvas`, so that checking a config loads no matplotlib."""

from __future__ import annotations


def format_number(value: float) -> str:
    """A number as films write it: a true minus, a narrow space between thousands."""
    text = f"{value:,.10g}".replace(",", "\u202f")
    return text.replace("-", "\u2212")
