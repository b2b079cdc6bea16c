"""The race of the waves: which wave a neuron ends with, and whether its first weights foretell it.

In every neuron all waves compete, and one is left. He et al. 2026 (arXiv 2602.16849) prove for
gradient flow that the winner follows from initial amplitude and phase alignment; Ding et al. 2024
(arXiv 2405.17420) find that frequencies with high initial signals are more likely to survive.
Here the winner's rank among all waves is counted by such measures of the first weights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int, Real

from gen.analysis.fourier import components, frequencies, powers, silent_neurons
from gen.analysis.hidden_layer_views import has_hidden_layer, number_weights
from gen.analysis.neuron_groups import neuron_names
from gen.analysis.outcome import generalised_at, index_at, memorised_at
from gen.analysis.progress import is_modular_addition
from gen.analysis.types import Facts
from gen.experiments.runs import ModelRun

MEASURES = ("amplitude", "product", "alignment", "aligned_product")
"""What waves are ranked by at the first snapshot; see `measures_at_start`."""

_LEADS = (
    *("wave_leads_at", "latest_wave_leads_at", "latest_wave", "latest_wave_row"),
    *("waves_leading_at_start", "waves_leading_when_memorised"),
)
"""The facts of `lead_facts`."""

AMONG = 3
"""A winner is among the favourites with at most this rank."""


@dataclass(frozen=True)
class Winners:
    """The wave that is strongest at the end in each neuron that is not silent.

    Attributes:
        neurons: their indices in the run.
        waves: the frequency of each, 1 to p // 2.
        leads_at: the snapshot from which it has the largest amplitude to the end, as a step.
    """

    neurons: Int[np.ndarray, " winner"]
    waves: Int[np.ndarray, " winner"]
    leads_at: Int[np.ndarray, " winner"]

    @property
    def half_lead_at(self) -> int:
        """The step from which half of them lead to the end."""
        return int(np.sort(self.leads_at)[(len(self.leads_at) - 1) // 2])


def amplitudes_of(
    weights: Float[np.ndarray, "*batch number neuron"],
) -> Float[np.ndarray, "*batch k neuron"]:
    """Return the amplitude of every wave in every neuron's weights, in their unit.

    For even p the last wave, which alternates, has that of a cosine of the same mean square, so
    that the largest amplitude is that of the strongest wave (`gen.analysis.fourier.frequencies`).
    """
    return np.sqrt(2 * powers(weights))


def winners(
    weights: Float[np.ndarray, "snapshot number neuron"], steps: Int[np.ndarray, " snapshot"]
) -> Winners:
    """Return which wave wins in each neuron, and from when on it leads."""
    neurons = np.flatnonzero(~silent_neurons(weights[-1]))
    waves = frequencies(weights[-1])[neurons]
    behind = amplitudes_of(weights[:, :, neurons]).argmax(axis=1) + 1 != waves
    last_behind = np.where(behind, np.arange(len(steps))[:, None], -1).max(axis=0)
    return Winners(neurons, waves, steps[np.minimum(last_behind + 1, len(steps) - 1)])


def ranks(
    measure: Float[np.ndarray, "k neuron"], waves: Int[np.ndarray, " neuron"]
) -> Int[np.ndarray, " neuron"]:
    """Return the place of one wave among all in each neuron, from 1 for the largest value."""
    own = np.take_along_axis(measure, waves[None] - 1, axis=0)
    return (measure > own).sum(axis=0) + 1


def measures_at_start(
    into: Float[np.ndarray, "number neuron"], out: Float[np.ndarray, "neuron number"]
) -> dict[str, Float[np.ndarray, "k neuron"]]:
    """Return the `MEASURES` of every wave in every neuron.

    amplitude: in the weights into the neuron. product: of that and the amplitude in the weights
    out of it. alignment: cos(2 phi - psi) of the phases phi in and psi out, which is 1 in a
    neuron that adds. aligned_product: the product times 1 + alignment.
    """
    first, second = (np.angle(components(weights)) for weights in (into, out.T))
    product, alignment = amplitudes_of(into) * amplitudes_of(out.T), np.cos(2 * first - second)
    return {
        "amplitude": amplitudes_of(into),
        "product": product,
        "alignment": alignment,
        "aligned_product": product * (1 + alignment),
    }


def lead_facts(run: ModelRun) -> Facts:
    """Return from when on the final wave of a neuron is its largest, in one run.

    Returns:
        `wave_leads_at`: step from which it leads in half of the neurons. `latest_wave_leads_at`:
        from which it does in all; `latest_wave`, `latest_wave_row`: the frequency and the neuron,
        by its number in figures, of the wave that is the last to lead. `waves_leading_at_start`,
        `waves_leading_when_memorised`: neurons in which it is the largest at the first snapshot,
        and at that of `_when_memorised`.
        None if the run did not generalise. Empty for other tasks and networks.
    """
    w_in = _weights_in_race(run)
    if w_in is None:
        return {}
    if generalised_at(run) is None:
        return dict.fromkeys(_LEADS)
    found = winners(w_in, run.snapshot_steps)
    latest = int(found.leads_at.argmax())
    amplitudes = amplitudes_of(w_in[[0, _when_memorised(run)]])[:, :, found.neurons]
    at_start, memorised = (int((ranks(one, found.waves) == 1).sum()) for one in amplitudes)
    values = (
        *(found.half_lead_at, int(found.leads_at[latest])),
        *(int(found.waves[latest]), neuron_names(run, w_in.shape[-1])[found.neurons[latest]]),
        *(at_start, memorised),
    )
    return dict(zip(_LEADS, values, strict=True))


def race_facts(runs: Sequence[ModelRun]) -> Facts:
    """Return how well the first weights foretell the final waves, over all seeds that generalise.

    Returns:
        `race_waves`: number of waves; `race_neurons`: number of neurons that are not silent.
        `race_favourite_by_chance`, `race_among_three_by_chance`: 1 and 3 of all waves;
        `race_median_rank_by_chance`: the middle rank.
        For each of the `MEASURES`, `race_favourite_by_NAME`, `race_among_three_by_NAME`: share
        of neurons whose final wave was the first, or among the first three, at the first snapshot;
        `race_median_rank_by_NAME`; `race_pairs_by_NAME`: share of the pairs of a final wave and
        another wave of its neuron in which that was not the larger one, 0.5 by chance.
        `race_favourite_when_memorised`: the first by amplitude at the snapshot of
        `_when_memorised`. `race_settled_when_memorised`: share of neurons whose final wave leads
        from that snapshot on to the end.
        `race_lead_share`: step from which the final wave leads, as a share of the step of
        generalising, median over neurons. And those of `_network_facts`.
        Shares and ranks are None without a seed that generalised; empty for other tasks and
        networks.
    """
    if not runs or (first := _weights_in_race(runs[0])) is None:
        return {}
    racing = [run for run in runs if run.failed_at is None and generalised_at(run) is not None]
    waves = first.shape[1] // 2
    chances: Facts = {
        "race_waves": waves,
        "race_favourite_by_chance": 1 / waves,
        "race_among_three_by_chance": min(AMONG / waves, 1.0),
        "race_median_rank_by_chance": (waves + 1) / 2,
    }
    found = [_of_run(run) for run in racing]
    joined = {
        name: np.concatenate([one[name] for one in found]) if found else np.empty(0)
        for name in (*MEASURES, "when_memorised", "settled", "lead_share")
    }
    facts: Facts = {"race_neurons": len(joined["lead_share"])}
    for name in MEASURES:
        facts[f"race_favourite_by_{name}"] = _mean(joined[name] == 1)
        facts[f"race_among_three_by_{name}"] = _mean(joined[name] <= AMONG)
        facts[f"race_median_rank_by_{name}"] = _median(joined[name])
        facts[f"race_pairs_by_{name}"] = _pairs_in_order(joined[name], waves)
    return (
        chances
        | facts
        | {
            "race_favourite_when_memorised": _mean(joined["when_memorised"] == 1),
            "race_settled_when_memorised": _mean(joined["settled"]),
            "race_lead_share": _median(joined["lead_share"]),
            **_network_facts(racing, waves),
        }
    )


def _network_facts(racing: Sequence[ModelRun], waves: int) -> Facts:
    """Return whether the first weights of all neurons together foretell a network's waves.

    Returns:
        `race_keys_first_by_amplitude`, `race_keys_first_by_product`: seeds in which the wave with
        the largest sum over neurons at the first snapshot is the final wave of any neuron;
        `race_keys_first_by_chance`: how many are expected if the wave is drawn blindly.
    """
    hits, expected = dict.fromkeys(("amplitude", "product"), 0), 0.0
    for run in racing:
        keys = set(winners(run.views["W_in"], run.snapshot_steps).waves.tolist())
        expected += len(keys) / waves
        measures = _start_of(run)
        for name in hits:
            hits[name] += int(measures[name].sum(axis=1).argmax()) + 1 in keys
    return {
        **{f"race_keys_first_by_{name}": count for name, count in hits.items()},
        "race_keys_first_by_chance": expected,
    }


def _of_run(run: ModelRun) -> Mapping[str, np.ndarray]:
    """Return the ranks of each winner by each measure, and when it leads."""
    w_in = run.views["W_in"]
    found = winners(w_in, run.snapshot_steps)
    measured = {
        name: ranks(values[:, found.neurons], found.waves)
        for name, values in _start_of(run).items()
    }
    memorised = _when_memorised(run)
    then = amplitudes_of(w_in[[memorised]])[0]
    return {
        **measured,
        "when_memorised": ranks(then[:, found.neurons], found.waves),
        "settled": found.leads_at <= run.snapshot_steps[memorised],
        "lead_share": found.leads_at / max(generalised_at(run) or 0, 1),
    }


def _when_memorised(run: ModelRun) -> int:
    """Return the first snapshot at which the training rows are learned, or else the last."""
    step = memorised_at(run)
    return len(run.snapshot_steps) - 1 if step is None else index_at(run.snapshot_steps, step)


def _start_of(run: ModelRun) -> dict[str, Float[np.ndarray, "k neuron"]]:
    return measures_at_start(run.views["W_in"][0], run.views["W_out"][0])


def _weights_in_race(run: ModelRun) -> Float[np.ndarray, "snapshot number neuron"] | None:
    """Return the weights of one hidden layer that adds, one for each number; None of others."""
    if not has_hidden_layer(run) or not is_modular_addition(run.task):
        return None
    w_in = number_weights(run)
    return w_in if w_in is not None and w_in.shape[1] == run.views["W_in"].shape[1] else None


def _pairs_in_order(found: Real[np.ndarray, " winner"], waves: int) -> float | None:
    """Return the share of the other waves that winners of these ranks have behind them.

    It is the concordance index (Harrell et al. 1982) of a measure and of who wins, which is the
    area under its ROC curve within neurons. None without a neuron, or with a single wave.
    """
    return _mean((waves - found) / (waves - 1)) if waves > 1 else None


def _mean(values: np.ndarray) -> float | None:
    return float(values.mean()) if len(values) else None


def _median(values: np.ndarray) -> float | None:
    return float(np.median(values)) if len(values) else None
