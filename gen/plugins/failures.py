"""Say in one line where the code of a plugin failed."""

from __future__ import annotations

import re
import traceback

from gen.errors import ConfigError, GenError, is_out_of_memory
from gen.plugins.importer import is_plugin_file, source_file, split_name
from gen.plugins.packages import is_in_package
from gen.plugins.snapshot import ROOT, Snapshot, module_paths, similar_file
from gen.text import truncate

_MAX_LENGTH = 300
_FROM_FOLDER = re.compile(r"cannot import name '(\w+)'")
_SNAPSHOT = re.compile(rf"{ROOT}\.s[0-9a-f]{{16}}\.?")


def plugin_failure(error: BaseException) -> ConfigError | None:
    """Return an error that passed through the code of a plugin, with its file and line.

    None for errors of this tool or the system, and if no plugin took part.
    """
    if isinstance(error, OSError) or not isinstance(error, Exception):
        return None
    return import_failure(error)


def import_failure(error: BaseException) -> ConfigError | None:
    """Return any error or exit that passed through the code of a plugin, with file and line.

    None for errors of this tool, for missing memory, and if no plugin took part.
    """
    if isinstance(error, GenError) or is_out_of_memory(error):
        return None
    place = _syntax_place(error) or _last_plugin_line(error)
    if place is None:
        return None
    what, hint = _describe(error)
    return ConfigError(what, where="{}:{}".format(*place), hint=hint)


def _syntax_place(error: BaseException) -> tuple[str, int] | None:
    """Return the file and line of code of a plugin that cannot be compiled."""
    if isinstance(error, SyntaxError) and error.filename and is_plugin_file(error.filename):
        return error.filename, error.lineno or 1
    return None


def _last_plugin_line(error: BaseException) -> tuple[str, int] | None:
    place = None
    for frame, line in traceback.walk_tb(error.__traceback__):
        module, file = frame.f_globals.get("__name__", ""), frame.f_code.co_filename
        is_plugin = split_name(module) is not None or is_in_package(module)
        if is_plugin and not file.startswith("<"):
            place = file, line
    return place


def _describe(error: BaseException) -> tuple[str, str]:
    """Return what is wrong and the hint."""
    if isinstance(error, SyntaxError):
        return f"{type(error).__name__}: {error.msg}", "correct this line"
    missing = _missing_module(error)
    if missing:
        return _describe_missing(missing, error)
    text = truncate(_SNAPSHOT.sub("", str(error)), _MAX_LENGTH)
    what = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return what, "correct the plugin; --debug shows a traceback"


def _missing_module(error: BaseException) -> str:
    """Return the name of a module that was imported and does not exist; empty for other errors."""
    if not isinstance(error, ImportError) or not error.name:
        return ""
    if isinstance(error, ModuleNotFoundError):
        return error.name
    name = _FROM_FOLDER.match(str(error))
    is_folder = split_name(error.name) is not None and source_file(error.name) is None
    return f"{error.name}.{name[1]}" if name and is_folder else ""


def _describe_missing(module: str, error: BaseException) -> tuple[str, str]:
    """Return the message and the hint for a module that a plugin imports and that is missing."""
    found = split_name(module)
    if found is not None:
        snapshot, name = found
        *_, path = module_paths(snapshot.folder, name) or [snapshot.folder]
        close = similar_file(path)
        hint = f"did you mean {close}?" if close else "create it, or remove the import"
        return f"there is no file {path}", hint
    if module.startswith(f"{ROOT}."):
        return "an import from above the folder of the config", "move the module into that folder"
    hint = "install the package that provides it"
    importing = _importing_module(error)
    if importing is not None:
        snapshot, name = importing
        neighbour = ".".join([*name.split(".")[:-1], module])
        if any(path.is_file() for path in module_paths(snapshot.folder, neighbour)):
            hint = f'write "from . import {module}" or "from .{module} import ..."'
    return f"there is no module {truncate(module)}", hint


def _importing_module(error: BaseException) -> tuple[Snapshot, str] | None:
    found = None
    for frame, _ in traceback.walk_tb(error.__traceback__):
        found = split_name(frame.f_globals.get("__name__", "")) or found
    return found
