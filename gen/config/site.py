"""The `[site]` table of the config: title, languages, pages and addresses."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from typing import Annotated

from pydantic import Field, StringConstraints, field_validator

from gen.settings import Settings
from gen.store.text_files import OneLine
from gen.text import Line, truncate

_LanguageCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
_Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
_Url = Annotated[Line, StringConstraints(pattern=r"^https?://[^\s\"<>]+$")]
_STYLESHEET = re.compile(r"(assets/([\w-][\w.-]*/)*)?[\w-][\w.-]*\.css", re.ASCII)


class Site(Settings):
    """The settings of the site as a whole.

    Attributes:
        languages: two-letter folders below `pages/`; the first is published at the site's root.
        pages: page files without their ending, in reading order; the first is the landing page.
        base_url: where the site is published, for links that must be absolute.
        repository: address of the source repository, linked from the foot of every page.
        author: who wrote the site, as one cites it.
        date: when it was written; its year is the one to cite.
        stylesheets: CSS files below `assets/` or beside the config, which every page loads after
            those of the tool.
    """

    title: Annotated[OneLine, Field(min_length=1, max_length=200)]
    description: Annotated[OneLine, Field(min_length=1, max_length=500)]
    languages: Annotated[list[_LanguageCode], Field(min_length=1)]
    pages: Annotated[list[_Slug], Field(min_length=1)]
    base_url: _Url | None = None
    repository: _Url | None = None
    author: Annotated[OneLine, Field(min_length=1, max_length=200)] | None = None
    date: dt.date | None = None
    stylesheets: list[str] = Field(default_factory=list)

    @property
    def linked_stylesheets(self) -> list[str]:
        """Paths inside the site of `stylesheets`."""
        return [f"assets/{name.removeprefix('assets/')}" for name in self.stylesheets]

    @field_validator("pages", "languages", "stylesheets")
    @classmethod
    def _check_duplicates(cls, entries: list[str]) -> list[str]:
        for entry, count in Counter(entries).items():
            if count > 1:
                raise ValueError(f'"{entry}" is listed twice')
        return entries

    @field_validator("stylesheets")
    @classmethod
    def _check_stylesheets(cls, entries: list[str]) -> list[str]:
        for entry in entries:
            if not _STYLESHEET.fullmatch(entry):
                what = f'"{truncate(entry)}" is not a stylesheet beside gen.toml or below assets/'
                raise ValueError(f'{what}; write "own.css" or "assets/own.css"')
        return entries

    @field_validator("base_url")
    @classmethod
    def _check_slash(cls, address: str | None) -> str | None:
        if address is not None and not address.endswith("/"):
            raise ValueError(f'"{truncate(address)}" does not end in a slash; write "{address}/"')
        return address

    @field_validator("pages")
    @classmethod
    def _check_names(cls, pages: list[str]) -> list[str]:
        if pages and pages[0] != "index":
            what = f'the first page is the landing page, so it cannot be named "{pages[0]}"'
            raise ValueError(f'{what}; call it "index", because servers show index.html')
        if "404" in pages:
            what = "the page for wrong addresses cannot use the relative links of Markdown pages"
            raise ValueError(f"{what}; write root/404.html with absolute links")
        return pages
