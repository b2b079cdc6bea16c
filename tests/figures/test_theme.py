"""Colours of the theme: what is written and drawn in them can be read, in light and in dark."""

from __future__ import annotations

import re
from itertools import combinations
from typing import Literal

import numpy as np
import pytest
from jaxtyping import Float

from gen.drawing.colours import rgb
from gen.resources import templates_folder
from gen.site.pages.stylesheet import css_variables
from gen.theme import (
    COLOURS,
    DARK_NEGATIVE_STOPS,
    DARK_POSITIVE_STOPS,
    FREQUENCY_COLOURS,
    LINE_COLOURS,
    LINES,
    NEGATIVE_STOPS,
    POSITIVE_STOPS,
    TEXT_COLOURS,
)

STYLES = templates_folder() / "styles"
Mode = Literal["light", "dark"]
MODES: tuple[Mode, ...] = ("light", "dark")
GROUNDS = ("ground", "card")

BLINDNESS = {
    "none": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
"""From linear RGB to what is seen of it (Machado, Oliveira and Fernandes 2009)."""


def linear(colour: str) -> Float[np.ndarray, "3"]:
    values = np.array(rgb(colour)) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """The contrast of two colours by WCAG 2: 1 to 21."""
    light = sorted(float(np.array([0.2126, 0.7152, 0.0722]) @ linear(c)) for c in (one, other))
    return (light[1] + 0.05) / (light[0] + 0.05)


def lab(seen: Float[np.ndarray, "3"]) -> Float[np.ndarray, "3"]:
    """CIE L*a*b* of linear RGB, in which a difference of about 2 is just seen."""
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    xyz = to_xyz @ np.clip(seen, 0, 1) / np.array([0.9505, 1.0, 1.089])
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("name", TEXT_COLOURS)
def test_text_of_every_colour_has_enough_contrast(name: str, ground: str, mode: Mode) -> None:
    assert contrast(getattr(COLOURS[name], mode), getattr(COLOURS[ground], mode)) >= 4.5


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("name", LINE_COLOURS)
def test_lines_of_every_colour_have_enough_contrast(name: str, ground: str, mode: Mode) -> None:
    assert contrast(getattr(COLOURS[name], mode), getattr(COLOURS[ground], mode)) >= 3


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", FREQUENCY_COLOURS)
def test_a_number_on_the_dot_of_a_group_has_enough_contrast(name: str, mode: Mode) -> None:
    assert contrast(getattr(COLOURS["ground"], mode), getattr(COLOURS[name], mode)) >= 4.5


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("blindness", BLINDNESS)
def test_groups_can_be_told_apart_by_colour(blindness: str, mode: Mode) -> None:
    seen = [
        lab(BLINDNESS[blindness] @ linear(getattr(COLOURS[name], mode)))
        for name in FREQUENCY_COLOURS
    ]
    assert min(float(np.linalg.norm(a - b)) for a, b in combinations(seen, 2)) > 15


@pytest.mark.parametrize("blindness", BLINDNESS)
@pytest.mark.parametrize(
    ("negative", "positive", "outwards"),
    [
        pytest.param(NEGATIVE_STOPS, POSITIVE_STOPS, -1, id="light"),
        pytest.param(DARK_NEGATIVE_STOPS, DARK_POSITIVE_STOPS, 1, id="dark"),
    ],
)
def test_the_size_and_the_sign_of_a_weight_are_seen_by_everyone(
    negative: tuple[str, ...], positive: tuple[str, ...], outwards: int, blindness: str
) -> None:
    below, above = (
        np.array([lab(BLINDNESS[blindness] @ linear(stop)) for stop in stops])
        for stops in (negative, positive)
    )
    for side in (below, above):
        assert (np.diff(side[:, 0]) * outwards > 8).all()
    card = COLOURS["card"]
    assert negative[0] == positive[0] == (card.light if outwards < 0 else card.dark)
    assert (np.linalg.norm(below - above, axis=1)[1:] > 20).all()


def test_every_chart_line_has_a_text_colour_for_its_label() -> None:
    assert {line.colour for line in LINES.values()} <= set(TEXT_COLOURS)


def test_the_style_sheet_has_every_colour_in_light_and_in_dark() -> None:
    light, dark = css_variables().split("@media")
    for name, colour in COLOURS.items():
        assert f"--{name}: {colour.light};" in light
        assert f"--{name}: {colour.dark};" in dark
    for text, negative, positive in [
        (light, NEGATIVE_STOPS, POSITIVE_STOPS),
        (dark, DARK_NEGATIVE_STOPS, DARK_POSITIVE_STOPS),
    ]:
        for place in range(6):
            assert f"--negative-{place}: {negative[place]};" in text
            assert f"--positive-{place}: {positive[place]};" in text


def test_style_sheets_use_only_text_colours_for_text() -> None:
    other = {"ground", "card", "colour", "film-ink"}
    used = {
        (path.name, name)
        for path in STYLES.glob("*.css")
        for name in re.findall(r"(?<![-\w])color: var\(--([\w-]+)\)", path.read_text())
    }
    assert {(path, name) for path, name in used if name not in other} == {
        (path, name) for path, name in used if name in TEXT_COLOURS
    }
