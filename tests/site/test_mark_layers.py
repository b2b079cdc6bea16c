"""Marks of a sweep film on the page: shapes by outcome, counted in the legend, found by pointer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gen.analysis.sweep_outcomes import OUTCOMES
from gen.drawing.outcome_marks import OutcomeMarks
from gen.theme import NUMBER_SIZE
from tests.support.node import run_scripts

SCRIPTS = ["values.js", "layers.js", "layer-marks.js"]

# A context that writes down what is drawn, with the middle and the size of each shape.
RUN = """({ layer, values, light, pointer }) => {
  globalThis.Path2D = class { constructor(path) { this.path = path; } };
  const arrays = [{ shape: [values[0].length] }];
  const scene = { arrays, array: (_, frame) => Float32Array.from(values[frame]) };
  const painter = grokreel.layers.create(layer, { scene, pack: null, words: {} });
  const palette = Object.assign((name) => name, { font: (style, size) => `${style} ${size}` });
  let now = { a: 2, d: 2, e: 10, f: 20 };
  const shapes = [], texts = [];
  const context = {
    globalAlpha: 1,
    getTransform: () => now,
    setTransform(a, b, c, d, e, f) {
      now = typeof a === "object" ? a : { a, d, e, f };
    },
    drawn(kind, colour, path) {
      const { a, e, f } = now;
      shapes.push({ kind, colour, path: path.path, size: a, x: e, y: f, alpha: this.globalAlpha });
    },
    fill(path) { this.drawn("fill", this.fillStyle, path); },
    stroke(path) { this.drawn(`stroke ${this.lineWidth}`, this.strokeStyle, path); },
    fillText(text, x, y) { texts.push([text, x, y, this.font, now.a]); },
  };
  const frames = values.map((_, frame) => {
    shapes.length = texts.length = 0;
    painter.paint(context, frame, palette, light);
    return { shapes: [...shapes], texts: [...texts], transform: now };
  });
  return { frames, found: pointer.map(([x, y, frame]) => painter.find(x, y, frame)) };
}"""

PLACES = np.array([[20.0, 30.0], [40.0, 30.0], [60.0, 30.0]])
FRAMES = np.array([[3, 3, 5], [0, 3, 1]])


def painted(light: Any = None, pointer: list[list[int]] | None = None) -> Any:
    marks = OutcomeMarks(
        FRAMES,
        PLACES,
        cells=["H = 1"],
        seeds=[4, 5, 6],
        size=12.0,
        legend=(100.0, 50.0),
        scale=1,
    )
    parts = marks.parts()
    # The page reads them with a small error.
    values = (FRAMES + 0.2).tolist()
    parts["values"] = {"array": 0, "ops": [], "axes": [["model", None]]}
    argument = {"layer": parts, "values": values, "light": light, "pointer": pointer or []}
    return run_scripts(SCRIPTS, RUN, argument)


def test_each_model_has_the_shapes_of_its_outcome_at_its_place() -> None:
    frames = painted()["frames"]
    for frame, outcomes in zip(frames, FRAMES, strict=True):
        for place, outcome in zip(PLACES, outcomes, strict=True):
            x, y = 2 * place[0] + 10, 2 * place[1] + 20
            here = [one for one in frame["shapes"] if (one["x"], one["y"]) == (x, y)]
            assert here and all(one["size"] == 12 and one["alpha"] == 1 for one in here)
            assert here[0]["colour"] == OUTCOMES[outcome]
        assert frame["transform"] == {"a": 2, "d": 2, "e": 10, "f": 20}


def test_shapes_are_closed_paths_of_radius_1_that_differ() -> None:
    legend = [one for one in painted()["frames"][0]["shapes"] if one["x"] == 2 * 100 + 10]
    assert {one["size"] for one in legend} == {18}
    kinds = {one["colour"]: one["kind"] for one in legend}
    assert kinds["groks"] == kinds["together"] == "fill" and kinds["ink"] == "stroke 0.12"
    assert kinds["memorises"] == "stroke 0.26" and kinds["never"] == "stroke 0.32"
    paths = [one["path"] for one in legend]
    assert len(set(paths)) == len(paths) and all(path.startswith("M") for path in paths)


def test_the_legend_counts_the_models_of_each_outcome() -> None:
    counts = [[text[0] for text in frame["texts"]] for frame in painted()["frames"]]
    # groks, together, memorises, never, untrained: nothing failed.
    assert counts == [["0", "0", "0", "2", "1"], ["1", "1", "0", "1", "0"]]
    (_, x, y, font, scale), *_ = painted()["frames"][0]["texts"]
    assert (x, font, scale) == (118, f"Semibold {NUMBER_SIZE}", 2)
    assert y == pytest.approx(50 + 0.35 * NUMBER_SIZE)


def test_the_light_on_a_model_dims_the_others() -> None:
    shapes = painted({"axis": "model", "index": 1})["frames"][0]["shapes"]
    shown = {one["x"]: one["alpha"] for one in shapes if one["y"] == 80}
    assert shown[90] == 1 and shown[50] < 0.5 and shown[130] < 0.5


def test_a_mark_near_the_pointer_is_found_with_its_outcome() -> None:
    found = painted(pointer=[[21, 31, 0], [48, 30, 1], [58, 30, 1], [30, 60, 0]])["found"]
    assert [one and (one["places"], one["name"], one["axes"], one["outcome"]) for one in found] == [
        ([0], "H = 1", [["seed", 4]], "never"),
        ([1], "H = 1", [["seed", 5]], "never"),
        ([2], "H = 1", [["seed", 6]], "together"),
        None,
    ]
    assert found[0]["place"] == {"x": 14, "y": 24, "width": 12, "height": 12}
