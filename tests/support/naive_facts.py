"""Naive computation of every fact of a configured model from its arrays.

Facts are computed with loops over steps, neurons, numbers and pairs, without functions of
`gen.analysis`. The definitions are deliberately repeated here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from gen.experiments.runs import ModelRun
from tests.support.outcome_runs import Case

Row = Callable[[Case], Any]

# --- Steps


def stays(steps: Any, good: list[bool]) -> int | None:
    """Return the first step from which `good` holds until the end."""
    found = None
    for step, fine in zip(reversed(list(steps)), reversed(good), strict=True):
        if not fine:
            break
        found = int(step)
    return found


def learned(run: ModelRun, split: str) -> int | None:
    """Return the step from which the accuracy on a split stays at least 0.99."""
    return stays(run.logged_steps, [v >= 0.99 for v in run.metrics[f"{split}_accuracy"]])


def at(steps: Any, values: Any, step: int | None) -> float | None:
    """Return the value at a step, or at the first one after it."""
    if step is None:
        return None
    places = [i for i, each in enumerate(steps) if each >= step]
    return float(values[places[0] if places else len(steps) - 1])


def metric(name: str, of: Callable[[ModelRun], int | None]) -> Row:
    """Return a row: a metric at the step that a function returns."""
    return lambda c: at(c.chosen.logged_steps, c.chosen.metrics[name], of(c.chosen))


def lowest(run: ModelRun, name: str) -> int:
    """Return the position of the smallest value of a metric."""
    values = list(run.metrics[name])
    return values.index(min(values))


def smooth(run: ModelRun) -> list[float]:
    """Return the running median of the test loss over 1/40 of the log, with repeated ends."""
    loss = [float(v) for v in run.metrics["test_loss"]]
    half = max(1, len(loss) // 40 // 2)
    padded = [loss[0]] * half + loss + [loss[-1]] * half
    return [float(np.median(padded[i : i + 2 * half + 1])) for i in range(len(loss))]


def twice_low(run: ModelRun) -> tuple[int, int, float] | None:
    """Return positions of the minimum and maximum of a rise of the test loss, and its factor."""
    loss, best = smooth(run), (1.0, -1, -1)
    for top in range(len(loss)):
        before = [i for i in range(top + 1) if loss[i] <= loss[0] / 2]
        if before:
            low = min(before, key=lambda i: loss[i])
            factor = loss[top] / max(loss[low], min(loss[top:]))
            if factor > best[0]:
                best = (factor, low, top)
    factor, low, top = best
    return None if top < 0 else (low, top, factor)


def recovered(run: ModelRun) -> int | None:
    """Return the step from which the smoothed test loss stays as low as before its rise."""
    found = twice_low(run)
    if found is None:
        return None
    loss = smooth(run)
    return stays(run.logged_steps, [v <= loss[found[0]] for v in loss])


def better_than_ever(run: ModelRun) -> int | None:
    """Return the step from which the test loss stays below all values before its maximum."""
    found = twice_low(run)
    if found is None or found[1] == 0:
        return None
    loss = run.metrics["test_loss"]
    return stays(run.logged_steps, [v < min(loss[: found[1]]) for v in loss])


def of_rise(place: int, name: str | None) -> Row:
    """Return a row: the step or a metric at the minimum (0) or maximum (1) of a rise."""

    def row(c: Case) -> float | None:
        found = twice_low(c.chosen)
        if found is None:
            return None
        step_or_metric = c.chosen.logged_steps if name is None else c.chosen.metrics[name]
        return float(step_or_metric[int(found[place])])

    return row


# --- Waves


def wave(values: Any, k: int) -> complex:
    """Return the complex amplitude of the wave with k periods."""
    n = len(values)
    turn = 2 * math.pi * k / n
    found = complex(
        sum(float(v) * math.cos(turn * i) for i, v in enumerate(values)),
        -sum(float(v) * math.sin(turn * i) for i, v in enumerate(values)),
    )
    return found / n if 2 * k == n else 2 * found / n


def power(values: Any, k: int) -> float:
    """Return the mean square of the wave with k periods."""
    return abs(wave(values, k)) ** 2 * (1 if 2 * k == len(values) else 0.5)


def spectrum(values: Any) -> list[float]:
    """Return the powers of the waves with 1, 2, ... periods."""
    return [power(values, k) for k in range(1, len(values) // 2 + 1)]


@cache
def final(case: Case) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Return the input weights for a and b, the output weights, and the sign of b."""
    run = case.chosen
    w_in, w_out = (run.views[name][-1].astype(float) for name in ("W_in", "W_out"))
    if not subtracts(case):
        return w_in, w_in, w_out, 1
    width = run.parameters["E"].shape[1]
    return w_in, run.parameters["E"] @ run.parameters["A"][width:], w_out, -1


