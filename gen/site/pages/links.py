"""Where the links and pictures of a page lead to: other pages, files of the site, or elsewhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from urllib.parse import unquote

from gen.errors import PageError, suggestion
from gen.site.assets import LEFTOVER

_ELSEWHERE = re.compile(r"(?:https?://|mailto:)[^\s\"<>]+", re.IGNORECASE)


@dataclass(frozen=True)
class Map:
    """What links of one language's pages may lead to.

    Attributes:
        anchors: ids on every page, by page.
        files: paths inside the site.
        root: what leads from these pages to the root of the site: `` or `../`.
    """

    anchors: Mapping[str, list[str]]
    files: frozenset[str]
    root: str

    def resolve(self, page: str, target: str) -> str:
        """The address for a link on `page`.

        Raises:
            Mistake: it leads nowhere, or where no link should.
        """
        if _ELSEWHERE.fullmatch(target):
            return target
        path, _, anchor = unquote(target).partition("#")
        if re.search(r"[:\\]", path) or path.startswith("/"):
            hint = "link to a page, to a file of the site, or by http, https or mailto"
            raise PageError(f'a link to "{unquote(target)}" is refused', hint)
        if path in self.files:
            return self.root + target
        name = path.removesuffix(".md") if path else page
        if name not in self.anchors or (path and not path.endswith(".md")):
            close = _near(path, [*(f"{page}.md" for page in self.anchors), *self.files])
            raise PageError(f'the site has no page or file "{path}"', close)
        if anchor and anchor not in self.anchors[name]:
            close = suggestion(anchor, self.anchors[name])
            raise PageError(f'page {name} has no section or figure "{anchor}"', close)
        return (f"{name}.html" if path else "") + (f"#{anchor}" if anchor else "")

    def picture(self, page: str, target: str) -> str:
        """The address of a picture on `page`.

        Raises:
            Mistake: there is no such picture in the site.
        """
        address = self.resolve(page, target)
        if _ELSEWHERE.match(address):
            raise PageError("a picture would be loaded from elsewhere", "put it into assets/")
        if unquote(target).partition("#")[0] not in self.files:
            raise PageError(f'"{unquote(target)}" is not a picture', "put one into assets/")
        return address


def _near(path: str, known: Iterable[str]) -> str:
    """The hint for a path that is none of the known ones; it may look like one of them."""
    composed = unicodedata.normalize("NFC", path)
    for other in known:
        same = unicodedata.normalize("NFC", other)
        if same == composed:
            told = ascii(path.rpartition("/")[2]), ascii(other.rpartition("/")[2])
            return f"the link has {told[0]} and the file {told[1]}: write both the same way"
        if same.casefold() == composed.casefold():
            return f'did you mean "{other}"? Capital and small letters differ'
    if LEFTOVER.fullmatch(path.rpartition("/")[2]):
        return "hidden files and backups of editors are not published"
    return suggestion(path, _of_like_name(path, known))


def _of_like_name(path: str, known: Iterable[str]) -> list[str]:
    """The known paths whose last part resembles that of `path`: a shared folder is no likeness."""
    names = {other: other.rpartition("/")[2] for other in known}
    like = get_close_matches(path.rpartition("/")[2], sorted(set(names.values())), cutoff=0.6)
    return [other for other, name in names.items() if name in like]
