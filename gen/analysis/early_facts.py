"""Facts of how well the jump of a seed can be foretold from its network at an early step.

The event is that half of the test rows are answered correctly, from then to the end. The step at
which networks are measured follows from a rule that knows nothing of the event: twice the step at
which the last seed has memorised. No measure knows the final network, except for two that are
given for comparison.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Bool, Float

from gen.analysis.forecasts import SHUFFLES, blind_error, by_chance, score
from gen.analysis.fourier import (
    key_frequencies,
    peak_power_shares,
    power_share,
    powers,
    wave_gini,
)
from gen.analysis.hidden_layer_views import activation_of
from gen.analysis.outcome import memorised_at
from gen.analysis.progress import (
    has_progress_measures,
    keep_waves,
    mean_activations_by_sum,
    restricted_loss,
    weight_norm,
)
from gen.analysis.progress_facts import half_right_at

if TYPE_CHECKING:
    from gen.analysis.types import Facts
    from gen.experiments.runs import ModelRun

MEASURES = (
    "test_loss",
    "test_accuracy",
    "train_loss",
    "norm",
    "gini",
    "strongest_share",
    "single_wave_neurons",
    "largest_amplitude",
    "strongest_loss",
)
"""Measures of a network as it is.

`norm` and `gini`: as in `WaveProgress`. `strongest_share`: share of the power of W_in in its four
strongest waves. `single_wave_neurons`: neurons with more than half of their power in one wave.
`largest_amplitude`: amplitude of the strongest wave, the root of its squares summed over neurons.
`strongest_loss`: restricted loss of the four strongest waves. Losses are measured by logarithm.
"""

HINDSIGHT = ("final_share", "final_loss")
"""The last two for the key frequencies of the final network instead: `key_share`, `restricted`."""

STRONGEST = 4
_MAIN_SHARE = 0.5
_FEWEST = 4
"""Fewest seeds with the event: fewer leave a line through all others nothing to fit."""

_Values = Float[np.ndarray, "measure seed"]
_Happened = Bool[np.ndarray, " seed"]


def early_facts(runs: Sequence[ModelRun]) -> Facts:
    """Return how well measures of an early step foretell whether and when a seed jumps.

    Returns:
        `early_measures`, `early_shuffles`, `early_jumps`, `early_others`: number of `MEASURES`,
        of shuffles, and of seeds with and without the event; `early_first_jump_at`,
        `early_last_jump_at`: its first and last step. `early_at`: the last snapshot up to twice
        the step at which the last seed memorises. There, for each of the measures M,
        `early_M_correlation`, `early_M_error` and `early_M_order` (see `Scores`), and
        `early_blind_error`. Of `MEASURES` the largest
        correlation (without its sign), the smallest error and the order that is farthest from
        0.5 (as if above it): `early_correlation`, `early_error`, `early_order`; with `_of` the
        measure, with `_by_chance` see `Chances`. The same as `early_start_...`,
        `early_quarter_...` and `early_midway_...` at step 0, and at a quarter and half of the
        step of the first event. None with fewer than four events, or if the first is not later.
        Empty for other tasks and networks, and of no seed.
    """
    if not runs or not has_progress_measures(runs[0].task, runs[0].network):
        return {}
    if runs[0].task.signal_inputs:
        return {}
    valid = [run for run in runs if run.failed_at is None]
    jumps = [half_right_at(run) for run in valid]
    steps = np.array([step for step in jumps if step is not None], dtype=np.float64)
    happened = np.array([step is not None for step in jumps], dtype=bool)
    facts: Facts = {
        "early_measures": len(MEASURES),
        "early_shuffles": SHUFFLES,
        "early_jumps": len(steps),
        "early_others": len(valid) - len(steps),
        "early_first_jump_at": int(steps.min()) if len(steps) else None,
        "early_last_jump_at": int(steps.max()) if len(steps) else None,
    }
    for name, moment in _moments(valid, steps).items():
        place = None if moment is None else _last_snapshot(valid[0], moment, steps.min())
        values = None if place is None else _measured(valid, place)
        facts[f"{name}_at"] = None if place is None else int(valid[0].snapshot_steps[place])
        facts |= _best(name, values, happened, steps)
        if name == "early":
            facts["early_blind_error"] = None if values is None else blind_error(steps)
            facts |= _each(values, happened, steps)
    return facts


def _moments(
    runs: Sequence[ModelRun], steps: Float[np.ndarray, " event"]
) -> dict[str, float | None]:
    """Return the steps at which networks are measured; None with too few events."""
    memorised = [step for run in runs if (step := memorised_at(run)) is not None]
    enough = len(steps) >= _FEWEST
    first = float(steps.min()) if enough else None
    return {
        "early": 2 * max(memorised) if enough and memorised else None,
        "early_start": 0 if enough else None,
        "early_quarter": None if first is None else first / 4,
        "early_midway": None if first is None else first / 2,
    }


def _last_snapshot(run: ModelRun, step: float, first: float) -> int | None:
    """Return the last snapshot up to a step; None unless it is before the first event."""
    place = int(np.searchsorted(run.snapshot_steps, step, side="right")) - 1
    return place if run.snapshot_steps[place] < first else None


def _measured(runs: Iterable[ModelRun], place: int) -> _Values | None:
    """Return `MEASURES`, then `HINDSIGHT`, at a snapshot; None if a value is not finite."""
    values = np.array([[*_of_run(run, place).values()] for run in runs]).T
    return values if np.isfinite(values).all() else None


def _of_run(run: ModelRun, place: int) -> dict[str, float]:
    """Return the measures of a run at a snapshot, in the order of `MEASURES` and `HINDSIGHT`."""
    # The last step logged up to the snapshot: a later one would know more than its views.
    step = run.snapshot_steps[place]
    entry = int(np.searchsorted(run.logged_steps, step, side="right")) - 1
    w_in, w_out = (run.views[name][place].astype(np.float64) for name in ("W_in", "W_out"))
    power = powers(w_in).sum(axis=-1)
    strongest = (np.argsort(-power, kind="stable")[:STRONGEST] + 1).tolist()
    final = key_frequencies(run.views["W_in"][-1])
    tests = np.bincount(run.task.draw(run.seed).test.labels[0], minlength=run.task.outputs)
    means = mean_activations_by_sum(w_in, activation_of(run))

    def loss_of(waves: Sequence[int]) -> float:
        return _logarithm(restricted_loss(keep_waves(means, tuple(waves)), w_out, tests))

    return {
        "test_loss": _logarithm(run.metrics["test_loss"][entry]),
        "test_accuracy": float(run.metrics["test_accuracy"][entry]),
        "train_loss": _logarithm(run.metrics["train_loss"][entry]),
        "norm": float(weight_norm(w_in, w_out)),
        "gini": float(wave_gini(w_in)),
        "strongest_share": float(power_share(power, strongest)),
        "single_wave_neurons": int((peak_power_shares(w_in) > _MAIN_SHARE).sum()),
        "largest_amplitude": float(np.sqrt(2 * power.max())),
        "strongest_loss": loss_of(strongest),
        "final_share": float(power_share(power, final)),
        "final_loss": loss_of(final),
    }


def _logarithm(loss: float) -> float:
    """Return the logarithm of a loss; of the smallest normal float32 if it is less."""
    return float(np.log(np.maximum(loss, np.finfo(np.float32).tiny)))


def _best(
    name: str, values: _Values | None, happened: _Happened, steps: Float[np.ndarray, " event"]
) -> Facts:
    """Return the best scores of `MEASURES`, whose they are, and how often chance reaches them."""
    kinds = ("correlation", "error", "order")
    facts: Facts = {
        f"{name}_{kind}{part}": None for kind in kinds for part in ("", "_of", "_by_chance")
    }
    if values is None:
        return facts
    scores = score(values[: len(MEASURES)], happened, steps)
    chances = by_chance(values[: len(MEASURES)], happened, steps)
    order = None if scores.order is None else np.abs(scores.order - 0.5) + 0.5
    found = {
        "correlation": (np.abs(scores.correlation), chances.correlation),
        "error": (scores.error, chances.error),
        "order": (order, chances.order),
    }
    for kind, (each, chance) in found.items():
        if each is None:
            continue
        place = int(each.argmin() if kind == "error" else each.argmax())
        facts[f"{name}_{kind}"] = float(each[place])
        facts[f"{name}_{kind}_of"] = MEASURES[place]
        facts[f"{name}_{kind}_by_chance"] = chance
    return facts


def _each(values: _Values | None, happened: _Happened, steps: Float[np.ndarray, " event"]) -> Facts:
    """Return the scores of every measure, None without values."""
    scores = None if values is None else score(values, happened, steps)
    facts: Facts = {}
    for place, name in enumerate((*MEASURES, *HINDSIGHT)):
        for kind in ("correlation", "error", "order"):
            of_kind = None if scores is None else getattr(scores, kind)
            facts[f"early_{name}_{kind}"] = None if of_kind is None else float(of_kind[place])
    return facts
