"""What is said of a sweep is true of its models, sound or not, and at any state of training."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gen.analysis.sweep_facts import SO_FAR, sweep_facts
from gen.analysis.sweep_outcomes import (
    FAILED,
    GROKS,
    MEMORISES,
    NEVER,
    NO_STEP,
    OUTCOMES,
    UNTRAINED,
    SweepRun,
    sweep_table,
)
from gen.config.reader import load
from gen.errors import ConfigError, PageError
from gen.experiments.sweep import Sweep
from gen.experiments.thresholds import Thresholds
from gen.figures.sweep_map import SweepMap
from gen.i18n import Words
from gen.site.pages.figures import PlacedFigure
from gen.site.pages.render import render_pages
from gen.tasks.modular import Modular
from gen.tasks.sparse_parity import SparseParity
from gen.tasks.task import Task
from gen.training.loop import METRICS, Trained
from gen.widgets.sweep_curves import MISSING, Curves
from tests.experiments.test_sweeps import CHOSEN, SMALL
from tests.support.article import article_config
from tests.support.small_pages import FRONT, TEMPLATES, film, page, site
from tests.support.sweep_runs import STEPS, sweep_run

SITE = Path(__file__).parents[2] / "site"
EN = Words("en")
PARITY = SparseParity(bits=6, signal_bits=2, train_rows=20, test_rows=30)


@pytest.fixture(params=[SMALL, CHOSEN], ids=["values", "choices"])
def sweep(request: pytest.FixtureRequest, tmp_path: Path) -> Sweep:
    return _sweep(request.param, tmp_path)


def _sweep(text: str, folder: Path) -> Sweep:
    path = folder / "gen.toml"
    path.write_text(text)
    return load(path).sweeps["grid"]


def _diverged(run: SweepRun, at: tuple[int, int], step: int) -> None:
    """Makes a model's losses NaN from a step on, as training leaves them."""
    for losses in (run.train_loss, run.test_loss):
        losses[at][run.steps >= step] = np.nan
    run.failed_at[at] = step
    run.memorised_at[at] = run.generalised_at[at] = NO_STEP
    run.final_train_accuracy[at] = run.final_test_accuracy[at] = np.nan


def _untrained(run: SweepRun, at: tuple[int, int]) -> None:
    """Takes back what is known of a model."""
    run.trained[at] = False
    for losses in (run.train_loss, run.test_loss):
        losses[at] = np.nan
    run.memorised_at[at] = run.generalised_at[at] = NO_STEP
    run.final_train_accuracy[at] = run.final_test_accuracy[at] = np.nan


# Models that are not trained, or whose numbers were unsound.


def test_models_without_sound_losses_have_empty_cells_in_the_table(sweep: Sweep) -> None:
    run = sweep_run(sweep)
    _diverged(run, (0, 0), 800)
    _untrained(run, (1, 1))
    rows = list(csv.DictReader(io.StringIO(sweep_table(run))))
    seeds = len(sweep.seeds)
    for place, outcome in ((0, "failed"), (seeds + 1, "untrained")):
        filled = {key for key, cell in rows[place].items() if cell != ""}
        assert filled == {*(axis.key for axis in sweep.axes), "seed", "outcome"}
        assert rows[place]["outcome"] == outcome


def test_nothing_smaller_than_was_measured_is_said_of_a_model(sweep: Sweep) -> None:
    run = SweepRun.empty(sweep, STEPS)
    for extreme in vars(run.final_extremes()).values():
        assert np.isnan(extreme).all()
    for extreme in vars(run.extremes()).values():
        assert np.isnan(extreme).all()


def test_a_shard_s_failed_models_keep_their_curves_and_nothing_else(sweep: Sweep) -> None:
    run = SweepRun.empty(sweep, STEPS)
    members = sweep.members[0]
    models = len(members.seeds)
    metrics = {name: np.full((models, len(STEPS)), 0.999) for name in METRICS}
    metrics["train_loss"][0, -3:] = metrics["test_loss"][0, -3:] = np.nan
    failed_at = np.full(models, -1)
    failed_at[0] = STEPS[-3]
    trained = Trained(np.array(STEPS), metrics, np.array([0]), {}, {}, failed_at)
    run.add(members, trained)
    broken, sound = [(c, s) for c, s in zip(members.cells, members.seeds, strict=True)][:2]
    assert run.outcomes()[broken] == FAILED and run.memorised_at[broken] == NO_STEP
    assert np.isnan(run.final_test_accuracy[broken])
    assert np.isfinite(run.train_loss[broken]).sum() == len(STEPS) - 3
    assert run.memorised_at[sound] == 0 and run.final_test_accuracy[sound] == 0.999


def _lines_of_cell(run: SweepRun) -> list[str]:
    """Return the points of all lines that a page shows before its scripts run."""
    charts = SweepMap(sweep="grid").render(run, EN).drawing.charts
    return [
        points
        for network in charts.networks
        for points in re.findall(r'class="line \w+" points="([^"]*)"', network.svg)
    ]


