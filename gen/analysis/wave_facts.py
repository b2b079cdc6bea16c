"""Facts about the waves of a network of modular arithmetic, as they are at the end.

The neurons of frequency k add nearly h cos(2 pi k (a + b - c) / p) to the logit of the answer c
(Nanda et al. 2023, arXiv 2301.05217; Gromov 2023, arXiv 2301.02679). The facts are: the height h,
the pairs for which h is small, the errors of a network whose main wave is slightly off, and the
wave that formed first.
"""

from __future__ import annotations

from math import cos, gcd, pi
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Int

from gen.analysis.activations import activations
from gen.analysis.fourier import components, neurons_by_frequency, power_share, powers
from gen.analysis.hidden_layer_views import activation_of, number_weights
from gen.analysis.neuron_groups import neuron_names
from gen.analysis.outcome import stays_above_from
from gen.analysis.pairs import read_pairs
from gen.analysis.progress import is_modular_addition

if TYPE_CHECKING:
    from gen.analysis.pairs import PairWeights
    from gen.analysis.types import Facts
    from gen.experiments.runs import ModelRun

OPPOSITE, CLOSE = 0.1, 0.9
"""Two numbers are opposite below the first |cos(w (a - b) / 2)|, and close above the second."""

PURE = 0.8
"""A neuron is pure if one frequency holds at least this share of its power."""


def near_miss_facts(run: ModelRun) -> Facts:
    """Return the main wave of W_in, its share of the power, and how many errors are near misses.

    A wave of frequency k puts p numbers on a circle in the order 0, 1/k, 2/k, ... modulo p. A
    network that adds on this circle, but not exactly, answers with a neighbour of the right
    answer. For products the circle holds exponents.

    Returns:
        `main_wave`; `main_wave_share` at the end and `main_wave_share_at_best` at the lowest test
        loss, 0 to 1; `wrong_next_door`: share of the wrong answers that are neighbours, and
        `next_door_by_chance`, both only if k and p are coprime. Empty for other tasks.
    """
    if "W_in" not in run.views or not is_modular_addition(run.task):
        return {}
    w_in = run.views["W_in"]
    main = int(powers(w_in[-1]).sum(axis=-1).argmax()) + 1
    loss = np.interp(run.snapshot_steps, run.logged_steps, run.metrics["test_loss"])
    shares = wave_shares(w_in, main)
    facts: Facts = {
        "main_wave": main,
        "main_wave_share": float(shares[-1]),
        "main_wave_share_at_best": float(shares[int(loss.argmin())]),
    }
    numbers = run.task.outputs
    if gcd(main, numbers) == 1:
        distances = answer_distances(run, main)
        wrong = distances[distances != 0]
        facts["wrong_next_door"] = float((wrong == 1).mean()) if len(wrong) else None
        facts["next_door_by_chance"] = 2 / (numbers - 1)
    return facts


def wave_shares(
    weights: Float[np.ndarray, "snapshot input neuron"], frequency: int
) -> Float[np.ndarray, " snapshot"]:
    """Return the share of all neurons' power that one wave holds, 0 to 1."""
    return power_share(powers(weights).sum(axis=-1), [frequency])


def answer_distances(run: ModelRun, frequency: int) -> Int[np.ndarray, " row"]:
    """Return the distance from each final answer on the test rows to the right one.

    It is counted in places on the circle of a wave; `frequency` and p are coprime.
    """
    numbers = run.task.outputs
    rows = run.task.draw(run.seed).test
    hidden = activations(rows.inputs[0] @ run.final_view("W_in"), activation_of(run))
    answers = (hidden @ run.final_view("W_out")).argmax(axis=-1)
    places = (answers - rows.labels[0]) * frequency % numbers
    return np.minimum(places, numbers - places)


def height_facts(run: ModelRun) -> Facts:
    """Return how high the waves in the logits of a network of modular addition are.

    Next to the right answer a wave is lower by 1 - cos(2 pi / p) of its height, in the order of
    its circle. A single wave must therefore be high to decide clearly.

    Returns:
        `next_door_drop`: that share. `smallest_wave_height`, `largest_wave_height`: see
        `wave_heights`. Empty for other tasks.
    """
    weights = read_pairs(run) if is_modular_addition(run.task) else None
    if weights is None:
        return {}
    on_circle = "A" in run.views
    heights = wave_heights(weights, one_group=on_circle)
    return {
        "next_door_drop": 1 - cos(2 * pi / run.task.outputs),
        "smallest_wave_height": min(heights),
        "largest_wave_height": max(heights),
    }


