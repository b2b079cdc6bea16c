"""The facts of the race of the waves, neuron by neuron and wave by wave."""

from __future__ import annotations

import cmath
import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from functools import cache

from gen.experiments.runs import ModelRun
from tests.support.naive_facts import Row, learned, power, spectrum, stays, strongest, wave
from tests.support.outcome_runs import Case

Measure = Callable[[ModelRun, int, int], float]
"""Of a run, a neuron and a frequency."""


def amplitude(run: ModelRun, neuron: int, k: int, snapshot: int = 0) -> float:
    """Return the amplitude of a wave in the weights into a neuron."""
    return math.sqrt(2 * power(run.views["W_in"][snapshot, :, neuron], k))


def product(run: ModelRun, neuron: int, k: int) -> float:
    """Return the product of the amplitudes of a wave in both weights of a neuron."""
    return amplitude(run, neuron, k) * math.sqrt(2 * power(run.views["W_out"][0, neuron], k))


def alignment(run: ModelRun, neuron: int, k: int) -> float:
    """Return the cosine of twice the phase in, less the phase out."""
    phase_in = cmath.phase(wave(run.views["W_in"][0, :, neuron], k))
    phase_out = cmath.phase(wave(run.views["W_out"][0, neuron], k))
    return math.cos(2 * phase_in - phase_out)


def aligned_product(run: ModelRun, neuron: int, k: int) -> float:
    """Return both strengths and the fit of the angles in one number."""
    return product(run, neuron, k) * (1 + alignment(run, neuron, k))


MEASURES: Mapping[str, Measure] = {
    "amplitude": amplitude,
    "product": product,
    "alignment": alignment,
    "aligned_product": aligned_product,
}


