"""Texts of one line, as titles and descriptions are."""

from __future__ import annotations

import json
import re
from typing import Annotated

from pydantic import AfterValidator

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")


def control_character(text: str) -> str | None:
    """The first character of a text that no HTML and no XML may hold, as `U+0001`."""
    found = _CONTROL.search(text)
    return None if found is None else f"U+{ord(found[0]):04X}"


def _printable(text: str) -> str:
    control = control_character(text)
    if control is not None:
        raise ValueError(f"it holds the control character {control}")
    return text


Line = Annotated[str, AfterValidator(_printable)]
"""A text without control characters, which no HTML may hold."""


def as_config_value(value: object) -> str:
    """A value as it would stand in the file, cut where it is long."""
    return truncate(json.dumps(value, default=str, ensure_ascii=False))


def truncate(text: str, most: int = 60) -> str:
    """A text, cut where it is long."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
