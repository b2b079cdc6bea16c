"""Facts about the waves."""

from __future__ import annotations

from math import cos, gcd, pi
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Int

from gen.analysis.activations import activations
from gen.analysis.fourier import components, neurons_by_frequency, power_share, powers
from gen.analysis.progress import is_modular_addition
from gen.networks.embedded import circle

if TYPE_CHECKING:
    from gen.analysis.pairs import PairWeights
    from gen.analysis.types import Facts
    from gen.experiments.runs import ModelRun


def near_miss_facts(run: ModelRun) -> Facts:
    """The main wave, its share of all power in W_in now and at the best snapshot, near misses."""
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
        places = answer_distances(run, main)
        wrong = places[places != 0]
        facts["wrong_next_door"] = float((wrong == 1).mean()) if len(wrong) else None
        facts["next_door_by_chance"] = 2 / (numbers - 1)
    return facts


def wave_shares(
    weights: Float[np.ndarray, "snapshot input neuron"], frequency: int
) -> Float[np.ndarray, " snapshot"]:
    """Share of the power in all neurons' weights that one wave holds, 0 to 1."""
    return power_share(powers(weights).sum(axis=-1), [frequency])


def answer_distances(run: ModelRun, frequency: int) -> Int[np.ndarray, " row"]:
    """By how many places on a wave's circle the final answers to unseen sums are off."""
    numbers = run.task.outputs
    rows = run.task.draw(run.seed).test
    w_in, w_out = (run.views[name][-1].astype(np.float64) for name in ("W_in", "W_out"))
    hidden = activations(rows.inputs[0] @ w_in, run.network.activation)
    answers = (hidden @ w_out).argmax(axis=-1)
    turned = (answers - rows.labels[0]) * frequency % numbers
    return np.minimum(turned, numbers - turned)


def height_facts(run: ModelRun) -> Facts:
    """How high the waves of a network that adds are in its logits.

    Returns:
        `next_door_drop`: the share of its height by which a wave is lower next to its crest.
        `smallest_wave_height`, `largest_wave_height`: over the groups of neurons of one
        frequency, the height of what they say for all answers, in the median over all pairs.
        Nothing for other tasks.
    """
    if not is_modular_addition(run.task):
        return {}
    heights = wave_heights(run)
    return {
        "next_door_drop": 1 - cos(2 * pi / run.task.outputs),
        "smallest_wave_height": min(heights),
        "largest_wave_height": max(heights),
    }


def wave_heights(run: ModelRun) -> list[float]:
    """Median height of each group's wave, over all pairs of numbers; groups by rising frequency.

    A height is half of the difference between the largest and the smallest logit.
    """
    w_in, w_out, groups = _final(run)
    a, b = np.triu_indices(len(w_in))
    active = activations(w_in[a] + w_in[b], run.network.activation)
    return [float(np.median(np.ptp(active[:, g] @ w_out[g], axis=1) / 2)) for g in groups]


def _final(
    run: ModelRun,
) -> tuple[
    Float[np.ndarray, "number neuron"],
    Float[np.ndarray, "neuron number"],
    list[Int[np.ndarray, " member"]],
]:
    """The final W_in and W_out, and the neurons of each group."""
    views = {name: view[-1].astype(np.float64) for name, view in run.views.items()}
    if "A" in views:
        table = circle(run.task.outputs)
        return table @ views["A"], views["B"] @ table.T, [np.arange(views["A"].shape[1])]
    return views["W_in"], views["W_out"], list(neurons_by_frequency(views["W_in"]).values())


OPPOSITE, CLOSE = 0.1, 0.9
"""Two numbers are opposite below the first |cos(w (a - b) / 2)|, and close above the second."""


def opposite_facts(known: PairWeights, settled: tuple[int, ...]) -> Facts:
    """How strong each frequency's wave is at opposite pairs, as a share of close ones.

    Args:
        settled: the frequencies that the network has settled on; nothing is measured without.

    Returns:
        `opposite_frequencies`: the frequencies that have opposite pairs, which may lack on a
        circle of few places; `opposite_strengths` of these, in their order, the smallest and
        the largest of them, and the largest if only the main wave of every neuron is kept in
        W_in.
    """
    measured = opposite_strengths(known, known.first, settled)
    strengths = list(measured.values())
    main_alone = opposite_strengths(known, main_waves(known.first), settled)
    return {
        "opposite_frequencies": list(measured),
        "opposite_strengths": strengths,
        "smallest_opposite_strength": min(strengths, default=None),
        "largest_opposite_strength": max(strengths, default=None),
        "largest_opposite_strength_of_main_waves": max(main_alone.values(), default=None),
    }


def opposite_strengths(
    known: PairWeights, into: Float[np.ndarray, "number neuron"], frequencies: tuple[int, ...]
) -> dict[int, float]:
    """For each frequency, mean amplitude at opposite pairs divided by that at close ones.

    The amplitude is that of the wave of k periods over all answers c in what the neurons of
    frequency k say. A frequency that has no opposite pairs is left out.
    """
    groups = neurons_by_frequency(known.first)
    numbers = np.arange(len(into))
    apart = numbers[:, None] - numbers
    found: dict[int, float] = {}
    for k in frequencies:
        group = groups[k]
        wave = components(known.out[group].T)[k - 1]
        before = into[:, None, group] + into[None, :, group]
        strength = np.abs(activations(before, known.activation) @ wave)
        near = np.abs(np.cos(np.pi * k * apart / len(into)))
        opposite, close = near < OPPOSITE, near > CLOSE
        if opposite.any() and strength[close].mean() > 0:
            found[k] = float(strength[opposite].mean() / strength[close].mean())
    return found


def main_waves(into: Float[np.ndarray, "number neuron"]) -> Float[np.ndarray, "number neuron"]:
    """The weights with nothing left in them but each neuron's strongest wave."""
    spectrum = np.fft.rfft(into, axis=0)
    spectrum[0] = 0
    strongest = np.abs(spectrum).argmax(axis=0)
    kept = np.arange(len(spectrum))[:, None] == strongest
    return np.fft.irfft(spectrum * kept, n=len(into), axis=0)
