"""Where everything on a site comes from: settings, runs, versions and the commit."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING, Any

from gen import __version__
from gen.fingerprint import versions
from gen.recipes import recipe
from gen.showings import showings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen.commit import Commit
    from gen.config import Config
    from gen.store import Entry
    from gen.subjects import Subjects

_LIBRARIES = ("torch", "numpy", "numba", "matplotlib", "imageio", "imageio-ffmpeg", "pillow")


def provenance(
    config: Config, subjects: Subjects, drawn: Mapping[str, Entry], commit: Commit
) -> dict[str, Any]:
    """What each figure was made from, as plain JSON values.

    Args:
        drawn: the stored films, by what their files are called.
        commit: where the site's sources stand under version control.
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
        "python": platform.python_version(),
        "libraries": versions(*_LIBRARIES),
        "profile": config.profile,
        "commit": commit.hash,
        "edited": commit.edited,
        "figures": figures,
    }