def subtracts(case: Case) -> bool:
    """Return whether the task is a difference."""
    return getattr(case.chosen.task, "operation", None) == "subtract"


def active(case: Case) -> list[int]:
    """Return neurons with at least 1/100 of the power of the strongest."""
    w_in = final(case)[0]
    totals = [sum(spectrum(w_in[:, n])) for n in range(w_in.shape[1])]
    return [n for n, total in enumerate(totals) if total >= max(totals) / 100]


def strongest(values: Any) -> int:
    """Return the number of periods of the strongest wave."""
    found = spectrum(values)
    return found.index(max(found)) + 1


def purity(values: Any) -> float:
    """Return the share of the power in the strongest wave; 0 without power."""
    return share(spectrum(values), strongest(values))


def share(powers: list[float], *waves: int) -> float:
    """Return the share of some waves in all power; 0 without power."""
    inside = sum(powers[k - 1] for k in waves)
    outside = sum(one for k, one in enumerate(powers, 1) if k not in waves)
    return inside / (inside + outside) if inside else 0.0


@cache
def groups(case: Case) -> dict[int, list[int]]:
    """Return the active neurons by frequency."""
    w_in, found = final(case)[0], {}
    for n in active(case):
        found.setdefault(strongest(w_in[:, n]), []).append(n)
    return dict(sorted(found.items()))


def settled(case: Case) -> dict[int, list[int]]:
    """Return the groups if the network generalised and one wave dominates its neurons."""
    w_in = final(case)[0]
    median = np.median([purity(w_in[:, n]) for n in active(case)])
    return groups(case) if learned(case.chosen, "test") is not None and median > 0.5 else {}


def frequencies_of_seeds(pick: Callable[..., int | None]) -> Callable[[Case], int | None]:
    """Return a row: the fewest or most frequencies of a seed, over the seeds that have settled."""

    def row(case: Case) -> int | None:
        valid = (run for run in case.runs if run.failed_at is None)
        counts = [len(settled(replace(case, chosen=run))) for run in valid]
        return pick(filter(None, counts), default=None)

    return row


def off_phase(case: Case) -> list[float]:
    """Return the error of each output phase from phase a + phase b (or a - b), in degrees."""
    first, second, out, sign = final(case)
    errors = []
    for n in range(first.shape[1]):
        k = strongest(first[:, n])
        parts = [math.degrees(-np.angle(wave(m, k))) for m in (first[:, n], second[:, n], out[n])]
        error = (parts[2] - parts[0] - sign * parts[1]) % 360
        errors.append(min(error, 360 - error))
    return errors


@cache
def answers(case: Case) -> list[tuple[int, int, int, np.ndarray, dict[int, np.ndarray]]]:
    """Return a, b, the right answer, all logits, and those of each group, for every pair."""
    first, second, out, sign = final(case)
    p = len(first)
    found = []
    for a in range(p):
        for b in range(a if sign > 0 else 0, p):
            active = np.maximum(first[a] + second[b], 0)
            of_group = {k: active[g] @ out[g] for k, g in groups(case).items()}
            found.append((a, b, (a + sign * b) % p, active @ out, of_group))
    return found


def right_together(case: Case) -> float:
    """Return the accuracy on all pairs."""
    return float(np.mean([logits.argmax() == c for _, _, c, logits, _ in answers(case)]))


