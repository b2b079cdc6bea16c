"""Folders of the theme and the starter site: in a checkout, or inside the installed package."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parent
"""The folder of this package."""


def templates_folder() -> Path:
    """Return the folder of the theme: page templates, scripts, styles and the icon."""
    return _bundled("templates")


def starter_folder() -> Path:
    """Return the folder of the site that `gen new` copies."""
    return _bundled("starter")


def constraints_file() -> Path:
    """Return the path of the pip constraints file: the tested versions of all packages."""
    return _bundled("constraints.txt")


def _bundled(name: str) -> Path:
    bundled = PACKAGE / "_bundled" / name
    return bundled if bundled.exists() else PACKAGE.parent / name
