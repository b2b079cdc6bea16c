"""Every published fact is what its row in the table says, for every task and every end."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from gen.analysis.facts import model_facts, run_facts
from gen.analysis.outcome import shown
from gen.config import load
from gen.runs import model_runs
from gen.tasks import Task
from gen.tasks.modular import Modular
from gen.training import Ensemble, Training, train
from tests.fact_rows import ROWS
from tests.meant_runs import ENDS, TASKS, Case, End, TaskName, case, diverged

SITE = load(Path(__file__).parents[1] / "site" / "gen.toml")


@cache
def _case(task: TaskName, end: End) -> Case:
    return case(task, end)


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("task", TASKS)
def test_every_fact_is_what_its_row_works_out_from_the_arrays(task: TaskName, end: End) -> None:
    of = _case(task, end)
    found = model_facts(of.model, of.runs, of.chosen)
    rows = ROWS[task]
    assert found.keys() - rows.keys() == set(), "a fact is published that has no row"
    expected = {name: rows[name](of) for name in found}
    wrong = {
        name: (found[name], expected[name])
        for name in found
        if not _alike(found[name], expected[name])
    }
    assert not wrong


def _alike(found: object, expected: object) -> bool:
    if isinstance(expected, list) or isinstance(found, list):
        return (
            isinstance(found, list)
            and isinstance(expected, list)
            and len(found) == len(expected)
            and all(map(_alike, found, expected))
        )
    if expected is None or found is None or isinstance(expected, str):
        return found == expected
    return float(found) == pytest.approx(float(expected), rel=1e-4, abs=1e-9)  # type: ignore[arg-type]


@pytest.mark.parametrize("task", TASKS)
def test_every_row_is_a_fact_that_some_end_publishes(task: TaskName) -> None:
    published = set[str]()
    for end in ENDS:
        of = _case(task, end)
        published |= model_facts(of.model, of.runs, of.chosen).keys()
    assert ROWS[task].keys() - published == set()


@pytest.mark.parametrize("task", TASKS)
def test_the_ends_are_what_they_are_called(task: TaskName) -> None:
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
def test_a_diverged_network_has_facts_that_json_can_hold(task: TaskName) -> None:
    of = _case(task, "memorised")
    facts = run_facts(diverged(of.chosen))
    json.dumps(facts, allow_nan=False)
    assert facts["final_test_loss"] is None
    assert facts["generalised_at"] is None


@pytest.mark.parametrize("task", TASKS)
def test_a_model_of_which_all_seeds_diverged_has_none_to_show(task: TaskName) -> None:
    runs = [diverged(run) for run in _case(task, "memorised").runs]
    assert shown(runs, None) is None
    assert shown(runs, 3) is None


@pytest.mark.parametrize("name", sorted(SITE.models))
def test_every_fact_of_the_sites_own_models_has_a_row(name: str) -> None:
    model = SITE.models[name]
    _, ensemble = model.shards[0]
    seeds, optimisers = ensemble.seeds[:1], ensemble.optimisers[:1]
    short = Training(steps=3, log_every=1, snapshot_every=1)
    ensemble = Ensemble(ensemble.task, ensemble.network, short, seeds, optimisers)
    runs = list(model_runs(name, ensemble, train(ensemble)))
    found = model_facts(model, runs, runs[0])
    task = _row_of(model.task, runs[0].views)
    assert found.keys() - ROWS[task].keys() == set()


def _row_of(task: Task, views: dict[str, np.ndarray]) -> str:
    if isinstance(task, Modular):
        return "circle" if "A" in views else task.operation
    return "parity"