def right_alone(case: Case) -> float:
    """Return the largest accuracy on all pairs of a single group."""
    return max(
        float(np.mean([of[k].argmax() == c for _, _, c, _, of in answers(case)]))
        for k in groups(case)
    )


def median_lead(case: Case) -> float:
    """Return the median margin of the right answer."""
    leads = [logits[c] - max(np.delete(logits, c)) for _, _, c, logits, _ in answers(case)]
    return float(np.median(leads))


def double_waves(case: Case) -> np.ndarray:
    """Return the wave of twice the strongest frequency in the input weights of every neuron."""
    first = final(case)[0]
    p, found = len(first), np.zeros(first.shape)
    for n in active(case):
        double = 2 * strongest(first[:, n]) % p
        of = wave(first[:, n], min(double, p - double))
        if double == 0 or abs(of) < 1e-9:
            continue
        turn = 2 * np.pi * min(double, p - double) * np.arange(p) / p
        found[:, n] = of.real * np.cos(turn) - of.imag * np.sin(turn)
    return found


def accompanying(case: Case) -> list[float]:
    """Return how much of what double waves say alone is -cos(w (a - b)) cos(w (a + b - c))."""
    heard, out, shares = double_waves(case), final(case)[2], list[float]()
    p = len(heard)
    for k, group in settled(case).items():
        said, expected = list[float](), list[float]()
        for a in range(p):
            for b in range(p):
                logits = np.maximum(heard[a, group] + heard[b, group], 0) @ out[group]
                said += (logits - logits.mean()).tolist()
                apart = math.cos(2 * math.pi * k * (a - b) / p)
                expected += [-apart * math.cos(2 * math.pi * k * (a + b - c) / p) for c in range(p)]
        related = float(np.corrcoef(said, expected)[0, 1]) if any(said) else 0.0
        shares.append(max(related, 0.0) ** 2)
    return shares


def opposite(case: Case, *, main_alone: bool = False, doubles: bool = True) -> dict[int, float]:
    """Return the ratio of amplitudes at opposite and close pairs of each settled frequency."""
    first, _, out, _ = final(case)
    p, found = len(first), dict[int, float]()
    if not doubles:
        first = first - double_waves(case)
    if main_alone:
        waves = [(strongest(first[:, n]), first[:, n]) for n in range(first.shape[1])]
        turn = [2 * np.pi * k * np.arange(p) / p for k, _ in waves]
        first = np.stack(
            [
                (wave(column, k).real * np.cos(t) - wave(column, k).imag * np.sin(t))
                for (k, column), t in zip(waves, turn, strict=True)
            ],
            axis=1,
        )
    for k, group in settled(case).items():
        far, near = [], []
        for a in range(p):
            for b in range(p):
                logits = np.maximum(first[a, group] + first[b, group], 0) @ out[group]
                meets = abs(math.cos(math.pi * k * (a - b) / p))
                if meets < 0.1:
                    far.append(abs(wave(logits, k)))
                if meets > 0.9:
                    near.append(abs(wave(logits, k)))
        if far:
            found[k] = float(np.mean(far) / np.mean(near))
    return found


def heights(case: Case) -> list[float]:
    """Return the median amplitude of the logits of each group over all pairs."""
    return [float(np.median([np.ptp(of[k]) / 2 for *_, of in answers(case)])) for k in groups(case)]


# --- Progress measures


def cross_entropy(logits: np.ndarray, label: int) -> float:
    """Return the loss of one row, divided by the number of answers."""
    z = logits - logits.max()
    return float(math.log(np.exp(z).sum()) - z[label]) / len(logits)


@cache
def keys(case: Case) -> list[int]:
    """Return the waves with at least 1/20 of all power of the final weights."""
    w_in = case.chosen.views["W_in"][-1].astype(float)
    total = np.sum([spectrum(w_in[:, n]) for n in range(w_in.shape[1])], axis=0)
    return [k + 1 for k, each in enumerate(total) if each >= total.sum() / 20 and each > 0]


