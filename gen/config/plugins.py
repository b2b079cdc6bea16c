"""Read `plugins`, the list of files with kinds of one's own at the top of `gen.toml`."""

from __future__ import annotations

from pathlib import Path

from gen.config.toml import Location, read_config_file
from gen.errors import GenError
from gen.plugins.kinds import Plugins, load_plugins
from gen.plugins.snapshot import module_name, read_snapshot, similar_file
from gen.text import as_config_value, truncate

KEY = "plugins"


def read_plugins(folder: Path, value: object, location: Location) -> Plugins:
    """Import the plugin files of a config.

    Args:
        folder: folder of the config.
        value: the list of their paths relative to it.

    Raises:
        ConfigError: a file is missing, fails, or has no kind or one that another file has.
    """
    listed = _paths(value, location)
    for number, path in enumerate(listed):
        _check_path(folder, path, location.at(number))
        if path in listed[:number]:
            raise location.at(number).error(f"{as_config_value(path)} is listed twice", "remove it")
    return load_plugins(read_snapshot(folder, listed))


def plugin_files(config: Path) -> list[Path]:
    """Return every file that the plugins of a config consist of, or would if it existed.

    Nothing is imported. Files of a config that cannot be read are left out.
    """
    try:
        listed = _paths(read_config_file(config).get(KEY, []), Location(config))
        for path in listed:
            module_name(path)
        snapshot = read_snapshot(config.parent, listed)
    except (GenError, ValueError):
        return []
    return [*snapshot.paths, *snapshot.absent]


def _paths(value: object, location: Location) -> list[str]:
    if isinstance(value, list) and all(isinstance(path, str) for path in value):
        return [str(path) for path in value]
    raise location.error(
        f"{as_config_value(value)} is not a list of files", 'write plugins = ["kinds/majority.py"]'
    )


def _check_path(folder: Path, path: str, location: Location) -> None:
    try:
        module_name(path)
    except ValueError as error:
        what = f"{as_config_value(path)} cannot be a plugin"
        raise location.error(what, str(error)) from None
    file = folder / path
    if not file.is_file():
        close = similar_file(file)
        hint = f"did you mean {close}?" if close else "create it, or remove it from plugins"
        raise location.error(f"there is no file {truncate(str(file), 200)}", hint)
