"""Two measures that tell a clock from a pizza (Zhong et al. 2023, arXiv 2306.17844).

Both algorithms put numbers on a circle. A clock multiplies the two points, so that angles are
added; a pizza adds the points, and what it adds grows short where a and b are opposite. With Q(a,
b, c) the logit of the answer c:

    gradient symmetricity   mean over all (a, b, c) with a and b different of the cosine similarity
                            of dQ / dE_a and dQ / dE_b, the gradients by the two embeddings
    distance irrelevance    mean over d of std of Q(a, b, a + b) over the pairs with a - b = d,
                            divided by its std over all pairs

The first is near 1 for a pizza and smaller for a clock. It is exactly 1 in a network that sees
E_a + E_b alone, whatever that has learned. The second is near 1 if the right logit does not depend
on a - b, a clock's mark, and near 0 if it depends on nothing else.

The thresholds are this tool's own, and so is the name of the third algorithm. A *pizza with double
waves* adds the points, but further waves in its input weights, those of twice the frequency, speak
at opposite numbers: taken out, they leave a pizza (see `gen.analysis.interventions`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
from jaxtyping import Float

from gen.analysis.all_pairs import AllPairs, of_weights
from gen.analysis.interventions import main_frequencies, without_double_waves
from gen.analysis.pairs import PairWeights
from gen.experiments.runs import ModelRun
from gen.lazy import torch
from gen.networks.transformer import Transformer
from gen.tasks.modular import Modular

Algorithm = Literal["clock", "pizza", "pizza with double waves"]

SYMMETRIC = 0.9
"""A gradient symmetricity below this one speaks for a clock."""

IRRELEVANT = 0.4
"""A distance irrelevance of at most this speaks for a pizza."""


def algorithm(
    symmetricity: float | None, irrelevance: float, without_doubles: float | None
) -> Algorithm | None:
    """Return which algorithm the measures speak for; None if they do not agree on one.

    Args:
        symmetricity: gradient symmetricity; None if unknown.
        irrelevance: distance irrelevance.
        without_doubles: distance irrelevance without the double waves; None if unknown.
    """
    if irrelevance <= IRRELEVANT:
        return "pizza"
    if without_doubles is not None and without_doubles <= IRRELEVANT:
        return "pizza with double waves"
    return "clock" if symmetricity is not None and symmetricity < SYMMETRIC else None


def distance_irrelevance(pairs: AllPairs) -> float:
    """Return the distance irrelevance over all ordered pairs; 1 if all logits are equal."""
    n = pairs.numbers
    by_distance = np.empty((n, n))
    for a in range(n):
        b = np.arange(n)
        by_distance[(a - b) % n, a] = pairs.logits(a)[b, pairs.answers(a)]
    spread = by_distance.std()
    return float(by_distance.std(axis=1).mean() / spread) if spread > 0 else 1.0


def without_doubles(weights: PairWeights) -> AllPairs:
    """Return a network without the wave of 2k in the input weights of each neuron of k.

    That wave speaks where the wave of k cannot, at opposite numbers.
    """
    return of_weights(without_double_waves(weights, main_frequencies(weights.first)))


def gradient_symmetricity(run: ModelRun) -> float | None:
    """Return the gradient symmetricity over all (a, b, c) with a and b different.

    It is 1 where a row counts both numbers: the network sees the sum of their weights alone.

    Returns:
        None where a and b have matrices of their own, which make the two gradients differ
        whatever the algorithm is, and for networks whose embedding is not known.
    """
    task = run.task
    assert isinstance(task, Modular)
    if not task.halves:
        return 1.0
    if not isinstance(run.network, Transformer):
        return None
    slopes = _slopes_of_transformer(run, task)
    known = np.concatenate([similarities(*each) for each in slopes])
    return float(known.mean()) if known.size else None


def similarities(
    first: Float[np.ndarray, "pair dimension"], second: Float[np.ndarray, "pair dimension"]
) -> Float[np.ndarray, " known"]:
    """Return the cosine similarity of each row of both; rows of zeros are left out."""
    size = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    known = size > 0
    return (first * second).sum(axis=1)[known] / size[known]


def _slopes_of_transformer(
    run: ModelRun, task: Modular
) -> Iterator[tuple[Float[np.ndarray, "pair dimension"], Float[np.ndarray, "pair dimension"]]]:
    """Yield for each answer the gradients of its logit by the embeddings of a and of b.

    All rows in which one of the two numbers is fixed have a table E of their own. The gradient of
    the sum of their logits by another number's entry in it is that of the one row with this number.
    """
    numbers = task.outputs
    parameters = {name: torch.from_numpy(values) for name, values in run.parameters.items()}
    one_hot = torch.eye(numbers)
    tables = parameters["E"].repeat(numbers, 1, 1).requires_grad_()

    def logits(place: int) -> Any:
        def of(table: Any, fixed: Any) -> Any:
            halves = [fixed.expand(numbers, numbers)]
            halves.insert(place, one_hot)
            return run.network.logits(task, {**parameters, "E": table}, torch.cat(halves, dim=1))

        return torch.func.vmap(of)(tables, one_hot)

    by_first, by_second = logits(0), logits(1)
    a, b = np.nonzero(~np.eye(numbers, dtype=bool))
    for c in range(numbers):
        first, second = (
            torch.autograd.grad(each[:, :, c].sum(), tables, retain_graph=True)[0].numpy()
            for each in (by_first, by_second)
        )
        yield first[b, a], second[a, b]