def wave_heights(weights: PairWeights, *, one_group: bool) -> list[float]:
    """Return the height of each frequency's wave, frequencies rising: the median over all pairs.

    A height is half the difference between the largest and the smallest logit.

    Args:
        one_group: whether all neurons have the same frequency.
    """
    a, b = np.triu_indices(len(weights.first))
    hidden = activations(weights.first[a] + weights.second[b], weights.activation)
    every = np.arange(len(weights.out))
    groups = [every] if one_group else neurons_by_frequency(weights.first).values()
    return [float(np.median(np.ptp(hidden[:, g] @ weights.out[g], axis=1) / 2)) for g in groups]


def opposite_facts(weights: PairWeights, settled: tuple[int, ...]) -> Facts:
    """Return how strong each frequency's wave is at opposite pairs, as a share of close ones.

    The pre-activation of a neuron is cos(w a - phi) + cos(w b - phi), which is
    2 cos(w (a - b) / 2) cos(w (a + b) / 2 - phi) with w = 2 pi k / p. Where the first factor is
    zero, a and b are opposite. What the neurons of frequency k still output there comes from
    other waves in their weights, such as that of 2k (Zhong et al. 2023, arXiv 2306.17844).

    Args:
        settled: the frequencies to measure.

    Returns:
        `opposite_frequencies`: those that have opposite pairs; a small circle may have none.
        `opposite_strengths`: of these, in the same order; `smallest_opposite_strength`,
        `largest_opposite_strength`; `largest_opposite_strength_of_main_waves`: the largest if
        W_in is reduced to the strongest wave of each neuron.
    """
    measured = opposite_strengths(weights, weights.first, settled)
    strengths = list(measured.values())
    main_only = opposite_strengths(weights, main_waves(weights.first), settled)
    return {
        "opposite_frequencies": list(measured),
        "opposite_strengths": strengths,
        "smallest_opposite_strength": min(strengths, default=None),
        "largest_opposite_strength": max(strengths, default=None),
        "largest_opposite_strength_of_main_waves": max(main_only.values(), default=None),
    }


def opposite_strengths(
    weights: PairWeights, w_in: Float[np.ndarray, "number neuron"], frequencies: tuple[int, ...]
) -> dict[int, float]:
    """Return for each frequency the mean amplitude at opposite pairs over that at close ones.

    The amplitude is that of the wave of frequency k over all answers c, in the logits of the
    neurons of frequency k. A frequency without opposite pairs is left out.

    Args:
        w_in: input weights to use; groups and output weights are those of `weights`.
    """
    groups = neurons_by_frequency(weights.first)
    numbers = np.arange(len(w_in))
    difference = numbers[:, None] - numbers
    found: dict[int, float] = {}
    for k in frequencies:
        group = groups[k]
        wave = components(weights.out[group].T)[k - 1]
        pre_activations = w_in[:, None, group] + w_in[None, :, group]
        amplitude = np.abs(activations(pre_activations, weights.activation) @ wave)
        factor = np.abs(np.cos(np.pi * k * difference / len(w_in)))
        opposite, close = factor < OPPOSITE, factor > CLOSE
        if opposite.any() and amplitude[close].mean() > 0:
            found[k] = float(amplitude[opposite].mean() / amplitude[close].mean())
    return found


def main_waves(w_in: Float[np.ndarray, "number neuron"]) -> Float[np.ndarray, "number neuron"]:
    """Return the weights reduced to the strongest wave of each neuron."""
    spectrum = np.fft.rfft(w_in, axis=0)
    spectrum[0] = 0
    strongest = np.abs(spectrum).argmax(axis=0)
    kept = np.arange(len(spectrum))[:, None] == strongest
    return np.fft.irfft(spectrum * kept, n=len(w_in), axis=0)


def first_wave_facts(run: ModelRun) -> Facts:
    """Return which of the final frequencies formed first, and at which step.

    A frequency has formed when every neuron that ends with it is `PURE`, until the end.

    Returns:
        `first_wave` (frequency), `first_wave_neurons` (count), `first_wave_rows` (its neurons, by
        the numbers that they have in figures) and `first_wave_at` (step); None if no frequency
        has formed. Empty without a weight for each number.
    """
    w_in = number_weights(run)
    if w_in is None:
        return {}
    power = powers(w_in).swapaxes(1, 2)
    names = neuron_names(run, w_in.shape[-1])
    formed: list[tuple[int, int, list[int]]] = []
    for k, neurons in neurons_by_frequency(w_in[-1]).items():
        shares = power_share(power[:, neurons], [k])
        step = stays_above_from(run.snapshot_steps, shares.min(axis=1), PURE)
        if step is not None:
            formed.append((step, k, sorted(names[neuron] for neuron in neurons)))
    step, wave, rows = min(formed) if formed else (None, None, None)
    return {
        "first_wave": wave,
        "first_wave_neurons": None if rows is None else len(rows),
        "first_wave_rows": rows,
        "first_wave_at": step,
    }
