"""Measures of progress: how much of the final solution a network has at each snapshot.

Accuracy depends only on the largest logit, and so it jumps; these measures change gradually
(Nanda et al. 2023, arXiv 2301.05217, for waves; Barak et al. 2022, arXiv 2207.08799, for signal
bits).

For addition the logits of all ordered pairs, L(a, b), are averaged over the pairs of one sum,

    M(s) = mean over a of L(a, s - a),        s = 0 ... p - 1,

which is the part of L that depends on the sum alone. Of M, as waves over s, only the constant
and those of the key frequencies are kept: R(s). The key frequencies are those of the final
W_in. Then

    restricted loss = loss of R(a + b) on test rows: the key waves alone,
    excluded loss   = loss of L(a, b) - R(a + b) + mean R on train rows: all but the key waves.

Because every logit is linear in the neurons, the averaging and the filtering are done on the
activations, which are smaller. Losses are in nats, divided by the number of outputs, as all
losses here are.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Int

from gen.analysis.activations import activations
from gen.analysis.fourier import key_frequencies, power_share, powers, wave_gini
from gen.analysis.hidden_layer_views import activation_of, hidden_layer_shapes

if TYPE_CHECKING:
    from gen.experiments.runs import ModelRun
    from gen.networks.batch import Activation
    from gen.networks.network import Network
    from gen.tasks.task import Rows, Task

MOST_SNAPSHOTS = 201
"""Most snapshots that are measured; a chart has no room for more, and each takes milliseconds."""


@dataclass(frozen=True)
class WaveProgress:
    """Measures of modular addition, at some of the snapshots.

    Attributes:
        frequencies: the key frequencies of the final W_in.
        norm: square root of the sum of all squared weights, in and out.
        key_share: share of the power of W_in's waves that is in the key frequencies, 0 to 1.
        gini: Gini coefficient of the waves' amplitudes in W_in, 0 (all alike) to nearly 1.
        restricted: loss of the key waves alone, on test rows, in nats per output.
        excluded: loss without the key waves, on train rows.
    """

    frequencies: tuple[int, ...]
    steps: Int[np.ndarray, " snapshot"]
    norm: Float[np.ndarray, " snapshot"]
    key_share: Float[np.ndarray, " snapshot"]
    gini: Float[np.ndarray, " snapshot"]
    restricted: Float[np.ndarray, " snapshot"]
    excluded: Float[np.ndarray, " snapshot"]


@dataclass(frozen=True)
class SignalProgress:
    """Measures of a network that has to find signal bits, at some of the snapshots.

    Attributes:
        norm: square root of the sum of all squared weights, in and out.
        signal_share: share of the sum of |W_in| over all bits that is on signal bits, 0 to 1.
    """

    steps: Int[np.ndarray, " snapshot"]
    norm: Float[np.ndarray, " snapshot"]
    signal_share: Float[np.ndarray, " snapshot"]


def is_modular_addition(task: Task) -> bool:
    """Return whether inputs are numbers (or places) to add and the label is their sum modulo p."""
    if task.inputs != task.outputs:
        return False
    rows = task.draw(0).train
    sums = rows.inputs[0].astype(np.int64) @ np.arange(task.inputs)
    return bool((sums % task.inputs == rows.labels[0]).all())


def has_progress_measures(task: Task, network: Network) -> bool:
    """Return whether the task and network have measures of progress: W_in by input, known task."""
    try:
        (into, (inputs, _)), _ = hidden_layer_shapes(network, task)
    except ValueError:
        return False
    return (into, inputs) == ("W_in", task.inputs) and (
        bool(task.signal_inputs) or is_modular_addition(task)
    )


@lru_cache(maxsize=4)
def wave_progress(run: ModelRun) -> WaveProgress:
    """Measure a run of modular addition whose network has a weight for each number."""
    chosen = _evenly(len(run.snapshot_steps))
    w_in = run.views["W_in"][chosen].astype(np.float32)
    w_out = run.views["W_out"][chosen].astype(np.float32)
    frequencies = key_frequencies(run.views["W_in"][-1])
    data = run.task.data((run.seed,))
    tests = np.bincount(data.test.labels[0], minlength=run.task.outputs)
    measured = [
        _losses(*matrices, frequencies, activation_of(run), data.train, tests)
        for matrices in zip(w_in, w_out, strict=True)
    ]
    restricted, excluded = np.array(measured).T
    return WaveProgress(
        frequencies=frequencies,
        steps=run.snapshot_steps[chosen],
        norm=weight_norm(w_in, w_out),
        key_share=power_share(powers(w_in).sum(axis=-1), frequencies),
        gini=wave_gini(w_in),
        restricted=restricted,
        excluded=excluded,
    )


@lru_cache(maxsize=4)
def signal_progress(run: ModelRun) -> SignalProgress:
    """Measure a run of a task with signal inputs."""
    chosen = _evenly(len(run.snapshot_steps))
    w_in = run.views["W_in"][chosen].astype(np.float64)
    size = np.abs(w_in)
    signal = list(run.task.signal_inputs)
    bits = [row for row in range(run.task.inputs) if row != run.task.bias_input]
    return SignalProgress(
        steps=run.snapshot_steps[chosen],
        norm=weight_norm(w_in, run.views["W_out"][chosen].astype(np.float64)),
        signal_share=size[:, signal].sum(axis=(1, 2)) / size[:, bits].sum(axis=(1, 2)),
    )


def weight_norm(
    w_in: Float[np.ndarray, "*batch input neuron"], w_out: Float[np.ndarray, "*batch neuron output"]
) -> Float[np.ndarray, " *batch"]:
    """Return the square root of the sum of all squared weights."""
    squares = (np.square(matrix, dtype=np.float64).sum(axis=(-2, -1)) for matrix in (w_in, w_out))
    return np.asarray(np.sqrt(sum(squares)))


def mean_activations_by_sum(
    w_in: Float[np.ndarray, "number neuron"], activation: Activation = "relu"
) -> Float[np.ndarray, "sum neuron"]:
    """Return the mean activation of each neuron over all ordered pairs with the same sum."""
    numbers = len(w_in)
    a = np.arange(numbers)
    b = (a[:, None] - a) % numbers
    return activations(w_in[None, a] + w_in[b], activation).mean(axis=1)


def keep_waves(
    activations_by_sum: Float[np.ndarray, "sum neuron"], frequencies: tuple[int, ...]
) -> Float[np.ndarray, "sum neuron"]:
    """Keep the constant and the waves of some frequencies over the sums; remove all others."""
    waves = np.fft.rfft(activations_by_sum, axis=0)
    others = np.ones(len(waves), dtype=bool)
    others[[0, *frequencies]] = False
    waves[others] = 0
    return np.fft.irfft(waves, n=len(activations_by_sum), axis=0).astype(activations_by_sum.dtype)


def cross_entropies(
    logits: Float[np.ndarray, "row answer"], labels: Int[np.ndarray, " row"]
) -> Float[np.ndarray, " row"]:
    """Return cross-entropy / outputs for each row, exact far below the resolution of float32.

    With z the logits less the largest of their row, the loss of a row is
    log(sum exp z) - z_right = log1p(sum over the others of exp z + expm1(z_right)) - z_right.
    """
    rows = np.arange(len(labels))
    z = logits - logits.max(axis=1, keepdims=True)
    right = z[rows, labels].astype(np.float64)
    powers_of_e = np.exp(z)
    powers_of_e[rows, labels] = 0
    others = powers_of_e.sum(axis=1, dtype=np.float64)
    return (np.log1p(others + np.expm1(right)) - right) / logits.shape[1]


def restricted_loss(
    waves: Float[np.ndarray, "sum neuron"],
    w_out: Float[np.ndarray, "neuron answer"],
    tests: Int[np.ndarray, " sum"],
) -> float:
    """Return the loss of activations that depend on the sum alone; `tests` counts rows by sum."""
    losses = cross_entropies(waves @ w_out, np.arange(len(waves)))
    return float(np.average(losses, weights=tests))


def _losses(
    w_in: Float[np.ndarray, "number neuron"],
    w_out: Float[np.ndarray, "neuron answer"],
    frequencies: tuple[int, ...],
    activation: Activation,
    train: Rows,
    tests: Int[np.ndarray, " sum"],
) -> tuple[float, float]:
    """Return restricted and excluded loss of one snapshot; `tests` counts the test rows by sum."""
    waves = keep_waves(mean_activations_by_sum(w_in, activation), frequencies)
    labels = train.labels[0]
    without = activations(train.inputs[0] @ w_in, activation)
    without -= (waves - waves.mean(axis=0))[labels]
    excluded = cross_entropies(without @ w_out, labels)
    return restricted_loss(waves, w_out, tests), float(excluded.mean())


def _evenly(snapshots: int) -> Int[np.ndarray, " chosen"]:
    """Return the indices of at most `MOST_SNAPSHOTS` snapshots, the first and last included."""
    return np.unique(np.linspace(0, snapshots - 1, min(snapshots, MOST_SNAPSHOTS)).astype(int))
