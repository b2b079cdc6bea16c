"""Mathematics of reading values off live figures, run by node."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from gen.drawing.canvas import Canvas
from gen.drawing.colours import Diverging
from gen.drawing.scale_ends import Coloured, colour_scale
from gen.i18n import Words
from gen.site.pages.timeline import readout_words
from tests.support.node import run_scripts

SCRIPTS = [
    *("packs.js", "values.js", "layers.js", "layer-cells.js", "layer-lines.js"),
    *("layer-points.js", "layer-pen.js", "entries.js", "linking.js"),
]
READOUT = [*SCRIPTS, "readout.js"]
# A page's address, and a document that hears keys.
WITH_ADDRESS = "globalThis.location = { search: given.search, href: 'file:///page.html' };"


def digits(value: float, unit: float, language: str = "en") -> str:
    function = "([value, unit]) => grokreel.readout.digitsOf(value, unit)"
    return run_scripts(READOUT, function, [value, unit], Words(language))


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    [
        (-0.4331, 0.0393, "−0.43"),
        (0.0, 0.0393, "0.00"),
        (0.004, 0.0393, "0.00"),
        (12.34, 0.2, "12.3"),
        (-0.7, 3.0, "−1"),
        (12345.0, 20.0, "12,350"),
        (0.00001234, 0.0000004, "1.2 × 10⁻⁵"),
    ],
)
def test_a_value_has_the_digits_of_its_unit(value: float, unit: float, written: str) -> None:
    assert digits(value, unit).replace("\u00a0", " ") == written


@settings(max_examples=8)
@given(
    some.lists(
        some.tuples(some.integers(-127, 127), some.floats(0.002, 0.9)), min_size=20, max_size=20
    )
)
def test_rounding_is_off_by_half_a_unit_at_most(pairs: list[tuple[int, float]]) -> None:
    function = "(all) => all.map(([n, unit]) => grokreel.readout.digitsOf(n * unit, unit))"
    for (number, unit), text in zip(pairs, run_scripts(READOUT, function, pairs), strict=True):
        assert abs(float(text.replace("−", "-")) - number * unit) <= unit / 2 + 1e-9


def text_of(language: str, **entry: Any) -> str:
    words = json.loads(readout_words(Words(language)))
    whole = {"name": "W_in", "axes": [], "wave": None, "value": 0.5, "unit": 0.04, **entry}
    function = "({ words, entry }) => grokreel.readout.textOf(words, entry)"
    return run_scripts(READOUT, function, {"words": words, "entry": whole}, Words(language))


def test_an_entry_is_named_in_the_language_of_the_page() -> None:
    axes = [["neuron", 5], ["number", 12]]
    assert text_of("en", axes=axes, value=-0.43) == "W_in · neuron 5 · number 12: −0.43"
    assert text_of("zh", axes=axes, value=-0.43) == "W_in · 神经元 5 · 数字 12：−0.43"
    waves = [["neuron", 5], ["frequency", 3]]
    assert text_of("en", axes=waves, wave="sine") == "W_in · neuron 5 · frequency 3 · sine: 0.50"
    assert text_of("en", axes=waves, value=[1, -0.25]).endswith("frequency 3: (1.00, −0.25)")
    assert text_of("en", axes=[["flavour", 2]]) == "W_in · flavour 2: 0.50"
    assert text_of("en", name=None) == "0.50"


def test_a_mark_is_read_in_words() -> None:
    mark = {"name": "H = 5", "axes": [["seed", 3]], "outcome": "groks", "value": None}
    assert text_of("en", **mark) == "H = 5 · seed 3: groks"
    assert text_of("zh", **mark) == "H = 5 · 种子 3：顿悟"


DATA_OPS = "(ops) => grokreel.entries.dataOps(ops)"


@pytest.mark.parametrize(
    ("ops", "data"),
    [
        ([["pick", 1, 3], ["clip", -5, 5], ["affine", 6, 60], ["against", [0, 1, 2]]], 1),
        ([["take", 0, [2, 0]], ["affine", [2, 2], [9, 9]], ["reshape", [1, 2, 2]]], [0, 2]),
        ([["affine", 2, 0], ["fourier", 5, [1]], ["hypot"], ["base", 0], ["affine", 3, 9]], 3),
        ([["reshape", [6]], ["affine", 3, 9], ["frames", [0, 1]], ["take", 0, [4]]], [0, 3]),
    ],
)
def test_data_are_what_is_not_placed_in_the_drawing(ops: list[Any], data: int | list[int]) -> None:
    kept = ops[:data] if isinstance(data, int) else [ops[place] for place in data]
    assert run_scripts(SCRIPTS, DATA_OPS, ops) == kept


def test_points_that_are_arranged_anew_are_still_one_value_each() -> None:
    ops = [["pick", 1, 3], ["against", [0, 1, 2]], ["reshape", [1, 3, 2]]]
    assert run_scripts(SCRIPTS, DATA_OPS, ops) == [["pick", 1, 3], ["reshape", [1, 3]]]
    assert run_scripts(SCRIPTS, DATA_OPS, [["base", 0], ["transpose", [1, 0]]]) is None


ENTRIES = """({ layers }) => {
  const view = { rows: 3, columns: 4, scales: [0.5, 0.25] };
  const matrix = (_, frame) => Float32Array.from({ length: 12 }, (_, i) => (frame + 1) * i);
  const pack = { view: () => view, matrix };
  const scene = { steps: [0, 1], arrays: [] };
  const painters = layers.map((layer) => grokreel.layers.create(layer, { scene, pack }));
  const all = painters.map((painter) => grokreel.entries.entriesOf(painter, scene, pack));
  const kept = grokreel.entries.withoutDoubles(all.filter(Boolean));
  return kept.map((entries) => ({
    type: entries.layer.type, shape: entries.shape,
    last: entries.at(entries.placesOf(entries.count - 1), 1),
  }));
}"""

ROWS = {"view": "W", "frames": None, "ops": [["take", 0, [2, 0]]]}
NEURONS = ["neuron", [2, 0]]


def test_entries_have_value_unit_and_place_in_every_kind_of_layer() -> None:
    cells = {
        "type": "cells",
        "left": 10,
        "top": 20,
        "cell": 8,
        "gap": 1,
        "limit": 4,
        "levels": 3,
        "values": {**ROWS, "axes": [NEURONS, ["number", None]]},
    }
    placed = [*ROWS["ops"], ["affine", 2, 100], ["against", [0, 10, 20, 30]]]
    lines = {
        "type": "lines",
        "colours": ["ink"],
        "width": 1,
        "closed": False,
        "points": {**ROWS, "ops": placed, "axes": [["neuron", [5, 6]], ["number", None], None]},
    }
    first = {"axes": [["neuron", 0], ["number", 3]], "wave": None, "name": "W", "value": 6}
    box = {"x": 35, "y": 29, "width": 7, "height": 7}
    found = run_scripts(SCRIPTS, ENTRIES, {"layers": [cells, lines]})
    assert found[0] == {
        "type": "cells",
        "shape": [2, 4],
        "last": {**first, "unit": 0.25, "place": box},
    }
    assert found[1]["last"]["value"] == 6
    assert found[1]["last"]["place"] == {"x": 26, "y": 108, "width": 8, "height": 8}
    assert found[1]["last"]["axes"] == [["neuron", 6], ["number", 3]]


def test_a_line_through_points_is_not_read_twice() -> None:
    pair = [["take", 1, [0, 1]], ["affine", [2, 2], [9, 9]]]
    points = {
        "type": "points",
        "colours": ["ink"],
        "radius": 3,
        "rim": 0,
        "marker": None,
        "points": {"view": "W", "frames": None, "ops": pair, "axes": [["neuron", None], None]},
    }
    line = {
        "type": "lines",
        "colours": ["ink"],
        "width": 1,
        "closed": True,
        "points": {
            "view": "W",
            "frames": None,
            "ops": [*pair, ["reshape", [1, 3, 2]]],
            "axes": [None, ["neuron", None], None],
        },
    }
    found = run_scripts(SCRIPTS, ENTRIES, {"layers": [line, points]})
    assert [one["type"] for one in found] == ["points"]
    assert found[0]["last"]["value"] == [16, 18]


READ = """(layer) => {
  const data = [[1, -2, 3], [10, -20, 30]], scales = [0.1, 1];
  const places = [[5, 6, 15, 16, 25, 26], [7, 8, 17, 18, 27, 28]];
  const arrays = [{ shape: [3, 2], scales }, { shape: [3], scales }];
  const array = (one, frame) => Float32Array.from((one ? data : places)[frame]);
  const scene = { steps: [0, 1], arrays, array };
  const painter = grokreel.layers.create(layer, { scene, pack: null });
  const entries = grokreel.entries.entriesOf(painter, scene, null);
  return entries && entries.at([painter.find(17, 18, 1).places[0]], 1);
}"""


def test_dots_that_are_no_view_are_read_by_the_values_beside_them() -> None:
    number = ["number", None]
    dots = {
        "type": "points",
        "colours": ["ink"],
        "radius": 3,
        "rim": 0,
        "marker": None,
        "points": {"array": 0, "ops": [], "axes": [number, None]},
    }
    assert run_scripts(SCRIPTS, READ, dots) is None
    reading = {"name": "k = 5", "values": {"array": 1, "ops": [], "axes": [number]}}
    found = run_scripts(SCRIPTS, READ, {**dots, "reading": reading})
    assert found == {
        "axes": [["number", 1]],
        "wave": None,
        "name": "k = 5",
        "value": -20,
        "unit": 1,
        "place": {"x": 14, "y": 15, "width": 6, "height": 6},
    }


CROSSED = """({ light }) => {
  const view = { rows: 2, columns: 2, scales: [0.5, 0.25, 0.25] };
  const matrix = (_, frame) => Float32Array.from([1, 2, 3, 4], (one) => one * (frame + 1));
  const pack = { view: () => view, matrix };
  const scene = { steps: [0, 1, 2], arrays: [] };
  const axes = [[["neuron", [1, 1, 0]], ["input", [0, 1, 1]]], null];
  const placed = [["affine", 10, 0], ["frames", [0, 50, 100]]];
  const ops = [["reshape", [4]], ...placed, ["take", 0, [0, 1, 3]]];
  const layer = { type: "pen", colours: ["ink"], width: 1,
    points: { view: "W_in", frames: null, ops, axes } };
  const painter = grokreel.layers.create(layer, { scene, pack });
  const entries = grokreel.entries.entriesOf(painter, scene, pack);
  const read = (x, y, frame) => {
    const found = painter.find(x, y, frame);
    if (!found) return null;
    const { axes, name, value } = entries.at(found.places, found.frame);
    return { frame: found.frame, axes, name, value, light: grokreel.linking.lightOf(axes) };
  };
  const { reader } = painter;
  const lit = [0, 1, 2].filter((line) => reader.indexAt(0, line, light.axis) === light.index);
  return { read: [read(52, 78, 2), read(98, 61, 2), read(98, 61, 1), read(1, 19, 0)], lit,
    axis: grokreel.layers.litAxis(reader, light), none: reader.axisOf("number") };
}"""


def test_a_line_that_grows_is_read_as_its_weight_at_a_past_step() -> None:
    found = run_scripts(SCRIPTS, CROSSED, {"light": {"axis": "input", "index": 1}})
    past, now, late, first = found["read"]
    assert past == {
        "frame": 1,
        "axes": [["neuron", 0], ["input", 1]],
        "name": "W_in",
        "value": 8,
        "light": {"axis": "neuron", "index": 0},
    }
    assert (now["frame"], now["value"], now["axes"]) == (2, 6, [["neuron", 1], ["input", 1]])
    assert late is None
    assert (first["frame"], first["value"]) == (0, 2)
    assert (found["lit"], found["axis"], found["none"]) == ([1, 2], 0, -1)


ENDS = """({ layer, values }) => {
  const scene = { steps: [0, 1, 2], arrays: [{ shape: [2] }],
    array: (_, frame) => Float32Array.from(values[frame]) };
  const painter = grokreel.layers.create(layer, { scene, pack: null, words: {} });
  const palette = Object.assign((name) => name, { font: (style, size) => `${style} ${size}` });
  return values.map((_, frame) => {
    const drawn = [];
    painter.paint({ fillText: (...one) => drawn.push(one) }, frame, palette);
    return drawn;
  });
}"""


def test_the_ends_of_a_colour_bar_say_that_values_of_this_step_lie_beyond() -> None:
    figure = Canvas(672, 672, 1), [Coloured(np.zeros((3, 1, 2)), Diverging(1500.0))]
    parts = colour_scale(*figure, left=10, top=20, width=96, height=8).parts()
    parts["matrices"] = [{"array": 0, "ops": [], "axes": [None]}]
    values = [[1500, -1500], [1600, 0], [-9000, 3000]]
    scripts = ["values.js", "layers.js", "layer-texts.js"]
    found = run_scripts(scripts, ENDS, {"layer": parts, "values": values})
    low, high = ["−1,500", "≤\u202f−1,500"], ["1,500", "≥\u202f1,500"]
    assert [[text for text, *_ in frame] for frame in found] == [
        [low[0], high[0]],
        [low[0], high[1]],
        [low[1], high[1]],
    ]
    assert [x for _, x, *_ in found[0]] == [10, 106]


MOVED = "({ shapes, at, ways }) => ways.map((way) => grokreel.entries.moved(shapes, at, ...way))"


def test_arrows_lead_through_all_layers_and_not_beyond() -> None:
    shapes = [[2, 4], [3], [1, 2]]

    def leads(layer: int, places: list[int], *way: int) -> list[Any]:
        argument = {"shapes": shapes, "at": {"layer": layer, "places": places}, "ways": [way]}
        (there,) = run_scripts(SCRIPTS, MOVED, argument)
        return [there["layer"], there["places"]]

    assert leads(0, [0, 3], 1, 0) == [0, [0, 3]]
    assert leads(0, [0, 3], 0, 1) == [0, [1, 3]]
    assert leads(0, [1, 3], 0, 1) == [1, [2]]
    assert leads(1, [2], 0, 1) == [2, [0, 1]]
    assert leads(2, [0, 1], 0, 1) == [2, [0, 1]]
    assert leads(1, [1], 0, -1) == [0, [1, 1]]
    assert leads(0, [0, 1], 0, -1) == [0, [0, 1]]


BESIDES = "([place, box, width]) => grokreel.readout.besides(place, box, width, 8)"


@settings(max_examples=10)
@given(x=some.integers(0, 290), y=some.integers(0, 300), width=some.integers(20, 300))
def test_a_box_is_inside_the_width_and_does_not_cover_its_entry(x: int, y: int, width: int) -> None:
    place = {"x": x, "y": y, "width": 8, "height": 8}
    spot = run_scripts(READOUT, BESIDES, [place, {"width": width, "height": 20}, 300])
    assert 0 <= spot["left"] <= 300 - width
    assert spot["top"] >= 0
    assert spot["top"] + 20 <= y or spot["top"] >= y + 8


LINK = (
    """(given) => {
  const kept = {};
  """
    + WITH_ADDRESS
    + """
  const { Link, lightOf } = grokreel.linking;
  const link = new Link((axis) => `${axis}-sum`);
  const before = link.pin;
  const view = (columns) => ({ axes: ["number", "neuron"], rows: 9, columns });
  const pack = (neurons) => ({ views: new Map([["W", view(neurons)]]) });
  link.settle(pack(6));
  const large = link.pin;
  link.show({ axis: "number", index: 3 });
  const preview = link.light;
  link.show(null);
  const restored = link.light;
  link.settle(pack(5));
  return { before, large, preview, restored, small: link.pin,
    light: lightOf([["number", 2], ["neuron", 4]]), none: lightOf([["frequency", 2]]) };
}"""
)


def test_a_pin_comes_from_the_address_and_stays_while_its_index_exists() -> None:
    pin = {"axis": "neuron", "index": 5}
    found = run_scripts(SCRIPTS, LINK, {"search": "?step=3&neuron-sum=5"})
    assert found["before"] == found["large"] == found["restored"] == pin
    assert found["preview"] == {"axis": "number", "index": 3}
    assert found["small"] is None
    assert found["light"] == {"axis": "neuron", "index": 4}
    assert found["none"] is None


@pytest.mark.parametrize("search", ["", "?neuron=5", "?neuron-sum=-1", "?neuron-sum=x"])
def test_an_address_without_a_pin_of_the_model_pins_nothing(search: str) -> None:
    assert run_scripts(SCRIPTS, LINK, {"search": search})["before"] is None
