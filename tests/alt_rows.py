"""The table of alt texts: when each sentence is said and what fills its placeholders, naively.

A row takes a figure and what it pictures, and gives every filling of a template that the alt text
must have: none where the sentence would be false. A template without a row fails a test.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gen.runs import ModelRun
from gen.words import Words
from tests import naive_constructions as construct
from tests import naive_facts as naive
from tests.meant_runs import Case
from tests.naive_facts import at, learned
from tests.naive_sweeps import counts_of_outcomes

EN = Words("en")
Values = dict[str, object]


@dataclass(frozen=True)
class Seen:
    """A figure and what it pictures: a model with its runs, a sweep's run, or nothing."""

    figure: Any
    of: Any

    @property
    def case(self) -> Case:
        """The model that is pictured."""
        return self.of

    @property
    def run(self) -> ModelRun:
        """The run that is pictured."""
        return self.of.chosen

    @property
    def into(self) -> np.ndarray:
        """Weights into the neurons at every snapshot."""
        return next(iter(self.run.views.values())).astype(float)


Value = Callable[[Seen], object]
Row = Callable[[Seen], list[Values]]


def said(when: Callable[[Seen], bool] | None = None, /, **values: Value) -> Row:
    """A sentence that is said once, or not at all where a condition does not hold."""

    def row(seen: Seen) -> list[Values]:
        if when is not None and not when(seen):
            return []
        return [{name: value(seen) for name, value in values.items()}]

    return row


def constant(value: object) -> Value:
    """The same in every text."""
    return lambda seen: value


def of_case(compute: Callable[[Case], Any]) -> Callable[[Seen], Any]:
    """What is computed of the pictured model."""
    return lambda seen: compute(seen.case)


def percent(compute: Callable[[Seen], Any]) -> Value:
    """A share, in percent."""
    return lambda seen: EN.percent(float(compute(seen)))


def digits(compute: Callable[[Seen], Any], count: int) -> Value:
    """A number with so many decimals."""
    return lambda seen: EN.number(float(compute(seen)), count)


def listed(compute: Callable[[Seen], Any]) -> Value:
    """Several things in a row."""
    return lambda seen: EN.listed(list(compute(seen)))


def metric(name: str, place: int) -> Callable[[Seen], float]:
    """What was logged, by its place in the log."""
    return lambda seen: float(seen.run.metrics[name][place])


def _memorised(s: Seen) -> int | None:
    return learned(s.run, "train")


def _generalised(s: Seen) -> int | None:
    return learned(s.run, "test")


def _knows(train: bool, test: bool) -> Callable[[Seen], bool]:
    return lambda s: (_memorised(s) is not None, _generalised(s) is not None) == (train, test)


def _first_step(s: Seen) -> int:
    return int(s.run.snapshot_steps[0])


def _last_step(s: Seen) -> int:
    return int(s.run.snapshot_steps[-1])


def _neurons(s: Seen) -> int:
    return s.into.shape[2]


def _numbers(s: Seen) -> int:
    return s.run.task.outputs


def _operation(s: Seen) -> str:
    return getattr(s.run.task, "operation", "")


def _is_parity(s: Seen) -> bool:
    return hasattr(s.run.task, "signal_bits")


THRESHOLD = constant(EN.percent(0.99))
CHANCE = percent(lambda s: 0.5 if _is_parity(s) else 1 / _numbers(s))


# --- Accuracy and loss


ACCURACY: Mapping[str, Row] = {
    "alt.accuracy.train": said(
        lambda s: _memorised(s) is not None, threshold=THRESHOLD, step=_memorised
    ),
    "alt.accuracy.train_never": said(
        lambda s: _memorised(s) is None,
        threshold=THRESHOLD,
        final=percent(metric("train_accuracy", -1)),
    ),
    "alt.accuracy.between": said(
        lambda s: (then := _memorised(s)) is not None and (_generalised(s) or math.inf) > then,
        accuracy=percent(
            lambda s: at(s.run.logged_steps, s.run.metrics["test_accuracy"], _memorised(s))
        ),
        chance=CHANCE,
    ),
    "alt.accuracy.test": said(
        lambda s: _generalised(s) is not None, threshold=THRESHOLD, step=_generalised
    ),
    "alt.accuracy.test_never": said(
        lambda s: _generalised(s) is None,
        threshold=THRESHOLD,
        final=percent(metric("test_accuracy", -1)),
        chance=CHANCE,
    ),
}


