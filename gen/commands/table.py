"""Tables of facts as text with aligned columns, and values of facts as text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from gen.analysis.types import Fact

_GAP = 2


def short_text(value: Fact) -> str:
    """Return a fact for a terminal: four significant digits; `-` for one without a value."""
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, int | str):
        return str(value)
    return " ".join(map(_item, value)) or "-"


def exact_text(value: Fact) -> str | None:
    """Return a fact for a CSV file: all digits; None, an empty cell, for one without a value.

    The items of a list are separated by spaces; a list of lists or of texts is JSON.
    """
    if value is None:
        return None
    if isinstance(value, int | float | str):
        return str(value)
    if all(isinstance(item, int | float) for item in value):
        return " ".join(map(str, value))
    return json.dumps(value, ensure_ascii=False)


def aligned(
    header: Sequence[str], rows: Sequence[Sequence[str]], width: int | None = None
) -> list[str]:
    """Return the lines of a table.

    Args:
        width: columns of the terminal. A table that is wider is split into blocks, one below the
            other, each with the first column. None: one block.
    """
    lines = [header, *rows]
    widths = [max(len(line[place]) for line in lines) for place in range(len(header))]
    blocks = [
        ["".join(line[i].ljust(widths[i] + _GAP) for i in (0, *places)).rstrip() for line in lines]
        for places in _blocks(widths, width)
    ]
    return [line for block in blocks for line in ["", *block]][1:]


def _blocks(widths: list[int], most: int | None) -> Iterator[list[int]]:
    """Yield the columns of each block besides the first one; at least one column in each."""
    places: list[int] = []
    used = widths[0]
    for place, width in enumerate(widths[1:], 1):
        if places and most is not None and used + _GAP + width > most:
            yield places
            places, used = [], widths[0]
        places.append(place)
        used += _GAP + width
    yield places


def _item(value: object) -> str:
    if isinstance(value, list | tuple):
        return f"[{' '.join(map(_item, value))}]"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
