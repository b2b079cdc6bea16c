"""What readers can search: the text of every section, as a script that pages load when asked.

A script file rather than data to fetch, so that search also works on pages opened from a folder
and under a policy that forbids requests.
"""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import NamedTuple
from unicodedata import normalize

_UNREAD = frozenset(["script", "style", "svg", "video", "button", "select", "template", "output"])
_HEADINGS = frozenset(["h2", "h3", "h4", "h5", "h6"])
_INLINE = frozenset(["a", "span", "em", "strong", "code", "data", "sup", "sub", "abbr", "cite"])


_SPACED = frozenset("=<>≤≥≈≡≠∼→⇒↦+−±×⋅·∈")
"""Operators of formulas with a space on both sides, where something stands before them."""


_PATTERNS: dict[str, tuple[str, int]] = {
    "mspace": (" ", 0),
    "mfrac": ("{0}/{1}", 2),
    "msub": ("{base}_{1}", 2),
    "munder": ("{base}_{1} ", 2),
    "msup": ("{base}^{1}", 2),
    "msubsup": ("{base}_{1}^{2}", 3),
    "munderover": ("{base}_{1}^{2} ", 3),
    "mover": ("{base}", 2),
    "msqrt": ("√{0}", 1),
    "mtd": ("{text} ", 1),
}
"""Elements of formulas in a line, and how many parts they have to have for that."""


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
        self._formula: _Formula | None = None
        self._in_offer = False
        self._in_heading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "math":
            self._formula = _Formula()
        if self._formula is not None:
            self._formula.open(tag)
            return
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
        if self._formula is not None:
            self._formula.close()
            if tag == "math":
                text, self._formula = self._formula.text, None
                self.handle_data(text)
            return
        if tag in _UNREAD or (tag == "details" and self._in_offer):
            self._unread -= 1
            self._in_offer &= tag != "details"
        elif tag in _HEADINGS:
            self._in_heading = False
        elif tag not in _INLINE:
            self._add(" ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # MathML comes as XML, in which an element may be closed where it opens.
        self.handle_starttag(tag, attrs)
        if self._formula is not None:
            self.handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        if self._formula is not None:
            self._formula.add(data)
        elif not self._unread:
            self._add(data)

    def _add(self, text: str) -> None:
        if self._in_heading:
            self.parts[-1].heading += text
        else:
            self.parts[-1].text += text


class _Formula:
    """A formula as one would type it: `a_1 + b^2`.

    Attributes:
        text: the whole of it, once its last element is closed.
    """

    def __init__(self) -> None:
        self.text = ""
        self._open: list[tuple[str, list[str]]] = []

    def open(self, tag: str) -> None:
        """Goes into an element."""
        self._open.append((tag, []))

    def add(self, data: str) -> None:
        """Takes the text of an element."""
        self._open[-1][1].append(normalize("NFKC", data))

    def close(self) -> None:
        """Comes out of an element, which is one part of the element around it."""
        tag, parts = self._open.pop()
        around = self._open[-1][1] if self._open else []
        around.append(_written(tag, parts, first=not around))
        if not self._open:
            self.text = around[0].replace("\u2061(", "(").replace("\u2061", " ")


def _written(tag: str, parts: list[str], *, first: bool) -> str:
    """An element of a formula in a line; `first` where no other stands before it."""
    text = "".join(parts)
    if tag == "mo":
        return f" {text} " if text in _SPACED and not first else text
    pattern, count = _PATTERNS.get(tag, ("{text}", len(parts)))
    if len(parts) != count:
        return text
    return pattern.format(*map(_held, parts), text=text, base=(*parts, "")[0])


def _held(part: str) -> str:
    """Several terms in brackets."""
    return f"({part.strip()})" if " " in part.strip() else part.strip()


def _plain(text: str) -> str:
    return " ".join(text.split())