def _written(name: str, place: int) -> Value:
    return lambda s: EN.number(metric(name, place)(s))


def _train_loss_goes(way: int) -> Callable[[Seen], bool]:
    """Whether the loss as it is written falls (-1), stays (0) or rises (1)."""

    def goes(s: Seen) -> bool:
        if _written("train_loss", 0)(s) == _written("train_loss", -1)(s):
            return way == 0
        return way == (1 if metric("train_loss", -1)(s) > metric("train_loss", 0)(s) else -1)

    return goes


def _largest_loss(s: Seen) -> float:
    return max(float(v) for v in s.run.metrics["test_loss"] if not math.isnan(v))


_FROM_TO: Mapping[str, Value] = {
    "first": _written("train_loss", 0),
    "final": _written("train_loss", -1),
}

LOSS: Mapping[str, Row] = {
    "alt.loss.begin": said(steps=_last_step),
    "alt.loss.train": said(_train_loss_goes(-1), **_FROM_TO),
    "alt.loss.train_rises": said(_train_loss_goes(1), **_FROM_TO),
    "alt.loss.train_same": said(_train_loss_goes(0), first=_written("train_loss", 0)),
    "alt.loss.test": said(
        first=metric("test_loss", 0),
        largest=_largest_loss,
        largest_step=lambda s: int(
            s.run.logged_steps[
                [float(v) for v in s.run.metrics["test_loss"]].index(_largest_loss(s))
            ]
        ),
        final=metric("test_loss", -1),
    ),
    "alt.loss.both": said(
        _knows(True, True), threshold=THRESHOLD, memorised=_memorised, generalised=_generalised
    ),
    "alt.loss.train_only": said(_knows(True, False), threshold=THRESHOLD, memorised=_memorised),
    "alt.loss.test_only": said(_knows(False, True), threshold=THRESHOLD, generalised=_generalised),
    "alt.loss.neither": said(_knows(False, False), threshold=THRESHOLD),
}


def _one_seed(s: Seen) -> list[Values]:
    steps = [(run.seed, learned(run, "test")) for run in s.case.runs]
    return [{"seed": seed, "step": step} for seed, step in steps if step is not None]


SEEDS: Mapping[str, Row] = {
    "alt.seeds.begin": said(steps=_last_step, seeds=lambda s: len(s.case.runs)),
    "alt.seeds.one": _one_seed,
    "alt.seeds.some": said(
        lambda s: bool(_one_seed(s)),
        which=listed(
            lambda s: [
                f"{one['seed']} at step {EN.number(int(str(one['step'])))}" for one in _one_seed(s)
            ]
        ),
    ),
    "alt.seeds.none": said(lambda s: not _one_seed(s)),
}


# --- Weights


def _limit(s: Seen) -> float:
    """The configured value; else the next round number above the smaller of two largest weights."""
    if s.figure.limit is not None:
        return s.figure.limit
    smaller = min(float(np.abs(view[-1]).max()) for view in s.run.views.values())
    if smaller == 0:
        return 1.0
    round_ones = [
        digit * 10.0**power
        for power in range(-9, 9)
        for digit in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
    ]
    return min(one for one in round_ones if one >= smaller * (1 - 1e-9))


def _pure(s: Seen) -> list[int]:
    return [n for n in range(_neurons(s)) if naive.purity(s.into[-1, :, n]) > 0.9]


def _has_waves(s: Seen) -> bool:
    return not _is_parity(s) and s.into.shape[1] > 2


def _distractors(s: Seen) -> np.ndarray:
    """Sizes of the weights on bits that do not decide the answer, at every snapshot."""
    return np.abs(s.into[:, s.run.task.signal_bits : -1])  # type: ignore[attr-defined]


def _signal(s: Seen) -> np.ndarray:
    return np.abs(s.into[:, : s.run.task.signal_bits])  # type: ignore[attr-defined]


def _live(s: Seen) -> int:
    return sum(np.abs(s.into[-1, :, n]).max() > 0.02 for n in range(_neurons(s)))


