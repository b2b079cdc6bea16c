"""Resolve links and pictures of a page: to other pages, files of the site, or other sites."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from urllib.parse import unquote

from gen.errors import PageError, suggestion
from gen.site.assets import LEFTOVER

_EXTERNAL = re.compile(r"(?:https?://|mailto:)[^\s\"<>]+", re.IGNORECASE)


@dataclass(frozen=True)
class LinkTargets:
    """The pages, ids and files that the pages of one language may link to.

    Attributes:
        anchors: ids on every page, by page.
        files: paths inside the site.
        root: relative path from these pages to the root of the site: `` or `../`.
        waiting: pages without their sections so far; links to these lead to the top.
    """

    anchors: Mapping[str, list[str]]
    files: frozenset[str]
    root: str
    waiting: Collection[str] = ()

    def resolve(self, page: str, target: str) -> str:
        """Return the address for a link on `page`.

        Raises:
            PageError: the target does not exist, or has a scheme other than http, https, mailto.
        """
        if _EXTERNAL.fullmatch(target):
            return target
        path, _, anchor = unquote(target).partition("#")
        if re.search(r"[:\\]", path) or path.startswith("/"):
            hint = "link to a page, to a file of the site, or by http, https or mailto"
            raise PageError(f'a link to "{unquote(target)}" is refused', hint)
        if path in self.files:
            return self.root + target
        name = path.removesuffix(".md") if path else page
        if name not in self.anchors or (path and not path.endswith(".md")):
            hint = _path_hint(path, [*(f"{page}.md" for page in self.anchors), *self.files])
            raise PageError(f'the site has no page or file "{path}"', hint)
        if name in self.waiting:
            anchor = ""
        if anchor and anchor not in self.anchors[name]:
            hint = suggestion(anchor, self.anchors[name])
            raise PageError(f'page {name} has no section or figure "{anchor}"', hint)
        return (f"{name}.html" if path else "") + (f"#{anchor}" if anchor else "")

    def picture(self, page: str, target: str) -> str:
        """Return the address of a picture on `page`.

        Raises:
            PageError: the site has no such picture.
        """
        address = self.resolve(page, target)
        if _EXTERNAL.match(address):
            raise PageError("a picture is loaded from another site", "put it into assets/")
        if unquote(target).partition("#")[0] not in self.files:
            raise PageError(f'"{unquote(target)}" is not a picture', "put a picture into assets/")
        return address


def _path_hint(path: str, known: Iterable[str]) -> str:
    """Return the hint for an unknown path, which may look like a known one."""
    composed = unicodedata.normalize("NFC", path)
    for other in known:
        same = unicodedata.normalize("NFC", other)
        if same == composed:
            name, other_name = (ascii(one.rpartition("/")[2]) for one in (path, other))
            return f"the link has {name} and the file {other_name}: write both the same way"
        if same.casefold() == composed.casefold():
            return f'did you mean "{other}"? Upper and lower case differ'
    if LEFTOVER.fullmatch(path.rpartition("/")[2]):
        return "hidden files and backups of editors are not published"
    return suggestion(path, _similar_names(path, known))


def _similar_names(path: str, known: Iterable[str]) -> list[str]:
    """Return the known paths whose file name is similar to that of `path`, whatever the folder."""
    names = {other: other.rpartition("/")[2] for other in known}
    similar = get_close_matches(path.rpartition("/")[2], sorted(set(names.values())), cutoff=0.6)
    return [other for other, name in names.items() if name in similar]
