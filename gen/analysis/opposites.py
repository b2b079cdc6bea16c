"""What the waves of a network still say where a and b are opposite on their circle.

A network that hears E_a + E_b hears cos(w a - phi) + cos(w b - phi), which is
2 cos(w (a - b) / 2) cos(w (a + b) / 2 - phi), w = 2 pi k / p: nothing, where the first factor is
zero. What a group of neurons says there in spite of it comes from other waves than its own, such
as those of twice the frequency (Zhong et al. 2023, arXiv 2306.17844).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from gen.analysis.activations import activations
from gen.analysis.fourier import by_frequency, components

if TYPE_CHECKING:
    from gen.analysis.pairs import Reading
    from gen.analysis.types import Facts

OPPOSITE, CLOSE = 0.1, 0.9
"""Two numbers are opposite below the first |cos(w (a - b) / 2)|, and close above the second."""


def opposite_facts(known: Reading, settled: tuple[int, ...]) -> Facts:
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
    known: Reading, into: Float[np.ndarray, "number neuron"], frequencies: tuple[int, ...]
) -> dict[int, float]:
    """For each frequency, mean amplitude at opposite pairs divided by that at close ones.

    The amplitude is that of the wave of k periods over all answers c in what the neurons of
    frequency k say. A frequency that has no opposite pairs is left out.
    """
    groups = by_frequency(known.first)
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
