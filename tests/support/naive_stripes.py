"""The facts of a kernel machine of two numbers, computed cell by cell and step by step."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from gen.experiments.runs import ModelRun


def stripes(block: Float[np.ndarray, "p p"]) -> float:
    """Return the share of the variance that the mean over each a - b has."""
    p = len(block)
    cells = {(a, b): float(block[a, b]) for a in range(p) for b in range(p)}
    spread = float(np.var(list(cells.values())))
    means = [np.mean([cells[a, (a + k) % p] for a in range(p)]) for k in range(p)]
    return float(np.var(means)) / spread if spread else 0.0


def share(run: ModelRun, place: int = -1) -> float | None:
    """Return the larger share of both diagonals at a snapshot; None if no cell differs."""
    block = run.views["M_ab"][place].astype(np.float64)
    return max(stripes(block), stripes(block[:, ::-1])) if block.any() else None


def striped_at(run: ModelRun) -> int | None:
    """Go back from the last snapshot as long as stripes have more than half."""
    found = None
    for place in reversed(range(len(run.snapshot_steps))):
        if (share(run, place) or 0) <= 0.5:
            break
        found = int(run.snapshot_steps[place])
    return found


def accuracy_when_striped(run: ModelRun) -> float | None:
    """Look up the first measurement of test accuracy that is not before `striped_at`."""
    step = striped_at(run)
    if step is None:
        return None
    after = [place for place, at in enumerate(run.logged_steps) if at >= step]
    return float(run.metrics["test_accuracy"][after[0]])


def above_chance_at(run: ModelRun) -> int | None:
    """Go back from the last measurement as long as guessing is worse."""
    found = None
    for step, value in zip(run.logged_steps[::-1], run.metrics["test_accuracy"][::-1], strict=True):
        if value * run.task.outputs <= 1:
            break
        found = int(step)
    return found


def largest_pair(run: ModelRun, place: int) -> float:
    return max(abs(float(x)) for row in run.views["M_ab"][place] for x in row)


def largest_pair_when_striped(run: ModelRun) -> float | None:
    step = striped_at(run)
    return None if step is None else largest_pair(run, run.snapshot_steps.tolist().index(step))
