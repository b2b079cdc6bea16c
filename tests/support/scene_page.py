"""Scenes written by hand into pages of a built site: a dot that moves to the right.

Scene and pack of a figure are script files, as docs/architecture.md describes them. The place of
the dot tells the frame, its colour the seed.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Page

WIDTH, HEIGHT = 480, 240
"""CSS pixels of the scene."""

SCALE, FIRST, PITCH, LINE = 4, 10, 8, 25
"""The dot of frame f is at x = SCALE * (FIRST + PITCH * f), y = SCALE * LINE."""

COLOURS = {0: "signal", 1: "failed"}
"""Theme colour of the dot by seed."""

_DOT = """(live) => {
  const canvas = live.querySelector("canvas");
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  let [count, x, y, colour] = [0, 0, 0, null];
  for (let i = 0; i < data.length / 4; i += 1) {
    if (data[4 * i + 3] !== 255) continue;
    count += 1;
    x += i % canvas.width;
    y += Math.floor(i / canvas.width);
    colour ??= [...data.slice(4 * i, 4 * i + 3)];
  }
  return { x: x / count / canvas.width, y: y / count / canvas.height, colour };
}"""


def write_scene(folder: Path, name: str, steps: list[int], seed: int = 0) -> None:
    """Write scene and pack `name` for a page in `folder`."""
    places = [[FIRST + PITCH * frame, LINE] for frame in range(len(steps))]
    rows = zip([[0, 0], *places], places, strict=False)
    changes = [b - a for before, after in rows for a, b in zip(before, after, strict=True)]
    view = {"name": "place", "rows": 1, "columns": 2, "bits": 8, "axes": ["point", "way"]}
    scales = struct.pack(f"<{len(steps)}f", *[SCALE] * len(steps))
    pack = {
        "steps": steps,
        "views": [view | {"scales": base64.b64encode(scales).decode()}],
        "data": base64.b64encode(gzip.compress(struct.pack(f"{len(changes)}b", *changes))).decode(),
    }
    dot = {"view": "place", "frames": None, "ops": [], "axes": [["point", None], None]}
    scene = {
        "width": WIDTH,
        "height": HEIGHT,
        "steps": steps,
        "pace": 12,
        "pack": name,
        "background": f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" class="scene-ground">'
        f'<text class="t-ink semibold" x="40" y="40" font-size="16">Dot of seed {seed}</text>'
        f'<line class="s-rule" x1="40" x2="440" y1="100" y2="100"/></svg>',
        "layers": [
            {
                "type": "points",
                "points": dot,
                "colours": [COLOURS[seed]],
                "radius": 6,
                "rim": 0,
                "marker": None,
            }
        ],
        "arrays": [],
    }
    (folder / "live").mkdir(exist_ok=True)
    for kind, what in (("scenes", scene), ("packs", pack)):
        call = f"grokreel.{kind}.add({json.dumps(name)}, {json.dumps(what)});\n"
        (folder / "live" / f"{kind}-{name}.js").write_text(call, "utf-8")


def box(name: str, steps: list[int]) -> str:
    """Return the element that shows a scene of `write_scene`."""
    sources = " ".join(
        f'data-{kind}="{name}" data-{kind}-src="live/{kind}s-{name}.js"'
        for kind in ("scene", "pack")
    )
    return (
        f'<div class="live" role="img" aria-label="Dot" data-seeded {sources}'
        f" data-steps='{json.dumps(steps)}' hidden></div>"
    )


def with_scenes(markup: str, names: Iterable[tuple[str, str, list[int]]]) -> str:
    """Return the HTML of a page with scenes in its figures.

    Args:
        markup: the page.
        names: id of the figure, name of its scene, and steps of the frames.
    """
    for figure, name, steps in names:
        start = markup.index(f'id="figure-{figure}"')
        drawn = re.compile(r'<div class="live".*?</div>\n', re.DOTALL)
        markup = markup[:start] + drawn.sub("", markup[start:], count=1)
        at = markup.index("</video>", markup.index(f'id="figure-{figure}"')) + len("</video>")
        markup = f"{markup[:at]}\n{box(name, steps)}{markup[at:]}"
    if "layer-points.js" in markup:
        return markup
    # The scenes have points, which the page may have had no painter for.
    texts = '<script src="assets/layer-texts.js'
    return markup.replace(texts, f'<script src="assets/layer-points.js" defer></script>\n{texts}')


def with_curve(markup: str, curve: dict[str, list[list[float]]]) -> str:
    """Return the HTML of a page whose timelines have accuracy curves."""
    written = json.dumps(curve)
    return re.sub(r'(class="timing" data-seeded>\{)', rf'\1"curve":{written},', markup)


class Dot(NamedTuple):
    """What a figure has painted: the number of the frame, and the colour of its dot (RGB)."""

    frame: int
    colour: list[int]


def dot(page: Page, figure: str) -> Dot:
    """Return what a figure has painted, read from its canvas."""
    found = page.locator(f"#figure-{figure} .live").evaluate(_DOT)
    assert abs(found["y"] - SCALE * LINE / HEIGHT) < 0.01
    return Dot(round((found["x"] * WIDTH / SCALE - FIRST) / PITCH), found["colour"])