WEIGHTS: Mapping[str, Row] = {
    "alt.weights.begin": said(
        neurons=_neurons,
        inputs=lambda s: s.into.shape[1],
        outputs=lambda s: list(s.run.views.values())[1].shape[2],
        first=_first_step,
        last=_last_step,
        into=lambda s: next(iter(s.run.views)),
        out=lambda s: list(s.run.views)[1],
        limit=_limit,
    ),
    "alt.weights.by_size": said(_is_parity),
    "alt.weights.by_angle": said(lambda s: "A" in s.run.views),
    "alt.weights.by_frequency": said(_has_waves),
    "alt.weights.sparse": said(
        lambda s: _is_parity(s) and _distractors(s).size > 0,
        live=_live,
        small=constant(0.02),
        signal=lambda s: _signal(s)[-1].max(),
        distractor=lambda s: _distractors(s)[-1].max(),
    ),
    "alt.weights.sparse_alone": said(
        lambda s: _is_parity(s) and _distractors(s).size == 0,
        live=_live,
        small=constant(0.02),
        signal=lambda s: _signal(s)[-1].max(),
    ),
    "alt.weights.waves": said(
        lambda s: _has_waves(s) and len(_pure(s)) > 0,
        pure=lambda s: len(_pure(s)),
        neurons=_neurons,
        share=constant(EN.percent(0.9)),
        frequencies=listed(lambda s: sorted({naive.strongest(s.into[-1, :, n]) for n in _pure(s)})),
    ),
    "alt.weights.mixed": said(
        lambda s: _has_waves(s) and not _pure(s), share=constant(EN.percent(0.9))
    ),
    "alt.weights.circle": said(
        lambda s: "A" in s.run.views, largest=lambda s: np.abs(s.into[-1]).max()
    ),
}

TRAJECTORIES: Mapping[str, Row] = {
    "alt.trajectories.begin": said(
        neurons=_neurons, steps=_last_step, largest=lambda s: np.abs(s.into[0]).max()
    ),
    "alt.trajectories.signal": said(
        inputs=lambda s: ", ".join(str(bit) for bit in range(_signal(s).shape[1])),
        largest=lambda s: _signal(s)[-1].max(),
    ),
    "alt.trajectories.distractor": said(
        lambda s: _distractors(s).size > 0 and _distractors(s)[-1].max() > 0,
        most=lambda s: _distractors(s).max(),
        largest=lambda s: _distractors(s)[-1].max(),
    ),
    "alt.trajectories.distractor_zero": said(
        lambda s: _distractors(s).size > 0 and _distractors(s)[-1].max() == 0,
        most=lambda s: _distractors(s).max(),
    ),
}


# --- Waves


def _settled(s: Seen) -> dict[int, list[int]]:
    return naive.settled(s.case)


def _few(s: Seen) -> bool:
    return 0 < len(_settled(s)) <= 6


def _each_frequency(s: Seen) -> list[Values]:
    return [{"k": k, "neurons": len(g)} for k, g in _settled(s).items()] if _few(s) else []


FREQUENCIES: Mapping[str, Row] = {
    "alt.waves.frequency": _each_frequency,
    "alt.waves.few": said(
        _few,
        frequencies=listed(
            lambda s: [f"{one['k']} (neurons: {one['neurons']})" for one in _each_frequency(s)]
        ),
    ),
    "alt.waves.many": said(lambda s: len(_settled(s)) > 6, count=lambda s: len(_settled(s))),
    "alt.waves.unsettled": said(
        lambda s: not _settled(s), count=lambda s: len(naive.groups(s.case))
    ),
}

WAVES: Mapping[str, Row] = {
    **FREQUENCIES,
    "alt.waves.begin": said(neurons=_neurons, last=lambda s: _numbers(s) - 1, steps=_last_step),
    "alt.waves.purity": said(
        first=percent(
            lambda s: np.median([naive.purity(s.into[0, :, n]) for n in range(_neurons(s))])
        ),
        least=percent(lambda s: min(naive.purity(s.into[-1, :, n]) for n in range(_neurons(s)))),
    ),
}


def _total(s: Seen, snapshot: int) -> list[float]:
    """Power of each wave, over all neurons."""
    each = [naive.spectrum(s.into[snapshot, :, n]) for n in range(_neurons(s))]
    return [sum(column) for column in zip(*each, strict=True)]


def _gini(snapshot: int) -> Callable[[Seen], float]:
    return lambda s: naive.gini([math.sqrt(power) for power in _total(s, snapshot)])


