"""Facts about measures of progress: when they move, how far and how fast.

"When" is the first step from which a measure stays at or above, or at or below, a value to the end.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int

from gen.analysis.outcome import memorised_at, metric_at, stays_above_from, value_at
from gen.analysis.progress import (
    WaveProgress,
    has_progress_measures,
    signal_progress,
    wave_progress,
)
from gen.analysis.types import Facts
from gen.experiments.runs import ModelRun
from gen.experiments.thresholds import chance_loss

HALF = 0.5

WINDOWS = 25
"""The pace of a measure is its change within one part in this many of the training."""


def pace_facts(run: ModelRun, progress: WaveProgress, guess_loss: float) -> Facts:
    """Return how fast accuracy and the measures of modular addition change.

    Returns:
        `fastest_window`: a twenty-fifth of the training, in steps. `test_accuracy_fastest`,
        `key_share_fastest`: see `largest_change`. `restricted_fastest_factor`,
        `restricted_fastest_at`: see `largest_fall`. `excluded_above_guess_at`: step from which
        excluded loss stays above the loss of guessing. `excluded_half_risen_at`: step of the
        `half_rise_index` of excluded loss; `excluded_loss_when_half_risen`,
        `restricted_loss_when_excluded_half_risen`, `key_share_when_excluded_half_risen`: the
        measures at that step.
    """
    window = max(1, int(progress.steps[-1]) // WINDOWS)
    half = half_rise_index(progress.excluded)
    fall, fall_at = largest_fall(progress.steps, progress.restricted, window)
    above = stays_above_from(progress.steps, progress.excluded, np.nextafter(guess_loss, np.inf))
    return {
        "fastest_window": window,
        "test_accuracy_fastest": largest_change(
            run.logged_steps, run.metrics["test_accuracy"], window
        ),
        "key_share_fastest": largest_change(progress.steps, progress.key_share, window),
        "restricted_fastest_factor": fall,
        "restricted_fastest_at": fall_at,
        "excluded_above_guess_at": above,
        "excluded_half_risen_at": int(progress.steps[half]),
        "excluded_loss_when_half_risen": float(progress.excluded[half]),
        "restricted_loss_when_excluded_half_risen": float(progress.restricted[half]),
        "key_share_when_excluded_half_risen": float(progress.key_share[half]),
    }


def largest_change(
    steps: Int[np.ndarray, " n"], values: Float[np.ndarray, " n"], window: int
) -> float | None:
    """Return the largest change of a measure within a window of steps, over its whole range.

    0 to 1; None if a value is not finite or all are equal.
    """
    whole = np.ptp(values)
    if not np.isfinite(values).all() or whole == 0:
        return None
    return float(max(np.ptp(part) for part in _windows(steps, values, window)) / whole)


def largest_fall(
    steps: Int[np.ndarray, " n"], values: Float[np.ndarray, " n"], window: int
) -> tuple[float | None, int | None]:
    """Return the largest factor by which values fall within a window, and its first step.

    (None, None) if a value is not positive.
    """
    if not (np.isfinite(values) & (values > 0)).all():
        return None, None
    falls = [part[0] / part.min() for part in _windows(steps, values, window)]
    place = int(np.argmax(falls))
    return float(falls[place]), int(steps[place])


def _windows(
    steps: Int[np.ndarray, " n"], values: Float[np.ndarray, " n"], window: int
) -> list[np.ndarray]:
    """Return for each step the values of the window that begins there."""
    ends = np.searchsorted(steps, steps + window, side="right")
    return [values[start:end] for start, end in enumerate(ends)]


def half_rise_index(values: Float[np.ndarray, " n"]) -> int:
    """Return the index where half of the rise to the largest value is done.

    The rise begins at the lowest value before the largest.
    """
    top = int(values.argmax())
    low = int(values[: top + 1].argmin())
    middle = (values[low] + values[top]) / 2
    return low + int(np.flatnonzero(values[low : top + 1] >= middle)[0])


def guess_loss(run: ModelRun) -> float:
    """Return the loss of giving all outputs the same probability."""
    return chance_loss(run.task)


def half_right_at(run: ModelRun) -> int | None:
    """Return the step from which test accuracy stays at one half or above."""
    return stays_above_from(run.logged_steps, run.metrics["test_accuracy"], HALF)


def progress_facts(run: ModelRun) -> Facts:
    """Return the facts of the measures of progress; none for tasks without such measures."""
    if not has_progress_measures(run.task, run.network):
        return {}
    return signal_progress_facts(run) if run.task.signal_inputs else wave_progress_facts(run)


def wave_progress_facts(run: ModelRun) -> Facts:
    """Return the facts of a network of modular addition."""
    progress, guess, half = wave_progress(run), guess_loss(run), half_right_at(run)
    halved = stays_above_from(progress.steps, -progress.restricted, -HALF * guess)
    return {
        "key_frequencies": list(progress.frequencies),
        "guess_loss": guess,
        "test_half_at": half,
        "restricted_halved_at": halved,
        "restricted_lead": None if halved is None or half is None else half - halved,
        "test_accuracy_when_restricted_halved": metric_at(run, "test_accuracy", halved),
        "final_restricted_loss": float(progress.restricted[-1]),
        **_largest("excluded_loss", progress.steps, progress.excluded),
        **_start_and_end(run, "excluded_loss", progress.steps, progress.excluded),
        **_start_and_end(run, "key_share", progress.steps, progress.key_share),
        "key_share_when_test_half": value_at(progress.steps, progress.key_share, half),
        **_start_and_end(run, "gini", progress.steps, progress.gini),
        **_start_and_end(run, "norm", progress.steps, progress.norm),
        **_largest("norm", progress.steps, progress.norm),
        "norm_when_test_half": value_at(progress.steps, progress.norm, half),
        **pace_facts(run, progress, guess),
    }


def signal_progress_facts(run: ModelRun) -> Facts:
    """Return the facts of a network that has to find signal bits."""
    progress = signal_progress(run)
    half = stays_above_from(progress.steps, progress.signal_share, HALF)
    return {
        "signal_half_at": half,
        "test_accuracy_when_signal_half": metric_at(run, "test_accuracy", half),
        **_start_and_end(run, "signal_share", progress.steps, progress.signal_share),
        **_start_and_end(run, "norm", progress.steps, progress.norm),
        **_largest("norm", progress.steps, progress.norm),
    }


def _start_and_end(
    run: ModelRun, name: str, steps: Int[np.ndarray, " n"], values: Float[np.ndarray, " n"]
) -> Facts:
    """Return a measure at the first step, when the run memorises, and at the last step."""
    return {
        f"first_{name}": float(values[0]),
        f"{name}_when_memorised": value_at(steps, values, memorised_at(run)),
        f"final_{name}": float(values[-1]),
    }


def _largest(name: str, steps: Int[np.ndarray, " n"], values: Float[np.ndarray, " n"]) -> Facts:
    place = int(values.argmax())
    return {f"largest_{name}": float(values[place]), f"largest_{name}_at": int(steps[place])}
