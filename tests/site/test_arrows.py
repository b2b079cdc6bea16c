"""Arrows of moments: what is written behind `at`, and what stands on the page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gen.errors import ConfigError
from gen.i18n import Words
from gen.interactive.quantise import packed, packed_floats, quantise_to
from gen.interactive.scene import scene_json, scene_script
from gen.interactive.targets import Box
from gen.site.pages.arrows import Picture, place_arrow
from gen.site.pages.figures import PlacedFilm
from gen.site.pages.render import render_pages
from tests.support.small_pages import FACTS, FRONT, TEMPLATES, Outline, chart, film, site

WIDTH, HEIGHT = 400, 200
CELLS = {
    "type": "cells",
    "values": {"array": 0, "ops": [], "axes": [["neuron", None], ["input", None]]},
    "left": 100,
    "top": 80,
    "cell": 10,
    "gap": 0,
}
"""Two rows and four columns."""


def picture() -> Picture:

    array = quantise_to(np.zeros((1, 2, 4)), 0.1)
    described = {
        "shape": [1, 2, 4],
        "bits": array.bits,
        "scales": packed_floats(array.scales),
        "offsets": packed_floats(array.offsets),
    }
    content: dict[str, Any] = {
        "width": WIDTH,
        "height": HEIGHT,
        "steps": [0, 1000, 30_000],
        "layers": [CELLS],
        "arrays": [described],
        "data": packed([array]),
    }
    script = scene_script("weights.scene", scene_json(content))
    return Picture(lambda: script, None)


def shown(moment: str, figure: PlacedFilm | None = None, name: str = "weights") -> Outline:
    placed = figure or replace(film(), picture=picture())
    sources = {"index": f"{FRONT}::: figure {name}\n::: moment {moment}\nHere.\n:::\n:::\n"}
    facts = {**FACTS, "parity": {**FACTS["parity"], "rows": [0, 1], "none": None, "k": 2}}
    figures = {"weights": placed, "accuracy": chart()}
    pages = render_pages(site("index"), "en", sources, figures, facts, Words("en"), TEMPLATES)
    return Outline.of(pages["index.html"])


def rectangles(page: Outline) -> list[tuple[str | None, ...]]:
    names = ("x", "y", "width", "height")
    return [tuple(one[name] for name in names) for one in page.every("rect")]


def test_an_arrow_stands_on_the_page_in_percent_of_the_picture() -> None:
    page = shown("300 2000 at neuron 1, input 2")
    assert rectangles(page) == [("30%", "45%", "2.5%", "5%")]
    arrows = next(one for one in page.every("svg") if one.get("class") == "arrows")
    assert (arrows["aria-hidden"], arrows["width"]) == ("true", str(WIDTH))
    inner = [one for one in page.every("svg") if one.get("x")]
    assert [(one["x"], one["y"]) for one in inner] == [("32.5%", "47.5%")]
    (moment,) = [one for one in page.every("div") if one.get("class") == "moment"]
    assert (moment["data-from"], moment["data-to"]) == ("300", "2000")


def test_a_moment_without_a_place_has_no_arrow() -> None:
    assert not [one for one in shown("300").every("svg") if one.get("class") == "arrows"]


def test_numbers_of_a_place_may_be_facts_also_lists() -> None:
    assert rectangles(shown("300 at input {{parity.k}}")) == [("30%", "40%", "2.5%", "10%")]
    whole = [("30%", "40%", "2.5%", "10%")]
    assert rectangles(shown("memorised_at at neuron {{parity.rows}}, input 2")) == whole
    apart = rectangles(shown("300 at neuron 0, input 0 {{parity.k}}"))
    assert [one[0] for one in apart] == ["25%", "30%"]


@pytest.mark.parametrize(
    ("moment", "message"),
    [
        ("300 at", "cannot be read"),
        ("300 at neuron 1, neuron 2", "has neuron twice"),
        ("300 at neuron 1,", "does not name a place"),
        ("300 at left, right", "does not name a place"),
        ("300 at neuron 2", "no place.*it has neuron 0 to 1"),
        ("300 at nuron 1", 'no place.*did you mean "neuron"'),
        ("300 at neuron {{parity.nothing}}", "nothing"),
        ("300 at neuron {{parity.none}}", r"no value in this build.*::: if parity\.none"),
        ("300 at neuron {{parity.final_test_loss}}", "no number of a place"),
        ("300 at neuron {{parity.rule}}", "no number of a place"),
    ],
)
def test_a_place_that_is_wrong_is_an_error_with_its_line(moment: str, message: str) -> None:
    with pytest.raises(ConfigError, match=rf"index\.md.*{message}"):
        shown(moment)


def test_a_film_whose_picture_is_not_made_yet_has_its_sentence_and_no_arrow() -> None:
    page = shown("300 at neuron 1", film())
    assert not rectangles(page)
    assert "Here." in page.text


def test_a_chart_has_no_places() -> None:
    with pytest.raises(ConfigError, match="accuracy is no film of a training"):
        shown("300 at neuron 1", name="accuracy")


@given(st.data())
def test_an_arrow_touches_its_box_where_there_is_the_most_room_or_enough(data: Any) -> None:
    left, right = sorted(data.draw(st.lists(st.floats(0, WIDTH), min_size=2, max_size=2)))
    top, bottom = sorted(data.draw(st.lists(st.floats(0, HEIGHT), min_size=2, max_size=2)))
    arrow = place_arrow(Box(left, top, right, bottom), WIDTH, HEIGHT)
    x, y = (float(arrow[name].removesuffix("%")) for name in ("x", "y"))
    x, y = x * WIDTH / 100, y * HEIGHT / 100
    rooms = {0: top, 90: WIDTH - right, 180: HEIGHT - bottom, 270: left}
    edges = {0: (None, top), 90: (right, None), 180: (None, bottom), 270: (left, None)}
    edge_x, edge_y = edges[arrow["turn"]]
    assert x == pytest.approx((left + right) / 2 if edge_x is None else edge_x, abs=0.01)
    assert y == pytest.approx((top + bottom) / 2 if edge_y is None else edge_y, abs=0.01)
    assert rooms[arrow["turn"]] >= min(64, max(rooms.values()))