def waves(run: ModelRun) -> range:
    """Return all frequencies."""
    return range(1, run.views["W_in"].shape[1] // 2 + 1)


@cache
def winners(run: ModelRun) -> dict[int, int]:
    """Return the strongest wave at the end by neuron, without neurons of 1/100 of the power."""
    final = run.views["W_in"][-1].astype(float).T
    totals = [sum(spectrum(weights)) for weights in final]
    return {n: strongest(final[n]) for n, one in enumerate(totals) if one >= max(totals) / 100}


def rank(run: ModelRun, neuron: int, own: int, measure: Measure) -> int:
    """Return the place of a wave among all in a neuron."""
    best_first = sorted(waves(run), key=lambda k: -measure(run, neuron, k))
    return best_first.index(own) + 1


@cache
def leads_at(run: ModelRun, neuron: int) -> int:
    """Return the snapshot from which the final wave of a neuron stays its largest."""
    own = winners(run)[neuron]
    leading = [strongest(weights[:, neuron]) == own for weights in run.views["W_in"].astype(float)]
    step = stays(run.snapshot_steps, leading)
    assert step is not None
    return step


def racing(case: Case) -> list[ModelRun]:
    """Return the seeds that generalise."""
    return [run for run in case.runs if run.failed_at is None and learned(run, "test") is not None]


def _ranks(case: Case, measure: Measure) -> list[int]:
    return [
        rank(run, neuron, own, measure)
        for run in racing(case)
        for neuron, own in winners(run).items()
    ]


def _pairs(case: Case, measure: Measure) -> float | None:
    """Return in how many pairs of the final wave and another one of its neuron it was larger."""
    larger = [
        measure(run, neuron, own) > measure(run, neuron, other)
        for run in racing(case)
        for neuron, own in winners(run).items()
        for other in waves(run)
        if other != own
    ]
    return sum(larger) / len(larger) if larger else None


def _when_memorised(run: ModelRun) -> int:
    """Return the first snapshot at which the training rows are learned."""
    step = learned(run, "train")
    assert step is not None
    return [int(one) >= step for one in run.snapshot_steps].index(True)


def _settled(case: Case) -> float | None:
    found = [
        leads_at(run, neuron) <= int(run.snapshot_steps[_when_memorised(run)])
        for run in racing(case)
        for neuron in winners(run)
    ]
    return sum(found) / len(found) if found else None


def _ranks_when_memorised(run: ModelRun) -> list[int]:
    then = _when_memorised(run)
    return [
        rank(run, n, own, lambda run, n, k: amplitude(run, n, k, then))
        for n, own in winners(run).items()
    ]


def _share(found: Sequence[int], most: int) -> float | None:
    return sum(one <= most for one in found) / len(found) if found else None


def _keys_first(measure: Measure) -> Row:
    def row(case: Case) -> int:
        hits = 0
        for run in racing(case):
            neurons = range(run.views["W_in"].shape[2])
            totals = {k: sum(measure(run, n, k) for n in neurons) for k in waves(run)}
            hits += max(totals, key=lambda k: totals[k]) in winners(run).values()
        return hits

    return row


def _of_chosen(pick: Callable[[list[int]], float]) -> Row:
    """Return a row: a number of the steps from which final waves lead in the shown run."""

    def row(case: Case) -> int | None:
        run = case.chosen
        if learned(run, "test") is None:
            return None
        return int(pick([leads_at(run, neuron) for neuron in winners(run)]))

    return row


def _latest(case: Case) -> tuple[int, int] | None:
    """Return the frequency and the row of the final wave of the shown run that is last to lead."""
    run = case.chosen
    if learned(run, "test") is None:
        return None
    last = max(winners(run), key=lambda neuron: leads_at(run, neuron))
    weights = run.views["W_in"][-1].astype(float).T
    places = [(k := strongest(one), -cmath.phase(wave(one, k))) for one in weights]
    return places[last][0], sorted(places).index(places[last])


def _leading(ranks: Callable[[ModelRun], list[int]]) -> Row:
    """Return a row: how many final waves are the first of the shown run."""

    def row(case: Case) -> int | None:
        return None if learned(case.chosen, "test") is None else ranks(case.chosen).count(1)

    return row


def _ranks_at_start(run: ModelRun) -> list[int]:
    return [rank(run, n, own, amplitude) for n, own in winners(run).items()]


def _lead_share(case: Case) -> float | None:
    shares = [
        leads_at(run, neuron) / (learned(run, "test") or 1)
        for run in racing(case)
        for neuron in winners(run)
    ]
    return statistics.median(shares) if shares else None


ROWS: Mapping[str, Row] = {
    "wave_leads_at": _of_chosen(statistics.median_low),
    "latest_wave_leads_at": _of_chosen(max),
    "latest_wave": lambda c: None if (found := _latest(c)) is None else found[0],
    "latest_wave_row": lambda c: None if (found := _latest(c)) is None else found[1],
    "waves_leading_at_start": _leading(_ranks_at_start),
    "waves_leading_when_memorised": _leading(_ranks_when_memorised),
    "race_median_rank_by_chance": lambda c: (len(waves(c.chosen)) + 1) / 2,
    "race_waves": lambda c: len(waves(c.chosen)),
    "race_neurons": lambda c: sum(len(winners(run)) for run in racing(c)),
    "race_favourite_by_chance": lambda c: 1 / len(waves(c.chosen)),
    "race_among_three_by_chance": lambda c: 3 / len(waves(c.chosen)),
    **{
        f"race_favourite_by_{name}": lambda c, of=measure: _share(_ranks(c, of), 1)
        for name, measure in MEASURES.items()
    },
    **{
        f"race_among_three_by_{name}": lambda c, of=measure: _share(_ranks(c, of), 3)
        for name, measure in MEASURES.items()
    },
    **{
        f"race_median_rank_by_{name}": lambda c, of=measure: (
            statistics.median(found) if (found := _ranks(c, of)) else None
        )
        for name, measure in MEASURES.items()
    },
    **{
        f"race_pairs_by_{name}": lambda c, of=measure: _pairs(c, of)
        for name, measure in MEASURES.items()
    },
    "race_favourite_when_memorised": lambda c: _share(
        [one for run in racing(c) for one in _ranks_when_memorised(run)], 1
    ),
    "race_settled_when_memorised": _settled,
    "race_lead_share": _lead_share,
    "race_keys_first_by_amplitude": _keys_first(amplitude),
    "race_keys_first_by_product": _keys_first(product),
    "race_keys_first_by_chance": lambda c: sum(
        len(set(winners(run).values())) / len(waves(run)) for run in racing(c)
    ),
}
