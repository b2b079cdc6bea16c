"""What the double waves of a pizza say: the accompanying pizza of Zhong et al. 2023.

A pizza is silent where a and b are opposite on its circle. Zhong et al. (arXiv 2306.17844,
Section 3.4 and Appendix D) find a second circle beside it, with numbers at twice the angle w a.
Opposite numbers of the first are close on the second, and what the second adds to the logit of c is

    -(cos 2wa + cos 2wb) cos(wc) - (sin 2wa + sin 2wb) sin(wc) = -2 cos(w(a - b)) cos(w(a + b - c))

which is largest where the pizza is silent. Here the second circle is the double wave in the input
weights of a neuron (`gen.analysis.interventions`), and its output is compared with this formula.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from gen.analysis.activations import activations
from gen.analysis.fourier import neurons_by_frequency
from gen.analysis.interventions import main_frequencies, remove_double_waves
from gen.analysis.wave_facts import opposite_strengths

if TYPE_CHECKING:
    from gen.analysis.pairs import PairWeights
    from gen.analysis.types import Facts

_ROUNDING = 1e-12


def accompanying_facts(weights: PairWeights, settled: tuple[int, ...]) -> Facts:
    """Return whether the double waves are accompanying pizzas, for networks that add.

    Args:
        settled: the frequencies to measure.

    Returns:
        `accompanying_shares`: of these, see `accompanying_shares`; `smallest_accompanying_share`.
        `largest_opposite_strength_without_doubles`: as `largest_opposite_strength`, without the
        double waves in W_in. None without a frequency.
    """
    shares = accompanying_shares(weights, settled)
    without = remove_double_waves(weights.first, main_frequencies(weights.first))
    strengths = opposite_strengths(weights, without, settled)
    return {
        "accompanying_shares": shares,
        "smallest_accompanying_share": min(shares, default=None),
        "largest_opposite_strength_without_doubles": max(strengths.values(), default=None),
    }


def accompanying_shares(weights: PairWeights, frequencies: tuple[int, ...]) -> list[float]:
    """Return how much of what double waves say alone is the formula of the module.

    It is the share of the variance over all a, b and c of the logits of the neurons of frequency k,
    with only their double waves in W_in, that a positive multiple of the formula explains: the
    square of the correlation, 0 if that is negative or there is no double wave.
    """
    first = weights.first
    doubles = first - remove_double_waves(first, main_frequencies(first))
    doubles[np.abs(doubles) < _ROUNDING * np.abs(first).max()] = 0
    groups = neurons_by_frequency(first)
    numbers = np.arange(len(first))
    shares: list[float] = []
    for k in frequencies:
        group = groups[k]
        heard = doubles[:, None, group] + doubles[None, :, group]
        logits = activations(heard, weights.activation) @ weights.out[group]
        correlation = _correlation(logits, formula(numbers * 2 * np.pi * k / len(first)))
        shares.append(max(correlation, 0.0) ** 2)
    return shares


def formula(angles: Float[np.ndarray, " number"]) -> Float[np.ndarray, "number number number"]:
    """Return -cos(x - y) cos(x + y - z) for angles x, y and z of a, b and c, in radians."""
    first, second, answer = angles[:, None, None], angles[:, None], angles
    return -np.cos(first - second) * np.cos(first + second - answer)


def _correlation(
    logits: Float[np.ndarray, "number number number"],
    expected: Float[np.ndarray, "number number number"],
) -> float:
    """Return the correlation over all pairs and answers; what all answers get does not count."""
    found = logits - logits.mean(axis=-1, keepdims=True)
    size = float(np.linalg.norm(found) * np.linalg.norm(expected))
    return float((found * expected).sum()) / size if size > 0 else 0.0
