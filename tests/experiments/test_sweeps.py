"""Sweeps: cells and ensembles, outcomes, facts, maps, films, and interrupted training."""

from __future__ import annotations

import csv
import io
import json
import shutil
import tomllib
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tomlkit
import torch

from gen.analysis.sweep_facts import sweep_facts
from gen.analysis.sweep_outcomes import (
    FAILED,
    FLOOR,
    GROKS,
    MEMORISES,
    NEVER,
    OUTCOMES,
    TOGETHER,
    UNTRAINED,
    Extremes,
    SweepRun,
    judge,
    sweep_table,
)
from gen.commands import build
from gen.config.reader import Config, load
from gen.config.snippet import recipe
from gen.drawing.outcome_marks import OutcomeMarks
from gen.experiments import runs
from gen.experiments.sweep import Sweep
from gen.experiments.thresholds import Thresholds
from gen.figures.sweep_film import SweepFilm
from gen.figures.sweep_map import SweepMap
from gen.i18n import Words
from gen.site import orders
from gen.site import publish as publish_module
from gen.store.store import Store
from gen.training.loop import train
from tests.conftest import Gen, tree
from tests.support import small_site
from tests.support.article import article_config
from tests.support.sweep_runs import STEPS, sweep_run

SITE = Path(__file__).parents[2] / "site" / "gen.toml"
EN = Words("en")
SMALL = (
    small_site.CONFIG
    + """
[sweeps.grid]
base = "odd"
seeds = 3
shard = 4

[sweeps.grid.grid]
optimiser.weight_decay = [0.0, 1.0]
network.hidden = [4, 8]
task.train_rows = [20, 30]

[figures.grid-map]
kind = "sweep-map"
sweep = "grid"

[figures.grid-film]
kind = "sweep-film"
sweep = "grid"
fps = 5
"""
)
PAGE = small_site.PAGE + "\n{{grid.trained}} models.\n\n::: figure grid-map\nThe map.\n:::\n"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    small_site.write(tmp_path, SMALL, PAGE)
    return load(tmp_path / "site" / "gen.toml")


@pytest.fixture
def sweep(config: Config) -> Sweep:
    return config.sweeps["grid"]


def test_the_sweep_of_the_site_has_every_combination_and_seed_once() -> None:
    sweep = article_config().sweeps["parity-sweep"]
    assert sweep.models == 1125
    settings = Counter(
        (
            cell.optimiser.facts["weight_decay"],
            cell.network.view_shapes(cell.task)["W_in"].shape,
            cell.task.rows,
        )
        for cell in sweep.cells
    )
    assert len(settings) == 125 and set(settings.values()) == {1}
    trained = Counter(
        (cell, seed)
        for members in sweep.members
        for cell, seed in zip(members.cells, members.seeds, strict=True)
    )
    assert len(trained) == 1125 and set(trained.values()) == {1}


def test_models_of_an_ensemble_have_one_shape_and_their_own_settings(sweep: Sweep) -> None:
    for members in sweep.members:
        ensemble = sweep.ensemble(members)
        assert len(ensemble.seeds) <= sweep.shard
        for place, (cell, seed) in enumerate(zip(members.cells, members.seeds, strict=True)):
            model = sweep.cells[cell]
            assert (model.task, model.network) == (ensemble.task, ensemble.network)
            assert model.optimiser == ensemble.optimisers[place]
            assert sweep.seeds[seed] == ensemble.seeds[place]


def test_a_sweep_takes_unset_keys_from_its_base(config: Config, sweep: Sweep) -> None:
    assert sweep.cells[0].training == config.models["odd"].training
    assert {cell.optimiser.learning_rate for cell in sweep.cells} == {3e-3}


def test_shards_have_distinct_names(sweep: Sweep) -> None:
    names = [shard.name for shard in runs.shards(sweep, "cpu")]
    assert len(set(names)) == len(names)
    assert names[0] == "grid, hidden 4, train rows 20, part 1 of 2"


def test_a_model_of_a_sweep_trains_the_same_alone_and_in_its_ensemble(sweep: Sweep) -> None:
    ensemble = sweep.ensemble(sweep.members[-1])
    together = train(ensemble)
    for place in range(len(ensemble.seeds)):
        some = slice(place, place + 1)
        alone = train(
            replace(ensemble, seeds=ensemble.seeds[some], optimisers=ensemble.optimisers[some])
        )
        for name, values in alone.metrics.items():
            np.testing.assert_allclose(values[0], together.metrics[name][place], rtol=1e-4)


