"""How many models of a sweep generalise, for each value of one or two of its settings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Int

from gen.analysis.sweep_outcomes import GROKS, TOGETHER, SweepRun


@dataclass(frozen=True)
class Shares:
    """Counts over all models that share the values of some axes.

    Attributes:
        trained: models that are trained so far, those that diverged included.
        generalise: those of them that generalise, late (grok) or at once.
    """

    trained: Int[np.ndarray, "*value"]
    generalise: Int[np.ndarray, "*value"]


def shares(run: SweepRun, *places: int) -> Shares:
    """Return the counts for each combination of the values of some axes, in the config's order.

    Args:
        places: of the axes in `run.axes`, in the order of the counts' dimensions.
    """
    shape = (*(len(axis.values) for axis in run.axes), len(run.seeds))
    others = tuple(axis for axis in range(len(shape)) if axis not in places)
    order = np.argsort(np.argsort(places)).tolist()
    generalises = np.isin(run.outcomes(), (GROKS, TOGETHER))
    trained, generalise = (
        models.reshape(shape).sum(axis=others).transpose(order)
        for models in (run.trained, generalises)
    )
    return Shares(trained, generalise)
