"""The final weights of a network of two numbers a and b, with a row for each number.

A number is given by its place: for products the numbers are 1, g, g^2, ... with a generator g,
and the place of a product is the sum of two exponents. A network of differences has a matrix for
a and one for b. Only the first is a view; the second is computed from the parameters.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from jaxtyping import Float, Int

from gen.analysis.activations import activations
from gen.analysis.circles import wave_phase_errors
from gen.analysis.formula import formula
from gen.analysis.hidden_layer_views import activation_of, number_weights
from gen.networks.embedded import circle
from gen.tasks.modular import Modular

if TYPE_CHECKING:
    from gen.analysis.formula import Factor
    from gen.experiments.runs import ModelRun
    from gen.networks.batch import Activation

Matrix: TypeAlias = Float[np.ndarray, "rows columns"]


@dataclass(frozen=True)
class PairWeights:
    """The final weights, in float64.

    Attributes:
        first: row a is added to the pre-activations.
        second: row b is added to the pre-activations.
        out: from activations to logits.
        sign: 1 where the places of a and b are added, -1 where b is subtracted.
        ordered: whether (a, b) and (b, a) are two rows, as they always are of differences.
    """

    first: Float[np.ndarray, "number neuron"]
    second: Float[np.ndarray, "number neuron"]
    out: Float[np.ndarray, "neuron number"]
    sign: int
    activation: Activation
    ordered: bool = False

    def partners(self, a: int) -> Int[np.ndarray, " partner"]:
        """Return every b of the pairs with a; b >= a only, unless pairs are ordered."""
        return np.arange(0 if self.ordered or self.sign < 0 else a, len(self.first))

    def labels(self, a: int) -> Int[np.ndarray, " partner"]:
        """Return the place of the right answer for a and each of its `partners`."""
        return (a + self.sign * self.partners(a)) % len(self.first)

    def activations(self, a: int) -> Float[np.ndarray, "partner neuron"]:
        """Return the activations for a and each of its `partners`."""
        return activations(self.first[a] + self.second[self.partners(a)], self.activation)


def read_pairs(run: ModelRun) -> PairWeights | None:
    """Return the final weights of a run of modular arithmetic.

    Where numbers are given as points of a circle, A and B are multiplied by the points.

    Returns:
        None for other tasks and other networks, and if the second matrix is not known.
    """
    task, second = run.task, second_matrix(run)
    if not isinstance(task, Modular) or second is None:
        return None
    if "A" in run.views:
        points = circle(task.outputs)
        first, second = points @ run.final_view("A"), points @ second
        out = run.final_view("B") @ points.T
    else:
        w_in = number_weights(run)
        if w_in is None:
            return None
        first, out = w_in[-1].astype(np.float64), run.final_view("W_out")
    return PairWeights(first, second, out, sign(task), activation_of(run), task.halves)


def sign(task: Modular) -> int:
    """Return 1 where the places of two numbers are added, -1 where they are subtracted."""
    return -1 if task.operation == "subtract" else 1


def phase_errors(weights: PairWeights) -> Float[np.ndarray, " neuron"]:
    """Return the error of each neuron's output phase, in degrees; see `wave_phase_errors`."""
    return wave_phase_errors(weights.first, weights.second, weights.out, weights.sign)


def second_matrix(run: ModelRun) -> Matrix | None:
    """Return the final matrix for b, of shape (number, neuron), or (2, neuron) on a circle.

    None if it cannot be computed from the run's parameters.
    """
    w_in = run.input_weights[-1].astype(np.float64)
    task = run.task
    if task.inputs == task.outputs:
        return w_in
    if len(w_in) == task.inputs:
        return w_in[task.outputs :]
    written = formula(run.network, task)
    if written is None or not run.parameters:
        return None
    on_circle = "A" in run.views
    factors = [factor for factor in written.second if factor.part or not on_circle]
    return reduce(np.matmul, [_matrix(run, factor) for factor in factors])


def _matrix(run: ModelRun, factor: Factor) -> Matrix:
    """Return the final value of a factor of the formula."""
    whole = run.parameters[factor.name].astype(np.float64)
    if not factor.part:
        return whole
    half = len(whole) // 2
    return whole[half:] if factor.part == 2 else whole[:half]
