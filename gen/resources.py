"""Where templates, starting site and pins are: in a checkout, or inside the installed package."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parent
"""The folder of this package."""


def templates_folder() -> Path:
    """The folder of the page templates."""
    return _bundled("templates")


def assets_folder() -> Path:
    """The style sheets and pictures that pages use; a site's own files replace them by name."""
    return _bundled("site") / "assets"


def starter_folder() -> Path:
    """The site that `gen new` begins with."""
    return _bundled("starter")


def constraints_file() -> Path:
    """The versions of all packages that this one was tested with, as pip reads them."""
    return _bundled("constraints.txt")


def _bundled(name: str) -> Path:
    bundled = PACKAGE / "_bundled" / name
    return bundled if bundled.exists() else PACKAGE.parent / name