@cache
def progress(case: Case) -> dict[str, list[float]]:
    """Return every progress measure at every snapshot."""
    run = case.chosen
    p = run.task.outputs
    data = run.task.draw(run.seed)
    found: dict[str, list[float]] = {}
    for w_in, w_out in zip(run.views["W_in"], run.views["W_out"], strict=True):
        into, out = w_in.astype(float), w_out.astype(float)
        total = np.sum([spectrum(into[:, n]) for n in range(into.shape[1])], axis=0)
        values = {
            "norm": math.sqrt((into**2).sum() + (out**2).sum()),
            "key_share": share(total.tolist(), *keys(case)),
            "gini": gini(np.sqrt(total)),
        }
        kept = kept_of_sums(into, keys(case))
        mean = kept.mean(axis=0)
        rows, labels = data.test.inputs[0], data.test.labels[0]
        values["restricted"] = mean_of([cross_entropy(kept[c] @ out, c) for c in labels])
        rows, labels = data.train.inputs[0], data.train.labels[0]
        values["excluded"] = mean_of(
            [
                cross_entropy((np.maximum(row @ into, 0) - kept[c] + mean) @ out, c)
                for row, c in zip(rows, labels, strict=True)
            ]
        )
        for name, value in values.items():
            found.setdefault(name, []).append(float(value))
    assert len(found["norm"]) == len(run.snapshot_steps)
    assert p == len(run.views["W_in"][-1])
    return found


def mean_of(values: list[float]) -> float:
    """Return the mean."""
    return sum(values) / len(values)


def kept_of_sums(into: np.ndarray, frequencies: list[int]) -> np.ndarray:
    """Return the mean activations by sum, reduced to the constant and some waves."""
    p = len(into)
    by_sum = np.array(
        [
            np.mean([np.maximum(into[a] + into[(s - a) % p], 0) for a in range(p)], axis=0)
            for s in range(p)
        ]
    )
    kept = np.repeat(by_sum.mean(axis=0)[None], p, axis=0)
    turn = 2 * np.pi * np.arange(p) / p
    for k in frequencies:
        for n in range(into.shape[1]):
            w = wave(by_sum[:, n], k)
            kept[:, n] += w.real * np.cos(k * turn) - w.imag * np.sin(k * turn)
    return kept


def gini(values: Any) -> float:
    """Return the Gini coefficient; 0 if all values are zero."""
    if not any(values):
        return 0.0
    pairs = [abs(x - y) for x in values for y in values]
    return float(np.mean(pairs) / 2 / np.mean(values))


def measured(name: str, of: Callable[[Case], int | None]) -> Row:
    """Return a row: a progress measure at a step."""
    return lambda c: at(c.chosen.snapshot_steps, progress(c)[name], of(c))


def largest(name: str) -> Row:
    """Return a row: the largest value of a progress measure."""
    return lambda c: max(progress(c)[name])


def largest_at(name: str) -> Row:
    """Return a row: the step of the largest value of a progress measure."""
    return lambda c: c.chosen.snapshot_steps[progress(c)[name].index(max(progress(c)[name]))]


def guess(case: Case) -> float:
    """Return the loss of a uniform guess."""
    n = case.chosen.task.outputs
    return math.log(n) / n


def half_known(case: Case) -> int | None:
    """Return the step from which test accuracy stays at least 0.5."""
    run = case.chosen
    return stays(run.logged_steps, [v >= 0.5 for v in run.metrics["test_accuracy"]])


def halved(case: Case) -> int | None:
    """Return the step from which the loss of key waves stays at most half of that of guessing."""
    return stays(
        case.chosen.snapshot_steps, [v <= guess(case) / 2 for v in progress(case)["restricted"]]
    )


def half_risen(case: Case) -> int:
    """Return the step at which the loss without key waves has risen halfway."""
    values = progress(case)["excluded"]
    top = values.index(max(values))
    low = values.index(min(values[: top + 1]))
    middle = (values[low] + values[top]) / 2
    return int(
        next(case.chosen.snapshot_steps[i] for i in range(low, top + 1) if values[i] >= middle)
    )


