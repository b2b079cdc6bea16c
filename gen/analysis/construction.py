"""A network for addition that is written down and not trained.

Number a lies on the circle at the angle 2 pi a / p. Neuron k of n listens in the direction
phi_k = 2 pi k / n and speaks in the direction 2 phi_k. Two numbers a and b are heard as

    cos(alpha - phi) + cos(beta - phi) = R cos(x - phi),   x = (alpha + beta) / 2,
                                                           R = 2 cos((alpha - beta) / 2),

and all neurons together say the vector

    z = sum_k f(R cos(x - phi_k)) e^(2 i phi_k),           f = relu or f = u^2,

whose direction is the answer: it should be that of alpha + beta = 2 x. With f = u^2 it is,
exactly, for n = 3 and every n from 5 on: z = n R^2 / 4 e^(2 i x). With relu, higher waves of
f come back disguised as the second one (their order differs from it by a multiple of n); the
direction then has a small ripple (Gromov 2023, arXiv 2301.02679; the explorable of Pearce et
al. 2023 shows it for five neurons).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from jaxtyping import Complex, Float

Activation = Literal["linear", "relu", "square"]

TIE = 1e-9
"""A vector shorter than this points nowhere."""


def listening(neurons: int) -> Float[np.ndarray, " neuron"]:
    """The angle at which each neuron listens, in radians."""
    return 2 * np.pi * np.arange(neurons) / neurons


def activities(
    heard: Float[np.ndarray, "*batch"],
    strength: Float[np.ndarray, "*batch"] | float,
    neurons: int,
    activation: Activation,
) -> Float[np.ndarray, "*batch neuron"]:
    """What each neuron makes of two numbers.

    Args:
        heard: x, the angle halfway between them, in radians.
        strength: R, twice the cosine of half the angle between them.
    """
    before = np.asarray(strength)[..., None] * np.cos(heard[..., None] - listening(neurons))
    if activation == "linear":
        return before
    return np.maximum(before, 0) if activation == "relu" else before**2


def spoken(activity: Float[np.ndarray, "*batch neuron"]) -> Complex[np.ndarray, "*batch"]:
    """The vector z that the neurons say together, as cosine + i sine."""
    return activity @ np.exp(2j * listening(activity.shape[-1]))


def ripple(modulus: int, neurons: int, activation: Activation) -> Float[np.ndarray, " place"]:
    """How far the answer's direction is from that of the sum, for all places between two numbers.

    Place j is x = pi j / modulus, j = 0 ... 2 modulus - 1: pairs with a + b = j, heard with
    R > 0, or with a + b = j plus or minus the modulus, heard with R < 0.

    Returns:
        In steps from one number to the next, -modulus/2 to modulus/2: below a half, the right
        answer is the nearest. Not a number where the neurons say nothing.
    """
    heard = np.pi * np.arange(2 * modulus) / modulus
    vector = spoken(activities(heard, 1.0, neurons, activation))
    off = np.angle(vector * np.exp(-2j * heard)) * modulus / (2 * np.pi)
    return np.where(np.abs(vector) > TIE, off, np.nan)


def shares_right(modulus: int, neurons: int, activation: Activation) -> tuple[float, float]:
    """Shares of all ordered pairs that are answered rightly, and that are not answered at all.

    A pair is not answered where R = 0: two numbers opposite each other, which only an even
    modulus has.
    """
    off = ripple(modulus, neurons, activation)
    a, b = np.divmod(np.arange(modulus**2), modulus)
    strength = np.cos(np.pi * (a - b) / modulus)
    place = np.where(strength > 0, a + b, a + b + modulus) % (2 * modulus)
    mute = (np.abs(strength) < TIE) | np.isnan(off[place])
    right = ~mute & (np.abs(np.nan_to_num(off[place])) < 0.5 - TIE)
    return float(right.mean()), float(mute.mean())


def logits(modulus: int, neurons: int, activation: Activation) -> Float[np.ndarray, "a b c"]:
    """What the network says for every answer to every pair."""
    angle = 2 * np.pi * np.arange(modulus) / modulus
    heard, strength = (angle[:, None] + angle) / 2, 2 * np.cos((angle[:, None] - angle) / 2)
    vector = spoken(activities(heard, strength, neurons, activation))
    return np.real(vector[..., None] * np.exp(-1j * angle))
