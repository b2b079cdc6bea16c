"""Figures painted by both renderers: a frame of the film, and the page's canvas over its SVG."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any, TypeAlias

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from gen.drawing.canvas import Canvas
from gen.drawing.film import Film
from gen.drawing.surface import Surface
from gen.experiments.runs import Run
from gen.interactive.pack import kept_snapshots, pack_of, pack_script
from gen.interactive.scene import scene_of, scene_script
from gen.site.pages.stylesheet import theme_stylesheet
from tests.support.small_pages import TEMPLATES

SCALE = 2
"""Device pixels per CSS pixel of both renderers."""

SCRIPTS = (
    *("numbers.js", "palette.js", "packs.js", "values.js", "layers.js"),
    *("layer-cells.js", "layer-lines.js", "layer-points.js", "layer-texts.js"),
)

Text: TypeAlias = tuple[str, float, float]
"""A text with its x, where it is aligned, and its baseline, in CSS pixels."""

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
      list.push([text, x, y, context.textAlign]);
      if (written) CanvasRenderingContext2D.prototype.fillText.call(context, text, x, y, ...most);
    };
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.clearRect(0, 0, scene.width, scene.height);
    for (const painter of painters) {
      list = painter.layer?.type === "counter" ? counter : texts;
      painter.paint(context, frame, grokreel.palette, null);
    }
    document.querySelector(".live").classList.toggle("wordless", !written);
    return { texts, counter: counter.map(([text]) => text).join("") };
  },
};
"""


@dataclass(frozen=True)
class Painted:
    """A figure that is open in the page.

    Attributes:
        film: without texts in its pixels, at `SCALE`.
        texts: those of the SVG.
    """

    page: Page
    film: Film
    texts: list[str]

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


def opened(page: Page, name: str, figure: Any, run: Run | None) -> Painted:
    """Open a figure in the page, by the scripts of its scene and of its pack.

    Args:
        name: of the scene; its pack has the same.
        run: what the figure shows; None for a formula.
    """
    kept: Sequence[int]
    if run is None:
        kept = range(len(figure.film(None, 1).steps))
    else:
        kept = kept_snapshots(run.shapes, len(run.snapshot_steps)).tolist()
        figure = figure.showing(kept)
        page.add_script_tag(content=pack_script(name, pack_of(run)))
    film = figure.film(run, 1)
    scene = scene_of(film, name, name, kept)
    assert scene is not None
    page.add_script_tag(content=scene_script(name, scene))
    texts = page.evaluate("([name]) => shown.open(name, name)", [name])
    with wordless():
        return Painted(page, figure.film(run, SCALE), texts)


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
