"""Read the files in a site's `templates/` that replace those of the tool."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gen.errors import ConfigError, suggestion
from gen.site.assets import files_below
from gen.store.text_files import read_text

FOLDER = "templates"
OWN = "own/"
"""Folder in `templates/` for templates of any name: parts that others include, and widgets."""


@dataclass(frozen=True)
class OwnTemplates:
    """Templates, scripts, styles and the icon that a site brings.

    Attributes:
        folder: the site's `templates/`.
        files: path inside the folder to text.
    """

    folder: Path
    files: tuple[tuple[str, str], ...] = ()

    @property
    def assets(self) -> dict[str, bytes]:
        """Its scripts, styles and icon, by path inside the site."""
        return {
            f"assets/{name.rpartition('/')[2]}": text.encode()
            for name, text in self.files
            if not name.endswith(".jinja")
        }


NO_TEMPLATES = OwnTemplates(Path(FOLDER))


def read_own_templates(folder: Path, theme: Path) -> OwnTemplates:
    """Read the files of a site that replace those of the tool.

    Args:
        folder: folder of the config.
        theme: folder of the tool's templates.

    Raises:
        ConfigError: the tool has no such file, a file cannot be read, is not UTF-8, or a link
            leads out of the site.
    """
    known = {
        path.relative_to(theme).as_posix() for path in sorted(theme.rglob("*")) if path.is_file()
    }
    files: list[tuple[str, str]] = []
    for name, path in files_below(folder / FOLDER, inside=folder):
        if name not in known and not (name.startswith(OWN) and name.endswith(".jinja")):
            what = "there is no template, script or style of this name"
            hint = suggestion(name, known) or f"put a template of your own into {FOLDER}/{OWN}"
            raise ConfigError(what, where=str(path), hint=hint)
        files.append((name, _read(path)))
    return OwnTemplates(folder / FOLDER, tuple(sorted(files)))


def _read(path: Path) -> str:
    try:
        return read_text(path)
    except FileNotFoundError:
        what = "is a link that leads nowhere"
        raise ConfigError(what, where=str(path), hint="remove it") from None
