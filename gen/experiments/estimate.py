"""How long a training will take: a few shapes are trained for a moment, all others follow."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gen.experiments.sweep import work
from gen.training.loop import Ensemble, Training
from gen.workers.processes import Done, Job

if TYPE_CHECKING:
    from gen.experiments.runs import Shard
    from gen.workers.processes import Executor

_SHAPES = 5
_MODELS, _STEPS = 4, 200


def expected_seconds(shards: list[Shard], executor: Executor) -> float:
    """Seconds that the training of some shards will take.

    Of every model or sweep, shapes from the smallest to the largest are timed with the whole
    machine at work; the time of a model's step grows with the multiplications in it.
    """
    by_source: dict[str, list[Shard]] = {}
    for shard in sorted(shards, key=lambda shard: _size(shard.ensemble)):
        by_source.setdefault(shard.source, []).append(shard)
    each = [
        seconds for of_source in by_source.values() for seconds in _seconds(of_source, executor)
    ]
    return max(*each, sum(each) / executor.width)


def _seconds(shards: list[Shard], executor: Executor) -> list[float]:
    """What each of some shards will take alone, the shards in the order of their sizes."""
    picked = np.unique(np.linspace(0, len(shards) - 1, _SHAPES).round().astype(int)).tolist()
    width = executor.width
    jobs = [
        Job("a moment of training", pace, (sample, shards[place].device), 1, "moments")
        for place in picked
        for sample in [_sample(shards[place].ensemble)] * width
    ]
    paces: list[list[float]] = [[] for _ in picked]
    for end in executor.run(jobs):
        if isinstance(end, Done):
            paces[end.place // width].append(end.result)
    sizes = [_size(shards[place].ensemble) for place in picked]
    medians = [float(np.median(found)) for found in paces]
    return [
        float(np.interp(_size(ensemble), sizes, medians))
        * len(ensemble.seeds)
        * ensemble.training.steps
        for ensemble in (shard.ensemble for shard in shards)
    ]


def pace(ensemble: Ensemble, device: str, *, on_progress: Callable[[int], None]) -> float:
    """Seconds a model's step takes, after a start that is not counted."""
    from gen.lazy import torch
    from gen.training.loop import train

    torch.set_num_threads(1)
    moments: list[float] = []

    def tell(step: int) -> None:
        moments.append(time.perf_counter())
        on_progress(step)

    train(ensemble, device=device, on_step=tell)
    return (moments[-1] - moments[-2]) / ensemble.training.log_every / len(ensemble.seeds)


def _size(ensemble: Ensemble) -> float:
    return work(ensemble) / len(ensemble.seeds) / ensemble.training.steps


def _sample(ensemble: Ensemble) -> Ensemble:
    """A few of the models for a few steps, looked at as often as the whole."""
    every = min(_STEPS, ensemble.training.log_every)
    return replace(
        ensemble,
        training=Training(steps=2 * every, log_every=every, snapshot_every=2 * every),
        seeds=ensemble.seeds[:_MODELS],
        optimisers=ensemble.optimisers[:_MODELS],
    )
