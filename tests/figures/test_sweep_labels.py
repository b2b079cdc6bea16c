"""Names on the axes of a sweep's film and map: none covers another, none is cut off."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from matplotlib.text import Text
from playwright.sync_api import Browser

from gen.config.reader import load
from gen.drawing.fonts import unsupported_character
from gen.errors import ConfigError
from gen.experiments.sweep import Sweep
from gen.figures.sweep_film import SweepFilm
from gen.figures.sweep_map import SweepMap
from gen.i18n import Words
from gen.site.pages.figures import PlacedWidget
from gen.site.pages.render import render_pages
from tests.support import small_site
from tests.support.small_pages import FRONT, TEMPLATES, site, write_theme
from tests.support.sweep_runs import sweep_run

HERE = Path(__file__).parents[2]
GRIDS = {
    "choices": """
optimiser.regulariser = [
    { name = "no penalty", weight_decay = 0.0 },
    { name = "weight decay 0.1", weight_decay = 0.1 },
    { name = "L1 10⁻⁴, a name as long as names may be", l1 = 1e-4 },
]
network.size = [{ name = "four neurons", hidden = 4 }, { name = "eight neurons", hidden = 8 }]
""",
    "panels": """
optimiser.regulariser = [
    { name = "no penalty at all, of any kind", weight_decay = 0.0 },
    { name = "weight decay 0.1", weight_decay = 0.1 },
]
network.hidden = [4, 8, 12]
task.train_rows = [20, 25, 30]
""",
    "numbers": """
optimiser.weight_decay = [0.00123456, 0.0123456, 0.123456, 1.23456, 12.3456, 123.456, 999.123]
optimiser.learning_rate = [0.000123456, 0.00123456]
""",
    "one setting": "optimiser.learning_rate = [0.00012345, 0.0012345, 0.012345]\n",
}


def _sweep(grid: str, folder: Path) -> Sweep:
    path = folder / "gen.toml"
    figure = '[figures.grid-film]\nkind = "sweep-film"\nsweep = "grid"\n'
    head = '\n[sweeps.grid]\nbase = "odd"\nseeds = 2\n\n[sweeps.grid.grid]\n'
    path.write_text(f"{small_site.CONFIG}{head}{grid}\n{figure}")
    return load(path).sweeps["grid"]


@pytest.mark.parametrize("grid", GRIDS.values(), ids=GRIDS)
def test_labels_of_a_film_do_not_overlap_and_are_inside_it(grid: str, tmp_path: Path) -> None:
    sweep = _sweep(grid, tmp_path)
    film = SweepFilm(sweep="grid").film(sweep_run(sweep), 1)
    film.frame(0)
    canvas = film.canvas
    renderer = canvas._agg.get_renderer()
    texts = [each for each in canvas._figure.get_children() if isinstance(each, Text)]
    boxes = [
        (each.get_text(), each.get_window_extent(renderer)) for each in texts if each.get_text()
    ]
    assert len(boxes) > sum(sweep.shape)
    for text, box in boxes:
        assert box.x0 >= 0 and box.y0 >= 0, text
        assert box.x1 <= canvas.width and box.y1 <= canvas.height, text
    for (one, a), (other, b) in combinations(boxes, 2):
        apart = a.x1 <= b.x0 + 1 or b.x1 <= a.x0 + 1 or a.y1 <= b.y0 + 2 or b.y1 <= a.y0 + 2
        assert apart, (one, other)


@pytest.mark.parametrize("name", ["没有惩罚", "عقوبة", "🙂"])
def test_letters_missing_in_the_typeface_of_films_are_refused_for_films_only(
    name: str, tmp_path: Path
) -> None:
    grid = f'optimiser.pull = [{{ name = "{name}", l1 = 1.0 }}, {{ name = "b", l1 = 2.0 }}]\n'
    with pytest.raises(ConfigError, match=r"grid-film.*typefaces of films lack .* sweep-map"):
        _sweep(grid, tmp_path)
    path = tmp_path / "gen.toml"
    path.write_text(path.read_text().replace('"sweep-film"', '"sweep-map"'))
    assert load(path).sweeps["grid"].axes[0].values[0] == name


def test_films_write_superscripts_and_other_alphabets() -> None:
    assert [unsupported_character(text) for text in ("L1 10⁻⁴", "λ = 3", "Штраф", "Größe")] == [
        None
    ] * 4


_OVERLAPS = """svg => {
  const texts = [...svg.querySelectorAll("text")];
  const boxes = texts.map(text => text.getBoundingClientRect());
  const frame = svg.getBoundingClientRect();
  const found = [];
  boxes.forEach((a, i) => {
    const name = texts[i].textContent;
    if (a.left < frame.left - 3 || a.right > frame.right + 3) found.push(`${name} is cut off`);
    if (a.top < frame.top - 3 || a.bottom > frame.bottom + 3) found.push(`${name} is cut off`);
    boxes.slice(i + 1).forEach((b, j) => {
      const over = Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
        && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4;
      if (over) found.push(`${name} covers ${texts[i + 1 + j].textContent}`);
    });
  });
  return found;
}"""


@pytest.mark.browser
@pytest.mark.xdist_group("sweep_labels")
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("grid", GRIDS.values(), ids=GRIDS)
def test_labels_of_a_map_do_not_overlap_and_are_inside_it(
    grid: str, language: str, browser: Browser, tmp_path: Path
) -> None:
    words = Words(language)
    drawing = SweepMap(sweep="grid").render(sweep_run(_sweep(grid, tmp_path)), words).drawing
    figure = PlacedWidget("map", "grid", "map", drawing, "data/grid.csv", 800, "Map.")
    text = {"index": f"{FRONT}::: figure map wide\nThe map.\n:::\n"}
    of = site("index", languages=(language,))
    pages = render_pages(of, language, text, {"map": figure}, {}, words, TEMPLATES)
    write_theme(tmp_path)
    for path, content in pages.items():
        (tmp_path / path).write_text(content)
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto((tmp_path / "index.html").as_uri())
    for svg in page.locator("svg.panel, svg.curves").all():
        assert svg.evaluate(_OVERLAPS) == []
    page.close()
