"""Every fact of a model means what its name says: each is worked out again, slowly and plainly.

A fact that has no row here fails the last test.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import product

import numpy as np
import pytest

from gen.analysis.facts import Fact, Facts, finite, run_facts
from gen.analysis.near_misses import near_miss_facts
from gen.analysis.progress_facts import progress_facts
from gen.runs import ModelRun
from gen.tasks.modular import Modular
from tests.pair_runs import OPERATIONS, OUTCOMES, bits_run, circle_pair_run, pair_run

RUNS: dict[str, ModelRun] = {
    **{f"{one}, {end}": pair_run(one, end) for one, end in product(OPERATIONS, OUTCOMES)},
    **{
        f"{one} on a circle, {end}": circle_pair_run(one, end)
        for one, end in product(OPERATIONS, OUTCOMES)
    },
    **{f"parity, {end}": bits_run(end) for end in OUTCOMES},
    "parity of all bits": bits_run(bits=2),
}
Vector = Sequence[float]


def all_facts(run: ModelRun) -> Facts:
    return finite(run_facts(run) | progress_facts(run) | near_miss_facts(run))


# --- What happened, from the log --------------------------------------------------------------


def since(steps: Iterable[int], holds: Iterable[bool]) -> int | None:
    """The first step from which something holds to the end."""
    first: int | None = None
    for step, held in zip(steps, holds, strict=True):
        first = (step if first is None else first) if held else None
    return first


def learned(run: ModelRun, split: str, share: float = 0.99) -> int | None:
    accuracies = run.metrics[f"{split}_accuracy"].tolist()
    return since(run.logged_steps.tolist(), [one >= share for one in accuracies])


def logged(run: ModelRun, name: str, step: int | None) -> float | None:
    return (
        None if step is None else run.metrics[name].tolist()[run.logged_steps.tolist().index(step)]
    )


def gap(run: ModelRun) -> int | None:
    memorised, generalised = learned(run, "train"), learned(run, "test")
    return None if memorised is None or generalised is None else generalised - memorised


def lowest(run: ModelRun, split: str) -> tuple[float, int]:
    """The smallest loss that is a number, and its step."""
    losses = run.metrics[f"{split}_loss"].tolist()
    pairs = zip(losses, run.logged_steps.tolist(), strict=True)
    return min(pair for pair in pairs if not math.isnan(pair[0]))


# --- What the network says --------------------------------------------------------------------


def places(run: ModelRun) -> list[tuple[int, int, int]]:
    """All pairs of places and the place of their answer, by true arithmetic on the numbers."""
    task = run.task
    assert isinstance(task, Modular)
    numbers: list[int] = list(range(task.modulus))
    if task.operation == "multiply":
        numbers = powers_of_generator(task.modulus)
    work = {
        "add": lambda x, y: x + y,
        "subtract": lambda x, y: x - y,
        "multiply": lambda x, y: x * y,
    }[task.operation]
    found: list[tuple[int, int, int]] = []
    for a, b in product(range(len(numbers)), repeat=2):
        if task.operation == "subtract" or a <= b:
            answer = work(numbers[a], numbers[b]) % task.modulus
            found.append((a, b, numbers.index(answer)))
    return found


def powers_of_generator(modulus: int) -> list[int]:
    for base in range(2, modulus):
        powers = [pow(base, exponent, modulus) for exponent in range(modulus - 1)]
        if sorted(powers) == list(range(1, modulus)):
            return powers
    raise AssertionError


def matrices(run: ModelRun) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What reads a, what reads b, and what answers, from everything that was learned."""
    e, a, b = (run.parameters[name].astype(float) for name in "EAB")
    pieces = len(a) // e.shape[1]
    first, second = a[: e.shape[1]], a[-e.shape[1] :]
    assert pieces in (1, 2)
    return e @ first, e @ second, b @ e.T


def say(run: ModelRun, a: int, b: int, keep: Iterable[int] | None = None) -> list[float]:
    """The logits for one pair, of some neurons or of all."""
    first, second, out = matrices(run)
    kept = range(len(out)) if keep is None else keep
    heard = {n: max(0.0, first[a, n] + second[b, n]) for n in kept}
    return [sum(heard[n] * out[n, c] for n in heard) for c in range(out.shape[1])]


