"""Write `sitemap.xml`, the list of pages for search engines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote
from xml.sax.saxutils import escape

_INDEX = re.compile(r"(?<![^/])index\.html$")


def sitemap(base_url: str, paths: Iterable[str]) -> str:
    """Return all pages of a site in the format of sitemaps.org.

    Args:
        base_url: where the site is published.
        paths: of the pages, inside the site.
    """
    addresses = [base_url + quote(_INDEX.sub("", path)) for path in paths]
    lines = [f"<url><loc>{escape(address)}</loc></url>" for address in addresses]
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    opening = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return "\n".join([head, opening, *lines, "</urlset>", ""])