def windows(case: Case, steps: Any) -> list[tuple[int, int]]:
    """Return pairs of positions that are at most 1/25 of the training apart."""
    most = case.chosen.snapshot_steps[-1] // 25
    return [
        (i, j)
        for i in range(len(steps))
        for j in range(i, len(steps))
        if steps[j] - steps[i] <= most
    ]


def fastest(case: Case, steps: Any, values: Any) -> float | None:
    """Return the largest change of a measure within a window, divided by its range."""
    spread = max(values) - min(values)
    if spread == 0:
        return None
    return max(abs(float(values[i]) - float(values[j])) for i, j in windows(case, steps)) / spread


def steepest(case: Case) -> tuple[float, int]:
    """Return the largest drop factor of the loss of key waves in a window, and its first step."""
    values, steps = progress(case)["restricted"], case.chosen.snapshot_steps
    falls = [(values[i] / values[j], -int(steps[i])) for i, j in windows(case, steps)]
    factor, begin = max(falls)
    return factor, -begin


@cache
def first_wave(case: Case) -> tuple[int, int, int, list[int]] | None:
    """Return step, frequency, size and rows of the group that is permanently pure first."""
    views, found = case.chosen.views["W_in"], []
    for k, group in groups(case).items():
        good = [
            all(power(w[:, n], k) >= 0.8 * sum(spectrum(w[:, n])) for n in group)
            for w in views.astype(float)
        ]
        step = stays(case.chosen.snapshot_steps, good)
        if step is not None:
            # Rows are sorted by frequency, so that a group is a block below all slower waves.
            w_in = final(case)[0].astype(float)
            strongest = [int(np.argmax(spectrum(w_in[:, n]))) + 1 for n in range(w_in.shape[1])]
            below = sum(other < k for other in strongest)
            found.append((step, k, len(group), list(range(below, below + len(group)))))
    return min(found) if found else None


def of_first_wave(place: int) -> Row:
    """Return a row: one element of `first_wave`."""

    def row(c: Case) -> int | list[int] | None:
        found = first_wave(c)
        return None if found is None else found[place]

    return row


# --- Near misses


def main_wave(case: Case) -> int:
    """Return the wave with the most power over all neurons."""
    w_in = case.chosen.views["W_in"][-1].astype(float)
    total = np.sum([spectrum(w_in[:, n]) for n in range(w_in.shape[1])], axis=0)
    return int(total.argmax()) + 1


def share_of_main(case: Case, snapshot: int) -> float:
    """Return the share of the main wave in all power at a snapshot."""
    w_in = case.chosen.views["W_in"][snapshot].astype(float)
    total = np.sum([spectrum(w_in[:, n]) for n in range(w_in.shape[1])], axis=0)
    return float(total[main_wave(case) - 1] / total.sum())


def next_door(case: Case) -> float | None:
    """Return the share of wrong test answers next to the right one on the main circle."""
    run, k = case.chosen, main_wave(case)
    w_in, w_out = (run.views[name][-1].astype(float) for name in ("W_in", "W_out"))
    p, wrong = len(w_in), []
    rows = run.task.draw(run.seed).test
    for row, right in zip(rows.inputs[0], rows.labels[0], strict=True):
        answer = int((np.maximum(row @ w_in, 0) @ w_out).argmax())
        if answer != right:
            wrong.append((answer - int(right)) * k % p in {1, p - 1})
    return sum(wrong) / len(wrong) if wrong else None


# --- Bits


def bits_at(case: Case, snapshot: int) -> tuple[list[float], list[float]]:
    """Return absolute weights on signal bits and on distractor bits."""
    w_in = np.abs(case.chosen.views["W_in"][snapshot].astype(float))
    signal = case.chosen.task.signal_bits  # type: ignore[attr-defined]
    return w_in[:signal].ravel().tolist(), w_in[signal:-1].ravel().tolist()