def wave(values: Vector, k: int) -> complex:
    """Complex amplitude of the wave of k periods."""
    n = len(values)
    total = sum(v * cmath.exp(-2j * math.pi * k * x / n) for x, v in enumerate(values))
    return total * (1 if 2 * k == n else 2) / n


def power(values: Vector, k: int) -> float:
    return abs(wave(values, k)) ** 2 * (1 if 2 * k == len(values) else 0.5)


def strongest(values: Vector) -> int:
    return max(range(1, len(values) // 2 + 1), key=lambda k: power(values, k))


def neuron_powers(run: ModelRun) -> list[list[float]]:
    """For each neuron the power of each wave in what reads a."""
    first, _, _ = matrices(run)
    return [[power(column, k) for k in range(1, len(column) // 2 + 1)] for column in first.T]


def loud(run: ModelRun) -> list[int]:
    totals = [sum(row) for row in neuron_powers(run)]
    return [n for n, total in enumerate(totals) if total >= 0.01 * max(totals)]


def groups(run: ModelRun) -> dict[int, list[int]]:
    """Neurons that are not silent, by their strongest wave."""
    first, _, _ = matrices(run)
    found: dict[int, list[int]] = {}
    for n in loud(run):
        found.setdefault(strongest(first[:, n].tolist()), []).append(n)
    return dict(sorted(found.items()))


def settled(run: ModelRun) -> dict[int, list[int]]:
    shares = [max(row) / sum(row) for n, row in enumerate(neuron_powers(run)) if n in loud(run)]
    middling = sorted(shares)[len(shares) // 2]
    return groups(run) if learned(run, "test") is not None and middling > 0.5 else {}


def right_share(run: ModelRun, keep: list[int] | None = None) -> float:
    hits = [int(np.argmax(say(run, a, b, keep))) == answer for a, b, answer in places(run)]
    return sum(hits) / len(hits)


def median_lead(run: ModelRun) -> float:
    leads: list[float] = []
    for a, b, answer in places(run):
        logits = say(run, a, b)
        leads.append(logits.pop(answer) - max(logits))
    return float(np.median(leads))


def turned(degrees: float) -> float:
    return abs((degrees + 180) % 360 - 180)


def off_phase(run: ModelRun) -> list[float]:
    first, second, out = matrices(run)
    task = run.task
    assert isinstance(task, Modular)
    found: list[float] = []
    for n in range(len(out)):
        k = strongest(first[:, n].tolist())
        a, b, c = (
            math.degrees(-cmath.phase(wave(values.tolist(), k)))
            for values in (first[:, n], second[:, n], out[n])
        )
        found.append(turned(c - (a - b if task.operation == "subtract" else a + b)))
    return found


def opposite(run: ModelRun, *, main_alone: bool = False) -> dict[int, float]:
    """How loud each group is where a and b are opposite, in shares of where they are close."""
    first, _, out = matrices(run)
    count = len(first)
    if main_alone:
        first = first.copy()
        for n, column in enumerate(first.T):
            k = strongest(column.tolist())
            z = wave(column.tolist(), k)
            kept = [(z * cmath.exp(2j * math.pi * k * x / count)).real for x in range(count)]
            first[:, n] = kept
    found: dict[int, float] = {}
    for k, members in settled(run).items():
        far: list[float] = []
        near: list[float] = []
        for a, b in product(range(count), repeat=2):
            active = [max(0.0, first[a, n] + first[b, n]) for n in members]
            said = [
                sum(h * out[n, c] for h, n in zip(active, members, strict=True))
                for c in range(count)
            ]
            across = abs(math.cos(math.pi * k * (a - b) / count))
            (far if across < 0.1 else near if across > 0.9 else []).append(abs(wave(said, k)))
        if far:
            found[k] = (sum(far) / len(far)) / (sum(near) / len(near))
    return found


# --- Circles ----------------------------------------------------------------------------------


def directions(points: np.ndarray) -> list[float]:
    return [math.degrees(math.atan2(y, x)) % 360 for x, y in points.T]


def circle_error(run: ModelRun) -> float:
    a, b = run.parameters["A"].astype(float), run.parameters["B"].astype(float)
    sign = -1 if len(a) == 4 else 1
    triples = zip(directions(a[:2]), directions(a[-2:]), directions(b.T), strict=True)
    return max(turned(out - first - sign * second) for first, second, out in triples)


def spacing(run: ModelRun) -> float:
    turns = sorted(directions(run.parameters["A"][:2].astype(float)))
    gaps = [(turns[(n + 1) % 5] - turns[n]) % 360 for n in range(5)]
    return max(abs(one - 72) for one in gaps)


def norms(run: ModelRun) -> list[float]:
    return [math.hypot(x, y) for x, y in run.parameters["A"][:2].astype(float).T]


# --- Bits -------------------------------------------------------------------------------------


def sizes(run: ModelRun, snapshot: int = -1) -> tuple[np.ndarray, np.ndarray]:
    """Sizes of the weights on signal bits and on distractors, without the bias."""
    w_in = np.abs(run.views["W_in"][snapshot].astype(float))
    signal = len(run.task.signal_inputs)
    return w_in[:signal], w_in[signal:-1]


def when_generalised(run: ModelRun) -> tuple[np.ndarray, np.ndarray] | None:
    step = learned(run, "test")
    distractors = sizes(run)[1]
    if step is None or not distractors.size:
        return None
    later = [n for n, one in enumerate(run.snapshot_steps) if one >= step]
    return sizes(run, later[0])


def distractor_share(run: ModelRun) -> float | None:
    found = when_generalised(run)
    return None if found is None else found[1].sum() / (found[0].sum() + found[1].sum())


def small_at(run: ModelRun) -> int | None:
    largest = [sizes(run, n)[1].max(initial=1e9 * (not sizes(run)[1].size)) for n in range(4)]
    return since(run.snapshot_steps.tolist(), [one < 0.1 for one in largest])


def in_use(run: ModelRun) -> int:
    signal, distractors = sizes(run)
    largest = max(signal.max(), distractors.max(initial=0))
    return sum(
        s.max() > 0.05 * largest and s.sum() > d.sum()
        for s, d in zip(signal.T, distractors.T, strict=True)
    )


def alive(run: ModelRun) -> int:
    bits = np.concatenate(sizes(run))
    return sum(one.max() > 0.05 * bits.max() for one in bits.T)


def signal_share(run: ModelRun, snapshot: int = -1) -> float:
    signal, distractors = sizes(run, snapshot)
    return signal.sum() / (signal.sum() + distractors.sum())


def task_of(run: ModelRun) -> Modular:
    assert isinstance(run.task, Modular)
    return run.task


# --- Measures of progress ---------------------------------------------------------------------


@cache
def measured(run: ModelRun, snapshot: int) -> dict[str, float]:
    """All measures of a network of sums or products at a snapshot."""
    into, out = (view[snapshot].astype(float) for view in run.views.values())
    keys, count = key_waves(run), len(into)
    total = [sum(power(column.tolist(), k) for column in into.T) for k in waves(count)]
    amplitudes = sorted(math.sqrt(one) for one in total)
    differences = sum(abs(x - y) for x, y in product(amplitudes, repeat=2))
    restricted, excluded = losses(run, into, out)
    return {
        "norm": math.sqrt((into**2).sum() + (out**2).sum()),
        "key_share": sum(total[k - 1] for k in keys) / sum(total),
        "gini": differences / (2 * len(total) * sum(amplitudes)),
        "restricted_loss": restricted,
        "excluded_loss": excluded,
    }


def waves(count: int) -> range:
    return range(1, count // 2 + 1)


def key_waves(run: ModelRun) -> list[int]:
    """The waves that hold at least 5 % of the final power of what reads the numbers."""
    into = run.views["W_in"][-1].astype(float)
    held = {k: sum(power(one.tolist(), k) for one in into.T) for k in waves(len(into))}
    return [k for k, one in held.items() if one >= 0.05 * sum(held.values())]


def losses(run: ModelRun, into: np.ndarray, out: np.ndarray) -> tuple[float, float]:
    """Loss of the key waves of the sum alone, and of everything else."""
    count = len(into)
    said = {
        (a, b): np.maximum(into[a] + into[b], 0) @ out for a, b in product(range(count), repeat=2)
    }
    by_sum = np.array(
        [np.mean([said[a, (s - a) % count] for a in range(count)], axis=0) for s in range(count)]
    )
    mean, keys = by_sum.mean(axis=0), key_waves(run)
    kept = np.zeros((count, count))
    for c in range(count):
        column = by_sum[:, c].tolist()
        amplitudes = {k: wave(column, k) for k in keys}
        for s in range(count):
            turns = [
                (z * cmath.exp(2j * math.pi * k * s / count)).real for k, z in amplitudes.items()
            ]
            kept[s, c] = mean[c] + sum(turns)
    data = run.task.draw(run.seed)
    restricted = [cost(kept[s], s) for _, _, s in rows(data.test.inputs[0])]
    excluded = [cost(said[a, b] - kept[s] + mean, s) for a, b, s in rows(data.train.inputs[0])]
    return sum(restricted) / len(restricted), sum(excluded) / len(excluded)


def rows(inputs: np.ndarray) -> Iterable[tuple[int, int, int]]:
    """Both places of every row, and the place of their sum."""
    for row in inputs:
        a, b = np.repeat(np.arange(len(row)), row.astype(int)).tolist()
        yield a, b, (a + b) % len(row)


def cost(logits: np.ndarray, right: int) -> float:
    return (math.log(sum(math.exp(one) for one in logits)) - logits[right]) / len(logits)


def measure(run: ModelRun, name: str, snapshot: int) -> float:
    snapshot %= len(run.snapshot_steps)
    if run.task.signal_inputs:
        w = [view[snapshot].astype(float) for view in run.views.values()]
        norm = math.sqrt(sum((one**2).sum() for one in w))
        return {"signal_share": signal_share(run, snapshot), "norm": norm}[name]
    return measured(run, snapshot)[name]


def measure_at(run: ModelRun, name: str, step: int | None) -> float | None:
    """A measure at the first snapshot that is no earlier than a step."""
    later = [n for n, one in enumerate(run.snapshot_steps) if step is not None and one >= step]
    return measure(run, name, later[0]) if later else None


def most(run: ModelRun, name: str) -> tuple[float, int]:
    steps = run.snapshot_steps.tolist()
    return max((measure(run, name, n), -step) for n, step in enumerate(steps))


def restricted_halved(run: ModelRun) -> int | None:
    guess = math.log(run.task.outputs) / run.task.outputs
    costs = [measured(run, n)["restricted_loss"] for n in range(len(run.snapshot_steps))]
    return since(run.snapshot_steps.tolist(), [one <= guess / 2 for one in costs])


def signal_half(run: ModelRun) -> int | None:
    shares = [signal_share(run, n) for n in range(len(run.snapshot_steps))]
    return since(run.snapshot_steps.tolist(), [one >= 0.5 for one in shares])


def lead_of_waves(run: ModelRun) -> int | None:
    half, halved = learned(run, "test", 0.5), restricted_halved(run)
    return None if half is None or halved is None else half - halved


# --- Near misses ------------------------------------------------------------------------------


def main_wave(run: ModelRun) -> int:
    into = run.views["W_in"][-1].astype(float)
    return max(waves(len(into)), key=lambda k: sum(power(c.tolist(), k) for c in into.T))


def main_share(run: ModelRun, snapshot: int) -> float:
    into = run.views["W_in"][snapshot].astype(float)
    held = [sum(power(c.tolist(), k) for c in into.T) for k in waves(len(into))]
    return held[main_wave(run) - 1] / sum(held)


def best_snapshot(run: ModelRun) -> int:
    losses = np.interp(run.snapshot_steps, run.logged_steps, run.metrics["test_loss"])
    return min(range(len(losses)), key=lambda n: losses[n])


def next_door(run: ModelRun) -> float | None:
    """Share of the wrong answers to unseen pairs that are one place off on the main circle."""
    into, out = (view[-1].astype(float) for view in run.views.values())
    count, k = len(into), main_wave(run)
    places_off: list[int] = []
    for a, b, answer in rows(run.task.draw(run.seed).test.inputs[0]):
        said = int(np.argmax(np.maximum(into[a] + into[b], 0) @ out))
        if said != answer:
            turned_by = (said - answer) * k % count
            places_off.append(min(turned_by, count - turned_by))
    return places_off.count(1) / len(places_off) if places_off else None


# --- The table --------------------------------------------------------------------------------

MEANING: dict[str, Callable[[ModelRun], object]] = {
    "shown_seed": lambda run: run.seed,
    "memorised_at": lambda run: learned(run, "train"),
    "generalised_at": lambda run: learned(run, "test"),
    "gap": gap,
    "test_accuracy_when_memorised": lambda run: logged(run, "test_accuracy", learned(run, "train")),
    **{
        f"final_{name}": lambda run, name=name: run.metrics[name][-1]
        for name in ("train_loss", "test_loss", "train_accuracy", "test_accuracy")
    },
    "largest_test_accuracy": lambda run: max(run.metrics["test_accuracy"]),
    "smallest_test_loss": lambda run: lowest(run, "test")[0],
    "smallest_test_loss_at": lambda run: lowest(run, "test")[1],
    "smallest_train_loss": lambda run: lowest(run, "train")[0],
    "smallest_train_loss_at": lambda run: lowest(run, "train")[1],
    "train_loss_at_smallest_test_loss": lambda run: logged(
        run, "train_loss", lowest(run, "test")[1]
    ),
    "test_accuracy_at_smallest_test_loss": lambda run: logged(
        run, "test_accuracy", lowest(run, "test")[1]
    ),
    "modulus": lambda run: task_of(run).modulus,
    "train_percent": lambda run: round(100 * run.task.rows[0] / sum(run.task.rows)),
    "generator": lambda run: powers_of_generator(task_of(run).modulus)[1],
    "numbers": lambda run: powers_of_generator(task_of(run).modulus),
    "frequencies": lambda run: list(settled(run)),
    "frequency_count": lambda run: len(settled(run)),
    "neurons_per_frequency": lambda run: [len(one) for one in settled(run).values()],
    "smallest_frequency_share": lambda run: min(
        max(row) / sum(row) for n, row in enumerate(neuron_powers(run)) if n in loud(run)
    ),
    "median_doubling_error": lambda run: np.median(off_phase(run)),
    "neurons_doubled": lambda run: sum(one <= 15 for one in off_phase(run)),
    "median_difference_error": lambda run: np.median(off_phase(run)),
    "neurons_at_difference": lambda run: sum(one <= 15 for one in off_phase(run)),
    "right_together": right_share,
    "most_right_alone": lambda run: max(right_share(run, one) for one in groups(run).values()),
    "median_lead": median_lead,
    "median_lead_factor": lambda run: math.exp(median_lead(run)),
    "opposite_frequencies": lambda run: list(opposite(run)),
    "opposite_strengths": lambda run: list(opposite(run).values()),
    "smallest_opposite_strength": lambda run: min(opposite(run).values(), default=None),
    "largest_opposite_strength": lambda run: max(opposite(run).values(), default=None),
    "largest_opposite_strength_of_main_waves": lambda run: max(
        opposite(run, main_alone=True).values(), default=None
    ),
    "neuron_angles": lambda run: sorted(
        round(one, 1) for one in directions(run.parameters["A"][:2].astype(float))
    ),
    "even_spacing": lambda run: 72,
    "largest_spacing_error": spacing,
    "largest_doubling_error": circle_error,
    "largest_difference_error": circle_error,
    "smallest_norm": lambda run: min(norms(run)),
    "largest_norm": lambda run: max(norms(run)),
    "bits": lambda run: run.task.inputs - 1,
    "signal_bits": lambda run: len(run.task.signal_inputs),
    "distractor_bits": lambda run: run.task.inputs - 1 - len(run.task.signal_inputs),
    "largest_signal": lambda run: sizes(run)[0].max(),
    "largest_distractor": lambda run: sizes(run)[1].max() if sizes(run)[1].size else None,
    "alive_neurons": alive,
    "neurons_in_use": in_use,
    "signal_share": signal_share,
    "distractors_small_at": small_at,
    "distractor_share_when_generalised": distractor_share,
    "distractors_above_when_generalised": lambda run: (
        None if (found := when_generalised(run)) is None else int((found[1] > 0.05).sum())
    ),
    "largest_distractor_when_generalised": lambda run: (
        None if (found := when_generalised(run)) is None else found[1].max()
    ),
}

PROGRESS: dict[str, Callable[[ModelRun], object]] = {
    "key_frequencies": key_waves,
    "guess_loss": lambda run: math.log(run.task.outputs) / run.task.outputs,
    "test_half_at": lambda run: learned(run, "test", 0.5),
    "restricted_halved_at": restricted_halved,
    "restricted_lead": lead_of_waves,
    "test_accuracy_when_restricted_halved": lambda run: logged(
        run, "test_accuracy", restricted_halved(run)
    ),
    "final_restricted_loss": lambda run: measure(run, "restricted_loss", -1),
    "largest_excluded_loss": lambda run: most(run, "excluded_loss")[0],
    "largest_excluded_loss_at": lambda run: -most(run, "excluded_loss")[1],
    "largest_norm": lambda run: most(run, "norm")[0],
    "largest_norm_at": lambda run: -most(run, "norm")[1],
    **{
        f"{place}_{name}": lambda run, name=name, place=place: measure(
            run, name, 0 if place == "first" else -1
        )
        for name in ("excluded_loss", "key_share", "gini", "norm", "signal_share")
        for place in ("first", "final")
    },
    **{
        f"{name}_when_memorised": lambda run, name=name: measure_at(
            run, name, learned(run, "train")
        )
        for name in ("excluded_loss", "key_share", "gini", "norm", "signal_share")
    },
    "key_share_when_test_half": lambda run: measure_at(run, "key_share", learned(run, "test", 0.5)),
    "norm_when_test_half": lambda run: measure_at(run, "norm", learned(run, "test", 0.5)),
    "signal_half_at": signal_half,
    "test_accuracy_when_signal_half": lambda run: logged(run, "test_accuracy", signal_half(run)),
    "main_wave": main_wave,
    "main_wave_share": lambda run: main_share(run, -1),
    "main_wave_share_at_best": lambda run: main_share(run, best_snapshot(run)),
    "wrong_next_door": next_door,
    "next_door_by_chance": lambda run: 2 / (run.task.outputs - 1),
}
"""Measures over training: of small networks alone, as they are worked out pair by pair."""

ELSEWHERE = {
    "test_loss_rise",
    "second_fall",
    "recovered_at",
    *(f"{one}_{two}" for one, two in product(("first_low", "relapse"), ("at", "test_loss"))),
    *(f"{one}_test_accuracy" for one in ("first_low", "relapse")),
}
"""Facts of `gen.analysis.turns`, which tests/test_outcome.py and tests/test_hunt.py work out."""


def same(fact: Fact, meant: object) -> bool:
    """Whether they agree to four digits; None stands for what is not finite."""
    unsound = isinstance(meant, float) and not math.isfinite(meant)
    if fact is None or meant is None or unsound:
        return fact is None and (meant is None or unsound)
    return fact == pytest.approx(meant, rel=1e-4, abs=1e-5)


@pytest.mark.parametrize("name", RUNS)
def test_every_fact_is_what_its_name_says(name: str) -> None:
    run = RUNS[name]
    facts = run_facts(run)
    for key in facts.keys() & MEANING.keys():
        meant = MEANING[key](run)
        assert same(facts[key], meant), f"{key}: {facts[key]} and not {meant}"


SMALL: dict[str, ModelRun] = {
    **{
        f"{one}, {end}": pair_run(one, end, modulus=11 if one == "add" else 13, frequencies=(2, 3))
        for one, end in product(("add", "multiply"), OUTCOMES)
    },
    **{f"parity, {end}": bits_run(end) for end in OUTCOMES},
}


@pytest.mark.parametrize("name", SMALL)
def test_measures_over_training_are_what_their_names_say(name: str) -> None:
    run = SMALL[name]
    facts = progress_facts(run) | near_miss_facts(run)
    assert facts.keys() <= PROGRESS.keys()
    for key, fact in facts.items():
        meant = PROGRESS[key](run)
        assert same(fact, meant), f"{key}: {fact} and not {meant}"


@pytest.mark.parametrize("name", RUNS)
def test_no_fact_lacks_a_meaning(name: str) -> None:
    run = RUNS[name]
    assert run_facts(run).keys() <= MEANING.keys() | ELSEWHERE
    assert (progress_facts(run) | near_miss_facts(run)).keys() <= PROGRESS.keys()


@pytest.mark.parametrize("name", RUNS)
def test_all_facts_are_finite_or_none(name: str) -> None:
    for value in all_facts(RUNS[name]).values():
        assert all(
            not isinstance(one, float) or math.isfinite(one)
            for one in (value if isinstance(value, list) else [value])
        )
