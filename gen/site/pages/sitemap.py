"""The list of pages for search engines, which need to be told where a site is published."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote
from xml.sax.saxutils import escape

_INDEX = re.compile(r"(?<![^/])index\.html$")


def sitemap(base_url: str, paths: Iterable[str]) -> str:
    """All pages of a site as sitemaps.org asks for them.

    Args:
        paths: of the pages, inside the site.
    """
    addresses = [base_url + quote(_INDEX.sub("", path)) for path in paths]
    lines = [f"<url><loc>{escape(address)}</loc></url>" for address in addresses]
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    opening = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return "\n".join([head, opening, *lines, "</urlset>", ""])
