"""What readers can search: the text of every section, as a script that pages load when asked.

A script file rather than data to fetch, so that search also works on pages opened from a folder
and under a policy that forbids requests.
"""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import NamedTuple

_UNREAD = frozenset(
    ["script", "style", "svg", "math", "video", "button", "select", "template", "output"]
)
_HEADINGS = frozenset(["h2", "h3", "h4", "h5", "h6"])
_INLINE = frozenset(["a", "span", "em", "strong", "code", "data", "sup", "sub", "abbr", "cite"])


class Section(NamedTuple):
    """A heading and the text up to the next one.

    Attributes:
        path: of the page, inside the site.
        anchor: the heading's id; empty above the first heading.
    """

    path: str
    title: str
    anchor: str
    heading: str
    text: str


def index_path(language: str) -> str:
    """Where the index of a language lies inside the site."""
    return f"assets/search.{language}.js"


def index_script(language: str, sections: list[Section]) -> str:
    """The index of a language as a script that adds itself to `self.searchIndex`."""
    content = json.dumps(sections, ensure_ascii=False, separators=(",", ":"))
    return f"(self.searchIndex ??= {{}})[{json.dumps(language)}] = {content};\n"


def sections(path: str, title: str, lead: str, body: str) -> list[Section]:
    """Cuts a rendered page into its sections.

    Args:
        lead: what stands below the title, as text.
        body: HTML.
    """
    reader = _Reader()
    reader.feed(body)
    reader.close()
    parts = [_Part("", "", lead + " "), *reader.parts]
    parts[0].text += parts.pop(1).text
    return [
        Section(path, title, part.anchor, _plain(part.heading), _plain(part.text)) for part in parts
    ]


class _Part:
    def __init__(self, anchor: str, heading: str = "", text: str = "") -> None:
        self.anchor = anchor
        self.heading = heading
        self.text = text


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts = [_Part("")]
        self._unread = 0
        self._in_offer = False
        self._in_heading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        anchor = dict(attrs).get("id")
        offers_files = tag == "details" and dict(attrs).get("class") == "download"
        if tag in _UNREAD or offers_files:
            self._unread += 1
            self._in_offer |= offers_files
        elif tag in _HEADINGS and anchor and not self._unread:
            self.parts.append(_Part(anchor))
            self._in_heading = True
        elif tag not in _INLINE:
            self._add(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNREAD or (tag == "details" and self._in_offer):
            self._unread -= 1
            self._in_offer &= tag != "details"
        elif tag in _HEADINGS:
            self._in_heading = False
        elif tag not in _INLINE:
            self._add(" ")

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self._add(data)

    def _add(self, text: str) -> None:
        if self._in_heading:
            self.parts[-1].heading += text
        else:
            self.parts[-1].text += text


def _plain(text: str) -> str:
    return " ".join(text.split())
