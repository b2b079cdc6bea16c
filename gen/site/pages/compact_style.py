"""Leave comments and indentation out of a style sheet.

It is read part by part, so that what looks like a comment in a string or an address stays.
"""

from __future__ import annotations

import re
from functools import lru_cache

_PART = re.compile(
    r"""(?P<gap>(?:\s|/\*.*?\*/)+)
    |"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'
    |url\(\s*(?!["'\s])(?:[^)\\]|\\.)*\)
    |\\.
    |(?P<doubt>["'\\]|/\*)
    |.""",
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


@lru_cache(maxsize=64)
def compact_style(sheet: str) -> str:
    """Return a style sheet without comments and indentation.

    Returns:
        The same rules, line by line. A sheet with a string or comment that does not end is
        returned unchanged.
    """
    parts: list[str] = []
    for part in _PART.finditer(sheet):
        if part["doubt"] is not None:
            return sheet
        parts.append(part[0] if part["gap"] is None else _short_gap(part[0]))
    return "".join(parts).strip() + "\n"


def _short_gap(gap: str) -> str:
    """Return a line break or space; between two words without one, the shortest comment."""
    white = _COMMENT.sub("", gap)
    return "\n" if "\n" in white else " " if white else "/**/"
