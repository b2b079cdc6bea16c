"""A page with figures that compute from a pack, a film that the page draws, and a timeline."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from gen.analysis.interventions import main_frequencies
from gen.analysis.pairs import PairWeights, sign
from gen.analysis.seeds import SeedRuns
from gen.charts.chart import series_names
from gen.charts.svg import to_svg
from gen.experiments.runs import ModelRun
from gen.figures.accuracy import Accuracy
from gen.figures.interference import Interference
from gen.figures.intervene import Intervene
from gen.figures.model_figure import RunFigure
from gen.figures.seeds import Seeds
from gen.figures.weights import Weights
from gen.i18n import Words
from gen.interactive.pack import kept_snapshots, pack_of, pack_script
from gen.interactive.scene import scene_of, scene_script
from gen.networks.embedded import circle
from gen.site.pages.figures import BySeed, PlacedChart, PlacedFigure, PlacedScene
from gen.site.pages.render import render_pages
from gen.site.timing import chart_timing
from gen.tasks.modular import Modular
from tests.support import small_pages
from tests.support.placed_figures import placed_widget
from tests.support.scene_values import read_script, views_of
from tests.support.small_pages import FRONT, TEMPLATES, site, write_theme

NAME = "m.run-0"
"""Name of the pack."""

_SENTENCES = {
    "map": "Interventions.",
    "sum": "A sum.",
    "weights": "Weights.",
    "accuracy": "Accuracy.",
    "seeds": "Seeds.",
}

_COMPUTED: dict[str, RunFigure] = {
    "map": Intervene(model="m"),
    "sum": Interference(model="m", a=10, b=20),
}


def pack_of_seed(run: ModelRun) -> str:
    """Return the name of the pack of a run."""
    return f"m.run-{run.seed}"


def packed_pairs(run: ModelRun, snapshot: int) -> PairWeights:
    """Return the weights of a snapshot as the page has them: in few bits, in float32."""
    task = run.task
    assert isinstance(task, Modular)
    _, _, pack = read_script(pack_script(pack_of_seed(run), pack_of(run)))
    views = [view[snapshot] for view in views_of(pack).values()]
    first, out = (view.astype(np.float32).astype(np.float64) for view in views)
    second = first
    if "A" in run.views:
        points = circle(task.outputs)
        first = second = points @ first
        out = out @ points.T
    elif task.halves:
        first, second = first[: task.outputs], first[task.outputs :]
    return PairWeights(first, second, out, sign(task), run.network.activation, task.halves)  # type: ignore[attr-defined]


def exact_pairs(run: ModelRun, snapshot: int) -> PairWeights:
    """Return the weights of a snapshot of a run of sums."""
    w_in, w_out = (view[snapshot].astype(np.float64) for view in run.views.values())
    return PairWeights(w_in, w_in, w_out, 1, "relu")


def final_frequencies(run: ModelRun) -> dict[int, int]:
    """Return the final frequency of every neuron of a run of sums."""
    return main_frequencies(run.views["W_in"][-1].astype(np.float64))


def write_pages(folder: Path, computed: str, beside: str, run: ModelRun, other: ModelRun) -> None:
    """Write a page with a computed figure, and below it one with it alone and one with seeds.

    Args:
        computed: `map` or `sum`, as for `write_page`.
        beside: another figure of the first page, which also has the accuracy.
        other: another seed, which readers of the page in `seeds` can choose.
    """
    for name in ("alone", "seeds"):
        (folder / name).mkdir()
    write_page(folder, run, (computed, beside, "accuracy"))
    write_page(folder / "alone", run, (computed,))
    write_page(folder / "seeds", run, (computed, "accuracy", "seeds"), other)


def write_page(
    folder: Path,
    run: ModelRun,
    figures: tuple[str, ...],
    other: ModelRun | None = None,
) -> None:
    """Write a site of one page; `map` is the figure of interventions, `sum` that of one sum.

    Args:
        other: another seed of the model, which readers can choose for both.
    """
    words = Words("en")
    by_seed: BySeed = {}
    if other is not None:
        names = [name for name in figures if name in _COMPUTED]
        by_seed = {
            "m": {
                one.seed: {name: placed_figure(name, one, words) for name in names}
                for one in (run, other)
            }
        }
        (folder / f"{pack_of_seed(other)}.js").write_text(
            pack_script(pack_of_seed(other), pack_of(other))
        )
    placed = {name: placed_figure(name, run, words) for name in figures}
    text = "".join(f"::: figure {name} wide\n{_SENTENCES[name]}\n:::\n\n" for name in figures)
    sources = {"index": FRONT + text}
    pages = render_pages(
        site("index"), "en", sources, placed, {}, words, TEMPLATES, by_seed=by_seed
    )
    write_theme(folder)
    for path, content in pages.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(content)
    (folder / f"{NAME}.js").write_text(pack_script(NAME, pack_of(run)))
    kept = kept_snapshots(run.shapes, len(run.snapshot_steps))
    film = Weights(model="m").showing(kept.tolist()).film(run, 1)
    scene = scene_of(film, "weights.scene", NAME, kept)
    assert scene is not None
    (folder / "scene.js").write_text(scene_script("weights.scene", scene))


def placed_figure(name: str, run: ModelRun, words: Words) -> PlacedFigure:
    """Return a figure of the page of `write_page` as a page takes it."""
    if name in _COMPUTED:
        widget = placed_widget(name, _COMPUTED[name], run, words)
        pack = pack_of_seed(run)
        return replace(widget, pack=pack, pack_script=f"{pack}.js")
    if name == "seeds":
        other = replace(run, seed=run.seed + 1)
        return placed_widget(name, Seeds(model="m"), SeedRuns((run, other), run.seed), words)
    if name == "accuracy":
        chart = Accuracy(model="m").render(run, words)
        svg, timing = to_svg(chart, name, "Chart."), chart_timing(chart, run, words)
        files = "media/accuracy.svg", "data/accuracy.csv"
        return PlacedChart(name, "m", svg, *files, 800, "Chart.", timing, series_names(chart))
    steps = run.snapshot_steps.tolist()
    film = small_pages.film(name)
    assert film.film is not None
    return replace(
        film,
        model="m",
        film=replace(film.film, poster="assets/favicon.svg", small="assets/favicon.svg"),
        scene=PlacedScene(
            "weights.scene",
            tuple(steps),
            "scene.js",
            NAME,
            f"{NAME}.js",
            packed=True,
            layers=frozenset({"cells"}),
        ),
        timing=json.dumps({"fps": 30, "steps": steps, "ticks": [1] * len(steps), "marks": []}),
    )
