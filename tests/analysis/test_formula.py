"""Formulas: what is written is what the network multiplies; maps show which is whose."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce

import numpy as np
import pytest
import torch

from gen.analysis.formula import Formula, Product, formula
from gen.figures.sweep_map import SweepMap
from gen.i18n import Words
from gen.networks.closed_form import logits
from gen.networks.embedded import Embedded
from gen.networks.perceptron import Perceptron
from gen.tasks.modular import Modular
from gen.tasks.sparse_parity import SparseParity
from tests.support.article import article_config
from tests.support.sweep_runs import sweep_run

EN = Words("en")
ADD = Modular(modulus=7, train_share=0.5)
TAKE = Modular(modulus=7, train_share=0.5, operation="subtract")
CHOICES = [cell.network for cell in article_config().sweeps["constraints"].cells[::12]]


def product(factors: Product, parameters: dict[str, np.ndarray], pieces: int) -> np.ndarray:
    """The product that a formula writes, with a network's own numbers in it."""
    matrices: list[np.ndarray] = []
    for factor in factors:
        matrix = parameters[factor.name]
        if factor.part:
            matrix = np.split(matrix, pieces)[factor.part - 1]
        matrices.append(matrix.T if factor.transposed else matrix)
    return reduce(np.matmul, matrices)


def small(network: object) -> Embedded:
    assert isinstance(network, Embedded)
    return network.model_copy(update={"width": 4, "hidden": 5})


@pytest.mark.parametrize("task", [ADD, TAKE], ids=["add", "subtract"])
@pytest.mark.parametrize("network", CHOICES, ids=lambda n: f"{n.into}-{n.out}-{n.projections}")
@pytest.mark.parametrize("activation", ["relu", "square"])
def test_a_formula_says_what_the_network_computes(
    network: Embedded, task: Modular, activation: str
) -> None:
    network = small(network).model_copy(update={"activation": activation})
    if network.projections == "tied" and task is TAKE:
        return
    said = formula(network, task)
    assert said is not None
    drawn = network.init_ensemble(task, (3,))
    parameters = {name: array[0].astype(np.float64) for name, array in drawn.items()}
    tensors = {name: torch.from_numpy(array[None]) for name, array in parameters.items()}
    rows = task.draw(0).test.inputs[0].astype(np.float64)
    w_in, w_out = network.matrices(task, tensors)
    expected = logits(torch.from_numpy(rows[None]), w_in, w_out, network.activation)[0].numpy()
    into = [product(part, parameters, 2) for part in (said.first, said.second)]
    if task is ADD:
        assert said.first == said.second
        before = rows @ into[0]
    else:
        before = rows[:, :7] @ into[0] + rows[:, 7:] @ into[1]
    after = np.maximum(before, 0) if activation == "relu" else before**2
    np.testing.assert_allclose(after @ product(said.out, parameters, 1), expected, rtol=1e-9)
    assert said.latex.startswith(r"\operatorname{relu}" if activation == "relu" else "(")


def written(**settings: str) -> Formula:
    found = formula(Embedded(embedding="learned", width=4, hidden=5, **settings), ADD)  # pyright: ignore[reportArgumentType]
    assert found is not None
    return found


def test_formulas_look_as_on_paper() -> None:
    assert written().latex == r"\operatorname{relu}(E_{a} A + E_{b} A)\, B E^\top"
    assert written(into="collapsed", out="collapsed").latex == (
        r"\operatorname{relu}(W_{\text{in},a} + W_{\text{in},b})\, W_\text{out}"
    )
    assert written(projections="tied", unembedding="own").products == r"E A \to A^\top U^\top"


def test_what_is_no_sum_of_two_numbers_has_no_formula() -> None:
    parity = SparseParity(bits=5, signal_bits=2, train_rows=9, test_rows=9)
    assert formula(Perceptron(hidden=3), parity) is None


def test_the_map_of_the_constraints_names_each_architecture_by_its_formula() -> None:
    sweep = article_config().sweeps["constraints"]
    drawn = SweepMap(sweep="constraints").render(sweep_run(sweep), EN).drawing
    assert len(drawn.panels) == len(drawn.formulas) == 7
    assert len({panel.formula for panel in drawn.panels}) == 7
    assert all("<math" in text for text in (*drawn.formulas, drawn.panels[0].formula))
    assert [panel.title for panel in drawn.panels][:2] == ["One table", "Two tables"]


def test_a_map_of_one_architecture_has_no_formula() -> None:
    sweep = article_config().sweeps["parity-sweep"]
    drawn = SweepMap(sweep="parity-sweep").render(sweep_run(sweep), EN).drawing
    assert drawn.formulas == [] and not any(panel.formula for panel in drawn.panels)
    constraints = article_config().sweeps["constraints"]
    one = replace(constraints, axes=constraints.axes[1:], cells=constraints.cells[:12])
    assert SweepMap(sweep="constraints").render(sweep_run(one), EN).drawing.formulas == []
