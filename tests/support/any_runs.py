"""Synthetic runs of any views and metrics, for figures that need no task and no network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from gen.experiments.runs import Run


def any_run(
    shapes: Mapping[str, tuple[int, int]],
    axes: Mapping[str, tuple[str, str]] | None = None,
    *,
    snapshots: int = 6,
    seed: int = 0,
) -> Run:
    """Return a run whose views shrink to a pattern of low rank from a random start."""
    random = np.random.default_rng(seed)
    grown = np.linspace(0, 1, snapshots)[:, None, None] ** 2
    views: dict[str, np.ndarray] = {}
    for name, (rows, columns) in shapes.items():
        start = random.normal(size=(rows, columns))
        turn = np.outer(np.arange(1, rows + 1), np.arange(1, columns + 1))
        final = 2 * np.cos(2 * np.pi * turn / max(columns, 3)) * (np.arange(rows) % 3 == 0)[:, None]
        wander = np.cumsum(random.normal(size=(snapshots, rows, columns)) * 0.05, axis=0)
        views[name] = (start * (1 - grown) + final * grown + wander).astype(np.float32)
    steps = np.arange(snapshots, dtype=np.int64) * 1000
    return Run(
        name="any",
        seed=seed,
        logged_steps=steps,
        metrics={"loss": np.exp(-steps / 1000.0)},
        snapshot_steps=steps,
        views=views,
        axes=dict(axes or {}),
    )


def attention_run(snapshots: int = 6) -> Run:
    """Return a run with attention of four heads to three positions, and an embedding."""
    run = any_run({"embedding": (7, 8), "attention": (4, 3)}, snapshots=snapshots)
    raised = np.exp(2 * run.views["attention"])
    return replace(
        run,
        views={**run.views, "attention": raised / raised.sum(axis=2, keepdims=True)},
        axes={"embedding": ("number", "dimension"), "attention": ("head", "position")},
    )
