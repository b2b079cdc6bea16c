"""What may be said of the measures of progress: when they move, and how far.

A measure is said to be past a value from the first step from which it stays past it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Int

from gen.analysis.outcome import memorised_at, settled
from gen.analysis.pace_facts import pace_facts
from gen.analysis.progress import WaveProgress, measurable, signal_progress, wave_progress
from gen.experiments.thresholds import loss_of_guessing

if TYPE_CHECKING:
    from gen.analysis.types import Facts
    from gen.experiments.runs import ModelRun

HALF = 0.5


def guess_loss(run: ModelRun) -> float:
    """Loss of giving all answers of a row the same chance, as losses are counted everywhere."""
    return loss_of_guessing(run.task)


def half_right_at(run: ModelRun) -> int | None:
    """Step from which at least half of the unseen rows are answered rightly."""
    return settled(run.logged_steps, run.metrics["test_accuracy"], HALF)


def halved_at(run: ModelRun, progress: WaveProgress) -> int | None:
    """Step from which the key waves alone cost less than half of what guessing costs."""
    return settled(progress.steps, -progress.restricted, -HALF * guess_loss(run))


def progress_facts(run: ModelRun) -> Facts:
    """How far a run has come, where it is known how to measure that."""
    if not measurable(run.task, run.network):
        return {}
    return signal_facts(run) if run.task.signal_inputs else wave_facts(run)


def wave_facts(run: ModelRun) -> Facts:
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


def signal_facts(run: ModelRun) -> Facts:
    """Of a network that finds the bits that matter."""
    progress = signal_progress(run)
    half = settled(progress.steps, progress.signal_share, HALF)
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