@pytest.mark.parametrize(
    ("train_loss", "test_loss", "ratio", "outcome"),
    [
        (1e-4, 1e-7, 9e9, NEVER),
        (1e-6, 1e-4, 9e9, MEMORISES),
        (1e-6, 1e-6, 4e4, TOGETHER),
        (1e-6, 1e-6, 5e4, GROKS),
        (1e-5, 1e-5, 6e4, GROKS),
        (np.nan, np.nan, np.nan, NEVER),
    ],
)
def test_the_outcome_depends_on_three_extremes_of_the_losses(
    train_loss: float, test_loss: float, ratio: float, outcome: int
) -> None:
    extremes = Extremes(*(np.array([[number]]) for number in (train_loss, test_loss, ratio)))
    assert judge(extremes, Thresholds()).item() == outcome


def test_a_sweep_can_set_its_own_thresholds(tmp_path: Path) -> None:
    text = SMALL.replace(
        "[sweeps.grid.grid]", "[sweeps.grid.thresholds]\nloss = 0.8\n\n[sweeps.grid.grid]"
    )
    small_site.write(tmp_path, text, PAGE)
    strict = sweep_run(article_config().sweeps["parity-sweep"], "nothing")
    easy = sweep_run(load(tmp_path / "site" / "gen.toml").sweeps["grid"], "nothing")
    assert (strict.outcomes() == NEVER).all()
    assert (easy.outcomes() == TOGETHER).all()


def test_a_map_has_a_panel_for_every_value_of_the_further_axes(tmp_path: Path) -> None:
    text = SMALL.replace(
        "network.hidden = [4, 8]", "network.hidden = [4, 8]\noptimiser.l1 = [0.0, 1e-4]"
    )
    small_site.write(
        tmp_path,
        text.replace("[figures.grid-film]", "").replace(
            'kind = "sweep-film"\nsweep = "grid"\nfps = 5', ""
        ),
        PAGE,
    )
    sweep = load(tmp_path / "site" / "gen.toml").sweeps["grid"]
    drawn = SweepMap(sweep="grid").render(sweep_run(sweep), EN).drawing
    assert len(drawn.panels) == 4 and "decay 1" in drawn.panels[-1].title
    assert "".join(panel.svg for panel in drawn.panels).count("<use ") == 48
    with pytest.raises(ValueError, match="a film shows 3"):
        SweepFilm(sweep="grid").check(sweep)


CHOSEN = SMALL.replace(
    "network.hidden = [4, 8]",
    'optimiser.pull = [{ name = "L1 10⁻⁴", l1 = 1e-4 }, { name = "none", l1 = 0.0 }]',
)


def test_a_choice_sets_several_keys_at_once_and_leaves_the_others(tmp_path: Path) -> None:
    text = CHOSEN.replace("l1 = 1e-4 }", "l1 = 1e-4, learning_rate = 0.5 }")
    small_site.write(tmp_path, text, PAGE)
    sweep = load(tmp_path / "site" / "gen.toml").sweeps["grid"]
    settings = [(cell.optimiser.facts["l1"], cell.optimiser.learning_rate) for cell in sweep.cells]
    assert settings == [(1e-4, 0.5)] * 2 + [(0.0, 3e-3)] * 2 + [(1e-4, 0.5)] * 2 + [(0.0, 3e-3)] * 2
    assert [axis.key for axis in sweep.axes] == ["weight_decay", "pull", "train_rows"]


def test_facts_of_choices_contain_their_names(tmp_path: Path) -> None:
    small_site.write(tmp_path, CHOSEN, PAGE)
    sweep = load(tmp_path / "site" / "gen.toml").sweeps["grid"]
    facts = sweep_facts(sweep, sweep_run(sweep))
    for choice in ("l1_10_4", "none"):
        at = {name: facts[f"{name}_at_pull_{choice}"] for name in (*OUTCOMES[:-1], "generalise")}
        counts = {name: count for name, count in at.items() if isinstance(count, int)}
        generalise = counts.pop("generalise")
        assert sum(counts.values()) == facts["models_at_each_pull"] == 12
        assert generalise == counts["groks"] + counts["together"] > 0
    assert not [name for name in facts if "least_pull" in name or name == "pull_values"]


