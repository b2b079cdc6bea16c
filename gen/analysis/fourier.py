"""Fourier analysis of weights over the numbers of modular arithmetic.

A neuron's p input weights w_0 ... w_{p-1} are written as a sum of waves of k = 1 ... p // 2
periods. In a network that generalises, each neuron has nearly one k (Nanda et al. 2023,
arXiv 2301.05217; Gromov 2023, arXiv 2301.02679).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float, Int

_ROUNDING = 1e-24


def components(weights: Float[np.ndarray, "*batch input neuron"]) -> np.ndarray:
    """Return the complex amplitude of each wave in each neuron's weights, constant part left out.

    Returns:
        complex128 (*batch, p // 2, neuron), in the unit of the weights. Entry k - 1 is
        2/p sum_a w_a exp(-2 pi i k a / p): its real part is the cosine's amplitude, minus
        its imaginary part the sine's, its angle minus the phase. For even p the last wave
        alternates, and has half that factor.
    """
    inputs = weights.shape[-2]
    spectrum = np.fft.rfft(weights.astype(np.float64), axis=-2)[..., 1:, :] * (2 / inputs)
    if inputs % 2 == 0:
        spectrum[..., -1, :] /= 2
    return spectrum


def powers(
    weights: Float[np.ndarray, "*batch input neuron"],
) -> Float[np.ndarray, "*batch k neuron"]:
    """Return the mean square of each wave; their sum is the variance of a neuron's weights."""
    inputs = weights.shape[-2]
    power = np.abs(components(weights)) ** 2 / 2
    if inputs % 2 == 0:
        power[..., -1, :] *= 2
    return power


def power_share(
    power: Float[np.ndarray, "*batch k"], waves: Sequence[int]
) -> Float[np.ndarray, "*batch"]:
    """Return the share of all power that some waves hold, 0 to 1; 0 without any power.

    It is exactly 1 for all waves and exactly 0 for none.
    """
    within = np.isin(np.arange(power.shape[-1]) + 1, waves)
    inside, outside = power[..., within].sum(axis=-1), power[..., ~within].sum(axis=-1)
    total = inside + outside
    return np.divide(inside, total, out=np.zeros_like(total), where=total > 0)


def frequencies(
    weights: Float[np.ndarray, "*batch input neuron"],
) -> Int[np.ndarray, "*batch neuron"]:
    """Return each neuron's strongest wave, in periods over all inputs: 1 to p // 2."""
    return powers(weights).argmax(axis=-2) + 1


def peak_power_shares(
    weights: Float[np.ndarray, "*batch input neuron"],
) -> Float[np.ndarray, "*batch neuron"]:
    """Return the share of each neuron's power that its strongest wave holds, 0 to 1.

    A neuron without any power (constant weights, up to rounding) has the share 0.
    """
    power = powers(weights)
    total = power.sum(axis=-2)
    rounding = _ROUNDING * np.square(weights, dtype=np.float64).mean(axis=-2)
    return np.divide(power.max(axis=-2), total, out=np.zeros_like(total), where=total > rounding)


def silent_neurons(
    weights: Float[np.ndarray, "*batch input neuron"], share: float = 1e-2
) -> Bool[np.ndarray, "*batch neuron"]:
    """Return which neurons have less than a share of the power of the strongest neuron.

    Their weights are nearly constant, and their strongest wave is noise.
    """
    power = powers(weights).sum(axis=-2)
    return power < share * power.max(axis=-1, keepdims=True)


def neurons_by_frequency(
    weights: Float[np.ndarray, "input neuron"],
) -> dict[int, Int[np.ndarray, " member"]]:
    """Return the neurons by their strongest wave, frequencies rising, without silent neurons."""
    strongest = np.where(silent_neurons(weights), 0, frequencies(weights))
    found = np.unique(strongest[strongest > 0])
    return {int(k): np.flatnonzero(strongest == k) for k in found}


def key_frequencies(
    weights: Float[np.ndarray, "input neuron"], share: float = 0.05
) -> tuple[int, ...]:
    """Return the waves that hold at least a share of the power of all neurons, rising."""
    power = powers(weights).sum(axis=-1)
    return tuple((np.flatnonzero(power >= max(share * power.sum(), _ROUNDING)) + 1).tolist())


def phases(weights: Float[np.ndarray, "*batch input neuron"]) -> Float[np.ndarray, "*batch neuron"]:
    """Return the phase of each strongest wave, cos(2 pi k a / p - phase), in radians, -pi to pi."""
    spectrum = components(weights)
    strongest = np.abs(spectrum).argmax(axis=-2, keepdims=True)
    return -np.angle(np.take_along_axis(spectrum, strongest, axis=-2))[..., 0, :]


def gini(values: Float[np.ndarray, "*batch n"]) -> Float[np.ndarray, " *batch"]:
    """Return the Gini coefficient: 0 if n values are equal, 1 - 1/n if all but one are zero.

    Half the mean difference of two values, over their mean; 0 if all are zero.
    """
    n = values.shape[-1]
    ordered = np.sort(values.astype(np.float64), axis=-1)
    total = ordered.sum(axis=-1)
    above = (ordered * (2 * np.arange(1, n + 1) - n - 1)).sum(axis=-1)
    return np.divide(above, n * total, out=np.zeros_like(total), where=total > 0)


def wave_gini(
    weights: Float[np.ndarray, "*batch input neuron"],
) -> Float[np.ndarray, " *batch"]:
    """Return the Gini coefficient of the waves' amplitudes (root of squares summed over neurons).

    This is the Gini coefficient of a network's weights everywhere (Nanda et al. 2023).
    """
    return gini(np.sqrt(powers(weights).sum(axis=-1)))
