"""Check, shorten and escape texts: control characters, config values, JSON for scripts."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")


def control_character(text: str) -> str | None:
    """Return the first character that HTML and XML forbid, as `U+0001`; None without one."""
    found = _CONTROL.search(text)
    return None if found is None else f"U+{ord(found[0]):04X}"


def _printable(text: str) -> str:
    control = control_character(text)
    if control is not None:
        raise ValueError(f"it contains the control character {control}")
    return text


Line = Annotated[str, AfterValidator(_printable)]
"""A text without control characters, which HTML forbids."""


def script_json(value: object) -> str:
    """Return a value as compact JSON that is safe inside a `<script>` element."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def as_config_value(value: object) -> str:
    """Return a value as in a config file, truncated if it is long."""
    return truncate(json.dumps(value, default=str, ensure_ascii=False))


def truncate(text: str, most: int = 60) -> str:
    """Return a text, truncated to `most` characters with an ellipsis."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def csv_text(header: Iterable[object], rows: Iterable[Iterable[object]]) -> str:
    """Return a table as CSV; None becomes an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def csv_numbers(header: Iterable[object], rows: Iterable[Iterable[float]]) -> str:
    """Return numbers as CSV, with nine significant digits; whole numbers without a point."""
    return csv_text(
        header, ([int(x) if float(x).is_integer() else f"{x:.9g}" for x in row] for row in rows)
    )
