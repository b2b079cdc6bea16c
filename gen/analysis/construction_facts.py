"""Facts of the construction: how many sums come out right, how far off, how loud."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gen.analysis.construction import MODULI, NEURONS, Construction, ConstructionActivation

if TYPE_CHECKING:
    from gen.analysis.types import Facts
    from gen.i18n import Words

from functools import cache

from gen.analysis.construction import RIGHT, UNDECIDED, WRONG


def construction_facts(network: Construction) -> Facts:
    """What may be said of one constructed network.

    Returns:
        `right`, `wrong` and `undecided`: of all `pairs` a <= b. `opposite`: pairs of which one
        number lies opposite the other, so that no neuron hears anything; they are among the
        undecided. `largest_stray`: how far the answer's direction is from its place at most
        (degrees; None where no direction is spoken). `range`: how many times as loud the loudest
        answer is as the faintest (None where nothing is spoken).
    """
    verdicts, strays = network.verdicts(), network.angle_errors()
    modulus = network.modulus
    spoken = strays[~np.isnan(strays)]
    return {
        "neurons": network.neurons,
        "modulus": modulus,
        "activation": network.activation,
        "pairs": len(verdicts),
        "right": int((verdicts == RIGHT).sum()),
        "wrong": int((verdicts == WRONG).sum()),
        "undecided": int((verdicts == UNDECIDED).sum()),
        "right_share": float((verdicts == RIGHT).mean()),
        "opposite": modulus // 2 if modulus % 2 == 0 else 0,
        "step": 360 / modulus,
        "half_step": 180 / modulus,
        "largest_stray": float(np.abs(spoken).max()) * 360 / modulus if len(spoken) else None,
        "range": output_range(network),
    }


def output_range(network: Construction) -> float | None:
    """How many times as loud equal numbers are answered as those that are nearly opposite.

    Numbers d apart are heard at strength 2 cos(pi d / p); relu passes that on as it is, u^2
    squares it.
    """
    if network.activation == "linear":
        return None
    farthest = (network.modulus - 1) // 2
    faintest = float(np.cos(np.pi * farthest / network.modulus))
    return faintest ** (-2 if network.activation == "square" else -1)


def largest_correct_moduli() -> Facts:
    """For each number of neurons, up to which modulus every sum that is decided is right.

    Returns:
        `relu_up_to_5` and so on, for every number of neurons and both activations: the largest
        modulus below which, from the smallest offered on, none is wrong; None if the first is.
    """
    bends: tuple[ConstructionActivation, ...] = ("relu", "square")
    counts = range(NEURONS[0], NEURONS[1] + 1)
    return {f"{bend}_up_to_{n}": _limit(n, bend) for bend in bends for n in counts}


@cache
def _limit(neurons: int, activation: ConstructionActivation) -> int | None:
    largest = None
    for modulus in range(MODULI[0], MODULI[1] + 1):
        strays = np.abs(Construction(neurons, modulus, activation).angle_errors())
        if not (strays < 0.5 * (1 - 1e-9)).all():
            break
        largest = modulus
    return largest


def describe_verdicts(run: Construction, words: Words) -> str:
    """How many of all pairs are answered rightly, and how many are not decided."""
    from gen.analysis.construction import RIGHT, UNDECIDED

    verdicts = run.verdicts()
    return words(
        "construction.counted",
        right=int((verdicts == RIGHT).sum()),
        pairs=len(verdicts),
        undecided=int((verdicts == UNDECIDED).sum()),
    )
