"""Paths of the assets that every build generates; a module of its own that loads no templates."""

from __future__ import annotations

from collections.abc import Iterable

from gen.site.pages.search import index_path

STYLESHEET = "assets/theme.css"


def generated_assets(languages: Iterable[str]) -> list[str]:
    """Return the paths inside the site of the assets that every build generates."""
    return [STYLESHEET, *map(index_path, languages)]
