"""Estimate of training time: a few shapes are timed, the others are interpolated."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from gen.experiments.runs import Shard
from gen.experiments.sweep import work
from gen.training.loop import Ensemble
from gen.workers.processes import Done, Executor, Job

_SHAPES = 5
_MODELS, _STEPS = 4, 200


def expected_seconds(shards: list[Shard], executor: Executor) -> float:
    """Return how many seconds the training of `shards` will take.

    See `seconds_of_shards`.
    """
    each = seconds_of_shards(shards, executor).values()
    return max(*each, sum(each) / executor.width)


def seconds_of_shards(shards: list[Shard], executor: Executor) -> dict[str, float]:
    """Return the expected seconds of each shard in one process, by its key.

    For each model or sweep, up to five shapes from the smallest to the largest are timed in all
    processes at once. Seconds of other shapes are interpolated by multiplications in a step.
    """
    by_source: dict[str, list[Shard]] = {}
    for shard in sorted(shards, key=lambda shard: _size(shard.ensemble)):
        by_source.setdefault(shard.source, []).append(shard)
    return {
        shard.key: seconds
        for of_source in by_source.values()
        for shard, seconds in zip(of_source, _seconds(of_source, executor), strict=True)
    }


def _seconds(shards: list[Shard], executor: Executor) -> list[float]:
    """Return the seconds of each shard in one process; `shards` are sorted by size."""
    picked = np.unique(np.linspace(0, len(shards) - 1, _SHAPES).round().astype(int)).tolist()
    width = executor.width
    jobs = [
        Job("timing a few steps", seconds_per_step, (sample, shards[place].device), 1, "moments")
        for place in picked
        for sample in [_sample(shards[place].ensemble)] * width
    ]
    timed: list[list[float]] = [[] for _ in picked]
    for end in executor.run(jobs):
        if isinstance(end, Done):
            timed[end.place // width].append(end.result)
    sizes = [_size(shards[place].ensemble) for place in picked]
    medians = [float(np.median(found)) for found in timed]
    return [
        float(np.interp(_size(ensemble), sizes, medians))
        * len(ensemble.seeds)
        * ensemble.training.steps
        for ensemble in (shard.ensemble for shard in shards)
    ]


def seconds_per_step(
    ensemble: Ensemble, device: str, *, on_progress: Callable[[int], None]
) -> float:
    """Return the seconds of a step of one model, without the first logging interval."""
    from gen.lazy import torch
    from gen.training.loop import train

    torch.set_num_threads(1)
    moments: list[float] = []

    def on_step(step: int) -> None:
        moments.append(time.perf_counter())
        on_progress(step)

    train(ensemble, device=device, on_step=on_step)
    return (moments[-1] - moments[-2]) / ensemble.training.log_every / len(ensemble.seeds)


def _size(ensemble: Ensemble) -> float:
    """Return the multiplications in a step of one model."""
    return work(ensemble) / len(ensemble.seeds) / ensemble.training.steps


def _sample(ensemble: Ensemble) -> Ensemble:
    """Return a few of the models with a few steps, logged as often as the whole."""
    every = min(_STEPS, ensemble.training.log_every)
    return replace(
        ensemble,
        training=ensemble.training.shortened(2 * every, log_every=every),
        seeds=ensemble.seeds[:_MODELS],
        optimisers=ensemble.optimisers[:_MODELS],
    )
