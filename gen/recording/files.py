"""Open safetensors files with the errors of this tool, and tell recordings from other files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gen.errors import ConfigError, unreadable_error
from gen.recording.contents import METADATA, not_a_recording
from gen.recording.journal import MAGIC
from gen.store.files import open_regular


def open_safetensors(path: Path, opened: str) -> Any:
    """Open a safetensors file with safetensors' `safe_open`.

    Args:
        path: the file, for errors.
        opened: a path that is opened.

    Raises:
        ConfigError: it is no safetensors file.
    """
    from safetensors import SafetensorError, safe_open

    try:
        return safe_open(opened, framework="np")
    except (SafetensorError, UnicodeDecodeError):
        raise not_a_recording(str(path)) from None


def metadata(file: Any) -> dict[str, str]:
    """Return the metadata of a file that `open_safetensors` returned."""
    return file.metadata() or {}


def refuse_other_file(path: Path) -> None:
    """Raise ConfigError if a path is neither free, nor an empty file, nor a recording.

    The recording may be damaged.
    """
    try:
        with open_regular(path) as file:
            start = file.read(len(MAGIC))
            if start in {b"", MAGIC} or _is_complete_recording(f"/dev/fd/{file.fileno()}"):
                return
    except FileNotFoundError:
        return
    except OSError as error:
        raise unreadable_error(error, str(path)) from None
    what = "exists, and is not a recording"
    raise ConfigError(what, where=str(path), hint="choose another name")


def _is_complete_recording(opened: str) -> bool:
    try:
        return METADATA in metadata(open_safetensors(Path(opened), opened))
    except ConfigError:
        return False
