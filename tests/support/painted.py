"""Figures painted by both renderers: a frame of the film, and the page's canvas over its SVG."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from itertools import count
from typing import Any

import numpy as np
import pytest
from jaxtyping import Float, UInt8
from PIL import Image
from playwright.sync_api import Browser, Page

from gen.analysis.sweep_outcomes import SweepRun
from gen.drawing.canvas import Canvas
from gen.drawing.colours import Diverging
from gen.drawing.film import Film
from gen.drawing.layers import Cells
from gen.drawing.surface import Surface
from gen.experiments.runs import Run
from gen.interactive.pack import kept_snapshots, pack_of, pack_script
from gen.interactive.scene import scene_of, scene_script
from gen.site.pages.stylesheet import theme_stylesheet
from tests.support.scene_values import Content, floats, read_script, values_of
from tests.support.small_pages import TEMPLATES

SCALE = 2
"""Device pixels per CSS pixel of both renderers."""

_NUMBERS = count()

SCRIPTS = (
    *("numbers.js", "palette.js", "packs.js", "values.js", "layers.js"),
    *(
        "layer-cells.js",
        "layer-lines.js",
        "layer-points.js",
        "layer-texts.js",
        "layer-pen.js",
        "layer-marks.js",
    ),
)

_ERROR_GROWTH = {"take": 1, "pick": 1, "transpose": 1, "reshape": 1, "clip": 1, "fourier": 2}
"""How many times the error of one value each operation may be off."""

_PAINT = """
globalThis.shown = {
  async open(name, packName) {
    const scene = await grokreel.scenes.load(name, "");
    const pack = scene.pack ? await grokreel.packs.load(packName, "") : null;
    const words = { step: "Step {step}" };
    const painters = scene.layers.map((layer) =>
      grokreel.layers.create(layer, { scene, pack, words }));
    const canvas = document.createElement("canvas");
    const live = document.querySelector(".live");
    live.innerHTML = scene.background;
    live.append(canvas);
    live.style.width = `${scene.width}px`;
    live.style.height = `${scene.height}px`;
    canvas.width = scene.width * devicePixelRatio;
    canvas.height = scene.height * devicePixelRatio;
    Object.assign(this, { scene, painters, canvas });
    return [...live.querySelectorAll("text")].map((text) => text.textContent);
  },
  // Paint a frame; the texts are written only on demand. Returns them, but for the counter.
  paint(frame, written) {
    const { canvas, painters, scene } = this;
    const context = canvas.getContext("2d");
    const [texts, counter] = [[], []];
    let list = texts;
    context.fillText = (text, x, y, ...most) => {
      const { a, d, e, f } = context.getTransform();
      const place = [a * x + e, d * y + f].map((length) => length / devicePixelRatio);
      list.push([text, ...place, context.textAlign]);
      if (written) CanvasRenderingContext2D.prototype.fillText.call(context, text, x, y, ...most);
    };
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.clearRect(0, 0, scene.width, scene.height);
    for (const painter of painters) {
      list = painter.layer.type === "counter" ? counter : texts;
      painter.paint(context, frame, grokreel.palette, null);
    }
    document.querySelector(".live").classList.toggle("wordless", !written);
    return { texts, counter };
  },
  // Paint the layers of a type from now on somewhere else, in CSS pixels; null: not at all.
  move(type, by) {
    for (const painter of this.painters.filter(({ layer }) => layer.type === type)) {
      painter.paint = (context, ...others) => {
        if (by === null) return;
        context.translate(by, by);
        Object.getPrototypeOf(painter).paint.call(painter, context, ...others);
        context.translate(-by, -by);
      };
    }
  },
};
"""


@dataclass(frozen=True)
class PaintedCells:
    """A layer of cells in the film, and the numbers that the page has for it.

    Attributes:
        layer: of the film.
        colours: the colour map of the scene.
        exact: what the film shows.
        values: what follows from the scripts of the page, computed without the scripts that read
            them there.
        errors: by how much these may be apart: half a quantisation step, and a whole one for the
            amplitudes of waves, which are twice a mean of values.
    """

    layer: Cells
    colours: Diverging
    exact: Float[np.ndarray, "frame row column"]
    values: Float[np.ndarray, "frame row column"]
    errors: Float[np.ndarray, " frame"]

    def levels(self, frame: int) -> UInt8[np.ndarray, "row column"]:
        """Return the level of the page's numbers."""
        return self.colours.level_of(self.values[frame])