def test_a_recipe_with_choices_gives_the_same_models(tmp_path: Path) -> None:
    small_site.write(tmp_path, CHOSEN, PAGE)
    config = load(tmp_path / "site" / "gen.toml")
    sweep = config.sweeps["grid"]
    again = {**tomllib.loads(CHOSEN), **tomllib.loads(recipe(config, "grid-map"))}
    again["models"] = tomllib.loads(CHOSEN)["models"]
    small_site.write(tmp_path, tomlkit.dumps(again), "+++\ntitle = 'x'\n+++\n")
    copied = load(tmp_path / "site" / "gen.toml").sweeps["grid"]
    trained = [[(c.task, c.network, c.optimiser) for c in found.cells] for found in (copied, sweep)]
    assert trained[0] == trained[1]


def test_losses_are_floored_before_ratios_are_taken(sweep: Sweep) -> None:
    run = sweep_run(sweep)
    run.train_loss[0, 0, :] = 0.0
    run.test_loss[0, 0, :] = 0.5
    assert run.final_extremes().ratio[0, 0] == pytest.approx(0.5 / FLOOR)


def test_diverged_and_untrained_models_have_outcomes_of_their_own(sweep: Sweep) -> None:
    run = sweep_run(sweep)
    run.failed_at[0, 0], run.trained[1, 1] = 500, False
    outcomes = run.outcomes()
    assert (outcomes[0, 0], outcomes[1, 1]) == (FAILED, UNTRAINED)
    so_far = run.outcomes_so_far()[0, 0]
    assert (so_far[run.steps >= 500] == FAILED).all() and FAILED not in so_far[run.steps < 500]
    assert (SweepRun.empty(sweep, STEPS).outcomes() == UNTRAINED).all()


def test_outcomes_so_far_end_with_the_final_outcomes(sweep: Sweep) -> None:
    run = sweep_run(sweep)
    so_far = run.outcomes_so_far()
    assert np.array_equal(so_far[..., -1], run.outcomes())
    assert (so_far[..., 0] == NEVER).all()


def test_facts_count_every_model_once(sweep: Sweep) -> None:
    facts = sweep_facts(sweep, sweep_run(sweep))
    assert [facts[name] for name in OUTCOMES[:-1]] == [6, 6, 6, 6, 0]
    for axis in sweep.axes:
        at = np.array([facts[f"{name}_at_{axis.key}"] for name in OUTCOMES[:-1]])
        assert at.sum(axis=0).tolist() == [12, 12]
    assert facts["complete"] == 1
    assert sweep_facts(sweep, sweep_run(sweep, "untrained"))["complete"] is None


def test_facts_name_the_value_at_which_half_of_the_models_generalise(sweep: Sweep) -> None:
    run = sweep_run(sweep, "memorised")
    for cell, model in enumerate(sweep.cells):
        decayed = model.optimiser.facts["weight_decay"] == 1.0
        if decayed and model.task.rows[0] == 30:
            run.test_loss[cell] = run.train_loss[cell]
    facts = sweep_facts(sweep, run)
    assert facts["weight_decay_for_half_at_most_train_rows"] == 1.0
    assert facts["weight_decay_for_half_at_least_train_rows"] is None
    assert facts["together_at_most_weight_decay_and_most_train_rows"] == 6
    assert facts["memorises_at_most_weight_decay_and_least_train_rows"] == 6


def test_the_table_has_a_row_for_every_model(sweep: Sweep) -> None:
    run = sweep_run(sweep)
    run.trained[0, 0] = False
    rows = list(csv.DictReader(io.StringIO(sweep_table(run))))
    assert len(rows) == 24
    assert list(rows[0]) == [
        *("weight_decay", "hidden", "train_rows", "seed"),
        *("min_train_loss", "min_test_loss", "max_ratio", "outcome"),
        *("memorised_at", "generalised_at"),
        *("final_train_accuracy", "final_test_accuracy", "by_accuracy"),
    ]
    assert rows[0]["outcome"] == "untrained" and rows[0]["min_train_loss"] == ""
    assert float(rows[-4]["min_train_loss"]) == pytest.approx(FLOOR, rel=1e-5)
    grokked = next(row for row in rows if row["outcome"] == "groks")
    assert (grokked["memorised_at"], grokked["generalised_at"]) == ("400", "1100")


