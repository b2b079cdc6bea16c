"""Where a scene shows what an arrow points at, for every kind of film."""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
import pytest

from gen.drawing.layers import Cells, Pen, Points
from gen.errors import PageError
from gen.interactive.scene_values import SceneValues
from gen.interactive.targets import Box, Target, target_boxes
from tests.interactive.test_scene import CASES, SNAPSHOTS, Scene
from tests.support.scene_values import values_of, views_of

ALL = (0, SNAPSHOTS - 1)


def reader(scene: Scene) -> SceneValues:
    views = {} if scene.pack is None else views_of(scene.pack)
    return SceneValues(scene.content, views.__getitem__)


def boxes(
    scene: Scene, name: str, frames: tuple[int, int], axes: Mapping[str, tuple[int, ...]]
) -> list[Box]:
    return target_boxes(scene.content, reader(scene), Target(name, tuple(axes.items())), *frames)


@pytest.mark.parametrize("case", CASES)
def test_values_are_read_as_by_the_page(case: str) -> None:
    scene = Scene(case)
    values = reader(scene)
    for _, written in scene.parts():
        found = values.of(json.loads(json.dumps(written)))
        known = values_of(written, scene.content, scene.pack)
        np.testing.assert_allclose(np.broadcast_to(found, known.shape), known, atol=1e-4)


def test_a_cell_a_row_and_a_column_of_a_matrix() -> None:
    scene = Scene("weights")
    first, second = (layer for layer in scene.film.layers if isinstance(layer, Cells))
    for name, cells in (("W_in", first), ("W_out", second)):
        rows, columns = cells.centres()
        (cell,) = boxes(scene, name, ALL, {"neuron": (2,), "number": (3,)})
        assert ((cell.left + cell.right) / 2, (cell.top + cell.bottom) / 2) == pytest.approx(
            (columns[3], rows[2]), abs=1
        )
        (row,) = boxes(scene, name, ALL, {"neuron": (2,)})
        assert (row.top, row.bottom) == (cell.top, cell.bottom)
        assert row.left < columns[0] and row.right > columns[-1]
        (column,) = boxes(scene, name, ALL, {"number": (3,)})
        assert (column.left, column.right) == (cell.left, cell.right)
        assert column.top < rows[0] and column.bottom > rows[-1]
    assert boxes(scene, "", ALL, {"neuron": (2,)}) == boxes(scene, "W_in", ALL, {"neuron": (2,)})


def test_neighbours_share_a_box_and_others_have_one_each() -> None:
    scene = Scene("weights")
    together = boxes(scene, "W_in", ALL, {"neuron": (3, 2, 4)})
    (first,), (last,) = (
        boxes(scene, "W_in", ALL, {"neuron": (2,)}),
        boxes(scene, "W_in", ALL, {"neuron": (4,)}),
    )
    assert together == [first.joined(last)]
    assert len(boxes(scene, "W_in", ALL, {"neuron": (0, 2, 3, 5)})) == 3


def test_what_moves_has_the_box_in_which_it_stays() -> None:
    scene = Scene("circle")
    points = next(layer for layer in scene.film.layers if isinstance(layer, Points))
    written = next(one["points"] for one in scene.content["layers"] if one["type"] == "points")
    name, numbers = written["axes"][0]
    number = 0 if numbers is None else numbers[0]
    shown = np.asarray(points.parts()["points"].points)[:, 0] * [1, -1] + [0, scene.film.size[1]]
    found: list[Box] = []
    for first, last in (ALL, (2, 3)):
        found += boxes(scene, "", (first, last), {name: (number,)})
        low, high = shown[first : last + 1].min(axis=0), shown[first : last + 1].max(axis=0)
        assert (found[-1].left, found[-1].top) == pytest.approx(low, abs=15)
        assert (found[-1].right, found[-1].bottom) == pytest.approx(high, abs=15)
        assert found[-1].left < low[0] and found[-1].right > high[0]
    whole, part = found
    assert whole.joined(part) == whole != part


@pytest.mark.parametrize("case", ["race", "trajectories"])
def test_a_line_that_grows_has_the_place_that_it_has_reached(case: str) -> None:
    scene = Scene(case)
    layer = next(layer for layer in scene.film.layers if isinstance(layer, Pen))
    spec = scene.content["layers"][0]["points"]
    axes = {name: (numbers[0],) for name, numbers in spec["axes"][0]}
    x, y = np.asarray(layer.parts()["points"].points)[2, 0]
    (box,) = boxes(scene, "", (2, 4), axes)
    middle = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    assert middle == pytest.approx((x, scene.film.size[1] - y), abs=1)
    assert box.right - box.left == pytest.approx(8)


def test_a_group_is_named_as_beside_the_pointer() -> None:
    scene = Scene("interference-film")
    names = [one["reading"]["name"] for one in scene.content["layers"] if "reading" in one]
    first, second = (boxes(scene, name, ALL, {})[0] for name in dict.fromkeys(names[:2]))
    assert first.bottom < second.top
    (point,) = boxes(scene, names[0], ALL, {"number": (3,)})
    assert first.joined(point) == first


def test_every_entry_that_a_page_names_has_a_box_in_the_picture() -> None:
    found = 0
    for case in CASES:
        scene = Scene(case)
        width, height = scene.film.size
        for layer in scene.content["layers"]:
            shown = (layer.get(part) for part in ("values", "points"))
            spec = next((one for one in shown if isinstance(one, dict)), {})
            for axis in spec.get("axes", []):
                if axis is None or not isinstance(axis[0], str):
                    continue
                name, numbers = axis
                for box in boxes(scene, "", ALL, {name: (0 if numbers is None else numbers[0],)}):
                    found += 1
                    assert -5 <= box.left < box.right <= width + 5
                    assert -5 <= box.top < box.bottom <= height + 5
    assert found > 50


@pytest.mark.parametrize(
    ("name", "axes", "what", "hint"),
    [
        ("", {"neurn": (1,)}, 'no place "neurn 1"', 'did you mean "neuron"?'),
        ("W_on", {"neuron": (1,)}, 'no place "W_on, neuron 1"', 'did you mean "W_in"?'),
        ("", {"xyz": (1,)}, 'no place "xyz 1"', "it shows neuron, number of W_in, W_out"),
        ("", {"neuron": (999,)}, 'no place "neuron 999"', "it has neuron 0 to "),
        ("", {"neuron": (1, 999)}, 'no place "neuron 1 999"', "it has neuron 0 to "),
    ],
)
def test_a_place_that_the_figure_does_not_have_is_an_error(
    name: str, axes: dict[str, tuple[int, ...]], what: str, hint: str
) -> None:
    with pytest.raises(PageError) as raised:
        boxes(Scene("weights"), name, ALL, axes)
    assert what in raised.value.what
    assert hint in raised.value.hint