def test_a_curve_stops_where_its_losses_end(sweep: Sweep) -> None:
    run = sweep_run(sweep)
    run.trained[1] = False
    run.train_loss[1], run.test_loss[1] = np.nan, np.nan
    _diverged(run, (0, 0), 800)
    curves = Curves.of(run)
    assert (curves.levels[1] == MISSING).all()
    ends = curves.levels[0, 0] == MISSING
    assert (ends == (curves.steps >= 800)).all()
    assert (curves.levels[2:] != MISSING).all()
    lines = _lines_of_cell(run)
    assert all(lines)
    run.trained[:] = False
    run.train_loss[:] = run.test_loss[:] = np.nan
    lines = _lines_of_cell(run)
    assert lines and not any(lines)


def test_curves_use_the_height_that_they_have(sweep: Sweep) -> None:
    run = sweep_run(sweep, "nothing")
    curves = Curves.of(run)
    assert (curves.low, curves.high) == (-1, 0)
    both = Curves.of(sweep_run(sweep))
    assert (both.low, both.high) == (-7, 0)


# Thresholds.


@pytest.mark.parametrize(
    ("task", "loss", "ratio"),
    [
        (PARITY, 1e-5, 5e4),
        (Modular(modulus=23, train_share=0.5), 0.1 * log(23) / 23, 30.0),
        (Modular(modulus=97, train_share=0.5), 0.1 * log(97) / 97, 30.0),
    ],
)
def test_default_thresholds_suit_the_chance_loss(task: Task, loss: float, ratio: float) -> None:
    suited = Thresholds().for_tasks([task])
    assert suited.loss == pytest.approx(loss, rel=0.05)
    assert suited.ratio == ratio


def test_thresholds_that_are_given_stay_and_the_strictest_of_several_tasks_counts() -> None:
    tasks = [Modular(modulus=23, train_share=0.5), Modular(modulus=97, train_share=0.5)]
    assert Thresholds().for_tasks(tasks).loss == pytest.approx(0.1 * log(97) / 97, rel=0.05)
    assert Thresholds(loss=0.3).for_tasks(tasks) == Thresholds(loss=0.3, ratio=30.0)
    assert Thresholds(loss=1e-5, ratio=5e4).for_tasks(tasks) == Thresholds(loss=1e-5, ratio=5e4)


def test_the_sweeps_of_the_site_have_the_thresholds_that_they_were_published_with() -> None:
    sweeps = article_config().sweeps
    assert sweeps["parity-sweep"].thresholds == Thresholds(loss=1e-5, ratio=5e4)
    assert sweeps["constraints"].thresholds == Thresholds(loss=1e-2, ratio=30.0)


# Outcomes, told by loss, and accuracies at the end.


def test_where_outcome_and_accuracies_differ_the_table_the_facts_and_the_map_say_so(
    sweep: Sweep,
) -> None:
    run = sweep_run(sweep)
    assert sweep_facts(sweep, run)["contradicted"] == 0
    assert SweepMap(sweep="grid").render(run, EN).drawing.contradicted == ""
    outcomes = run.outcomes()
    never, memorises, groks = (
        tuple(np.argwhere(outcomes == number)[0]) for number in (NEVER, MEMORISES, GROKS)
    )
    run.memorised_at[never] = 500
    run.generalised_at[memorises] = 700
    run.generalised_at[groks] = NO_STEP
    assert (run.outcomes() == outcomes).all()
    rows = list(csv.DictReader(io.StringIO(sweep_table(run))))
    said = {
        place: rows[place[0] * len(sweep.seeds) + place[1]]["by_accuracy"]
        for place in (never, memorises, groks)
    }
    assert said == {never: "memorises", memorises: "generalises", groks: "memorises"}
    facts = sweep_facts(sweep, run)
    assert facts["contradicted"] == 3
    assert facts["never_right_on_train"] == facts["memorises_right_on_test"] == 1
    for language in ("en", "zh"):
        drawn = SweepMap(sweep="grid").render(run, Words(language)).drawing
        assert re.findall(r"\d+", drawn.contradicted) in (["3", "24"], ["24", "3"])


def test_accuracies_contradict_no_model_that_failed_or_is_not_trained(sweep: Sweep) -> None:
    run = sweep_run(sweep)
    _diverged(run, (0, 0), 800)
    run.trained[1] = False
    assert not run.contradicted()[0, 0] and not run.contradicted()[1].any()


# Sweeps that are not complete.


@pytest.mark.parametrize("seed", range(12))
def test_facts_of_a_partial_sweep_are_those_of_the_complete_one_or_none(
    sweep: Sweep, seed: int
) -> None:
    random = np.random.default_rng(seed)
    complete = sweep_facts(sweep, sweep_run(sweep))
    run = sweep_run(sweep)
    if seed % 2:
        run.trained[:] = random.random(run.trained.shape) < random.random()
    else:
        run.trained[:] = (random.random(len(run.trained)) < random.random())[:, None]
    facts = sweep_facts(sweep, run)
    assert facts.keys() == complete.keys()
    for name, value in facts.items():
        assert name in SO_FAR or value is None or value == complete[name], name
    outcomes = run.outcomes()
    counts = [facts[name] for name in OUTCOMES[:-1]]
    assert sum(count for count in counts if isinstance(count, int)) == facts["trained"]
    assert facts["trained"] == (outcomes != UNTRAINED).sum()


