"""Rows of alt texts of weights as waves over the numbers."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping

import numpy as np

from tests.support import naive_facts as naive
from tests.support import naive_race
from tests.support.alt_seen import (
    Row,
    Seen,
    Value,
    Values,
    constant,
    digits,
    first_step,
    last_step,
    listed,
    neurons,
    numbers,
    operation,
    percent,
    sentence,
)


def _settled(s: Seen) -> dict[int, list[int]]:
    return naive.settled(s.case)


def _few(s: Seen) -> bool:
    return 0 < len(_settled(s)) <= 6


def _each_frequency(s: Seen) -> list[Values]:
    return [{"k": k, "neurons": len(g)} for k, g in _settled(s).items()] if _few(s) else []


FREQUENCIES: Mapping[str, Row] = {
    "alt.waves.frequency": _each_frequency,
    "alt.waves.few": sentence(
        _few,
        frequencies=listed(
            lambda s: [f"{one['k']} (neurons: {one['neurons']})" for one in _each_frequency(s)]
        ),
    ),
    "alt.waves.many": sentence(lambda s: len(_settled(s)) > 6, count=lambda s: len(_settled(s))),
    "alt.waves.unsettled": sentence(
        lambda s: not _settled(s), count=lambda s: len(naive.groups(s.case))
    ),
}


def _of_hidden_layer(row: Row) -> Row:
    return lambda s: row(s) if s.figure.view is None else []


def _each_group(s: Seen) -> list[Values]:
    """Return frequencies and sizes of groups that are listed for a single view."""
    if s.figure.view is None:
        return FREQUENCIES["alt.waves.frequency"](s)
    groups = naive.groups(s.case)
    return [{"k": k, "neurons": len(g)} for k, g in groups.items()] if len(groups) <= 6 else []


PURITY: Mapping[str, Value] = {
    "first": percent(
        lambda s: np.median([naive.purity(s.into[0, :, n]) for n in range(neurons(s))])
    ),
    "least": percent(lambda s: min(naive.purity(s.into[-1, :, n]) for n in range(neurons(s)))),
}

WAVES: Mapping[str, Row] = {
    **{key: _of_hidden_layer(row) for key, row in FREQUENCIES.items()},
    "alt.waves.frequency": _each_group,
    "alt.waves.view_few": sentence(
        lambda s: s.figure.view is not None and bool(_each_group(s)),
        view=lambda s: s.figure.view,
        frequencies=listed(
            lambda s: [f"{one['k']} (neurons: {one['neurons']})" for one in _each_group(s)]
        ),
    ),
    "alt.waves.view_many": sentence(
        lambda s: s.figure.view is not None and not _each_group(s),
        view=lambda s: s.figure.view,
        count=lambda s: len(naive.groups(s.case)),
    ),
    "alt.waves.begin": sentence(
        lambda s: s.figure.view is None and operation(s) != "multiply",
        neurons=neurons,
        last=lambda s: numbers(s) - 1,
        steps=last_step,
    ),
    "alt.waves.begin_product": sentence(
        lambda s: s.figure.view is None and operation(s) == "multiply",
        neurons=neurons,
        last=lambda s: numbers(s) - 1,
        steps=last_step,
    ),
    "alt.waves.begin_view": sentence(
        lambda s: s.figure.view is not None,
        lines=neurons,
        view=lambda s: s.figure.view,
        steps=last_step,
    ),
    "alt.waves.purity": sentence(lambda s: s.figure.view is None, **PURITY),
    "alt.waves.purity_view": sentence(lambda s: s.figure.view is not None, **PURITY),
}


def _lead_steps(s: Seen) -> list[int]:
    return [naive_race.leads_at(s.run, neuron) for neuron in naive_race.winners(s.run)]


def _ranks_at_start(s: Seen) -> list[int]:
    won = naive_race.winners(s.run)
    return [naive_race.rank(s.run, n, k, naive_race.amplitude) for n, k in won.items()]


RACE: Mapping[str, Row] = {
    **FREQUENCIES,
    "alt.race.begin": sentence(waves=lambda s: numbers(s) // 2, neurons=neurons, steps=last_step),
    "alt.race.silent": sentence(
        lambda s: len(_ranks_at_start(s)) < neurons(s),
        count=lambda s: neurons(s) - len(_ranks_at_start(s)),
    ),
    "alt.race.start": sentence(
        leading=lambda s: _ranks_at_start(s).count(1),
        neurons=lambda s: len(_ranks_at_start(s)),
        rank=digits(lambda s: np.median(_ranks_at_start(s)), 1),
    ),
    "alt.race.lead": sentence(
        half=lambda s: statistics.median_low(_lead_steps(s)), all=lambda s: max(_lead_steps(s))
    ),
}


def _total(s: Seen, snapshot: int) -> list[float]:
    """Return the power of each wave, summed over all neurons."""
    each = [naive.spectrum(s.into[snapshot, :, n]) for n in range(neurons(s))]
    return [sum(column) for column in zip(*each, strict=True)]


def _gini(snapshot: int) -> Callable[[Seen], float]:
    return lambda s: naive.gini([math.sqrt(power) for power in _total(s, snapshot)])


def _turns_into_few(s: Seen) -> bool:
    return s.figure.view is None and bool(_settled(s)) and _gini(-1)(s) > _gini(0)(s)


def _share_of(s: Seen, frequencies: list[int]) -> float:
    total = _total(s, -1)
    return naive.share(total, *frequencies)


def _strongest(s: Seen) -> int:
    return _total(s, -1).index(max(_total(s, -1))) + 1


DFT: Mapping[str, Row] = {
    "alt.dft.begin": sentence(
        lambda s: s.figure.view is None,
        waves=lambda s: numbers(s) // 2,
        neurons=neurons,
        first=first_step,
        last=last_step,
    ),
    "alt.dft.begin_view": sentence(
        lambda s: s.figure.view is not None,
        waves=lambda s: numbers(s) // 2,
        lines=neurons,
        view=lambda s: s.figure.view,
        first=first_step,
        last=last_step,
    ),
    "alt.dft.few": sentence(
        _turns_into_few,
        keys=listed(_settled),
        share=percent(lambda s: _share_of(s, list(_settled(s)))),
    ),
    "alt.dft.strongest": sentence(
        lambda s: not _turns_into_few(s),
        k=_strongest,
        share=percent(lambda s: _share_of(s, [_strongest(s)])),
    ),
    "alt.dft.gini": sentence(begin=digits(_gini(0), 2), end=digits(_gini(-1), 2)),
}


def _neuron(s: Seen) -> int:
    """Return the neuron in the configured row of the films; by default the purest."""
    if s.figure.neuron is not None:
        return _by_frequency(s)[s.figure.neuron]
    return max(range(neurons(s)), key=lambda n: naive.purity(s.into[-1, :, n]))


def _by_frequency(s: Seen) -> list[int]:
    """Return the neurons, sorted by frequency and then phase."""

    def place(n: int) -> tuple[int, float]:
        k = naive.strongest(s.into[-1, :, n])
        return k, float(-np.angle(naive.wave(s.into[-1, :, n], k)))

    return sorted(range(neurons(s)), key=place)


def _frequency(s: Seen) -> int:
    return naive.strongest(s.into[-1, :, _neuron(s)])


def _share_in_neuron(snapshot: int) -> Callable[[Seen], float]:
    def share(s: Seen) -> float:
        return naive.share(naive.spectrum(s.into[snapshot, :, _neuron(s)]), _frequency(s))

    return share


_ONE: Mapping[str, Value] = {
    "neuron": lambda s: _by_frequency(s).index(_neuron(s)),
    "steps": last_step,
    "k": _frequency,
    "first": percent(_share_in_neuron(0)),
    "last": percent(_share_in_neuron(-1)),
}

NEURON: Mapping[str, Row] = {
    "alt.neuron.text": sentence(lambda s: s.figure.view is None, **_ONE),
    "alt.neuron.view": sentence(
        lambda s: s.figure.view is not None, view=lambda s: s.figure.view, **_ONE
    ),
}

NEURONS: Mapping[str, Row] = {
    **FREQUENCIES,
    "alt.neurons.text": sentence(neurons=neurons, step=last_step),
}


def shown_groups(s: Seen) -> dict[str, list[int]]:
    """Return the neurons of each panel by the name of its frequency; rare and inactive last."""
    own = naive.groups(s.case)
    if len(own) > 6:
        commonest = sorted(own, key=lambda k: -len(own[k]))[:5]
        own = {k: own[k] for k in sorted(commonest)}
    rest = sorted(set(range(neurons(s))) - {n for group in own.values() for n in group})
    named = {str(k): group for k, group in own.items()}
    return {**named, "other": rest} if rest else named


def _left_out(s: Seen) -> int:
    return len(shown_groups(s).get("other", []))


def _turned(s: Seen) -> int:
    return sum(error <= 15 for error in naive.off_phase(s.case))


_HOW_MANY: Mapping[str, Value] = {
    "right": _turned,
    "neurons": neurons,
    "degrees": constant(15),
}

STARS: Mapping[str, Row] = {
    "alt.stars.begin": sentence(
        steps=last_step,
        frequencies=listed(lambda s: [k for k in shown_groups(s) if k != "other"]),
    ),
    "alt.stars.others": sentence(lambda s: _left_out(s) > 0, count=_left_out),
    "alt.stars.doubled": sentence(lambda s: operation(s) != "subtract", **_HOW_MANY),
    "alt.stars.difference": sentence(lambda s: operation(s) == "subtract", **_HOW_MANY),
}
