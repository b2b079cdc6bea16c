"""Every published fact equals its naive computation, for every task and every case."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, get_args

import numpy as np
import pytest

from gen.analysis.construction import ConstructedNetwork, ConstructionActivation
from gen.analysis.construction_facts import construction_facts
from gen.analysis.facts import model_facts, run_facts
from gen.analysis.outcome import choose_run
from gen.analysis.sweep_facts import sweep_facts
from gen.experiments.runs import model_runs
from gen.figures.construction_error import ConstructionError
from gen.figures.construction_figure import OneConstructionFigure
from gen.figures.formula_figure import FormulaFigure
from gen.networks.transformer import Transformer
from gen.site.assemble import all_facts
from gen.site.results import TrainedSweep
from gen.tasks.modular import Modular
from gen.tasks.task import Task
from gen.training.loop import Ensemble, Training, train
from tests.support import naive_constructions, naive_sweeps
from tests.support.alt_pictures import worlds
from tests.support.article import article_config
from tests.support.fact_rows import ROWS
from tests.support.outcome_runs import ENDS, TASKS, Case, End, TaskName, case, diverged
from tests.support.sweep_runs import sweep_run
from tests.support.transformer_runs import FACTS as TRANSFORMER_FACTS

SITE = article_config()


@cache
def _case(task: TaskName, end: End) -> Case:
    return case(task, end)


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("task", TASKS)
def test_every_fact_equals_its_naive_computation(task: TaskName, end: End) -> None:
    of = _case(task, end)
    found = model_facts(of.model, of.runs, of.chosen)
    rows = ROWS[task]
    assert found.keys() - rows.keys() == set(), "a fact is published that has no row"
    expected = {name: rows[name](of) for name in found}
    assert _wrong(found, expected) == {}


def _alike(found: object, expected: object) -> bool:
    if isinstance(expected, list) or isinstance(found, list):
        return (
            isinstance(found, list)
            and isinstance(expected, list)
            and len(found) == len(expected)
            and all(map(_alike, found, expected))
        )
    if expected is None or found is None or isinstance(expected, str) or isinstance(found, str):
        return found == expected
    return float(found) == pytest.approx(float(expected), rel=1e-4, abs=1e-9)  # type: ignore[arg-type]


@pytest.mark.parametrize("task", TASKS)
def test_every_row_of_the_table_is_a_published_fact(task: TaskName) -> None:
    published = set[str]()
    for end in ENDS:
        of = _case(task, end)
        published |= model_facts(of.model, of.runs, of.chosen).keys()
    assert ROWS[task].keys() - published == set()


@pytest.mark.parametrize("task", TASKS)
def test_each_case_memorises_and_generalises_as_its_name_says(task: TaskName) -> None:
    ends = {end: _case(task, end).chosen for end in ENDS}
    found = {end: run_facts(run) for end, run in ends.items()}
    learned = {
        end: (facts["memorised_at"] is not None, facts["generalised_at"] is not None)
        for end, facts in found.items()
    }
    assert learned == {
        "generalised": (True, True),
        "memorised": (True, False),
        "never fit": (False, False),
        "one diverged": (True, True),
    }


@pytest.mark.parametrize("task", TASKS)
def test_facts_of_a_diverged_model_are_valid_json(task: TaskName) -> None:
    of = _case(task, "memorised")
    facts = run_facts(diverged(of.chosen))
    json.dumps(facts, allow_nan=False)
    assert facts["final_test_loss"] is None
    assert facts["generalised_at"] is None


@pytest.mark.parametrize("task", TASKS)
def test_a_diverged_seed_is_not_shown(task: TaskName) -> None:
    runs = [diverged(run) for run in _case(task, "memorised").runs]
    assert choose_run(runs, None) is None
    assert choose_run(runs, 3) is None


@pytest.mark.parametrize("name", sorted(SITE.models))
def test_every_fact_of_the_models_of_the_site_has_a_row(name: str) -> None:
    model = SITE.models[name]
    _, ensemble = model.shards[0]
    seeds, optimisers = ensemble.seeds[:1], ensemble.optimisers[:1]
    short = Training(steps=3, log_every=1, snapshot_every=1)
    ensemble = Ensemble(ensemble.task, ensemble.network, short, seeds, optimisers)
    runs = list(model_runs(name, ensemble, train(ensemble)))
    found = model_facts(model, runs, runs[0])
    task = _row_of(model.task, dict(runs[0].views))
    of_kind = TRANSFORMER_FACTS if isinstance(model.network, Transformer) else set[str]()
    # The settings of other optimisers than AdamW are named by their keys.
    assert found.keys() - ROWS[task].keys() - model.optimiser.facts.keys() == of_kind


# Sweeps and constructed networks.


@pytest.mark.parametrize("name", sorted(SITE.sweeps))
def test_every_fact_of_a_sweep_is_counted_from_its_models(name: str) -> None:
    sweep = SITE.sweeps[name]
    for world, run in worlds(name):
        assert _wrong(sweep_facts(sweep, run), naive_sweeps.facts(sweep, run)) == {}, world


def test_the_compared_sweeps_have_every_outcome() -> None:
    for name in SITE.sweeps:
        seen = {outcome for _, run in worlds(name) for outcome in run.outcomes().ravel().tolist()}
        assert seen == set(range(len(naive_sweeps.NAMES)))


@pytest.mark.parametrize(
    "name", sorted(n for n, one in SITE.figures.items() if isinstance(one, FormulaFigure))
)
def test_every_fact_of_a_constructed_network_of_the_site_follows_from_its_logits(name: str) -> None:
    figure = SITE.figures[name]
    if isinstance(figure, ConstructionError):
        expected = naive_constructions.error_facts(figure.neurons, figure.modulus)
    else:
        assert isinstance(figure, OneConstructionFigure)
        expected = naive_constructions.facts(figure.neurons, figure.modulus, figure.activation)
    assert _wrong(figure.facts(), expected) == {}


@pytest.mark.parametrize("neurons", [3, 4, 5, 6, 9])
@pytest.mark.parametrize("bend", get_args(ConstructionActivation))
def test_facts_of_other_constructed_networks_follow_from_their_logits(
    neurons: int, bend: ConstructionActivation
) -> None:
    for modulus in (12, 23, 24):
        found = construction_facts(ConstructedNetwork(neurons, modulus, bend))
        assert _wrong(found, naive_constructions.facts(neurons, modulus, bend)) == {}


def test_every_published_subject_is_in_a_table() -> None:
    published = {name for name, one in SITE.figures.items() if hasattr(one, "facts")}
    formulas = {name for name, one in SITE.figures.items() if isinstance(one, FormulaFigure)}
    assert published == formulas
    subjects = {name: TrainedSweep(one, sweep_run(one), ()) for name, one in SITE.sweeps.items()}
    assert all_facts(SITE, subjects).keys() == SITE.sweeps.keys() | formulas


def _wrong(found: Mapping[str, Any], expected: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Facts that are published and have no row, the other way round, or that differ."""
    return {
        name: (found.get(name, "is missing"), expected.get(name, "has no row"))
        for name in found.keys() | expected.keys()
        if not _alike(found.get(name, "is missing"), expected.get(name, "has no row"))
    }


def _row_of(task: Task, views: dict[str, np.ndarray]) -> str:
    if "M_ab" in views:
        return "kernel"
    if isinstance(task, Modular):
        return "circle" if "A" in views else task.operation
    return "parity"