def when_generalised(case: Case) -> int | None:
    """Return the position of the first snapshot after the network generalised."""
    step = learned(case.chosen, "test")
    return (
        None if step is None else [int(s) >= step for s in case.chosen.snapshot_steps].index(True)
    )


def on_distractors(compute: Callable[[list[float], list[float]], float]) -> Row:
    """Return a row: a value of the weights at the snapshot after the network generalised."""

    def row(c: Case) -> float | None:
        place = when_generalised(c)
        return None if place is None else compute(*bits_at(c, place))

    return row


def signal_share(case: Case, snapshot: int) -> float:
    """Return the share of signal bits in the sum of absolute weights."""
    signal, others = bits_at(case, snapshot)
    return sum(signal) / (sum(signal) + sum(others))


def signal_series(case: Case) -> list[float]:
    """Return `signal_share` at every snapshot."""
    return [signal_share(case, i) for i in range(len(case.chosen.snapshot_steps))]


def signal_half(case: Case) -> int | None:
    """Return the step from which the share of signal bits stays at least 0.5."""
    return stays(case.chosen.snapshot_steps, [v >= 0.5 for v in signal_series(case)])


def neurons_above(case: Case) -> int:
    """Return the number of neurons with a weight above 1/20 of the largest."""
    bits = np.abs(case.chosen.views["W_in"][-1].astype(float))[:-1]
    return sum(max(column) > 0.05 * bits.max() for column in bits.T)


def neurons_in_use(case: Case) -> int:
    """Return the number of neurons with such a weight, and most weight, on signal bits."""
    bits = np.abs(case.chosen.views["W_in"][-1].astype(float))[:-1]
    signal = case.chosen.task.signal_bits  # type: ignore[attr-defined]
    return sum(
        max(column[:signal]) > 0.05 * bits.max() and sum(column[:signal]) > sum(column[signal:])
        for column in bits.T
    )


# --- Fixed circle


def circle_angles(case: Case, snapshot: int = -1) -> tuple[list[float], list[float], list[float]]:
    """Return input angles and output angles (degrees), and input lengths of all neurons."""
    a, b = (case.chosen.views[name][snapshot].astype(float) for name in "AB")
    into = [math.degrees(math.atan2(y, x)) % 360 for x, y in a.T]
    out = [math.degrees(math.atan2(y, x)) % 360 for x, y in b]
    return into, out, [math.hypot(x, y) for x, y in a.T]


def evenly_spaced(case: Case) -> int | None:
    """Return the first snapshot from which no gap of neighbours is off by more than 15°."""
    steps = case.chosen.snapshot_steps
    return stays(steps, [spacing_error(case, place) <= 15 for place in range(len(steps))])


def spacing_error(case: Case, snapshot: int = -1) -> float:
    """Return the largest difference between a gap of neighbours and the mean gap."""
    angles = sorted(circle_angles(case, snapshot)[0])
    gaps = [
        after - before for before, after in zip(angles, [*angles[1:], angles[0] + 360], strict=True)
    ]
    return max(abs(gap - 360 / len(angles)) for gap in gaps)


def doubling_error(case: Case) -> float:
    """Return the largest difference between an output angle and twice the input angle."""
    into, out, _ = circle_angles(case)
    errors = [(o - 2 * i) % 360 for i, o in zip(into, out, strict=True)]
    return max(min(error, 360 - error) for error in errors)


def circle_height(case: Case) -> float:
    """Return the median amplitude of the logits on a fixed circle."""
    run = case.chosen
    p = run.task.outputs
    scale = math.sqrt(2 / p)
    table = np.array([[scale * math.cos(2 * math.pi * i / p), scale * math.sin(2 * math.pi * i / p)]
                      for i in range(p)])  # fmt: skip
    a, b = (run.views[name][-1].astype(float) for name in "AB")
    logits = [
        np.maximum((table[i] + table[j]) @ a, 0) @ b @ table.T
        for i in range(p)
        for j in range(i, p)
    ]
    return float(np.median([np.ptp(each) / 2 for each in logits]))
