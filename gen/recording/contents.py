"""What a recording holds beside its numbers: names, axes, units, note; their limits and JSON.

The format is described in docs/recording-format.md. Everything here is checked in both directions,
because a file may come from anywhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gen.errors import CONTROL, ConfigError, unreadable_error
from gen.store.arrays import DTYPES, ArrayFormat
from gen.store.files import open_regular

FORMAT = "grokreel recording"
VERSION = 1

METADATA = "recording"
"""The metadata key of a complete recording, which is a safetensors file."""

SNAPSHOT_STEPS = "snapshot_steps"
METRIC_STEPS, METRICS, VIEWS = "metric_steps/", "metrics/", "views/"
"""Names of the arrays of a complete recording, or their beginnings."""

MAX_STEP = 2**53
"""Largest step; scripts of pages count exactly up to here."""

MAX_NAMES = 10_000
MAX_NAME_LENGTH = 200
MAX_TEXT_LENGTH = 100_000
MAX_JSON = 1 << 24
MAX_DIMENSIONS = 8
MAX_VIEW_SIZE = 2**53
"""Largest size of a view in bytes; numpy cannot handle larger shapes."""

RESERVED = frozenset(["seed", "step", "steps"])
"""Names of metrics and views that mean something else in tables and figures."""


@dataclass(frozen=True)
class About:
    """What the author says of a recording.

    Attributes:
        axes: meaning of every axis of a view, by the name of the view.
        units: unit of a metric or view, by its name.
        note: any text.
        script: file name and SHA-256 of the script that recorded it; empty if not given.
    """

    axes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    note: str = ""
    script: dict[str, str] = field(default_factory=dict)


def check_about(
    where: str,
    axes: object = None,
    units: object = None,
    note: object = None,
    script: object = None,
) -> About:
    """Return the checked settings of a recording; None is nothing.

    Raises:
        ConfigError: one of them has the wrong type, or is too long.
    """
    found_axes = {
        check_name(name, where): _words(words, f"{where}: axes of {name}")
        for name, words in _mapping(axes, "axes", where).items()
    }
    return About(
        axes=found_axes,
        units=_texts(units, "units", where),
        note=_text("" if note is None else note, "note", where),
        script=_texts(script, "script", where),
    )


def check_name(name: object, where: str, reserved: Collection[str] = RESERVED) -> str:
    """Return the name of a metric or view.

    Raises:
        ConfigError: it is empty, too long, reserved or unprintable.
    """
    if not isinstance(name, str):
        raise ConfigError(f"a name is {name!r:.60}, not a text", where=where)
    shown = f'the name "{name:.60}"'
    if name in reserved:
        raise ConfigError(f"{shown} is reserved", where=where, hint="choose another name")
    if not name or name != name.strip() or CONTROL.search(name):
        what = f"{shown} is empty, begins or ends with a space, or has control characters"
        raise ConfigError(what, where=where, hint="choose another name")
    if len(name) > MAX_NAME_LENGTH:
        raise ConfigError(f"{shown} has more than {MAX_NAME_LENGTH} characters", where=where)
    return name


def check_names(names: object, where: str) -> list[str]:
    """Return a list of distinct names of metrics or views; raise what `check_name` raises."""
    if not isinstance(names, list) or not len(set(map(str, names))) == len(names) <= MAX_NAMES:
        raise damaged(where, "its list of names is wrong")
    return [check_name(name, where) for name in names]


def check_format(value: object, where: str) -> ArrayFormat:
    """Return the format of one view from its JSON value, `["float32", [2, 3]]`."""
    match value:
        case [str(dtype), [*shape]] if all(type(n) is int for n in shape):
            found = ArrayFormat(dtype, tuple(shape))
            if is_view(found):
                return found
    raise damaged(where, "the shape of a view is wrong")


def is_view(form: ArrayFormat) -> bool:
    """Whether a view may have this dtype and shape."""
    if form.dtype not in DTYPES or not 0 < len(form.shape) <= MAX_DIMENSIONS:
        return False
    return form.nbytes <= MAX_VIEW_SIZE and all(size > 0 for size in form.shape)


def script_digest(path: Path) -> dict[str, str]:
    """Return the file name and the SHA-256 of a script.

    Raises:
        ConfigError: the file cannot be read.
    """
    try:
        with open_regular(path) as file:
            return {"name": path.name, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}
    except OSError as error:
        raise unreadable_error(error, str(path)) from None


def to_json(about: About, **more: object) -> bytes:
    """Return the settings, and more values, as JSON with the name and version of the format."""
    values = {
        "format": FORMAT,
        "version": VERSION,
        "axes": about.axes,
        "units": about.units,
        "note": about.note,
        "script": about.script,
        **more,
    }
    return json.dumps(values, separators=(",", ":"), ensure_ascii=False).encode()


def from_json(text: bytes, where: str) -> tuple[About, dict[str, Any]]:
    """Return the settings of a file, and all its values.

    Raises:
        ConfigError: the text is damaged, foreign, or of a later version.
    """
    values = parse_json(text, where)
    if values.get("format") != FORMAT:
        raise not_a_recording(where)
    version = values.get("version")
    if version != VERSION:
        what = f"is a recording of version {version!r:.20}; this grokreel reads version {VERSION}"
        raise ConfigError(what, where=where, hint="install a newer grokreel")
    keys = ("axes", "units", "note", "script")
    return check_about(where, *(values.get(key) for key in keys)), values


def parse_json(text: bytes, where: str) -> dict[str, Any]:
    """Return a JSON object; raise ConfigError if it is none, or too large."""
    try:
        values = json.loads(text) if len(text) <= MAX_JSON else None
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise damaged(where, "its description is not a JSON object")
    return values


def damaged(where: str, what: str, hint: str = "record it again") -> ConfigError:
    """Return the error for a damaged recording."""
    return ConfigError(f"is damaged: {what}", where=where, hint=hint)


def not_a_recording(where: str) -> ConfigError:
    """Return the error for any other file."""
    hint = "gen record makes a recording of checkpoints"
    return ConfigError("is not a recording", where=where, hint=hint)


def _mapping(value: object, what: str, where: str) -> Mapping[Any, Any]:
    found = {} if value is None else value
    if not isinstance(found, Mapping) or len(found) > 2 * MAX_NAMES:
        raise ConfigError(f"{what} is not a mapping of names", where=where)
    return found


def _texts(value: object, what: str, where: str) -> dict[str, str]:
    return {
        _text(name, what, where): _text(text, f"{what} of {name}", where)
        for name, text in _mapping(value, what, where).items()
    }


def _text(value: object, what: str, where: str) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT_LENGTH or not _can_encode(value):
        most = f"{MAX_TEXT_LENGTH:,}"
        raise ConfigError(f"{what} is not a text of up to {most} characters", where=where)
    return value


def _can_encode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _words(value: object, where: str) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, Sequence) or len(value) > MAX_DIMENSIONS:
        hint = 'name every axis, as in ("neuron", "input")'
        raise ConfigError("are not a list of words", where=where, hint=hint)
    return tuple(check_name(word, where, reserved=()) for word in value)
