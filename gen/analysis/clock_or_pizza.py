"""Two measures that tell a clock from a pizza (Zhong et al. 2023, arXiv 2306.17844).

Both algorithms put numbers on a circle. A clock multiplies the two points, so that angles are
added; a pizza adds the points, and what it adds grows short where a and b are opposite. With Q(a,
b, c) the logit of the answer c:

    gradient symmetricity   mean over some (a, b, c) of the cosine similarity of
                            dQ / dE_a and dQ / dE_b, the gradients by the two embeddings
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

from typing import Any, Literal

import numpy as np
from jaxtyping import Float, Int

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

_TRIPLES = 256


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
    """Return the gradient symmetricity over random (a, b, c) with a and b different.

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
    return mean_similarity(*_of_transformer(run, task, _triples(task.outputs)))


def mean_similarity(
    first: Float[np.ndarray, "triple dimension"], second: Float[np.ndarray, "triple dimension"]
) -> float | None:
    """Return the mean cosine similarity of rows; rows of zeros are left out, None without any."""
    size = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    known = size > 0
    if not known.any():
        return None
    return float(((first * second).sum(axis=1)[known] / size[known]).mean())


def _triples(numbers: int) -> Int[np.ndarray, "3 triple"]:
    random = np.random.default_rng(0)
    a, c = random.integers(numbers, size=(2, _TRIPLES))
    b = (a + random.integers(1, numbers, size=_TRIPLES)) % numbers
    return np.stack([a, b, c])


def _of_transformer(
    run: ModelRun, task: Modular, triples: Int[np.ndarray, "3 triple"]
) -> tuple[np.ndarray, np.ndarray]:
    """Return rows a and b of the gradient by E, which U does not share."""
    numbers = task.outputs
    parameters = {
        name: torch.from_numpy(np.array(values, dtype=np.float64))
        for name, values in run.parameters.items()
    }
    a, b, c = triples
    one_hot = np.eye(numbers)
    inputs = torch.from_numpy(np.concatenate([one_hot[a], one_hot[b]], axis=1))

    def logit(table: Any, row: Any, answer: Any) -> Any:
        logits = run.network.logits(task, {**parameters, "E": table}, row[None])[0]
        return (logits * answer).sum()

    gradient = torch.func.vmap(torch.func.grad(logit), in_dims=(None, 0, 0))
    answers = torch.from_numpy(one_hot[c])
    found = gradient(parameters["E"], inputs, answers).numpy()
    each = np.arange(len(a))
    return found[each, a], found[each, b]
