"""Where the templates and the starting site are: in a checkout, or inside the installed package."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def templates_folder() -> Path:
    """The folder of the page templates."""
    return _folder("templates")


def assets_folder() -> Path:
    """The style sheets and pictures that pages use; a site's own files replace them by name."""
    return _folder("site") / "assets"


def starter_folder() -> Path:
    """The site that `gen new` begins with."""
    return _folder("starter")


def _folder(name: str) -> Path:
    bundled = _PACKAGE / "_bundled" / name
    return bundled if bundled.is_dir() else _PACKAGE.parent / name