def _turns_into_few(s: Seen) -> bool:
    return bool(_settled(s)) and _gini(-1)(s) > _gini(0)(s)


def _share_of(s: Seen, frequencies: list[int]) -> float:
    total = _total(s, -1)
    return naive.share(total, *frequencies)


def _strongest(s: Seen) -> int:
    return _total(s, -1).index(max(_total(s, -1))) + 1


DFT: Mapping[str, Row] = {
    "alt.dft.begin": said(
        waves=lambda s: _numbers(s) // 2, neurons=_neurons, first=_first_step, last=_last_step
    ),
    "alt.dft.few": said(
        _turns_into_few,
        keys=listed(_settled),
        share=percent(lambda s: _share_of(s, list(_settled(s)))),
    ),
    "alt.dft.strongest": said(
        lambda s: not _turns_into_few(s),
        k=_strongest,
        share=percent(lambda s: _share_of(s, [_strongest(s)])),
    ),
    "alt.dft.gini": said(begin=digits(_gini(0), 2), end=digits(_gini(-1), 2)),
}


def _neuron(s: Seen) -> int:
    """The neuron at the figure's row in the films; else the purest wave."""
    if s.figure.neuron is not None:
        return _by_frequency(s)[s.figure.neuron]
    return max(range(_neurons(s)), key=lambda n: naive.purity(s.into[-1, :, n]))


def _by_frequency(s: Seen) -> list[int]:
    """The neurons by frequency and then phase."""

    def place(n: int) -> tuple[int, float]:
        k = naive.strongest(s.into[-1, :, n])
        return k, float(-np.angle(naive.wave(s.into[-1, :, n], k)))

    return sorted(range(_neurons(s)), key=place)


def _frequency(s: Seen) -> int:
    return naive.strongest(s.into[-1, :, _neuron(s)])


def _share_in_neuron(snapshot: int) -> Callable[[Seen], float]:
    def share(s: Seen) -> float:
        return naive.share(naive.spectrum(s.into[snapshot, :, _neuron(s)]), _frequency(s))

    return share


NEURON: Mapping[str, Row] = {
    "alt.neuron.text": said(
        neuron=lambda s: _by_frequency(s).index(_neuron(s)),
        steps=_last_step,
        k=_frequency,
        first=percent(_share_in_neuron(0)),
        last=percent(_share_in_neuron(-1)),
    )
}

NEURONS: Mapping[str, Row] = {
    **FREQUENCIES,
    "alt.neurons.text": said(neurons=_neurons, step=_last_step),
}


def _shown_groups(s: Seen) -> dict[str, list[int]]:
    """The neurons of each panel, by the frequency's name; the rarest and silent ones last."""
    own = naive.groups(s.case)
    if len(own) > 6:
        commonest = sorted(own, key=lambda k: -len(own[k]))[:5]
        own = {k: own[k] for k in sorted(commonest)}
    rest = sorted(set(range(_neurons(s))) - {n for group in own.values() for n in group})
    named = {str(k): group for k, group in own.items()}
    return {**named, "other": rest} if rest else named


def _left_out(s: Seen) -> int:
    return len(_shown_groups(s).get("other", []))


def _turned(s: Seen) -> int:
    return sum(error <= 15 for error in naive.off_phase(s.case))


_HOW_MANY: Mapping[str, Value] = {
    "right": _turned,
    "neurons": _neurons,
    "degrees": constant(15),
}

STARS: Mapping[str, Row] = {
    "alt.stars.begin": said(
        steps=_last_step,
        frequencies=listed(lambda s: [k for k in _shown_groups(s) if k != "other"]),
    ),
    "alt.stars.others": said(lambda s: _left_out(s) > 0, count=_left_out),
    "alt.stars.doubled": said(lambda s: _operation(s) != "subtract", **_HOW_MANY),
    "alt.stars.difference": said(lambda s: _operation(s) == "subtract", **_HOW_MANY),
}


# --- A given circle


def _apart(s: Seen) -> float:
    """Largest difference of an angle out from the sum or difference of both angles in."""
    into, out, _ = naive.circle_angles(s.case)
    second, sign = into, 1
    if _operation(s) == "subtract":
        reads_b = s.run.parameters["A"][2:].astype(float)
        second, sign = [math.degrees(math.atan2(y, x)) for x, y in reads_b.T], -1
    errors = [(o - a - sign * b) % 360 for o, a, b in zip(out, into, second, strict=True)]
    return max(min(error, 360 - error) for error in errors)


