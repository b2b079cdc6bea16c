"""A site with a timeline: films and charts of two models, and a film without a timeline."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support import small_site

CONFIG = (
    small_site.CONFIG.replace("steps = 60", "steps = 120")
    .replace("steps = 50\n", "steps = 300\n")
    .replace("learning_rate = 3e-3", "learning_rate = 1e-2")
    + """
[figures.sum-waves]
kind = "waves"
model = "sum"

[figures.sum-neurons]
kind = "neurons"
model = "sum"

[figures.by-hand]
kind = "construction"
activation = "linear"
neurons = 3
modulus = 13
a = 2
fps = 5
"""
)

PAGE = (
    small_site.PAGE.partition("::: figure")[0]
    + "\n\n".join(
        f"::: figure {name} wide\nA caption.\n:::"
        for name in ("sum-accuracy", "sum-weights", "sum-waves", "sum-neurons")
    )
    + "\n\nSee [how it learns]{play sum 20 60}, it does.\n\n"
    + "\n\n".join(f"::: figure {name} wide\n:::" for name in ("odd-loss", "odd-weights"))
    + "\n"
)

BY_HAND = "\n\n::: figure by-hand wide\nA caption.\n:::\n"

_DRAWN = re.compile(r'<div class="live".*?</div>\n', re.DOTALL)
"""What the page paints itself: without it figures are films, as in a browser that cannot."""

_FILM = re.compile(r'<figure class="(?:film|neurons).*?</figure>', re.DOTALL)


def build(folder: Path) -> None:
    """Build the site, and write variants of its page."""
    small_site.build_here(folder, CONFIG, PAGE + BY_HAND)
    painted = (folder / "_site" / "index.html").read_text("utf-8")
    (folder / "_site" / "painted.html").write_text(painted, "utf-8")
    page = _DRAWN.sub("", painted)
    (folder / "_site" / "index.html").write_text(page, "utf-8")
    (folder / "_site" / "charts.html").write_text(_FILM.sub("", page), "utf-8")


def with_marks(folder: Path, name: str, *marks: tuple[str, int]) -> Path:
    """Write the page with other marks, given as names and steps; return its path."""
    keys = ("train", "test")
    written = ",".join(
        f'{{"key":"{key}","at":{at},"name":"{label}"}}'
        for key, (label, at) in zip(keys, marks, strict=False)
    )
    page = (folder / "index.html").read_text("utf-8")
    other = folder / f"{name}.html"
    other.write_text(re.sub(r'"marks":\[[^\]]*\]', f'"marks":[{written}]', page), "utf-8")
    return other
