"""Facts of a recorded model, of which only metrics and views are known."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from gen.analysis.facts import without_non_finite
from gen.analysis.outcome import generalised_at, memorised_at
from gen.analysis.types import Facts
from gen.experiments.recorded import RecordedRun

_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


def recorded_facts(runs: Sequence[RecordedRun], chosen: RecordedRun) -> Facts:
    """Return the facts of a recorded model.

    Of every metric: its last value, and its smallest and largest one, each with its step. A metric
    `val/loss` has the facts `final_val_loss` and so on.

    Args:
        runs: the run of every seed.
        chosen: the one that figures show.
    """
    memorised, generalised = memorised_at(chosen), generalised_at(chosen)
    gap = None if memorised is None or generalised is None else generalised - memorised
    facts: Facts = {
        "recorded": True,
        "complete": all(run.complete for run in runs),
        "seeds": len(runs),
        "seeds_generalised": sum(generalised_at(run) is not None for run in runs),
        "shown_seed": chosen.seed,
        "steps": chosen.last_step,
        "snapshots": len(chosen.snapshot_steps),
        "recorded_numbers": sum(shape.rows * shape.columns for shape in chosen.shapes.values()),
        "chance": chosen.chance,
        "memorised_at": memorised,
        "generalised_at": generalised,
        "gap": gap,
    }
    for name in chosen.metrics:
        facts |= _of_metric(chosen, name)
    return without_non_finite(facts)


def _of_metric(run: RecordedRun, metric: str) -> Facts:
    steps, values = run.logged(metric)
    if not len(values):
        return {}
    name = _NOT_IN_NAMES.sub("_", metric.lower()).strip("_")
    least, most = int(np.argmin(values)), int(np.argmax(values))
    return {
        f"final_{name}": float(values[-1]),
        f"smallest_{name}": float(values[least]),
        f"smallest_{name}_at": int(steps[least]),
        f"largest_{name}": float(values[most]),
        f"largest_{name}_at": int(steps[most]),
    }
