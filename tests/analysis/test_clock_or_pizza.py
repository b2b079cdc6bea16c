"""Clock or pizza: the two measures of Zhong et al. on networks whose algorithm is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jaxtyping import Float

from gen.analysis import clock_or_pizza
from gen.analysis.all_pairs import AllPairs, all_pairs, of_network, of_weights
from gen.analysis.clock_or_pizza import (
    algorithm,
    distance_irrelevance,
    gradient_symmetricity,
    similarities,
    without_doubles,
)
from gen.analysis.pairs import PairWeights
from gen.experiments.runs import ModelRun, model_runs
from gen.networks.transformer import Transformer
from gen.optimisers.adamw import AdamW
from gen.tasks.modular import Modular
from gen.training.loop import Ensemble, Training, train
from tests.support.pair_runs import pair_run


def of_heights(heights: np.ndarray) -> AllPairs:
    """Return a network whose right logit has a given height for each pair, and 0 elsewhere."""
    n = len(heights)

    def logits(a: int) -> np.ndarray:
        found = np.zeros((n, n))
        found[np.arange(n), (a + np.arange(n)) % n] = heights[a]
        return found

    return AllPairs(n, logits)


@given(st.integers(1, 9).map(lambda half: 2 * half + 1), st.integers(0, 99))
def test_logits_of_the_distance_alone_are_0_and_of_the_sum_alone_1(n: int, seed: int) -> None:
    a, b = np.meshgrid(np.arange(n), np.arange(n), indexing="ij")
    values = np.random.default_rng(seed).normal(size=n)
    assert distance_irrelevance(of_heights(values[(a - b) % n])) == pytest.approx(0, abs=1e-9)
    assert distance_irrelevance(of_heights(values[(a + b) % n])) == pytest.approx(1)
    assert distance_irrelevance(of_heights(np.ones((n, n)))) == 1


@pytest.mark.parametrize(
    ("symmetricity", "irrelevance", "without", "found"),
    [
        (1.0, 0.1, None, "pizza"),
        (0.3, 0.1, None, "pizza"),
        (1.0, 0.7, 0.2, "pizza with double waves"),
        (1.0, 0.7, 0.6, None),
        (1.0, 0.7, None, None),
        (0.3, 0.8, None, "clock"),
        (None, 0.8, 0.6, None),
    ],
)
def test_the_algorithm_follows_from_the_measures(
    symmetricity: float | None, irrelevance: float, without: float | None, found: str | None
) -> None:
    assert algorithm(symmetricity, irrelevance, without) == found


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_article_names_the_thresholds(language: str) -> None:
    page = Path(__file__).parents[2] / "site" / "pages" / language / "larger-model.md"
    most, below = {"en": ("at most", "below"), "zh": ("至多", "低于")}[language]
    text = " ".join(page.read_text("utf-8").split())
    assert f"{most} {clock_or_pizza.IRRELEVANT}" in text
    assert f"symmetricity {below} {clock_or_pizza.SYMMETRIC}" in text or (
        f"梯度对称度{below} {clock_or_pizza.SYMMETRIC}" in text
    )


def test_a_double_wave_mends_a_pizza() -> None:
    n, k, neurons = 67, 5, 24
    phase = 2 * np.pi * np.arange(neurons) / neurons
    turn = 2 * np.pi * k * np.arange(n)[:, None] / n

    def weights(double: float) -> PairWeights:
        into = np.cos(turn - phase) - double * np.cos(2 * (turn - phase))
        return PairWeights(into, into, np.cos(turn - 2 * phase).T, 1, "relu")

    def spread(pairs: AllPairs) -> float:
        """Return the spread of the right logit over pairs, as a share of its mean."""
        right = [pairs.logits(a)[np.arange(n), pairs.answers(a)] for a in range(n)]
        return float(np.std(right) / np.mean(right))

    plain, mended = weights(0.0), weights(0.15)
    assert distance_irrelevance(of_weights(plain)) < 0.05
    assert spread(of_weights(mended)) < 0.8 * spread(of_weights(plain))
    removed = without_doubles(mended)
    for a in (0, 30):
        assert removed.logits(a) == pytest.approx(of_weights(plain).logits(a))


def transformer_run() -> ModelRun:
    task = Modular(modulus=7, train_share=0.5, ordered=True)
    network = Transformer(width=8, heads=2, hidden=10)
    optimiser = AdamW(learning_rate=1e-2, betas=(0.9, 0.98), weight_decay=1.0)
    training = Training(steps=20, log_every=10, snapshot_every=10)
    ensemble = Ensemble(task, network, training, (0,), (optimiser,))
    (run,) = model_runs("t", ensemble, train(ensemble))
    return run


def test_gradients_of_a_transformer_equal_differences_of_its_logits() -> None:
    run = transformer_run()
    symmetricity = gradient_symmetricity(run)
    assert symmetricity is not None and -1 < symmetricity < 1
    slopes = _differences(run)
    cosines = []
    for a, b in [(a, b) for a in range(7) for b in range(7) if a != b]:
        for first, second in zip(slopes[a, :, a, b].T, slopes[b, :, a, b].T, strict=True):
            cosines.append(first @ second / (np.linalg.norm(first) * np.linalg.norm(second)))
    assert symmetricity == pytest.approx(np.mean(cosines), abs=1e-5)


def _differences(run: ModelRun) -> Float[np.ndarray, "number dimension a b c"]:
    """Return the slopes of all logits along every entry of the embedding."""
    table = run.parameters["E"].astype(np.float64)

    def logits(change: float, entry: tuple[int, int]) -> np.ndarray:
        changed = table.copy()
        changed[entry] += change
        pairs = of_network(replace(run, parameters={**run.parameters, "E": changed}))
        return np.stack([pairs.logits(a) for a in range(7)])

    step = 1e-5
    slopes = [
        [(logits(step, (n, d)) - logits(-step, (n, d))) / (2 * step) for d in range(8)]
        for n in range(7)
    ]
    return np.array(slopes)


def test_a_network_that_sees_the_sum_of_weights_has_equal_gradients() -> None:
    assert gradient_symmetricity(pair_run("add")) == 1
    assert gradient_symmetricity(pair_run("subtract")) is None


def test_similarity_leaves_out_gradients_that_are_zero() -> None:
    rows = np.array([[1.0, 0.0], [0.0, 0.0], [3.0, 4.0]])
    others = np.array([[0.0, 2.0], [1.0, 1.0], [3.0, 4.0]])
    assert similarities(rows, others).mean() == pytest.approx(0.5)
    assert similarities(rows[1:2], others[1:2]).size == 0


@pytest.mark.parametrize("operation", ["add", "subtract", "multiply"])
def test_the_function_of_a_network_gives_the_logits_of_its_weights(operation: str) -> None:
    run = pair_run(operation)  # type: ignore[arg-type]
    by_weights, by_function = all_pairs(run), of_network(run)
    for a in (0, 3, run.task.outputs - 1):
        assert by_function.logits(a) == pytest.approx(by_weights.logits(a), rel=1e-5, abs=1e-5)
