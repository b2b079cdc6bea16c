"""Build the search index of a language: the text of every section, as a script.

It is a script and not data, so that search also works on pages that are opened from a folder and
under a policy that forbids requests.
"""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import NamedTuple
from unicodedata import normalize

from gen.site.pages.synonyms import Synonyms

_SKIPPED_TAGS = frozenset(
    ["script", "style", "svg", "video", "button", "select", "template", "output", "figure"]
)
"""Of figures the captions are searched, and not the labels of what is drawn and controlled."""

_SKIPPED_CLASSES = frozenset(["download", "gallery", "cards"])
"""What is not written on a page, but lists files or repeats other pages."""

_HEADING_TAGS = frozenset(["h2", "h3", "h4", "h5", "h6"])
_INLINE_TAGS = frozenset(
    ["a", "span", "em", "strong", "code", "data", "sup", "sub", "abbr", "cite"]
)
_SPACED = frozenset("=<>≤≥≈≡≠∼→⇒↦+−±×⋅·∈")
"""Operators of formulas with a space on both sides, unless they come first."""

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
"""Elements of formulas as plain text, and the number of parts that each pattern needs."""


_NEEDLESS_SPACE = re.compile(
    "(?<=[\u3001\u3002\uff01\uff09\uff0c\uff1a\uff1b\uff1f\u300b\u300d\u300f\u3011]) "
    "| (?=[\uff08\u300a\u300c\u300e\u3010])"
    "|(?<=[\u2026\u201d]) (?=[\u3400-\u9fff])"
)
"""A space after a closing wide mark, before an opening one, and after … or ” before a character."""


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
    """Return the path of a language's index inside the site."""
    return f"assets/search.{language}.js"


def index_script(language: str, sections: list[Section], synonyms: Synonyms) -> str:
    """Return the index of a language as a script that adds it to `grokreel.searchIndex`.

    Every index has all the synonyms, so that it can be searched before the others are loaded.
    """
    index = {"sections": sections, "synonyms": synonyms}
    content = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
    return f"(grokreel.searchIndex ??= {{}})[{json.dumps(language)}] = {content};\n"


def sections(path: str, title: str, lead: str, body: str) -> list[Section]:
    """Split a rendered page into its sections.

    Args:
        lead: the plain text below the title.
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
    """Collects headings and plain text of a page.

    Attributes:
        parts: one for the text above the first heading, then one for each heading with an id.
    """

    def __init__(self) -> None:
        super().__init__()
        self.parts = [_Part("")]
        self._formula: _Formula | None = None
        self._in_heading = False
        self._skipped = ""
        """The tag of the outermost element that is being skipped."""
        self._depth = 0
        """Number of open elements with this tag."""
        self._in_caption = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "math":
            self._formula = _Formula()
        if self._formula is not None:
            self._formula.open(tag)
            return
        values = dict(attrs)
        if tag == "figcaption" and self._skipped == "figure":
            self._skipped, self._in_caption = "", True
        elif self._skipped:
            self._depth += tag == self._skipped
            return
        if tag in _SKIPPED_TAGS or _SKIPPED_CLASSES & {*(values.get("class") or "").split()}:
            self._skipped, self._depth = tag, 1
        elif tag in _HEADING_TAGS and (anchor := values.get("id")):
            self.parts.append(_Part(anchor))
            self._in_heading = True
        elif tag not in _INLINE_TAGS:
            self._add(" ")

    def handle_endtag(self, tag: str) -> None:
        if self._formula is not None:
            self._formula.close()
            if tag == "math":
                text, self._formula = self._formula.text, None
                self.handle_data(text)
            return
        if self._skipped:
            self._depth -= tag == self._skipped
            self._skipped = self._skipped if self._depth else ""
        elif tag == "figcaption" and self._in_caption:
            self._skipped, self._depth, self._in_caption = "figure", 1, False
            self._add(" ")
        elif tag in _HEADING_TAGS:
            self._in_heading = False
        elif tag not in _INLINE_TAGS:
            self._add(" ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # MathML and SVG are XML, so an element may be self-closing.
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        if self._formula is not None:
            self._formula.add(data)
        elif not self._skipped:
            self._add(data)

    def _add(self, text: str) -> None:
        if self._in_heading:
            self.parts[-1].heading += text
        else:
            self.parts[-1].text += text


class _Formula:
    """A formula as a user would type it: `a_1 + b^2`.

    Attributes:
        text: the whole formula; empty until its last element is closed.
    """

    def __init__(self) -> None:
        self.text = ""
        self._open: list[tuple[str, list[str]]] = []

    def open(self, tag: str) -> None:
        """Begin an element."""
        self._open.append((tag, []))

    def add(self, data: str) -> None:
        """Add text to the innermost element."""
        self._open[-1][1].append(normalize("NFKC", data))

    def close(self) -> None:
        """End an element, and add its text as one part to the element around it."""
        tag, parts = self._open.pop()
        around = self._open[-1][1] if self._open else []
        around.append(_plain_element(tag, parts, first=not around))
        if not self._open:
            self.text = around[0].replace("\u2061(", "(").replace("\u2061", " ")


def _plain_element(tag: str, parts: list[str], *, first: bool) -> str:
    """Return a formula element as plain text.

    Args:
        first: whether the element is the first part of its parent.
    """
    text = "".join(parts)
    if tag == "mo":
        return f" {text} " if text in _SPACED and not first else text
    pattern, count = _PATTERNS.get(tag, ("{text}", len(parts)))
    if len(parts) != count:
        return text
    return pattern.format(*map(_bracketed, parts), text=text, base=(*parts, "")[0])


def _bracketed(part: str) -> str:
    """Add brackets around several terms."""
    return f"({part.strip()})" if " " in part.strip() else part.strip()


def _plain(text: str) -> str:
    """Return a text with single spaces, and none beside the wide marks of Chinese and Japanese.

    Such a mark ends or begins a block here; the space that stands between blocks is for others.
    """
    return _NEEDLESS_SPACE.sub("", " ".join(text.split()))
