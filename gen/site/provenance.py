"""Provenance of a site: settings, runs, versions and the commit of its sources."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from typing import Any

from gen import __version__
from gen.config.reader import Config
from gen.config.snippet import recipe
from gen.experiments.recorded import RecordedRun
from gen.experiments.runs import Run
from gen.site.figure_views import figure_views
from gen.site.git import Commit
from gen.site.results import Results
from gen.store.code_digest import versions
from gen.store.store import Entry

_LIBRARIES = ("torch", "numpy", "numba", "matplotlib", "imageio", "imageio-ffmpeg", "pillow")


def _recorded(run: Run | None) -> dict[str, Any]:
    """Return what a recording says of itself; nothing for a run that was trained here."""
    if not isinstance(run, RecordedRun):
        return {}
    return {
        "recorded": "recorded, not trained here",
        "file": run.path.name,
        "complete": run.complete,
        "last_step": run.last_step,
        "note": run.note,
        "script": run.script,
    }


def provenance(
    config: Config, subjects: Results, drawn: Mapping[str, Entry], commit: Commit
) -> dict[str, Any]:
    """Return what each figure was made from, as JSON values.

    Args:
        drawn: what is stored for pages, by the names of its orders.
        commit: the commit of the site's sources.
    """
    figures: dict[str, Any] = {}
    recipes = {name: recipe(config, name) for name in config.figures}
    for each in figure_views(config.figures, subjects):
        film = drawn.get(each.stem)
        figures[each.stem] = {
            **each.key,
            **_recorded(each.run),
            "config": recipes[each.name],
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
