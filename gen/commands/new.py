"""Create a new site from the starter (`gen new`)."""

from __future__ import annotations

import shutil
from pathlib import Path

from gen.errors import SetupError
from gen.resources import constraints_file, starter_folder
from gen.store.store import convert_write_errors


def new(folder: Path) -> list[Path]:
    """Copy the starter to a folder that is missing, empty or holds only `.git`.

    Returns:
        The files, relative to the folder.

    Raises:
        SetupError: the folder is not empty, or cannot be written.
    """
    if folder.exists() and not folder.is_dir():
        raise SetupError("is not a folder", where=str(folder), hint="choose another name")
    present = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    if [name for name in present if name != ".git"]:
        raise SetupError("is not empty", where=str(folder), hint="choose another folder")
    starter, pins = starter_folder(), constraints_file()
    sources = {path.relative_to(starter): path for path in starter.rglob("*") if path.is_file()}
    sources[Path(pins.name)] = pins
    with convert_write_errors(folder):
        for file, source in sorted(sources.items()):
            target = folder / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    return sorted(sources)