CIRCLE: Mapping[str, Row] = {
    "alt.circle.begin": said(neurons=_neurons, steps=_last_step),
    "alt.circle.angles": said(
        lambda s: _neurons(s) <= 16,
        angles=listed(lambda s: [round(one) for one in sorted(naive.circle_angles(s.case)[0])]),
    ),
    "alt.circle.radius": said(
        smallest=lambda s: min(naive.circle_angles(s.case)[2]),
        largest=lambda s: max(naive.circle_angles(s.case)[2]),
    ),
    "alt.circle.spacing": said(
        share=lambda s: 360 / _neurons(s), error=digits(of_case(naive.spacing_error), 1)
    ),
    "alt.circle.doubling": said(lambda s: _operation(s) != "subtract", error=digits(_apart, 1)),
    "alt.circle.difference": said(lambda s: _operation(s) == "subtract", error=digits(_apart, 1)),
}

EMBEDDING: Mapping[str, Row] = {
    "alt.embedding.text": said(
        points=_numbers,
        last=lambda s: _numbers(s) - 1,
        degrees=digits(lambda s: 360 / _numbers(s), 2),
    )
}


# --- One sum or product


def _written_numbers(s: Seen) -> list[int]:
    """The numbers in the order of their places: of products, powers of the smallest generator."""
    modulus = s.run.task.modulus  # type: ignore[attr-defined]
    if _operation(s) != "multiply":
        return list(range(modulus))
    orders = ([pow(g, e, modulus) for e in range(modulus - 1)] for g in range(2, modulus))
    return next(order for order in orders if len(set(order)) == modulus - 1)


def _pair(s: Seen) -> tuple[int, int]:
    """Places of both numbers: at 3/4, and the first from 5/6 on that was kept back with it."""
    p, numbers = _numbers(s), _written_numbers(s)
    a = int(p * 3 / 4) if s.figure.a is None else numbers.index(s.figure.a)
    if s.figure.b is not None:
        return a, numbers.index(s.figure.b)
    trained = set[frozenset[int]]()
    for row in s.run.task.draw(s.run.seed).train.inputs[0]:
        trained.add(frozenset(np.flatnonzero(row).tolist()))
    after = [(int(p * 5 / 6) + i) % p for i in range(p)]
    return a, next((b for b in after if frozenset((a, b)) not in trained), after[0])


def _raised(s: Seen, place: int) -> str:
    digit = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
    return f"{_written_numbers(s)[1]}{str(place).translate(digit)}"


def _on_axis(s: Seen, place: int) -> str:
    return _raised(s, place) if _operation(s) == "multiply" else str(place)


def _answer(s: Seen) -> int:
    """Place of the right answer, by the numbers themselves."""
    (a, b), numbers = _pair(s), _written_numbers(s)
    x, y = numbers[a], numbers[b]
    result = x * y if _operation(s) == "multiply" else x + y
    return numbers.index(result % s.run.task.modulus)  # type: ignore[attr-defined]


def _logits(s: Seen, group: list[int]) -> np.ndarray:
    """What some neurons say for every answer."""
    a, b = _pair(s)
    out = s.run.views["W_out"][-1].astype(float)
    return np.maximum(s.into[-1, a, group] + s.into[-1, b, group], 0) @ out[group]


def _lead(s: Seen, group: list[int]) -> float:
    said, answer = _logits(s, group), _answer(s)
    return float(said[answer] - max(v for place, v in enumerate(said) if place != answer))


def _whole_lead(s: Seen) -> float:
    return _lead(s, list(range(_neurons(s))))


def _peak(s: Seen) -> str:
    return _on_axis(s, int(_logits(s, list(range(_neurons(s)))).argmax()))


_NUMBERS: Mapping[str, Value] = {
    "a": lambda s: str(_written_numbers(s)[_pair(s)[0]]),
    "b": lambda s: str(_written_numbers(s)[_pair(s)[1]]),
    "modulus": lambda s: str(s.run.task.modulus),  # type: ignore[attr-defined]
    "answer": lambda s: str(_written_numbers(s)[_answer(s)]),
}
_POWERS: Mapping[str, Value] = {
    "power_a": lambda s: _raised(s, _pair(s)[0]),
    "power_b": lambda s: _raised(s, _pair(s)[1]),
    "power_answer": lambda s: _raised(s, _answer(s)),
}


