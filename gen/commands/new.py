"""A new site: a small one that works, to be changed into one's own."""

from __future__ import annotations

import shutil
from pathlib import Path

from gen.errors import SetupError
from gen.resources import constraints_file, starter_folder
from gen.store.store import writing


def new(folder: Path) -> list[Path]:
    """Puts the starting site into a folder that holds nothing, or only a `.git`.

    Returns:
        The files, relative to the folder.

    Raises:
        EnvironmentFault: something is there already, or the folder cannot be written.
    """
    if folder.exists() and not folder.is_dir():
        raise SetupError("is not a folder", where=str(folder), hint="choose another name")
    present = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    if [name for name in present if name != ".git"]:
        raise SetupError("is not empty", where=str(folder), hint="choose another folder")
    starter, pins = starter_folder(), constraints_file()
    sources = {path.relative_to(starter): path for path in starter.rglob("*") if path.is_file()}
    sources[Path(pins.name)] = pins
    with writing(folder):
        for file, source in sorted(sources.items()):
            target = folder / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    return sorted(sources)
