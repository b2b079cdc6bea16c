"""Read TOML into plain tables, and name the place of every value in error messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gen.errors import ConfigError
from gen.store.text_files import read_text, read_toml
from gen.text import as_config_value, truncate

MAX_LEVELS = 32
MAX_BITS = 64


@dataclass(frozen=True)
class Location:
    """The place of a value in a TOML file, for error messages.

    Attributes:
        file: path of the file, or a part of a file such as `pages/en/index.md: front matter`.
        keys: keys and list positions that lead from the top of the file to the value.
        profile: the profile that is applied to the file, if any.
        override: the table of that profile.
    """

    file: Path | str
    keys: tuple[object, ...] = ()
    profile: str | None = None
    override: Mapping[str, Any] = field(default_factory=dict)

    def at(self, *keys: object) -> Location:
        """Return the location of a value below this one."""
        return replace(self, keys=(*self.keys, *keys))

    @property
    def name(self) -> str:
        """The dotted key; it begins with the profile's table if the profile sets the value."""
        prefix = ("profiles", self.profile) if self._set_by_profile() else ()
        return ".".join(map(str, (*prefix, *self.keys))).strip(".")

    def _set_by_profile(self) -> bool:
        value: Any = self.override
        for key in self.keys:
            if not isinstance(value, dict):
                break
            value = value.get(key)
        return bool(self.keys) and bool(self.override) and value is not None

    def error(self, what: str, hint: str = "") -> ConfigError:
        """Return the error that names this location."""
        name = self.name
        return ConfigError(
            what, where=f"{self.file}: {name}" if name else f"{self.file}", hint=hint
        )


def read_config_file(path: Path) -> dict[str, Any]:
    """Read a config file into plain tables.

    Raises:
        ConfigError: the file is missing, empty, unreadable or not valid TOML.
    """
    try:
        text = read_text(path)
    except FileNotFoundError:
        hint = "pass its path with --config, or change to the folder that contains site/gen.toml"
        raise ConfigError("there is no such file", where=str(path), hint=hint) from None
    if not text.strip():
        hint = "begin with a [site] table as docs/configuration.md shows"
        raise ConfigError("the file is empty", where=str(path), hint=hint)
    return parse_toml(text, Location(path), "not valid TOML")


def parse_toml(
    text: str, location: Location, refusal: str, *, lines_above: int = 0
) -> dict[str, Any]:
    """Parse TOML into plain tables.

    Args:
        location: of the text; its file is named in errors.
        refusal: the message for text that is not TOML, such as `not valid TOML`.
        lines_above: number of lines of the file above the text.

    Raises:
        ConfigError: the text is not TOML, is nested too deep or has too large a number.
    """
    table = read_toml(text, str(location.file), refusal, lines_above)
    _check_depth_and_size(table, location)
    return table


def _check_depth_and_size(table: dict[str, Any], location: Location) -> None:
    """Raise ConfigError for values that Python itself can neither compare nor print."""
    pending: list[tuple[tuple[object, ...], Any]] = [((), table)]
    while pending:
        keys, value = pending.pop()
        what = ""
        if len(keys) > MAX_LEVELS:
            what = f"nested deeper than {MAX_LEVELS} levels"
        elif isinstance(value, int) and value.bit_length() > MAX_BITS:
            what = f"a whole number of more than {MAX_BITS} bits"
        elif isinstance(value, dict):
            pending += [((*keys, key), inner) for key, inner in value.items()]
        elif isinstance(value, list):
            pending += [((*keys, number), inner) for number, inner in enumerate(value)]
        if what:
            raise location.at(truncate(".".join(map(str, keys)), 120)).error(what)


def as_table(value: object, location: Location) -> dict[str, Any]:
    """Return the value if it is a table.

    Raises:
        ConfigError: it is something else.
    """
    if not isinstance(value, dict):
        raise location.error(f"{as_config_value(value)} is not a table", f"write [{location.name}]")
    return value


def merge_tables(base: Mapping[str, Any], override: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of `base` with the values of `override`, table by table."""
    result = dict(base)
    for key, value in override.items():
        both_tables = isinstance(value, dict) and isinstance(base.get(key), dict)
        result[key] = merge_tables(base[key], value) if both_tables else value
    return result
