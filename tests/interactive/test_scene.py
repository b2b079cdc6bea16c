"""Scenes: every figure that is a film can be painted from data that say what it showed."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest

from gen.drawing.canvas import Canvas
from gen.drawing.film import Film
from gen.drawing.film_frame import film_frame
from gen.drawing.layers import Layer
from gen.drawing.marks import RunsMark, TextMark
from gen.drawing.parts import Numbers, Places
from gen.drawing.surface import Surface
from gen.experiments.runs import Run
from gen.figures.figure import FilmFigure, figure_kinds
from gen.figures.model_figure import RunFigure
from gen.i18n import Words
from gen.interactive.background import background_svg
from gen.interactive.pack import pack_of, pack_script
from gen.interactive.scene import scene_of, scene_script, views_in_scene
from gen.site.orders import Drawn, published_paths, save
from gen.site.scenes import PACK, SCENE, PackOrder, SceneOrder
from gen.store.store import Store
from tests.support.any_runs import any_run, attention_run
from tests.support.article import article_config
from tests.support.line_runs import circle_run, parity_run, waves_run
from tests.support.scene_values import Content, read_script, values_of
from tests.support.sweep_runs import sweep_run

SITE = Path(__file__).parents[2] / "site"
SNAPSHOTS = 5
MEANT = {"W_in": ("number", "neuron"), "W_out": ("neuron", "number")}
WAVES = replace(waves_run(snapshots=SNAPSHOTS), axes=MEANT)
CIRCLE = circle_run(snapshots=SNAPSHOTS)
ANY = any_run({"W": (9, 8), "U": (4, 9)}, {"W": ("input", "neuron")}, snapshots=SNAPSHOTS)

CASES: dict[str, tuple[dict[str, Any], Any]] = {
    "attention": ({"view": "attention"}, attention_run(SNAPSHOTS)),
    "circle": ({}, CIRCLE),
    "construction": ({}, None),
    "dft": ({}, WAVES),
    "embedding-plane": ({"view": "W"}, ANY),
    "histogram": ({}, ANY),
    "interference-film": ({}, WAVES),
    "layers": ({"sort": "size", "sort_columns": "pattern", "rows": {"W": "1:9:2"}}, ANY),
    "neuron": ({}, WAVES),
    "race": ({}, WAVES),
    "stars": ({}, WAVES),
    "sweep-film": ({}, None),
    "trajectories": ({}, parity_run(snapshots=SNAPSHOTS)),
    "waves": ({}, WAVES),
    "weights": ({}, WAVES),
    "dft, one view": ({"view": "W_out"}, WAVES),
    "neuron, one view": ({"view": "W_out"}, WAVES),
    "waves, one view": ({"view": "W_out"}, WAVES),
}
"""Settings of a figure of every kind, which is before the comma, and what it shows."""

LINKED = {"dft", "layers", "neuron", "race", "stars", "waves", "weights"}
"""Kinds whose values follow from the views of a run."""


def film_of(case: str) -> Film:
    settings, subject = CASES[case]
    kind = case.partition(",")[0]
    if kind == "sweep-film":
        sweep = article_config().sweeps["parity-sweep"]
        settings, subject = {"sweep": sweep.name}, sweep_run(sweep)
    elif subject is not None:
        settings = {"model": "m", **settings}
    return figure_kinds()[kind](**settings).film(subject, 1)


class Scene:
    """A film, the content of its scene, and the pack of its run."""

    def __init__(self, case: str) -> None:
        self.film = film_of(case)
        subject = CASES[case][1]
        made = scene_of(self.film, "one", "m.run-0", range(len(self.film.steps)))
        assert made is not None
        registry, name, self.content = read_script(scene_script("one", made))
        assert (registry, name) == ("scenes", "one")
        self.pack: Content | None = None
        if isinstance(subject, Run):
            _, _, self.pack = read_script(pack_script("m.run-0", pack_of(subject)))

    def parts(self) -> Iterator[tuple[Places | Numbers, Content]]:
        """Yield what each layer shows, and how it is written."""
        layers = [layer.parts() for layer in self.film.layers]
        # What is painted onto the background of a film is below all other layers.
        layers.sort(key=lambda parts: not (parts or {}).get("permanent", False))
        for shown, written in zip(layers, self.content["layers"], strict=True):
            assert shown is not None and shown.keys() == written.keys()
            yield from shown_and_written(shown, written)


def test_the_script_of_a_scene_holds_its_content_packed_and_is_the_same_every_time() -> None:
    content = json.dumps({"background": "<svg>é</svg>" * 50, "steps": [*range(200)]})
    script = scene_script("one", content)
    assert script == scene_script("one", content)
    assert read_script(script) == ("scenes", "one", json.loads(content))
    assert len(script) < len(content) / 1.5


def shown_and_written(shown: Any, written: Any) -> Iterator[tuple[Places | Numbers, Content]]:
    """Yield the places and numbers within a part of a layer, and how they are written."""
    if isinstance(shown, Places | Numbers):
        yield shown, written
    elif isinstance(shown, dict) or (isinstance(shown, list) and shown):
        assert len(shown) == len(written)
        for key in shown if isinstance(shown, dict) else range(len(shown)):
            yield from shown_and_written(shown[key], written[key])
    else:
        assert json.loads(json.dumps(shown)) == written


def meanings(written: Content) -> list[list[tuple[str, list[int] | None]]]:
    """Return what each axis of written values is for."""
    return [
        [] if axis is None else axis if isinstance(axis[0], list) else [axis]
        for axis in written["axes"]
    ]


@pytest.fixture(scope="module", params=CASES)
def scene(request: pytest.FixtureRequest) -> Scene:
    return Scene(request.param)


def test_every_kind_of_film_is_tested() -> None:
    assert {case.partition(",")[0] for case in CASES} == {
        kind for kind, figure in figure_kinds().items() if issubclass(figure, FilmFigure)
    }


def test_the_page_computes_what_the_film_shows(scene: Scene) -> None:
    film, content = scene.film, scene.content
    assert [content["width"], content["height"]] == list(film.size)
    assert content["steps"] == film.steps.tolist() and content["pace"] == film.pacing.fps
    for part, written in scene.parts():
        found = values_of(written, content, scene.pack)
        values = part.points if isinstance(part, Places) else part.values
        known = np.asarray(values, dtype=np.float64)
        if isinstance(part, Places):
            tolerance, height = 1.0, film.size[1]
            if part.unit == "device":
                known = known * [1, -1] + [0, height]
            elif part.unit == "y":
                known = height - known
        else:
            tolerance = np.abs(known).max() / 100
            tolerance += part.tolerance if np.isfinite(part.tolerance) else 0
        known = np.broadcast_to(known, found.shape)
        np.testing.assert_allclose(found, known, rtol=0, atol=tolerance)
        assert len(written["axes"]) == found.ndim - 1
        for axis, length in zip(meanings(written), found.shape[1:], strict=True):
            assert all(numbers is None or len(numbers) == length for _, numbers in axis)


def test_arrays_of_a_scene_are_all_used(scene: Scene) -> None:
    used = {written["array"] for _, written in scene.parts() if "array" in written}
    assert used == set(range(len(scene.content["arrays"])))
    views = [written["view"] for _, written in scene.parts() if "view" in written]
    assert scene.content["pack"] == ("m.run-0" if views else None)


def test_the_background_is_svg_with_the_texts_of_the_canvas(scene: Scene) -> None:
    root = ET.fromstring(scene.content["background"])
    width, height = scene.film.size
    assert root.attrib["viewBox"] == f"0 0 {width} {height}"
    assert root.attrib["aria-hidden"] == "true" and root.attrib["focusable"] == "false"
    texts = [
        mark.text if isinstance(mark, TextMark) else "".join(run.text for run in mark.runs)
        for mark in scene.film.marks
        if isinstance(mark, TextMark | RunsMark)
    ]
    found = Counter("".join(one.itertext()) for one in root.iter("text"))
    assert found == Counter(texts)
    assert "style" not in {name for one in root.iter() for name in one.attrib}
    ids = {one.attrib["id"] for one in root.iter() if "id" in one.attrib}
    assert set(re.findall(r"url\(#([^)]+)\)", scene.content["background"])) == ids


@pytest.mark.parametrize("kind", ["waves", "layers", "sweep-film"])
def test_a_scene_is_the_same_at_every_build(kind: str) -> None:
    first, second = (scene_of(film_of(kind), kind, "p", range(SNAPSHOTS)) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("kind", sorted(LINKED))
def test_values_of_a_view_are_not_sent_again(kind: str) -> None:
    parts = list(Scene(kind).parts())
    views = [written for _, written in parts if "view" in written]
    assert views and all(isinstance(part, Numbers | Places) for part, _ in parts)
    meant = {name for written in views for axis in meanings(written) for name, _ in axis}
    assert meant & {"neuron", "number", "frequency"}


@pytest.mark.parametrize("kind", sorted(LINKED))
def test_the_views_that_a_scene_reads_are_known_from_its_script(kind: str) -> None:
    content = scene_of(film_of(kind), kind, "p", range(SNAPSHOTS))
    assert content is not None
    read = {written["view"] for _, written in Scene(kind).parts() if "view" in written}
    assert views_in_scene(scene_script(kind, content)) == read


def test_layers_that_are_projected_travel_as_numbers() -> None:
    figure = figure_kinds()["layers"](model="m", project=2, sort="size")
    content = scene_of(figure.film(ANY, 1), "one", "p", range(SNAPSHOTS))
    assert content is not None and json.loads(content)["pack"] is None


def test_frames_of_a_thinned_film_name_their_snapshots_in_the_pack() -> None:
    figure = figure_kinds()["weights"](model="m").showing([0, 2, 4])
    content = json.loads(scene_of(figure.film(WAVES, 1), "one", "p", [0, 1, 2, 4]) or "")
    (frames,) = {
        json.dumps(one["values"]["frames"]) for one in content["layers"] if "values" in one
    }
    assert json.loads(frames) == [0, 2, 3]


def test_an_array_that_does_not_change_is_sent_once() -> None:
    content = Scene("construction").content
    bars = [layer for layer in content["layers"] if layer["type"] == "bars"]
    lengths = {
        key: {content["arrays"][layer[key]["array"]]["shape"][0] for layer in bars}
        for key in ("bases", "ends")
    }
    assert lengths == {"bases": {1}, "ends": {len(content["steps"])}}


def test_a_scene_is_made_of_a_film_of_scale_1() -> None:
    film = figure_kinds()["weights"](model="m").film(WAVES, 2)
    with pytest.raises(ValueError, match="scale 1, not 2"):
        scene_of(film, "one", "p", range(SNAPSHOTS))


class Blink(Layer):
    """A square, of which nobody told the page."""

    def paint(self, surface: Surface, frame: int) -> None:
        surface.packed[:8, :8] = 0


class Blinking(RunFigure, FilmFigure):
    """A film with a layer of its own."""

    kind: Literal["blinking"] = "blinking"

    def film(self, run: Run, scale: int) -> Film:
        canvas, layers = film_frame(64, 96, scale, run.snapshot_steps, left=8, right=56)
        return Film.of(canvas, run.snapshot_steps, [*layers, Blink()], self.pacing())

    def alt(self, run: Run, words: Words) -> str:
        return "A square."


def order_of(figure: Any, run: Run) -> SceneOrder[Any]:
    return SceneOrder(name="one.scene", figure=figure, subject=run, source_key={}, run=run)


def drawn(order: SceneOrder[Any]) -> Drawn:
    return order.draw(on_progress=lambda done: None)


def test_a_layer_without_parts_leaves_the_figure_to_its_film(tmp_path: Path) -> None:
    order = order_of(Blinking(model="m"), ANY)
    made = drawn(order)
    assert made.files == {SCENE: b""} and made.info["painted"] is False
    assert published_paths(order.name, save(Store(tmp_path), order, made)) == {}
    other = order_of(figure_kinds()["layers"](model="m"), ANY)
    stored = save(Store(tmp_path), other, drawn(other))
    assert published_paths(other.name, stored) == {SCENE: "media/one.scene.js"}


def test_scenes_and_packs_of_a_run_are_thinned_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    run = waves_run(snapshots=9)
    size = sum(view[0].size for view in run.views.values())
    monkeypatch.setattr("gen.interactive.pack.MOST_NUMBERS", 5 * size)
    made = drawn(order_of(figure_kinds()["weights"](model="m"), run))
    _, _, content = read_script(made.files[SCENE])
    order = PackOrder(name="m.run-0", run=run, run_key={})
    _, _, pack = read_script(order.draw(on_progress=lambda done: None).files[PACK])
    assert pack["steps"] == run.snapshot_steps[::2].tolist() == content["steps"]
    assert all(one["values"]["frames"] is None for one in content["layers"] if "values" in one)


def test_texts_and_colours_of_a_background_are_escaped_and_classes() -> None:
    canvas = Canvas(64, 64, 1)
    canvas.text(8, 20, 'a < b & "c"', style="Semibold", colour="ink")
    canvas.box(0, 0, 4, 4, "pale:signal")
    canvas.box(4, 0, 4, 4, "#123456")
    root = ET.fromstring(background_svg(tuple(canvas.marks), (64, 64), 'x"y'))
    (text,), boxes = root.findall("text"), root.findall("rect")
    assert text.text == 'a < b & "c"' and text.attrib["class"] == "t-ink semibold"
    assert [box.attrib.get("class", box.attrib.get("fill")) for box in boxes] == [
        "f-signal pale",
        "#123456",
    ]
