"""Facts about progress."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Int

from gen.analysis.outcome import memorised_at, stays_above_from
from gen.analysis.progress import (
    WaveProgress,
    has_progress_measures,
    signal_progress,
    wave_progress,
)
from gen.experiments.thresholds import loss_of_guessing

if TYPE_CHECKING:
    from gen.analysis.progress import WaveProgress
    from gen.analysis.types import Facts
    from gen.experiments.runs import ModelRun

WINDOWS = 25
"""The pace of a measure is what it covers within one part in this many of the training."""


def pace_facts(run: ModelRun, progress: WaveProgress, guess_loss: float) -> Facts:
    """How suddenly accuracy and the measures of a network that adds change.

    Returns:
        `fastest_window`: a twenty-fifth of the training, in steps. `test_accuracy_fastest`,
        `key_share_fastest`: the largest part of its whole range that a measure covers within such
        a window. `restricted_fastest_factor`: the largest factor by which the loss of the key
        waves alone falls within one, `restricted_fastest_at`: the step at which that window begins.
        `excluded_above_guess_at`: step from which the loss without the key waves stays above
        guessing. `excluded_half_risen_at`: first step at which half of its rise, from its lowest
        value before to its largest, is over;
        `excluded_loss_when_half_risen`, `restricted_loss_when_excluded_half_risen`,
        `key_share_when_excluded_half_risen`: the measures at that step.
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
    """Largest change of a measure within a window of steps, as a part of its whole range.

    Args:
        steps: rising; the measure is looked at only at these.
        values: any unit; None is returned where one is not finite or all are equal.
        window: in steps.
    """
    whole = np.ptp(values)
    if not np.isfinite(values).all() or whole == 0:
        return None
    return float(max(np.ptp(part) for part in _windows(steps, values, window)) / whole)


def largest_fall(
    steps: Int[np.ndarray, " n"], values: Float[np.ndarray, " n"], window: int
) -> tuple[float | None, int | None]:
    """Largest factor by which positive values fall within a window, and where that begins.

    Returns:
        The factor and the first step of the window; None twice if a value is not positive.
    """
    if not (np.isfinite(values) & (values > 0)).all():
        return None, None
    falls = [part[0] / part.min() for part in _windows(steps, values, window)]
    place = int(np.argmax(falls))
    return float(falls[place]), int(steps[place])


def _windows(
    steps: Int[np.ndarray, " n"], values: Float[np.ndarray, " n"], window: int
) -> list[np.ndarray]:
    """For each step, the values from there to the end of the window that begins there."""
    ends = np.searchsorted(steps, steps + window, side="right")
    return [values[start:end] for start, end in enumerate(ends)]


def half_rise_index(values: Float[np.ndarray, " n"]) -> int:
    """Place at which half of a rise is over: from the lowest value before the largest to it."""
    top = int(values.argmax())
    low = int(values[: top + 1].argmin())
    middle = (values[low] + values[top]) / 2
    return low + int(np.flatnonzero(values[low : top + 1] >= middle)[0])


HALF = 0.5


def guess_loss(run: ModelRun) -> float:
    """Loss of giving all answers of a row the same chance, as losses are counted everywhere."""
    return loss_of_guessing(run.task)


def half_right_at(run: ModelRun) -> int | None:
    """Step from which at least half of the unseen rows are answered rightly."""
    return stays_above_from(run.logged_steps, run.metrics["test_accuracy"], HALF)


def halved_at(run: ModelRun, progress: WaveProgress) -> int | None:
    """Step from which the key waves alone cost less than half of what guessing costs."""
    return stays_above_from(progress.steps, -progress.restricted, -HALF * guess_loss(run))


def progress_facts(run: ModelRun) -> Facts:
    """How far a run has come, where it is known how to measure that."""
    if not has_progress_measures(run.task, run.network):
        return {}
    return signal_progress_facts(run) if run.task.signal_inputs else wave_progress_facts(run)


def wave_progress_facts(run: ModelRun) -> Facts:
    """Of a network that adds."""
    progress = wave_progress(run)
    halved, half = halved_at(run, progress), half_right_at(run)
    return {
        "key_frequencies": list(progress.frequencies),
        "guess_loss": guess_loss(run),
        "test_half_at": half,
        "restricted_halved_at": halved,
        "restricted_lead": None if halved is None or half is None else half - halved,
        "test_accuracy_when_restricted_halved": _at(
            run.logged_steps, run.metrics["test_accuracy"], halved
        ),
        "final_restricted_loss": float(progress.restricted[-1]),
        **_largest("excluded_loss", progress.steps, progress.excluded),
        **_moves(run, "excluded_loss", progress.steps, progress.excluded),
        **_moves(run, "key_share", progress.steps, progress.key_share),
        "key_share_when_test_half": _at(progress.steps, progress.key_share, half),
        **_moves(run, "gini", progress.steps, progress.gini),
        **_moves(run, "norm", progress.steps, progress.norm),
        **_largest("norm", progress.steps, progress.norm),
        "norm_when_test_half": _at(progress.steps, progress.norm, half),
        **pace_facts(run, progress, guess_loss(run)),
    }


def signal_progress_facts(run: ModelRun) -> Facts:
    """Of a network that finds the bits that matter."""
    progress = signal_progress(run)
    half = stays_above_from(progress.steps, progress.signal_share, HALF)
    return {
        "signal_half_at": half,
        "test_accuracy_when_signal_half": _at(run.logged_steps, run.metrics["test_accuracy"], half),
        **_moves(run, "signal_share", progress.steps, progress.signal_share),
        **_moves(run, "norm", progress.steps, progress.norm),
        **_largest("norm", progress.steps, progress.norm),
    }


def _moves(
    run: ModelRun, name: str, steps: Int[np.ndarray, " n"], values: Float[np.ndarray, " n"]
) -> Facts:
    """A measure at the first step, when the run memorises, and at the last step."""
    return {
        f"first_{name}": float(values[0]),
        f"{name}_when_memorised": _at(steps, values, memorised_at(run)),
        f"final_{name}": float(values[-1]),
    }


def _largest(name: str, steps: Int[np.ndarray, " n"], values: Float[np.ndarray, " n"]) -> Facts:
    place = int(values.argmax())
    return {f"largest_{name}": float(values[place]), f"largest_{name}_at": int(steps[place])}


def _at(
    steps: Int[np.ndarray, " n"], values: Float[np.ndarray, " n"], step: int | None
) -> float | None:
    """A measure at a step, or at the first one after it that was looked at."""
    if step is None:
        return None
    return float(values[min(np.searchsorted(steps, step), len(steps) - 1)])