def _sum(s: Seen) -> bool:
    return _operation(s) != "multiply"


def _product(s: Seen) -> bool:
    return not _sum(s)


LEADS: Mapping[str, Row] = {
    "alt.interference.alone": said(
        leads=listed(lambda s: [EN.number(_lead(s, g), 2) for g in _shown_groups(s).values()]),
        k=listed(_shown_groups),
    ),
    "alt.interference.right": said(lambda s: _whole_lead(s) > 0, lead=digits(_whole_lead, 2)),
    "alt.interference.wrong": said(lambda s: _whole_lead(s) < 0, peak=_peak),
    "alt.interference.level": said(lambda s: _whole_lead(s) == 0),
}

STILL: Mapping[str, Row] = {
    **LEADS,
    "alt.interference.still": said(_sum, **_NUMBERS),
    "alt.interference.still_product": said(_product, **_NUMBERS, **_POWERS),
}

FILM: Mapping[str, Row] = {
    **LEADS,
    "alt.interference.film": said(_sum, steps=_last_step, **_NUMBERS),
    "alt.interference.film_product": said(_product, steps=_last_step, **_NUMBERS, **_POWERS),
}


# --- Measures of progress


def _measure(name: str, place: int) -> Callable[[Seen], float]:
    return lambda s: naive.progress(s.case)[name][place]


def _norms(s: Seen) -> list[float]:
    """Root of the sum of all squared weights, at every snapshot."""
    views = [view.astype(float) for view in s.run.views.values()]
    return [
        math.sqrt(sum(float((view[i] ** 2).sum()) for view in views)) for i in range(len(views[0]))
    ]


def _no_bits(when: Callable[[Case], bool]) -> Callable[[Seen], bool]:
    return lambda s: not _is_parity(s) and when(s.case)


def _bits(when: Callable[[Case], bool]) -> Callable[[Seen], bool]:
    return lambda s: _is_parity(s) and when(s.case)


def _step_of(step: Callable[[Case], int | None]) -> Value:
    return lambda s: step(s.case)


def _always(c: Case) -> bool:
    return True


def _on_bits_alone(row: Row) -> Row:
    return lambda s: row(s) if _is_parity(s) else []


PROGRESS: Mapping[str, Row] = {
    **{key: _on_bits_alone(row) for key, row in ACCURACY.items()},
    "alt.progress.begin": said(steps=_last_step),
    "alt.progress.waves": said(
        _no_bits(_always), frequencies=lambda s: EN.listed(naive.keys(s.case)) or "none"
    ),
    "alt.progress.none": said(_no_bits(lambda c: not naive.keys(c))),
    "alt.progress.test_half": said(
        _no_bits(lambda c: naive.half_known(c) is not None), step=_step_of(naive.half_known)
    ),
    "alt.progress.test_never": said(_no_bits(lambda c: naive.half_known(c) is None)),
    "alt.progress.restricted_half": said(
        _no_bits(lambda c: naive.halved(c) is not None), step=_step_of(naive.halved)
    ),
    "alt.progress.restricted_never": said(_no_bits(lambda c: naive.halved(c) is None)),
    "alt.progress.excluded": said(
        _no_bits(_always),
        first=_measure("excluded", 0),
        largest=of_case(naive.largest("excluded")),
        step=of_case(naive.largest_at("excluded")),
        final=_measure("excluded", -1),
    ),
    "alt.progress.order": said(
        _no_bits(_always),
        first=percent(_measure("key_share", 0)),
        final=percent(_measure("key_share", -1)),
        gini_first=digits(_measure("gini", 0), 2),
        gini_final=digits(_measure("gini", -1), 2),
    ),
    "alt.progress.signal": said(
        _is_parity,
        first=percent(lambda s: naive.signal_share(s.case, 0)),
        final=percent(lambda s: naive.signal_share(s.case, -1)),
    ),
    "alt.progress.signal_half": said(
        _bits(lambda c: naive.signal_half(c) is not None), step=_step_of(naive.signal_half)
    ),
    "alt.progress.signal_never": said(_bits(lambda c: naive.signal_half(c) is None)),
    "alt.progress.norm": said(
        first=lambda s: _norms(s)[0],
        largest=lambda s: max(_norms(s)),
        step=lambda s: int(s.run.snapshot_steps[_norms(s).index(max(_norms(s)))]),
        final=lambda s: _norms(s)[-1],
    ),
}


