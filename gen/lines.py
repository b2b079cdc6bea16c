"""Texts of one line, as titles and descriptions are."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def _printable(text: str) -> str:
    control = _CONTROL.search(text)
    if control is not None:
        raise ValueError(f"it holds the control character U+{ord(control[0]):04X}")
    return text


Line = Annotated[str, AfterValidator(_printable)]
"""A text without control characters, which no HTML may hold."""
