"""The `[theme]` table of the config: colours that replace those of the tool.

[theme]
accent = { light = "#8a1538", dark = "#ff9db0" }
positive = ["#ffffff", "#d9f0d3", "#a6dba0", "#5aae61", "#1b7837", "#00441b"]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from gen.config.toml import Location, as_table
from gen.errors import ConfigError, suggestion
from gen.text import as_config_value
from gen.theme import (
    COLOURS,
    DARK_NEGATIVE_STOPS,
    DARK_POSITIVE_STOPS,
    LINE_COLOURS,
    NEGATIVE_STOPS,
    POSITIVE_STOPS,
    TEXT_COLOURS,
    Colour,
    Theme,
)

Mode = Literal["light", "dark"]
Stops = tuple[str, ...]
_MODES: tuple[Mode, ...] = ("light", "dark")
_MAPS: dict[str, dict[Mode, Stops]] = {
    "negative": {"light": NEGATIVE_STOPS, "dark": DARK_NEGATIVE_STOPS},
    "positive": {"light": POSITIVE_STOPS, "dark": DARK_POSITIVE_STOPS},
}
_STOPS = len(POSITIVE_STOPS)
_HEX = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)

TEXT_CONTRAST, LINE_CONTRAST = 4.5, 3.0
"""Least contrast of text and of lines to what they stand on (WCAG 2.2, 1.4.3 and 1.4.11)."""


def read_theme(value: object, location: Location) -> Theme:
    """Read the colours of a site.

    Raises:
        ConfigError: a name is unknown, a value is no colour, or a text or line cannot be read on
            the ground or on a card.
    """
    table = as_table(value, location)
    known = [*COLOURS, *_MAPS]
    for name in table:
        if name not in known:
            hint = suggestion(name, known) or f"the colours are: {', '.join(known)}"
            raise location.at(name).error("there is no such colour", hint)
    colours = {
        name: _read_colour(table[name], colour, location.at(name)) if name in table else colour
        for name, colour in COLOURS.items()
    }
    maps = _read_maps(table, colours["card"].dark, location)
    negative, positive = maps["negative"], maps["positive"]
    theme = Theme(colours, negative["light"], positive["light"], negative["dark"], positive["dark"])
    _check_contrast(theme, table, location)
    return theme


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2, definition of contrast ratio).

    Args:
        one, other: as `#rrggbb`.
    """
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb`, 0 to 1 (WCAG 2.2)."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels
    ]
    return sum(share * value for share, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _read_colour(value: object, former: Colour, location: Location) -> Colour:
    """Read one colour: a text for both modes, or a table with `light`, `dark` or both."""
    if isinstance(value, str):
        colour = _read_hex(value, location)
        return Colour(colour, colour)
    if not isinstance(value, dict):
        hint = 'write "#rrggbb" or { light = "#rrggbb", dark = "#rrggbb" }'
        raise location.error(f"{as_config_value(value)} is not a colour", hint)
    _check_modes(value, location)
    read = {mode: _read_hex(value[mode], location.at(mode)) for mode in _MODES if mode in value}
    return replace(former, **read)


def _read_maps(
    table: dict[str, object], dark_zero: str, location: Location
) -> dict[str, dict[Mode, Stops]]:
    """Read both halves of the diverging colour map, from zero outwards."""
    maps = {
        side: _read_half(table.get(side, {}), stops, dark_zero, location.at(side))
        for side, stops in _MAPS.items()
    }
    for mode in _MODES:
        negative, positive = (maps[side][mode][0] for side in ("negative", "positive"))
        if negative != positive:
            what = f"in {mode} mode zero is {negative} in negative and {positive} in positive"
            raise location.error(what, "begin both lists with the same colour")
    return maps


def _read_half(
    value: object, former: dict[Mode, Stops], dark_zero: str, location: Location
) -> dict[Mode, Stops]:
    """Read a list, or a table with `light`, `dark` or both.

    Without `dark`, dark pages have the colours of `light` in the opposite order, from the ground
    of cards on, so that what is further from zero stands out there as well.
    """
    if isinstance(value, list):
        read = {"light": _read_stops(value, location)}
    elif isinstance(value, dict):
        _check_modes(value, location)
        read = {
            mode: _read_stops(value[mode], location.at(mode)) for mode in _MODES if mode in value
        }
    else:
        raise _not_half(value, location)
    light = read.get("light", former["light"])
    outwards = light[:0:-1] if "light" in read else former["dark"][1:]
    return {"light": light, "dark": read.get("dark", (dark_zero, *outwards))}


def _read_stops(value: object, location: Location) -> Stops:
    if not isinstance(value, list) or len(value) != _STOPS:
        raise _not_half(value, location)
    return tuple(_read_hex(stop, location.at(place)) for place, stop in enumerate(value))


def _not_half(value: object, location: Location) -> ConfigError:
    hint = f"list {_STOPS} colours, from zero outwards"
    return location.error(f"{as_config_value(value)} is not half a colour map", hint)


def _check_modes(table: dict[str, object], location: Location) -> None:
    for key in table:
        if key not in _MODES:
            hint = suggestion(key, _MODES) or "the keys are: light, dark"
            raise location.at(key).error("unknown key", hint)


def _read_hex(value: object, location: Location) -> str:
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        what = f"{as_config_value(value)} is not a colour"
        raise location.error(what, "write six hex digits, as in #0b6e6e")
    return value.lower()


def _check_contrast(theme: Theme, table: dict[str, object], location: Location) -> None:
    """Raise ConfigError for the first text or line that is too faint on what it stands on."""
    for mode in _MODES:
        for name, ground, least in _pairs():
            if name not in table and ground not in table:
                continue
            front: str = getattr(theme.colours[name], mode)
            back: str = getattr(theme.colours[ground], mode)
            found = contrast(front, back)
            if found < least:
                use = "text" if least == TEXT_CONTRAST else "lines"
                darker = "darker" if _luminance(back) > 0.18 else "lighter"
                raise location.at(name if name in table else ground).error(
                    f"in {mode} mode the contrast of {name} ({front}) to {ground} ({back}) is "
                    f"{found:.1f}, and {use} of this colour needs {least}",
                    f"choose a {darker} {name}, or set light and dark apart: "
                    f"{name} = {{ light = ..., dark = ... }}",
                )


def _pairs() -> Iterator[tuple[str, str, float]]:
    """Yield the colour of a text or line, what it stands on, and the contrast it needs."""
    for ground in ("ground", "card"):
        for name in LINE_COLOURS:
            yield name, ground, TEXT_CONTRAST if name in TEXT_COLOURS else LINE_CONTRAST