# --- Sweeps and constructed networks


def _counts(s: Seen) -> str:
    names = ("grok", "generalise at once", "only memorise", "never fit", "fail")
    counts = counts_of_outcomes(s.of)
    return EN.listed([f"{EN.number(counts[i])} {name}" for i, name in enumerate(names)])


def _trained(s: Seen) -> int:
    return sum(bool(one) for row in s.of.trained for one in row)


SWEEP_MAP: Mapping[str, Row] = {"alt.map": said(models=_trained, counts=_counts)}

SWEEP_FILM: Mapping[str, Row] = {
    "alt.sweep_film": said(
        models=_trained,
        first=lambda s: int(s.of.steps[0]),
        last=lambda s: int(s.of.steps[-1]),
        counts=_counts,
    )
}


def _network(s: Seen) -> tuple[int, int, str]:
    return s.figure.neurons, s.figure.modulus, s.figure.activation


def _a(s: Seen) -> int:
    return s.figure.modulus // 5 if s.figure.a is None else s.figure.a


def _b(s: Seen) -> int:
    return int(0.3 * s.figure.modulus) if s.figure.b is None else s.figure.b


def _says(s: Seen) -> int | None:
    return construct.answer(*_network(s), _a(s), _b(s)).number


_BENDS = {"relu": "relu(u)", "square": "u²", "linear": "u, without a bend"}
_OF_ALL: Mapping[str, Value] = {
    "neurons": lambda s: s.figure.neurons,
    "modulus": lambda s: s.figure.modulus,
}
_OF_ONE: Mapping[str, Value] = {
    **_OF_ALL,
    "a": _a,
    "bend": lambda s: _BENDS[s.figure.activation],
}


def _each_activation(s: Seen) -> list[Values]:
    return [{"activation": _BENDS[bend], "result": _result(s, bend)} for bend in ("relu", "square")]


def _result(s: Seen, bend: str) -> str:
    known = construct.facts(s.figure.neurons, s.figure.modulus, bend)
    right, pairs, undecided = (EN.number(known[k]) for k in ("right", "pairs", "undecided"))
    off, half = (EN.number(known[k], 2) for k in ("largest_stray", "half_step"))
    far = (
        "Off by nothing at all."
        if known["largest_stray"] < 1e-6
        else f"Off by {off}° at most; half a step is {half}°."
    )
    return f"{right} of {pairs} pairs are answered rightly. Undecided: {undecided}. {far}"


CONSTRUCTION: Mapping[str, Row] = {
    "alt.construction.film": said(last=lambda s: s.figure.modulus - 1, **_OF_ONE)
}

CONSTRUCTION_SUM: Mapping[str, Row] = {
    "alt.construction.still": said(b=_b, **_OF_ONE),
    "alt.construction.answer": said(lambda s: _says(s) is not None, said=_says),
    "alt.construction.undecided": said(lambda s: _says(s) is None),
}

CONSTRUCTION_ERROR: Mapping[str, Row] = {
    "alt.construction.error": said(**_OF_ALL),
    "alt.construction.of": _each_activation,
}

ROWS: Mapping[str, Mapping[str, Row]] = {
    "accuracy": {"alt.accuracy.begin": said(steps=_last_step), **ACCURACY},
    "circle": CIRCLE,
    "construction": CONSTRUCTION,
    "construction-error": CONSTRUCTION_ERROR,
    "construction-sum": CONSTRUCTION_SUM,
    "dft": DFT,
    "embedding": EMBEDDING,
    "interference": STILL,
    "interference-film": FILM,
    "loss": LOSS,
    "neuron": NEURON,
    "neurons": NEURONS,
    "progress": PROGRESS,
    "seeds": SEEDS,
    "stars": STARS,
    "sweep-film": SWEEP_FILM,
    "sweep-map": SWEEP_MAP,
    "trajectories": TRAJECTORIES,
    "waves": WAVES,
    "weights": WEIGHTS,
}
"""By kind of figure, then by the key of the text."""
