"""Row of the alt text of interventions: all pairs answered with the final weights."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tests.support.alt_seen import Row, Seen, last_step, numbers, operation, sentence


def _weights(s: Seen) -> tuple[np.ndarray, np.ndarray]:
    """Return a row per input and neuron, and a column per answer."""
    w_in, w_out = (view[-1].astype(float) for view in s.run.views.values())
    p = numbers(s)
    if len(w_in) != 2:
        return w_in, w_out
    angle = 2 * np.pi * np.arange(p) / p
    points = np.stack([np.cos(angle), np.sin(angle)], axis=1) / np.sqrt(p / 2)
    return points @ w_in, w_out @ points.T


def _right(s: Seen, without: int | None = None) -> int:
    """Return how many pairs a <= b are answered rightly."""
    w_in, w_out = _weights(s)
    if without is not None:
        w_out = np.delete(w_out, without, axis=0)
        w_in = np.delete(w_in, without, axis=1)
    p, count = numbers(s), 0
    for a in range(p):
        for b in range(a, p):
            logits = np.maximum(w_in[a] + w_in[b], 0) @ w_out
            count += int(logits.argmax()) == (a + b) % p
    return count


def _pairs(s: Seen) -> int:
    return numbers(s) * (numbers(s) + 1) // 2


def _least(s: Seen) -> int:
    return min(_right(s, neuron) for neuron in range(s.into.shape[2]))


INTERVENE: Mapping[str, Row] = {
    "alt.intervene.map": sentence(
        lambda s: operation(s) in ("add", "multiply"),
        pairs=_pairs,
        right=_right,
        step=last_step,
        least=_least,
    ),
}
