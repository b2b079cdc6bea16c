"""What is read out of whole runs, in facts and in sentences; the hook of own tasks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import pytest

from gen.analysis.explanation import explanation_facts, explanations
from gen.analysis.explanation_text import explanation_text
from gen.analysis.facts import model_facts, seed_facts
from gen.commands.probe import check_own_facts
from gen.errors import ConfigError
from gen.experiments.runs import ModelRun
from gen.i18n import Words
from gen.networks.perceptron import Perceptron
from gen.tasks import Data, Task, TrainedRun
from gen.tasks.sparse_parity import SparseParity
from tests.analysis.test_bit_rule import parity_network
from tests.support.outcome_runs import case
from tests.support.pair_runs import OPERATIONS, OUTCOMES, Operation, Outcome, pair_run

Hook = Callable[[TrainedRun], Any]


def parity_run(noise: float = 0.0, outcome: str = "generalised") -> ModelRun:
    """Return a run of seven bits whose network is built by hand for the first two."""
    run = case("parity", outcome).chosen  # type: ignore[arg-type]
    weights = parity_network(7, (0, 1), noise)
    w_in = np.concatenate([weights.into, weights.bias[None]])
    views = {"W_in": w_in, "W_out": weights.out[:, None]}
    network = Perceptron(hidden=len(weights.out))
    snapshots = len(run.snapshot_steps)
    return replace(
        run,
        network=network,
        parameters=views,
        views={name: np.repeat(view[None], snapshots, axis=0) for name, view in views.items()},
    )


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_frequencies_of_a_generalised_network_are_read(operation: Operation) -> None:
    facts = explanation_facts(pair_run(operation))
    assert facts["explanation"] == "waves"
    assert facts["logit_frequencies"] == [3, 5]
    assert facts["formula_accuracy"] == 1 and facts["pair_accuracy"] > 0.9  # type: ignore[operator]


@pytest.mark.parametrize("outcome", [one for one in OUTCOMES if one != "generalised"])
def test_a_network_that_does_not_generalise_is_not_read(outcome: Outcome) -> None:
    facts = explanation_facts(pair_run("add", outcome))
    assert facts["explanation"] == "does not generalise"
    assert {value for name, value in facts.items() if name != "explanation"} == {None}
    assert facts.keys() == explanation_facts(pair_run("add")).keys()
    text = explanation_text(facts, Words("en"))
    assert text.head == "It does not generalise, so no rule is read." and not text.tests


def test_noise_that_passes_for_generalised_has_no_rule() -> None:
    of_noise = pair_run("add", "memorised")
    run = replace(of_noise, metrics=pair_run("add").metrics)
    assert explanation_facts(run)["explanation"] == "no rule"


@pytest.mark.parametrize(("noise", "proved"), [(0.0, 4), (0.15, 0)])
def test_the_bits_of_a_parity_are_named_and_their_patterns_proved(
    noise: float, proved: int
) -> None:
    facts = explanation_facts(parity_run(noise))
    assert (facts["used_bits"], facts["odd_or_even"], facts["patterns"]) == ([1, 2], "odd", 4)
    assert facts["patterns_proved"] == proved
    assert (facts["smallest_proved_logit"] is None) == (proved == 0)


def test_another_network_of_bits_is_read_by_its_function_and_not_proved() -> None:
    class Opaque(Perceptron):
        def view_shapes(self, task: Any) -> Any:
            shapes = super().view_shapes(task)
            return {f"layer.{name}": shape for name, shape in shapes.items()}

    run = parity_run()
    views = {f"layer.{name}": view for name, view in run.views.items()}
    other = replace(run, network=Opaque(hidden=3), views=views)
    facts = explanation_facts(other)
    assert facts["used_bits"] == [1, 2] and facts["patterns_proved"] is None
    tests = explanation_text(facts, Words("en")).tests
    assert "no proof" in tests[-1]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_explanation_has_sentences_in_every_language(language: str) -> None:
    words = Words(language)
    for operation in OPERATIONS:
        text = explanation_text(explanation_facts(pair_run(operation)), words)
        assert text.plain_formula is not None and "cos(3wx" in text.plain_formula
        assert r"\cos" in text.formula[0]
        assert len(text.tests) >= 5
    for noise, count in ((0.0, 3), (0.15, 3)):
        text = explanation_text(explanation_facts(parity_run(noise)), words)
        assert "1" in text.head and text.formula == () and len(text.tests) == count


def test_a_phase_is_in_the_formula_if_it_can_be_seen() -> None:
    facts = {**explanation_facts(pair_run("add")), "logit_phases": [4.9, -12.0]}
    text = explanation_text(facts, Words("en"))
    assert text.plain_formula is not None
    assert "cos(3wx) + " in text.plain_formula and "cos(5wx + 12°)" in text.plain_formula


def test_explained_seeds_are_counted_by_algorithm() -> None:
    runs = [pair_run("add"), pair_run("add", "memorised"), pair_run("add")]
    found = explanations(runs)
    algorithm = str(explanation_facts(runs[0])["algorithm"]).replace(" ", "_")
    assert found["seeds_explained"] == 2 and found[f"seeds_{algorithm}"] == 2
    assert found["smallest_explained_share"] == found["largest_explained_share"]
    assert explanations([parity_run()]) == {"seeds_explained": 1}


class Read(SparseParity):
    hook: ClassVar[Hook]

    def explain(self, run: TrainedRun) -> dict[str, Any]:
        return type(self).hook(run)


def own(hook: Hook, outcome: str = "generalised") -> ModelRun:
    run = parity_run(outcome=outcome)
    Read.hook = staticmethod(hook)
    return replace(run, task=Read(**run.task.model_dump()))


def test_the_hook_of_a_task_replaces_the_reader_of_the_tool() -> None:
    run = own(lambda run: {"explanation_text": "The first two.", "seed_read": run.seed})
    facts = explanation_facts(run)
    assert facts["explanation"] == "own" and facts["seed_read"] == 3
    assert "used_bits" not in facts
    assert explanation_text(facts, Words("zh")).head == "The first two."
    assert seed_facts(run)["explanation_text"] == "The first two."


def test_the_hook_may_have_a_text_for_each_language_or_find_no_rule() -> None:
    texts = {"explanation_text": "One rule.", "explanation_text_zh": "一条规则。"}
    facts = explanation_facts(own(lambda _: texts))
    assert explanation_text(facts, Words("zh")).head == "一条规则。"
    facts = explanation_facts(own(lambda _: {"tried": 3}))
    assert (facts["explanation"], facts["tried"]) == ("no rule", 3)
    assert explanation_text(facts, Words("en")).head == "No rule found."


def test_the_hook_is_not_believed_about_a_network_that_does_not_generalise() -> None:
    facts = explanation_facts(own(lambda _: {"explanation_text": "A rule."}, "memorised"))
    assert facts == {"explanation_text": None, "explanation": "does not generalise"}


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        ({"explanation": "x"}, "taken"),
        ({"seeds": object()}, "an object of type"),
        ([1], "returned"),
    ],
)
def test_a_wrong_return_of_the_hook_names_it(returned: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        explanation_facts(own(lambda _: returned))
    assert "Read.explain" in str(caught.value)


def test_a_hook_that_fails_is_reported_with_its_line() -> None:
    def fail(run: TrainedRun) -> dict[str, Any]:
        return {"ratio": 1 / (run.seed - 3)}

    with pytest.raises(ConfigError, match="division by zero") as caught:
        explanation_facts(own(fail))
    assert "test_explanation.py:" in str(caught.value)


def test_a_name_of_another_fact_is_refused() -> None:
    of = case("parity", "generalised")
    run = own(lambda _: {"explanation_text": "A rule.", "largest_signal": 1.0})
    with pytest.raises(ConfigError, match="largest_signal"):
        model_facts(replace(of.model, task=run.task), [run], run)


def test_a_hook_that_fails_is_found_before_a_long_training() -> None:
    model = case("parity", "generalised").model
    Read.hook = staticmethod(lambda _: {"wrong name": 1})
    with pytest.raises(ConfigError, match="wrong name"):
        check_own_facts(replace(model, task=Read(**model.task.model_dump())))
    check_own_facts(model)


class Unknown(Task):
    """A task that nothing reads."""

    @property
    def inputs(self) -> int:
        return 8

    @property
    def outputs(self) -> int:
        return 1

    @property
    def rows(self) -> tuple[int, int]:
        return 1, 1

    def draw(self, seed: int) -> Data:
        raise NotImplementedError


def test_a_task_without_a_reader_says_so() -> None:
    facts = explanation_facts(replace(parity_run(), task=Unknown()))
    assert facts == {"explanation": "no reader"}
    assert "nothing here reads" in explanation_text(facts, Words("en")).head
    assert explanations([replace(parity_run(), task=Unknown())]) == {"seeds_explained": 0}