def test_no_setting_is_said_to_have_the_most_of_what_never_happens_or_of_a_tie(
    tmp_path: Path,
) -> None:
    sweep = _sweep(SMALL, tmp_path)
    facts = sweep_facts(sweep, sweep_run(sweep, "nothing"))
    assert facts["weight_decay_with_most_groks"] is None
    assert facts["weight_decay_with_most_never"] is None
    run = sweep_run(sweep, "memorised")
    run.train_loss[0] = 0.7
    facts = sweep_facts(sweep, run)
    assert facts["weight_decay_with_most_memorises"] == 1.0


def _chapter(name: str, sweep_name: str, facts: dict[str, Any], language: str) -> str:
    """A chapter's text on one sweep, rendered with the facts and films of that sweep alone."""
    text = (SITE / "pages" / language / f"{name}.md").read_text().split("+++\n", 2)[2]
    text = text[text.index("## ") :] if sweep_name == "parity-sweep" else _seven_ways(text)
    names = re.findall(r"^::: figure (\S+)", text, re.MULTILINE)
    films: dict[str, PlacedFigure] = {each: replace(film(each), model=sweep_name) for each in names}
    text = re.sub(r"\[([^\]\n]*)\]\([^)\n]*\)", r"\1", text)
    text = re.sub(r"[(（]?\[@[^\]]*\][)）]?", "", text)
    of = site("index", languages=(language,))
    sources, known = {"index": FRONT + text}, {sweep_name: facts}
    pages = render_pages(of, language, sources, films, known, Words(language), TEMPLATES)
    return pages["index.html"]


def _seven_ways(text: str) -> str:
    begin = next(
        m.start() for m in re.finditer(r"^## (Built in seven ways|七种搭法)", text, re.MULTILINE)
    )
    return text[begin:]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("chapter", "name"), [("when", "parity-sweep"), ("open-questions", "constraints")]
)
def test_chapters_on_sweeps_can_be_read_at_any_state_of_training(
    chapter: str, name: str, language: str
) -> None:
    sweep = article_config().sweeps[name]
    waiting = Words(language)("list.later")
    for part in (0.0, 0.5, 1.0):
        run = sweep_run(sweep)
        run.trained[int(part * len(run.trained)) :] = False
        complete = part == 1.0
        page = _chapter(chapter, name, sweep_facts(sweep, run), language)
        article = re.sub(r"<[^>]*>", "", page[page.index("<article") :])
        told = {"en": "trained so far", "zh": "目前训练好了"}[language]
        assert (told in article) is not complete
        if complete:
            assert waiting not in article.replace("“……”", "")


def test_a_fact_that_a_partial_sweep_lacks_stops_no_build(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    facts = {"grid": {"complete": None, "groks_at_most_hidden": None}}
    monkeypatch.setattr("tests.support.small_pages.FACTS", facts)
    assert "of them … grok" in page("of them {{grid.groks_at_most_hidden}} grok\n")
    facts["grid"]["complete"] = 1  # type: ignore[assignment]
    with pytest.raises((PageError, ConfigError), match="has no value"):
        page("of them {{grid.groks_at_most_hidden}} grok\n")


# Names.


@pytest.mark.parametrize(
    ("grid", "said"),
    [
        (
            'optimiser.pull = [{ name = "L2 0.3", l1 = 1.0 }, { name = "l2_0.3", l1 = 2.0 }]',
            '"groks_at_pull_l2_0_3"',
        ),
        (
            'optimiser.pull = [{ name = "有 L2", l1 = 1.0 }, { name = "没有 L2", l1 = 2.0 }]',
            '"groks_at_pull_l2"',
        ),
        (
            (
                "optimiser.weight_decay = [0.0, 1.0]\n"
                'network.weight_decay = [{ name = "a", hidden = 4 }, { name = "b", hidden = 8 }]'
            ),
            '"models_at_each_weight_decay"',
        ),
        (
            f'optimiser.pull = [{{ name = "{"a" * 41}", l1 = 1.0 }}]',
            "at most 40",
        ),
    ],
)
def test_names_that_would_give_two_facts_one_name_are_refused(
    grid: str, said: str, tmp_path: Path
) -> None:
    begin = SMALL.index("optimiser.weight_decay = [0.0")
    text = SMALL[:begin] + grid + "\n"
    with pytest.raises(ConfigError) as caught:
        _sweep(text, tmp_path)
    assert said in str(caught.value)


def test_choices_without_latin_letters_have_facts_by_their_place(tmp_path: Path) -> None:
    text = CHOSEN.replace('"none"', '"没有"').replace('kind = "sweep-film"', 'kind = "sweep-map"')
    sweep = _sweep(text.replace("fps = 5\n", ""), tmp_path)
    facts = sweep_facts(sweep, sweep_run(sweep))
    assert "groks_at_pull_choice_2" in facts and "groks_at_pull_l1_10_4" in facts