def test_the_map_has_a_mark_for_every_model_and_counts_untrained_ones(sweep: Sweep) -> None:
    run = sweep_run(sweep)
    run.trained[0] = False
    drawn = SweepMap(sweep="grid").render(run, EN).drawing
    marks = "".join(panel.svg for panel in drawn.panels)
    assert [panel.title for panel in drawn.panels] == ["decay 0", "decay 1"]
    assert marks.count("<use ") == 24
    for entry in drawn.legend:
        assert marks.count(f'-{entry.key}"') == entry.count
    assert (drawn.trained, drawn.models) == (21, 24)


def test_the_film_shows_the_outcome_of_every_model_at_every_step(sweep: Sweep) -> None:
    run = sweep_run(sweep)
    film = SweepFilm(sweep="grid").film(run, 1)
    (marks,) = [layer for layer in film.layers if isinstance(layer, OutcomeMarks)]
    assert film.steps.tolist() == STEPS.tolist()
    assert np.array_equal(marks._outcomes[-1], run.outcomes().ravel())
    side = marks._small[0].shape[0]
    for number in (0, len(STEPS) - 1):
        frame = film.frame(number)
        for model, (left, top) in enumerate(marks._corners):
            sprite = marks._small[marks._outcomes[number][model]]
            seen = frame[top : top + side, left : left + side]
            expected = sprite[..., None].view(np.uint8)[..., :3]
            assert np.array_equal(seen, expected)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with a sweep, built without interruption."""
    folder = tmp_path_factory.mktemp("swept")
    small_site.build_here(folder, SMALL, PAGE)
    return folder


@pytest.mark.xdist_group("swept")
def test_a_stopped_sweep_continues_and_ends_with_the_same_site(
    built: Path, tmp_path: Path, gen: Gen
) -> None:
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    options = small_site.write(tmp_path, SMALL, PAGE)
    stored = Store(tmp_path / ".gen", on_damage=pytest.fail)
    shards = runs.shards(load(tmp_path / "site" / "gen.toml").sweeps["grid"], "cpu")
    assert len(shards) == 8
    for shard in shards[::2]:
        entry = stored.get(runs.FAMILY, shard.key)
        assert entry is not None
        shutil.rmtree(entry.folder)
    left = sum(len(shard.ensemble.seeds) for shard in shards[1::2])
    assert "run gen render" in gen("site", *options).err
    assert gen("render", *options).code == 0
    assert gen("site", *options).code == 0
    page = (tmp_path / "_site" / "index.html").read_text()
    assert f"{left} of 24 models are trained so far" in page
    foretold = gen("train", "grid", "--dry-run", *options)
    assert foretold.code == 0
    assert f"{24 - left} models to train" in foretold.out
    finished = gen("build", *options)
    assert finished.code == 0
    assert finished.err.count("trained in") == 4
    assert tree(tmp_path / "_site") == tree(built / "_site")
    assert "all is fresh" in gen("build", *options).err


@pytest.mark.xdist_group("swept")
def test_a_site_is_published_after_every_shard_and_ends_the_same(
    built: Path, tmp_path: Path, gen: Gen, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    publish = publish_module.publish

    def watched(folder: Path, *site: Any, **checked: bool) -> None:
        publish(folder, *site, **checked)
        page = (folder / "index.html").read_text()
        shown.append(page[page.index("models are trained") - 30 :][:60] if "so far" in page else "")

    monkeypatch.setattr(build, "REPUBLISH_EVERY", 0.0)
    monkeypatch.setattr(build, "_PAUSES", 0.0)
    monkeypatch.setattr(publish_module, "publish", watched)
    options = small_site.write(tmp_path, SMALL, PAGE)
    outcome = gen("build", *options)
    assert outcome.code == 0
    address = (tmp_path / "_site" / "index.html").as_uri()
    written = [line for line in outcome.err.splitlines() if line.startswith("written: ")]
    partly = f"written: {address} (without all models of grid)"
    assert written == [partly] * 8 + [f"written: {address}"]
    assert len(shown) == 9
    assert "0 of 24" in shown[0] and all(shown[:-1]) and shown[-1] == ""
    # Three films with a scene each; pack, still, download and facts of two models: those of
    # earlier shards are gone.
    assert len(list((tmp_path / ".gen" / orders.FAMILY).iterdir())) == 14
    assert tree(tmp_path / "_site") == tree(built / "_site")


@pytest.mark.long
def test_a_sweep_that_loses_a_run_during_a_build_is_never_published_as_complete(
    tmp_path: Path, gen: Gen, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = small_site.write(tmp_path, SMALL, PAGE)
    saved, kept = runs.save, []

    def save_and_lose(*arguments: Any) -> Any:
        kept.append(saved(*arguments))
        if kept[-1].info["source"] == "grid" and len(kept) > 5:
            shutil.rmtree(kept[-2].folder)
        return kept[-1]

    with monkeypatch.context() as patched:
        patched.setattr(runs, "save", save_and_lose)
        outcome = gen("build", *options)
    assert outcome.code == 3
    assert "a run of grid has vanished; run this again" in outcome.err.splitlines()[-1]
    assert "models are trained so far" in (tmp_path / "_site" / "index.html").read_text()
    assert "all is fresh" not in gen("build", *options).err
    facts = json.loads((tmp_path / "_site" / "data" / "facts.json").read_text())
    assert facts["grid"]["trained"] == 24


WILD = SMALL.replace("weight_decay = [0.0, 1.0]", "weight_decay = [0.0, 1000.0]").replace(
    "[sweeps.grid.grid]", "[sweeps.grid.optimiser]\nlearning_rate = 10.0\n\n[sweeps.grid.grid]"
)


def test_diverged_models_are_marked_or_stop_the_training_with_fail_fast(
    tmp_path: Path, gen: Gen
) -> None:
    options = small_site.write(tmp_path, WILD, PAGE)
    strict = gen("train", "grid", "--fail-fast", *options)
    assert strict.code == 4
    assert "diverged at step" in strict.err.splitlines()[-1]
    going_on = gen("train", "grid", *options)
    assert going_on.code == 0
    assert "models diverged and are marked" in going_on.err
    assert "24 models" in going_on.err


def test_a_missing_gpu_is_reported_in_one_line(tmp_path: Path, gen: Gen) -> None:
    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    outcome = gen("train", "--device", "cuda", *small_site.write(tmp_path))
    assert outcome.code == 3
    assert "torch finds no GPU on this machine" in outcome.err


@pytest.mark.parametrize(
    ("grid", "message"),
    [
        ("training.steps = [1, 2]", "cannot vary"),
        ("optimiser.decay = [1.0]", "decay"),
        ("optimiser.weight_decay = 1.0", "is not a list of values"),
        ("optimiser.weight_decay = [1.0, 1.0]", "listed twice"),
        ("optimiser.pull = [{ l1 = 1.0 }]", "cannot be the name of a choice"),
        ('optimiser.pull = [{ name = "a" }, { name = "a", l1 = 1.0 }]', "name of a choice"),
        ('optimiser.pull = [{ name = "a" }, 2]', "2 is not a table"),
        (
            'optimiser.l1 = [0.0]\noptimiser.pull = [{ name = "a", l1 = 1.0 }]',
            "l1 is varied by l1 already",
        ),
        ("optimiser.weight_decay = [-1.0]", "weight_decay"),
        ("optimiser.betas = [[0.9, 0.98], [0.9, 0.98]]", "listed twice"),
        ("\n".join(f"optimiser.key{n} = [1]" for n in range(9)), "at most 8 can vary at once"),
        (f"optimiser.weight_decay = {list(range(100_001))}", "has 100,001 values"),
        ("", "nothing varies"),
    ],
)
def test_an_invalid_grid_is_refused_with_one_message(
    grid: str, message: str, tmp_path: Path, gen: Gen
) -> None:
    text = SMALL[: SMALL.index("optimiser.weight_decay")] + grid
    options = small_site.write(tmp_path, text, small_site.PAGE)
    outcome = gen("build", *options)
    assert outcome.code == 2
    assert message in outcome.err and outcome.err.count("\n") == 1
