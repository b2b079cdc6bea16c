"""List the sections of a long page, for the contents below its lead."""

from __future__ import annotations

from collections.abc import Iterable

from markdown_it.token import Token

from gen.site.pages.search import Section

LEAST_SECTIONS = 5
"""Pages with fewer sections have no contents."""


def contents(tokens: Iterable[Token], found: Iterable[Section]) -> list[Section]:
    """Return the sections that begin with a heading of level 2, in order.

    Args:
        tokens: of the page, with its conditions decided.
        found: all sections of the page, of any level.

    Returns:
        No section at all if there are fewer than `LEAST_SECTIONS`.
    """
    heads = [token for token in tokens if token.type == "heading_open" and token.tag == "h2"]
    anchors = {token.attrs["id"] for token in heads}
    listed = [section for section in found if section.anchor in anchors]
    return listed if len(listed) >= LEAST_SECTIONS else []