@dataclass(frozen=True)
class Painted:
    """A figure that is open in the page.

    Attributes:
        film: without texts in its pixels, at `SCALE`.
        scene, pack: what the scripts of the page hold.
        texts: those of the SVG.
    """

    page: Page
    film: Film
    scene: Content
    pack: Content | None
    texts: list[str]

    @cached_property
    def cells(self) -> list[PaintedCells]:
        """All layers of cells, the lowest first."""
        filmed = [layer for layer in self.film.layers if isinstance(layer, Cells)]
        written = [layer for layer in self.scene["layers"] if layer["type"] == "cells"]
        return [
            PaintedCells(
                layer,
                Diverging(one["limit"], one["levels"]),
                np.asarray(layer.parts()["values"].values, dtype=np.float64),
                values_of(one["values"], self.scene, self.pack),
                self._errors(one["values"]),
            )
            for layer, one in zip(filmed, written, strict=True)
        ]

    def _errors(self, spec: Content) -> Float[np.ndarray, " frame"]:
        """Return how far values of a part of a layer are from those of the film at most."""
        share = 0.5
        for name, *_ in spec["ops"]:
            share *= _ERROR_GROWTH[name]
        if "view" in spec:
            assert self.pack is not None
            (view,) = (one for one in self.pack["views"] if one["name"] == spec["view"])
            steps = floats(view["scales"])[spec["frames"] or slice(None)]
        else:
            steps = floats(self.scene["arrays"][spec["array"]]["scales"])
        return share * np.broadcast_to(steps, len(self.scene["steps"]))

    def paint(self, frame: int, *, written: bool = False) -> dict[str, Any]:
        """Paint a frame and return its texts, as the script does."""
        painted: dict[str, Any] = self.page.evaluate(
            "([frame, written]) => shown.paint(frame, written)", [frame, written]
        )
        return painted

    def pixels(self) -> np.ndarray:
        """Return what the page shows, as (height, width, 3)."""
        shot = self.page.locator(".live").screenshot()
        return np.asarray(Image.open(BytesIO(shot)).convert("RGB"))


@contextmanager
def painting_page(browser: Browser, scheme: Any = "light") -> Iterator[Page]:
    """Open a page with the styles and the painters of a site."""
    page = browser.new_page(
        viewport={"width": 1100, "height": 1200}, device_scale_factor=SCALE, color_scheme=scheme
    )
    page.set_content('<!doctype html><html lang="en"><body><div class="live"></div></body></html>')
    styles = [(TEMPLATES / "styles" / name).read_text() for name in ("style.css", "scene.css")]
    for style in (
        *styles,
        theme_stylesheet(),
        "body { margin: 0 } .wordless text { display: none }",
    ):
        page.add_style_tag(content=style)
    for script in SCRIPTS:
        page.add_script_tag(path=TEMPLATES / "scripts" / script)
    page.add_script_tag(content=_PAINT)
    yield page
    page.close()


def opened(page: Page, figure: Any, subject: Run | SweepRun | None) -> Painted:
    """Open a figure in the page, by the scripts of its scene and of its pack.

    Args:
        subject: what the figure shows; None for a formula.
    """
    # The page keeps scenes by name, and a test may have changed a former one.
    name = f"figure-{next(_NUMBERS)}"
    pack, kept = None, None
    if isinstance(subject, Run):
        kept = kept_snapshots(subject.shapes, len(subject.snapshot_steps)).tolist()
        figure = figure.showing(kept)
        script = pack_script(name, pack_of(subject))
        _, _, pack = read_script(script)
        page.add_script_tag(content=script)
    film = figure.film(subject, 1)
    written = scene_of(film, name, name, range(len(film.steps)) if kept is None else kept)
    assert written is not None
    script = scene_script(name, written)
    _, _, scene = read_script(script)
    page.add_script_tag(content=script)
    texts = page.evaluate("([name]) => shown.open(name, name)", [name])
    with wordless():
        return Painted(page, figure.film(subject, SCALE), scene, pack, texts)


@contextmanager
def wordless() -> Iterator[list[tuple[str, float, float, float]]]:
    """Draw films without texts, which other fonts would change.

    Yields:
        The texts that layers draw: left end, right end and baseline in CSS pixels.
    """
    drawn: list[tuple[str, float, float, float]] = []

    def noted(surface: Surface, x: float, y: float, text: str, *how: Any) -> None:
        width = surface.text_width(text, how[0], how[1])
        drawn.append((text, x / surface.scale, (x + width) / surface.scale, y / surface.scale))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Surface, "text", noted)
        patch.setattr(Canvas, "_write", lambda *_: None)
        yield drawn


def differing(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return where one picture has something that the other has not within one CSS pixel.

    On the white ground of films, whatever is painted makes channels darker. A pixel that is darker
    than all pixels of the other picture around it differs; antialiasing may change a third of it.
    """
    contrast = (255 - one.astype(np.int16)).max(axis=2)
    spare = (8 + contrast * 0.35)[..., None]
    return (one < _darkest_around(other) - spare).any(axis=2)


def _darkest_around(picture: np.ndarray) -> np.ndarray:
    """Return the least value of each channel within `SCALE` pixels."""
    for axis in (0, 1):
        result = picture.copy()
        for shift in range(1, SCALE + 1):
            ahead, behind = [slice(None)] * 3, [slice(None)] * 3
            ahead[axis], behind[axis] = slice(shift, None), slice(None, -shift)
            a, b = tuple(ahead), tuple(behind)
            result[b] = np.minimum(result[b], picture[a])
            result[a] = np.minimum(result[a], picture[b])
        picture = result
    return picture
