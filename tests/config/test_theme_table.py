"""The `[theme]` table: names, hex digits and contrast are checked."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gen.config.theme import contrast, read_theme
from gen.config.toml import Location
from gen.drawing.canvas import light
from gen.drawing.colours import Diverging
from gen.errors import ConfigError
from gen.theme import COLOURS, NEGATIVE_STOPS, POSITIVE_STOPS, Colour, Theme, current, using
from tests.figures.test_theme import contrast as contrast_by_numpy

HERE = Location(Path("gen.toml"), ("theme",))
HEX = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


def test_colours_that_are_not_given_stay() -> None:
    theme = read_theme({"test": {"dark": "#FFB080"}}, HERE)
    assert theme.colours["test"] == Colour(COLOURS["test"].light, "#ffb080")
    assert {**theme.colours, "test": None} == {**COLOURS, "test": None}
    assert read_theme({}, HERE) == Theme() and Theme().in_films == {}


def test_a_single_text_is_the_colour_of_both_modes() -> None:
    assert read_theme({"hairline": "#808080"}, HERE).colours["hairline"] == Colour(
        "#808080", "#808080"
    )


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"tset": "#000000"}, 'theme.tset: there is no such colour; did you mean "test"'),
        ({"qqqqqq": "#000000"}, "the colours are: ground, card"),
        ({"test": "red"}, 'theme.test: "red" is not a colour; write six hex digits'),
        ({"test": {"lihgt": "#000000"}}, 'theme.test.lihgt: unknown key; did you mean "light"'),
        ({"test": {"light": "#00"}}, "theme.test.light: .*six hex digits"),
        ({"test": 3}, "theme.test: 3 is not a colour"),
        ({"positive": ["#ffffff"]}, "theme.positive: .*list 6 colours, from zero outwards"),
        ({"positive": ["#ffffff"] * 5 + ["blue"]}, "theme.positive.5: .*six hex digits"),
        ({"positive": ["#eeeeee"] * 6}, "zero is #ffffff in negative and #eeeeee in positive"),
        (
            {"positive": {"dark": ["#000000"] * 6}},
            "in dark mode zero is #1b1e24 in negative and #0000",
        ),
        ({"positive": {"drak": []}}, 'theme.positive.drak: unknown key; did you mean "dark"'),
        ({"positive": {"dark": "red"}}, "theme.positive.dark: .*list 6 colours"),
        ({"positive": "red"}, 'theme.positive: "red" is not half a colour map'),
        ({"test": {"light": "#ffaa00"}}, r"light mode the contrast of test .* is 1\.9.* needs 4.5"),
        ({"test": "#7a1f00"}, r"theme\.test: in dark mode .*choose a lighter test"),
        ({"ground": {"dark": "#777777"}}, r"theme\.ground: in dark mode the contrast of ink"),
        ({"distractor": "#ffffff"}, r"lines of this colour needs 3\.0"),
    ],
)
def test_a_wrong_table_is_refused_with_its_key(table: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read_theme(table, HERE)


def test_a_colour_map_without_dark_colours_is_turned_around_in_the_dark() -> None:
    green = ["#ffffff", "#d9f0d3", "#a6dba0", "#5aae61", "#1b7837", "#00441b"]
    theme = read_theme({"positive": green, "card": {"dark": "#101010"}}, HERE)
    assert theme.positive == tuple(green)
    assert theme.dark_positive == ("#101010", *green[:0:-1])
    assert theme.dark_negative == ("#101010", *Theme().dark_negative[1:])
    assert theme.in_films["positive"] == green


def test_colours_of_the_map_on_dark_pages_are_in_no_film_but_in_the_site() -> None:
    stops = [COLOURS["card"].dark, *["#00ff00"] * 5]
    theme = read_theme({"positive": {"dark": stops}}, HERE)
    assert theme.dark_positive == tuple(stops) and theme.positive == POSITIVE_STOPS
    assert theme.in_films == {} and theme.as_json != Theme().as_json


@given(HEX, HEX)
def test_contrast_is_that_of_wcag(one: str, other: str) -> None:
    assert contrast(one, other) == pytest.approx(contrast_by_numpy(one, other))


def test_drawing_follows_the_theme_until_the_block_ends() -> None:
    stops = (NEGATIVE_STOPS[0], *("#00441b",) * 5)
    theme = Theme({**COLOURS, "test": Colour("#7a1f00", "#ffb080")}, positive=stops)
    with using(theme):
        assert light("test") == "#7a1f00" and light("#123456") == "#123456"
        assert Diverging(1.0).colours[-1].tolist() == [0x00, 0x44, 0x1B]
    assert light("test") == COLOURS["test"].light and current() == Theme()
    assert Diverging(1.0).colours[-1].tolist() == [
        int(POSITIVE_STOPS[-1][place : place + 2], 16) for place in (1, 3, 5)
    ]


def test_a_film_cannot_use_a_colour_that_is_not_part_of_its_key() -> None:
    with pytest.raises(ValueError, match='"accent" is a colour of pages'):
        light("accent")
    assert Theme({**COLOURS, "accent": Colour("#000000", "#ffffff")}).in_films == {}
