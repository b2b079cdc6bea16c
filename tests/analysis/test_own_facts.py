"""Facts of a user's own task or network: which are published, and how a wrong one is reported."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gen.analysis.facts import model_facts, run_facts, seed_facts
from gen.errors import ConfigError
from gen.experiments.runs import ModelRun
from gen.networks.perceptron import Perceptron
from gen.tasks import TrainedRun
from gen.tasks.modular import Modular
from gen.tasks.sparse_parity import SparseParity
from tests.support.outcome_runs import Case, case

Hook = Callable[[TrainedRun], Any]
DOCUMENT = Path(__file__).parents[2] / "docs" / "extending.md"


class OwnTask(SparseParity):
    hook: ClassVar[Hook]

    def facts(self, run: TrainedRun) -> dict[str, Any]:
        return type(self).hook(run)


class OwnNetwork(Perceptron):
    hook: ClassVar[Hook]

    def facts(self, run: TrainedRun) -> dict[str, Any]:
        return type(self).hook(run)


def parity(task: Hook = lambda _: {}, network: Hook = lambda _: {}) -> Case:
    """Return a case whose task and network have hooks."""
    of = case("parity", "generalised")
    OwnTask.hook, OwnNetwork.hook = staticmethod(task), staticmethod(network)
    kinds = {
        "task": OwnTask(**of.model.task.model_dump()),
        "network": OwnNetwork(**of.model.network.model_dump()),
    }
    model = replace(of.model, **kinds)
    runs = [replace(run, **kinds) for run in of.runs]
    return Case(model, runs, runs[0])


def told(value: Any, name: Any = "told") -> ModelRun:
    return parity(lambda _: {name: value}).chosen


def test_facts_of_task_and_network_are_published_beside_those_of_the_tool() -> None:
    plain = case("parity", "generalised")
    of = parity(lambda run: {"of_seed": run.seed}, lambda run: {"views": len(run.views)})
    added = {"of_seed": 3, "views": 2}
    assert run_facts(of.chosen) == run_facts(plain.chosen) | added
    assert seed_facts(of.chosen) == seed_facts(plain.chosen) | added
    without = model_facts(plain.model, plain.runs, plain.chosen)
    assert model_facts(of.model, of.runs, of.chosen) == without | added


def test_a_hook_reads_logs_snapshots_and_parameters() -> None:
    def hook(run: TrainedRun) -> dict[str, Any]:
        at = run.metrics["test_loss"].argmin()
        return {
            "best_at": run.logged_steps[at],
            "last_at": run.snapshot_steps[-1],
            "size": np.abs(run.views["W_in"][-1]).sum(),
            "learned": sorted(run.parameters),
        }

    run = parity(hook).chosen
    facts = run_facts(run)
    assert facts["best_at"] == facts["smallest_test_loss_at"]
    assert (facts["last_at"], facts["learned"]) == (4000, [])
    assert facts["size"] == pytest.approx(np.abs(run.views["W_in"][-1]).sum())


@pytest.mark.parametrize(
    ("value", "published"),
    [
        (np.float32(0.5), 0.5),
        (np.int64(7), 7),
        (np.bool_(1), 1),
        (True, 1),
        (np.arange(3), [0, 1, 2]),
        (np.eye(2), [[1.0, 0.0], [0.0, 1.0]]),
        ([np.float32(2), 3], [2.0, 3]),
        (("a", "b"), ["a", "b"]),
        ([], []),
        ("three", "three"),
        (None, None),
        (float("nan"), None),
        ([1.0, float("inf")], None),
    ],
)
def test_values_become_plain(value: object, published: object) -> None:
    found = run_facts(told(value))["told"]
    assert found == published
    assert json.loads(json.dumps(found, allow_nan=False)) == published
    assert type(found) is type(published)


@pytest.mark.parametrize(
    "value",
    [object(), {"a": 1}, {1}, 1j, b"a", [1, "a"], [None], [[1], 2], 2**63, "two\nlines", "\ud800"],
)
def test_a_value_that_is_no_fact_is_an_error_that_names_the_file(value: object) -> None:
    with pytest.raises(ConfigError, match=r'OwnTask\.facts returned "told" = ') as error:
        run_facts(told(value))
    assert re.search(r"test_own_facts\.py:\d+$", error.value.where)
    assert "a fact is a number" in error.value.hint


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=6,
)


@given(JSON)
def test_any_value_is_published_as_json_or_refused(value: object) -> None:
    try:
        found = run_facts(told(value))["told"]
    except ConfigError:
        return
    assert json.loads(json.dumps(found, allow_nan=False).encode("utf-8")) == found


@pytest.mark.parametrize("name", ["Told", "a b", "", "2nd", "a.b", 5, None])
def test_a_name_that_no_page_could_quote_is_refused(name: object) -> None:
    with pytest.raises(ConfigError, match=r"returned a fact named .*begin with a letter"):
        run_facts(told(1, name))


@pytest.mark.parametrize("name", ["gap", "bits", "and", "not", "seed", "state", "match"])
def test_a_name_of_the_tool_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match=rf'OwnTask\.facts returned a fact named "{name}", which'):
        run_facts(told(1, name))


@pytest.mark.parametrize("name", ["steps", "chance", "hidden", "first_norm", "hunt_where"])
def test_a_name_of_any_fact_of_the_model_is_refused_when_pages_are_made(name: str) -> None:
    of = parity(lambda _: {name: 1})
    with pytest.raises(ConfigError, match=f'"{name}", which is taken'):
        model_facts(of.model, of.runs, of.chosen)


def test_task_and_network_cannot_add_the_same_name() -> None:
    with pytest.raises(ConfigError, match=r'OwnNetwork\.facts .* "told", which is taken'):
        run_facts(parity(lambda _: {"told": 1}, lambda _: {"told": 2}).chosen)


def test_what_is_no_dict_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"OwnTask\.facts returned \[1\]; return a dict"):
        run_facts(parity(lambda _: [1]).chosen)


class FailingTask(SparseParity):
    def facts(self, run: TrainedRun) -> dict[str, Any]:
        return {"told": run.metrics["test_los"][0]}


def test_an_error_in_a_hook_is_reported_with_file_and_line() -> None:
    of = case("parity", "generalised")
    run = replace(of.chosen, task=FailingTask(**of.model.task.model_dump()))
    lines = Path(__file__).read_text().splitlines()
    line = 1 + next(number for number, text in enumerate(lines) if '"test_los"]' in text)
    with pytest.raises(ConfigError, match=r"FailingTask\.facts failed: KeyError: 'test_los'") as e:
        run_facts(run)
    assert e.value.where.endswith(f"test_own_facts.py:{line}")
    assert isinstance(e.value.__cause__, KeyError)


class OwnModular(Modular):
    """A task that inherits from a built-in one."""


def test_a_task_that_inherits_from_a_built_in_one_has_its_facts() -> None:
    of = case("multiply", "generalised")
    own = replace(of.chosen, task=OwnModular(**of.model.task.model_dump()))
    assert run_facts(own) == run_facts(of.chosen)
    assert "generator" in run_facts(own)


def test_the_documented_method_works() -> None:
    _, _, section = DOCUMENT.read_text().partition("## Facts of your own\n")
    found = re.search(r"```python\n(.*?)```", section, re.DOTALL)
    assert found
    code = f"class Council(SparseParity):\n    voters: int = 2\n\n{found[1]}"
    namespace: dict[str, Any] = {"Any": Any, "np": np, "SparseParity": SparseParity}
    namespace["TrainedRun"] = TrainedRun
    exec(code, namespace)
    of = case("parity", "generalised")
    run = replace(of.chosen, task=namespace["Council"](**of.model.task.model_dump()))
    facts = run_facts(run)
    assert facts["voters"] == 2
    assert facts["voter_share"] == pytest.approx(facts["signal_share"])
    assert facts["lowest_loss_at"] == facts["smallest_test_loss_at"]
    assert len(facts["weight_of_voters"]) == 2  # type: ignore[arg-type]
