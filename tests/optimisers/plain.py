"""Plain loops of the optimisers' formulas in numpy, for one tensor of one model in float64."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray
Update = Callable[[Array, Array], Array]
"""Returns the next weights from the present weights and their gradient."""


def adamw(
    *,
    learning_rate: float,
    betas: tuple[float, float] = (0.9, 0.999),
    weight_decay: float = 0.0,
    l1: float = 0.0,
) -> Update:
    first: Any = 0.0
    second: Any = 0.0
    t = 0

    def update(w: Array, g: Array) -> Array:
        nonlocal first, second, t
        t += 1
        g = g + l1 * np.sign(w)
        first = betas[0] * first + (1 - betas[0]) * g
        second = betas[1] * second + (1 - betas[1]) * g * g
        w = w - learning_rate * weight_decay * w
        unbiased = first / (1 - betas[0] ** t), second / (1 - betas[1] ** t)
        return w - learning_rate * unbiased[0] / (np.sqrt(unbiased[1]) + 1e-8)

    return update


def sgd(
    *,
    learning_rate: float,
    momentum: float = 0.0,
    nesterov: bool = False,
    weight_decay: float = 0.0,
) -> Update:
    kept: Any = 0.0

    def update(w: Array, g: Array) -> Array:
        nonlocal kept
        g = g + weight_decay * w
        kept = momentum * kept + g
        return w - learning_rate * (g + momentum * kept if nesterov else kept)

    return update


def orthogonal_grad(**adamw_settings: Any) -> Update:
    then = adamw(**adamw_settings)

    def update(w: Array, g: Array) -> Array:
        direction = w / np.sqrt(np.sum(w**2))
        rest = g - np.sum(direction * g) * direction
        return then(w, rest / np.sqrt(np.sum(rest**2)) * np.sqrt(np.sum(g**2)))

    return update


def grokfast(
    *, ema_decay: float = 0.98, amplification: float = 2.0, **adamw_settings: Any
) -> Update:
    then = adamw(**adamw_settings)
    average: Array | None = None

    def update(w: Array, g: Array) -> Array:
        nonlocal average
        former = g if average is None else average
        average = ema_decay * former + (1 - ema_decay) * g
        return then(w, g + amplification * average)

    return update


def muon(
    *,
    learning_rate: float,
    momentum: float = 0.95,
    nesterov: bool = True,
    weight_decay: float = 0.0,
    adamw_learning_rate: float = 3e-4,
    betas: tuple[float, float] = (0.9, 0.999),
) -> Update:
    others = adamw(learning_rate=adamw_learning_rate, betas=betas, weight_decay=weight_decay)
    kept: Any = 0.0

    def update(w: Array, g: Array) -> Array:
        nonlocal kept
        if w.ndim != 2:
            return others(w, g)
        kept = momentum * kept + g
        x = g + momentum * kept if nesterov else kept
        x = x / (np.sqrt(np.sum(x**2)) + 1e-7)
        for _ in range(5):
            cubic = x @ x.T @ x
            x = 3.4445 * x - 4.7750 * cubic + 2.0315 * x @ x.T @ cubic
        return w - learning_rate * weight_decay * w - learning_rate * x

    return update


PLAIN: dict[str, Callable[..., Update]] = {
    "adamw": adamw,
    "grokfast": grokfast,
    "muon": muon,
    "orthogonal-grad": orthogonal_grad,
    "sgd": sgd,
}
"""By kind; each takes the keys of its table."""
