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
        "recorded": 1,
        "complete": int(all(run.complete for run in runs)),
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
    for metric, name in fact_names(list(chosen.metrics)).items():
        facts |= _of_metric(chosen, metric, name)
    return without_non_finite(facts)


def fact_names(metrics: Sequence[str]) -> dict[str, str]:
    """Return the part of fact names for each metric; a number is added to equal ones."""
    names: dict[str, str] = {}
    for metric in metrics:
        base = _NOT_IN_NAMES.sub("_", metric.lower()).strip("_") or "metric"
        same = sum(re.fullmatch(rf"{base}(_\d+)?", name) is not None for name in names.values())
        names[metric] = f"{base}_{same + 1}" if same and base in names.values() else base
    return names


def _of_metric(run: RecordedRun, metric: str, name: str) -> Facts:
    steps, values = run.logged(metric)
    if not len(values):
        return {}
    least, most = int(np.argmin(values)), int(np.argmax(values))
    return {
        f"final_{name}": float(values[-1]),
        f"smallest_{name}": float(values[least]),
        f"smallest_{name}_at": int(steps[least]),
        f"largest_{name}": float(values[most]),
        f"largest_{name}_at": int(steps[most]),
    }
