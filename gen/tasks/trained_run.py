"""What the hooks `Task.facts` and `Network.facts` read of one trained model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float, Int


@runtime_checkable
class TrainedRun(Protocol):
    """One trained model; `gen.experiments.runs.ModelRun` is one.

    Attributes:
        seed: the seed of its data and initial parameters.
        logged_steps: steps at which metrics were taken.
        metrics: by name, such as `test_loss`; one value for each logged step.
        snapshot_steps: steps at which views were taken.
        views: by name, such as `W_in`; one matrix for each snapshot.
        parameters: the learned arrays after the last step, by name.
    """

    @property
    def seed(self) -> int: ...
    @property
    def logged_steps(self) -> Int[np.ndarray, " log"]: ...
    @property
    def metrics(self) -> dict[str, Float[np.ndarray, " log"]]: ...
    @property
    def snapshot_steps(self) -> Int[np.ndarray, " snapshot"]: ...
    @property
    def views(self) -> Mapping[str, Float[np.ndarray, "snapshot _rows _columns"]]: ...
    @property
    def parameters(self) -> dict[str, Float[np.ndarray, "..."]]: ...
