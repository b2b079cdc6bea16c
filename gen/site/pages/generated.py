"""Paths of the assets that are written for every site; apart from `site`, which loads templates."""

from __future__ import annotations

from collections.abc import Iterable

from gen.site.pages.search import index_path

STYLESHEET = "assets/theme.css"


def generated_assets(languages: Iterable[str]) -> list[str]:
    """Paths inside the site of the assets that are written for every site."""
    return [STYLESHEET, *map(index_path, languages)]
