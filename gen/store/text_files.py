"""Read the text files of a site: regular files, UTF-8 with or without a byte order mark, TOML.

Only LF, CRLF and CR end a line, as in CommonMark and TOML.
"""

from __future__ import annotations

import errno
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator

from gen.errors import ConfigError, unreadable_error
from gen.store.files import read_regular
from gen.text import Line

MAX_DOTTED_KEYS = 100
"""Longest dotted key; the TOML parser takes quadratic time for it."""

_BREAK = re.compile(r"\r\n|\r|\n")
_SEPARATOR = re.compile("[\u2028\u2029]")
_KEY = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+"""
_LONG_KEY = re.compile(rf"(?<![\w-]){_KEY}(?:\.[ \t]*+{_KEY}){{{MAX_DOTTED_KEYS}}}")
_DECIMAL_COMMA = re.compile(r"=\s*[+-]?\d+,\d")
_LINE = re.compile(r"\(at line (\d+), column \d+\)")


def read_bytes(path: Path) -> bytes:
    """Return the content of a regular file.

    Raises:
        FileNotFoundError: the file does not exist.
        ConfigError: the file cannot be read, or is a pipe or a device.
    """
    try:
        return read_regular(path)
    except FileNotFoundError:
        raise
    except OSError as error:
        if error.errno in (errno.EINVAL, errno.ENXIO):
            what = "is not a regular file"
            raise ConfigError(what, where=str(path), hint="replace it with a file") from None
        raise unreadable_error(error, str(path)) from None


def read_text(path: Path) -> str:
    """Return the text of a UTF-8 file, without its byte order mark.

    Raises:
        FileNotFoundError: the file does not exist.
        ConfigError: the file cannot be read, or is not UTF-8.
    """
    try:
        return read_bytes(path).decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        what = f"byte {error.start} is not UTF-8"
        raise ConfigError(what, where=str(path), hint="save the file as UTF-8") from None


def lines_of(text: str) -> list[str]:
    """Split a text into lines; a line break at the end does not start another line."""
    lines = _BREAK.split(text)
    return lines[:-1] if lines[-1] == "" else lines


def line_separator(text: str) -> str | None:
    """Return the first Unicode line or paragraph separator of a text, such as `U+2028`."""
    found = _SEPARATOR.search(text)
    return None if found is None else f"U+{ord(found[0]):04X}"


def read_toml(text: str, path: str, refusal: str, above: int = 0) -> dict[str, Any]:
    """Parse a TOML text.

    Args:
        path: path of the file, for errors.
        refusal: start of the error if the text is not TOML, such as `not valid TOML`.
        above: number of lines of the file above the text.

    Raises:
        ConfigError: it is not TOML, or has a Unicode line separator or a very long dotted key.
    """
    for number, line in enumerate(lines_of(text), above + 1):
        where = f"{path}:{number}"
        separator = line_separator(line)
        if separator is not None:
            what = f"the line holds the line separator {separator}"
            raise ConfigError(what, where=where, hint="replace it with a space or a line break")
        if _LONG_KEY.search(line):
            what = f"{line[:60]}… is nested deeper than 32 levels"
            raise ConfigError(what, where=where)
    try:
        return tomllib.loads("\n" * above + text.removeprefix("\ufeff") + "\n")
    except RecursionError:
        raise ConfigError(f"{refusal}: tables nested too deep", where=path) from None
    except ValueError as error:
        hint = _hint(str(error), lines_of(text), above)
        raise ConfigError(f"{refusal}: {error}", where=path, hint=hint) from None


def _hint(message: str, lines: list[str], above: int) -> str:
    place = _LINE.search(message)
    number = int(place[1]) - above if place else 0
    has_comma = any(map(_DECIMAL_COMMA.search, lines[number - 1 : number]))
    return "write decimals with a point, as in 0.5" if has_comma else ""


def _check_one_line(text: str) -> str:
    if re.search("[\n\r\u2028\u2029]", text):
        raise ValueError("it holds a line break; write it on one line")
    return text


OneLine = Annotated[Line, AfterValidator(_check_one_line)]
"""A text without line breaks and control characters, such as a title."""
