"""Where everything on a site comes from: settings, runs, versions and the commit."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
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
        "libraries": versions(*_LIBRARIES),
        "profile": config.profile,
        "commit": commit.hash,
        "edited": commit.edited,
        "figures": figures,
    }


@dataclass(frozen=True)
class Commit:
    """Where the sources of a site stand under version control.

    Attributes:
        hash: the last commit that touched them; None without git, or where nothing is committed.
        edited: whether they say something else than that commit does.
    """

    hash: str | None = None
    edited: bool = False

    @classmethod
    def of(cls, folder: Path) -> Commit:
        """Asks git about a folder."""
        commit = _asked(folder, "log", "-1", "--format=%H")
        if not commit:
            return cls()
        return cls(commit, edited=bool(_asked(folder, "status", "--porcelain")))


def _asked(folder: Path, *question: str) -> str:
    # A monitor is a program that the folder's own git config may name.
    options = ["--no-optional-locks", "-c", "core.fsmonitor=false", "-C", str(folder)]
    command = ["git", *options, *question, "--", "."]
    try:
        asked = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return ""
    return asked.stdout.strip()
