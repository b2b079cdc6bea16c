"""Where everything on a site comes from: settings, runs, versions and the commit."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gen import __version__
from gen.fingerprint import versions
from gen.recipes import recipe
from gen.showings import showings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen.config import Config
    from gen.store import Entry
    from gen.subjects import Subjects

_LIBRARIES = ("torch", "numpy", "numba", "matplotlib", "imageio", "imageio-ffmpeg", "pillow")


def provenance(
    config: Config, subjects: Subjects, drawn: Mapping[str, Entry], commit: str | None
) -> dict[str, Any]:
    """What each figure was made from, as plain JSON values.

    Args:
        drawn: the stored films, by what their files are called.
        commit: the last one that touched the site's sources, if they are under version control.
    """
    figures: dict[str, Any] = {}
    for each in showings(config.figures, subjects):
        film = drawn.get(each.stem)
        figures[each.stem] = {
            **each.subject.key,
            "config": recipe(config, each.name),
            **({} if film is None else {"film": film.key}),
        }
    return {
        "version": __version__,
        "libraries": versions(*_LIBRARIES),
        "profile": config.profile,
        "commit": commit,
        "figures": figures,
    }


def commit_of(folder: Path) -> str | None:
    """The last commit that touched a folder; None without git, or where nothing is committed."""
    command = ["git", "-C", str(folder), "log", "-1", "--format=%H", "--", "."]
    try:
        asked = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return asked.stdout.strip() or None
