"""The plain tables of a TOML file: read, looked into, laid over each other, with their places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gen.errors import ConfigError
from gen.store.text_files import read_text, read_toml
from gen.text import as_config_value, truncate

MOST_LEVELS = 32
BITS = 64


def parse(path: Path) -> dict[str, Any]:
    """Reads a TOML file into plain tables.

    Raises:
        ConfigError: it cannot be read, is empty or not valid TOML.
    """
    try:
        text = read_text(path)
    except FileNotFoundError:
        hint = "name it with --config, or run this where site/gen.toml is"
        raise ConfigError("there is no such file", where=str(path), hint=hint) from None
    if not text.strip():
        hint = "begin with a [site] table as docs/configuration.md shows"
        raise ConfigError("the file is empty", where=str(path), hint=hint)
    table = read_toml(text, str(path), "not valid TOML")
    _check_extent(path, table)
    return table


def _check_extent(path: Path, table: dict[str, Any]) -> None:
    """Refuses what Python itself can neither compare nor print."""
    inside: list[tuple[tuple[object, ...], Any]] = [((), table)]
    while inside:
        keys, value = inside.pop()
        what = ""
        if len(keys) > MOST_LEVELS:
            what = f"nested deeper than {MOST_LEVELS} levels"
        elif isinstance(value, int) and value.bit_length() > BITS:
            what = f"a whole number of more than {BITS} bits"
        elif isinstance(value, dict):
            inside += [((*keys, key), below) for key, below in value.items()]
        elif isinstance(value, list):
            inside += [((*keys, number), below) for number, below in enumerate(value)]
        if what:
            raise Place(path, truncate(".".join(map(str, keys)), 120)).error(what)


@dataclass(frozen=True)
class Place:
    """Where in the file a value stands, for errors."""

    path: Path
    key: str

    def at(self, *parts: object) -> Place:
        """The place of a key below this one."""
        return Place(self.path, ".".join([self.key, *map(str, parts)]).strip("."))

    def error(self, what: str, hint: str = "") -> ConfigError:
        """What is wrong here."""
        return ConfigError(
            what, where=f"{self.path}: {self.key}" if self.key else str(self.path), hint=hint
        )


def as_table(value: object, place: Place) -> dict[str, Any]:
    """The value, if it is a table.

    Raises:
        ConfigError: it is something else.
    """
    if not isinstance(value, dict):
        raise place.error(f"{as_config_value(value)} is not a table", f"write [{place.key}]")
    return value


def merged(
    base: Mapping[str, Any], override: Mapping[str, Any], place: Place, *, top: bool = False
) -> dict[str, Any]:
    """One table with the values of another in it, table by table.

    Raises:
        ConfigError: `top` is set and the other has a key that the first one lacks.
    """
    result = dict(base)
    for key, value in override.items():
        if top and key not in base:
            raise place.at(key).error("a profile cannot bring in a new part of the file")
        both_tables = isinstance(value, dict) and isinstance(base.get(key), dict)
        result[key] = merged(base[key], value, place.at(key)) if both_tables else value
    return result
