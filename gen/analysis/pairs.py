"""How a network reads two numbers, and which answer is right for each pair.

Numbers are meant by their places: products are those of the powers 1, g, g^2, ... of a
generator g, and a product's place is the sum of two places. A network of differences has a
matrix for each of the two numbers, and only the first of them is pictured; the second one is
worked out from what was learned.
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
from gen.analysis.hidden_layer_views import number_weights
from gen.tasks.modular import Modular

if TYPE_CHECKING:
    from gen.analysis.formula import Factor
    from gen.experiments.runs import ModelRun
    from gen.networks.batch import Activation

Matrix: TypeAlias = Float[np.ndarray, "rows columns"]


@dataclass(frozen=True)
class PairWeights:
    """The last weights of a network of two numbers, a row or column for each number.

    Attributes:
        first: what the neurons hear of a; `second`: of b.
        out: what they say for each answer.
        sign: 1 where the places of a and b are added, -1 where b is subtracted.
    """

    first: Float[np.ndarray, "number neuron"]
    second: Float[np.ndarray, "number neuron"]
    out: Float[np.ndarray, "neuron number"]
    sign: int
    activation: Activation

    def partners(self, a: int) -> Int[np.ndarray, " other"]:
        """Every b that makes a pair of its own with a: for sums the order does not matter."""
        return np.arange(a if self.sign > 0 else 0, len(self.first))

    def labels(self, a: int) -> Int[np.ndarray, " other"]:
        """The place of the right answer for a and each of `partners`."""
        return (a + self.sign * self.partners(a)) % len(self.first)

    def activations(self, a: int) -> Float[np.ndarray, "other neuron"]:
        """What each neuron makes of a and each of `partners`."""
        return activations(self.first[a] + self.second[self.partners(a)], self.activation)


def read_pairs(run: ModelRun) -> PairWeights | None:
    """The last weights number by number; None where a network has no such weights."""
    task, first = run.task, number_weights(run)
    if not isinstance(task, Modular) or first is None:
        return None
    second = second_matrix(run)
    if second is None:
        return None
    return PairWeights(
        first=first[-1].astype(np.float64),
        second=second,
        out=run.views["W_out"][-1].astype(np.float64),
        sign=sign(task),
        activation=run.network.activation,
    )


def sign(task: Modular) -> int:
    """1 where the places of two numbers are added, -1 where they are subtracted."""
    return -1 if task.operation == "subtract" else 1


def phase_errors(known: PairWeights) -> Float[np.ndarray, " neuron"]:
    """How far each neuron's wave going out is from the one that would be right, in degrees."""
    return wave_phase_errors(known.first, known.second, known.out, known.sign)


def second_matrix(run: ModelRun) -> Matrix | None:
    """The matrix that reads b; None where it is not known.

    Where numbers are given on a circle it has two rows, as the pictured one has.
    """
    into = run.input_weights[-1].astype(np.float64)
    task = run.task
    if task.inputs == task.outputs:
        return into
    if len(into) == task.inputs:
        return into[task.outputs :]
    known = formula(run.network, task)
    if known is None or not run.parameters:
        return None
    on_circle = "A" in run.views
    return reduce(np.matmul, [_part(run, one) for one in known.second if one.part or not on_circle])


def _part(run: ModelRun, factor: Factor) -> Matrix:
    """A factor of the formula, as it is at the end."""
    whole = run.parameters[factor.name].astype(np.float64)
    if not factor.part:
        return whole
    half = len(whole) // 2
    return whole[half:] if factor.part == 2 else whole[:half]
