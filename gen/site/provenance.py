"""Provenance of a site: settings, runs, versions and the commit of its sources."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from typing import Any

from gen import __version__
from gen.config.reader import Config
from gen.config.snippet import recipe
from gen.site.figure_views import figure_views
from gen.site.git import Commit
from gen.site.results import Results
from gen.store.code_digest import versions
from gen.store.store import Entry

_LIBRARIES = ("torch", "numpy", "numba", "matplotlib", "imageio", "imageio-ffmpeg", "pillow")


def provenance(
    config: Config, subjects: Results, drawn: Mapping[str, Entry], commit: Commit
) -> dict[str, Any]:
    """Return what each figure was made from, as JSON values.

    Args:
        drawn: the stored films by the stem of their file names.
        commit: the commit of the site's sources.
    """
    figures: dict[str, Any] = {}
    for each in figure_views(config.figures, subjects):
        film = drawn.get(each.stem)
        figures[each.stem] = {
            **each.key,
            "config": recipe(config, each.name),
            **({} if film is None else {"film": film.key}),
        }
    return {
        "version": __version__,
        "python": platform.python_version(),
        "libraries": versions(*_LIBRARIES),
        "profile": config.profile,
        "commit": commit.hash,
        "edited": commit.edited,
        "figures": figures,
    }
