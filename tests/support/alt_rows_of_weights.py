"""Rows of alt texts of weights: matrices, trajectories, and points of the plane."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from tests.support import naive_facts as naive
from tests.support.alt_seen import (
    EN,
    Row,
    Seen,
    constant,
    digits,
    first_step,
    is_parity,
    last_step,
    listed,
    neurons,
    numbers,
    of_case,
    operation,
    sentence,
)


def _limit(s: Seen) -> float:
    """Return the configured limit; by default the smaller of two maxima, rounded up."""
    if s.figure.limit is not None:
        return s.figure.limit
    smaller = min(float(np.abs(view[-1]).max()) for view in s.run.views.values())
    if smaller == 0:
        return 1.0
    round_ones = [
        digit * 10.0**power
        for power in range(-9, 9)
        for digit in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
    ]
    return min(one for one in round_ones if one >= smaller * (1 - 1e-9))


def _pure(s: Seen) -> list[int]:
    return [n for n in range(neurons(s)) if naive.purity(s.into[-1, :, n]) > 0.9]


def _has_waves(s: Seen) -> bool:
    return not is_parity(s) and s.into.shape[1] > 2


def _distractors(s: Seen) -> np.ndarray:
    """Return the absolute weights on distractor bits at every snapshot."""
    return np.abs(s.into[:, s.run.task.signal_bits : -1])  # type: ignore[attr-defined]


def _signal(s: Seen) -> np.ndarray:
    return np.abs(s.into[:, : s.run.task.signal_bits])  # type: ignore[attr-defined]


def _live(s: Seen) -> int:
    return sum(np.abs(s.into[-1, :, n]).max() > 0.02 for n in range(neurons(s)))


WEIGHTS: Mapping[str, Row] = {
    "alt.weights.begin": sentence(
        neurons=neurons,
        inputs=lambda s: s.into.shape[1],
        outputs=lambda s: list(s.run.views.values())[1].shape[2],
        first=first_step,
        last=last_step,
        into=lambda s: next(iter(s.run.views)),
        out=lambda s: list(s.run.views)[1],
        limit=_limit,
    ),
    "alt.weights.by_size": sentence(is_parity),
    "alt.weights.by_angle": sentence(lambda s: "A" in s.run.views),
    "alt.weights.by_frequency": sentence(_has_waves),
    "alt.weights.sparse": sentence(
        lambda s: is_parity(s) and _distractors(s).size > 0,
        into=lambda s: next(iter(s.run.views)),
        neurons=neurons,
        live=_live,
        small=constant(0.02),
        signal=lambda s: _signal(s)[-1].max(),
        distractor=lambda s: _distractors(s)[-1].max(),
    ),
    "alt.weights.sparse_alone": sentence(
        lambda s: is_parity(s) and _distractors(s).size == 0,
        into=lambda s: next(iter(s.run.views)),
        neurons=neurons,
        live=_live,
        small=constant(0.02),
        signal=lambda s: _signal(s)[-1].max(),
    ),
    "alt.weights.waves": sentence(
        lambda s: _has_waves(s) and len(_pure(s)) > 0,
        pure=lambda s: len(_pure(s)),
        neurons=neurons,
        share=constant(EN.percent(0.9)),
        frequencies=listed(lambda s: sorted({naive.strongest(s.into[-1, :, n]) for n in _pure(s)})),
    ),
    "alt.weights.mixed": sentence(
        lambda s: _has_waves(s) and not _pure(s), share=constant(EN.percent(0.9))
    ),
    "alt.weights.circle": sentence(
        lambda s: "A" in s.run.views,
        largest=lambda s: max(abs(float(w)) for v in s.run.views.values() for w in v[-1].ravel()),
    ),
}

TRAJECTORIES: Mapping[str, Row] = {
    "alt.trajectories.begin": sentence(
        neurons=neurons, steps=last_step, largest=lambda s: np.abs(s.into[0]).max()
    ),
    "alt.trajectories.signal": sentence(
        inputs=lambda s: ", ".join(str(bit) for bit in range(_signal(s).shape[1])),
        largest=lambda s: _signal(s)[-1].max(),
    ),
    "alt.trajectories.distractor": sentence(
        lambda s: _distractors(s).size > 0 and _distractors(s)[-1].max() > 0,
        most=lambda s: _distractors(s).max(),
        largest=lambda s: _distractors(s)[-1].max(),
    ),
    "alt.trajectories.distractor_zero": sentence(
        lambda s: _distractors(s).size > 0 and _distractors(s)[-1].max() == 0,
        most=lambda s: _distractors(s).max(),
    ),
}


def _apart(s: Seen) -> float:
    """Return the largest error of an output angle, given both input angles, in degrees."""
    into, out, _ = naive.circle_angles(s.case)
    second, sign = into, 1
    if operation(s) == "subtract":
        reads_b = s.run.parameters["A"][2:].astype(float)
        second, sign = [math.degrees(math.atan2(y, x)) for x, y in reads_b.T], -1
    errors = [(o - a - sign * b) % 360 for o, a, b in zip(out, into, second, strict=True)]
    return max(min(error, 360 - error) for error in errors)


CIRCLE: Mapping[str, Row] = {
    "alt.circle.begin": sentence(neurons=neurons, steps=last_step),
    "alt.circle.angles": sentence(
        lambda s: neurons(s) <= 16,
        angles=listed(lambda s: [round(one) for one in sorted(naive.circle_angles(s.case)[0])]),
    ),
    "alt.circle.radius": sentence(
        smallest=lambda s: min(naive.circle_angles(s.case)[2]),
        largest=lambda s: max(naive.circle_angles(s.case)[2]),
    ),
    "alt.circle.spacing": sentence(
        share=lambda s: 360 / neurons(s), error=digits(of_case(naive.spacing_error), 1)
    ),
    "alt.circle.doubling": sentence(lambda s: operation(s) != "subtract", error=digits(_apart, 1)),
    "alt.circle.difference": sentence(
        lambda s: operation(s) == "subtract", error=digits(_apart, 1)
    ),
}

TRAIN_HERE: Mapping[str, Row] = {
    "alt.train_here.text": sentence(
        neurons=neurons, rows=lambda s: s.run.task.rows[0], steps=last_step
    )
}

EMBEDDING: Mapping[str, Row] = {
    "alt.embedding.text": sentence(
        points=numbers,
        last=lambda s: numbers(s) - 1,
        degrees=digits(lambda s: 360 / numbers(s), 2),
    )
}
