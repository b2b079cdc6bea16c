"""Scripts of seeds: the figures of a model for another seed, packed, without what is drawn anew."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from gen.figures.interference import Interference
from gen.i18n import Words
from gen.site.pages.figures import PlacedFigure
from gen.site.pages.render import render_pages
from tests.support.line_runs import waves_run
from tests.support.placed_figures import placed_widget
from tests.support.scene_values import unzipped
from tests.support.small_pages import FACTS, FRONT, TEMPLATES, site

EN = Words("en")
RUNS = {seed: replace(waves_run(), seed=seed) for seed in (0, 1)}
POINTS = re.compile(r'(<path class="(?:wave|dots|bars)") d="[^"]+"')


def widget(seed: int) -> PlacedFigure:
    return placed_widget("sum", Interference(model="m", a=10, b=20), RUNS[seed], EN)


def rendered() -> dict[str, str]:
    by_seed = {"m": {seed: {"sum": widget(seed)} for seed in RUNS}}
    figures = {"sum": by_seed["m"][0]["sum"]}
    pages = {"index": FRONT + "::: figure sum\nA caption.\n:::\n"}
    return render_pages(site("index"), "en", pages, figures, FACTS, EN, TEMPLATES, by_seed=by_seed)


def figures_of(script: str) -> dict[str, str]:
    called = re.fullmatch(
        r'document\.dispatchEvent\(new CustomEvent\("seed", \{ detail: (.*) \}\)\);\n', script
    )
    assert called is not None
    detail = json.loads(called[1])
    assert detail["model"] == "m" and detail["seed"] in {"0", "1"}
    return unzipped(detail["figures"])


def test_the_script_of_a_seed_holds_its_figures_packed_and_is_the_same_every_time() -> None:
    files = rendered()
    assert files == rendered()
    scripts = {name: text for name, text in files.items() if name.startswith("seeds/")}
    assert [*scripts] == ["seeds/m-0.js", "seeds/m-1.js"]
    for script in scripts.values():
        assert figures_of(script).keys() == {"sum"}
        assert len(script) < len(figures_of(script)["sum"]) / 1.3


def test_waves_dots_and_bars_of_a_sum_are_on_the_page_and_not_in_the_script() -> None:
    files = rendered()
    page, other = files["index.html"], figures_of(files["seeds/m-1.js"])["sum"]
    (of_page,) = re.findall(r'<div class="chart">.*?</div>', page, re.DOTALL)
    (of_seed,) = re.findall(r'<div class="chart">.*?</div>', other, re.DOTALL)
    assert len(POINTS.findall(of_page)) == 2 * 2 * (of_page.count('class="group') // 2 + 1)
    assert POINTS.sub(r"\1", of_page) == of_seed
