"""Small synthetic runs of every task and outcome with known solutions."""

from __future__ import annotations

from typing import Literal

import numpy as np

from gen.experiments.runs import ModelRun
from gen.networks.embedded import Embedded
from gen.networks.perceptron import Perceptron
from gen.tasks.modular import Modular
from gen.tasks.sparse_parity import SparseParity
from gen.tasks.task import Task

Operation = Literal["add", "subtract", "multiply"]
Outcome = Literal["generalised", "memorised", "never fit", "non-finite"]

OPERATIONS: tuple[Operation, ...] = ("add", "subtract", "multiply")
OUTCOMES: tuple[Outcome, ...] = ("generalised", "memorised", "never fit", "non-finite")

LOGGED = np.arange(0, 301, 50)
SNAPSHOTS = np.array([0, 100, 200, 300])

_INFINITE, _NAN = float("inf"), float("nan")
_TRAIN = {"never fit": [0.1, 0.2, 0.3, 0.3, 0.4, 0.4, 0.4]}
_TEST = {"generalised": [0.1, 0.1, 0.2, 0.4, 0.7, 1.0, 1.0]}
_TEST_LOSS = {
    "generalised": [0.7, 0.9, 1.1, 0.8, 0.3, 0.1, 0.02],
    "non-finite": [0.7, 0.9, 0.0, 2.0, _INFINITE, _NAN, _INFINITE],
}


def metrics(outcome: Outcome) -> dict[str, np.ndarray]:
    """Return metrics of a run with this outcome; only test losses are non-finite."""
    return {
        "train_accuracy": np.array(_TRAIN.get(outcome, [0.1, 0.6, 1.0, 1.0, 1.0, 1.0, 1.0])),
        "test_accuracy": np.array(_TEST.get(outcome, [0.1, 0.1, 0.2, 0.2, 0.1, 0.2, 0.2])),
        "train_loss": np.array([0.7, 0.3, 0.05, 0.01, 0.002, 0.0015, 0.001]),
        "test_loss": np.array(_TEST_LOSS.get(outcome, [0.7, 0.9, 1.3, 1.9, 2.2, 2.4, 2.6])),
    }


def _run(
    task: Task,
    network: Embedded | Perceptron,
    outcome: Outcome,
    views: dict[str, np.ndarray],
    parameters: dict[str, np.ndarray],
) -> ModelRun:
    return ModelRun(
        name="m",
        seed=0,
        task=task,
        network=network,
        logged_steps=LOGGED,
        metrics=metrics(outcome),
        snapshot_steps=SNAPSHOTS,
        views={name: view.astype(np.float32) for name, view in views.items()},
        failed_at=None,
        parameters={name: values.astype(np.float32) for name, values in parameters.items()},
    )


def _grown(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    return np.stack([start + part * (end - start) for part in (0.0, 0.3, 0.8, 1.0)])


def pair_run(
    operation: Operation,
    outcome: Outcome = "generalised",
    *,
    modulus: int = 17,
    frequencies: tuple[int, ...] = (3, 5),
    neurons: int = 7,
    scale: float = 1.0,
) -> ModelRun:
    """Return a run with an identity embedding whose neurons end as waves or noise."""
    task = Modular(operation=operation, modulus=modulus, train_share=0.5)
    count, hidden = task.outputs, neurons * len(frequencies)
    random = np.random.default_rng(1)
    turn = 2 * np.pi * np.arange(count)[:, None] / count * np.repeat(frequencies, neurons)
    first = np.tile(2 * np.pi * np.arange(neurons) / neurons, len(frequencies))
    second = first if operation != "subtract" else (3 * first + 0.4)
    sign = -1 if operation == "subtract" else 1
    loud = 1 + 0.1 * (np.arange(hidden) < neurons)
    first_end, second_end = loud * np.cos(turn - first), loud * np.cos(turn - second)
    out_end = np.cos(turn - first - sign * second).T
    start = [random.normal(size=(count, hidden)) for _ in range(3)]
    if outcome != "generalised":
        first_end, second_end, out_end = (random.normal(size=(count, hidden)) for _ in range(3))
        out_end = out_end.T
    into = _grown(start[0], first_end) * scale
    out = _grown(start[1].T, out_end) * scale
    pieces = [into[-1], second_end * scale] if operation == "subtract" else [into[-1]]
    return _run(
        task,
        Embedded(embedding="learned", width=count, hidden=hidden),
        outcome,
        {"W_in": into, "W_out": out},
        {"E": np.eye(count), "A": np.concatenate(pieces), "B": out[-1]},
    )


def circle_pair_run(operation: Operation, outcome: Outcome = "generalised") -> ModelRun:
    """Return a run on a fixed circle with five neurons in even or random directions."""
    task = Modular(operation=operation, modulus=13, train_share=0.5)
    random = np.random.default_rng(2)
    first = 2 * np.pi * np.arange(5) / 5 + 0.1
    second = first if operation != "subtract" else first[::-1] + 0.7
    last = first - second if operation == "subtract" else first + second
    if outcome != "generalised":
        first, second, last = random.uniform(0, 6.28, size=(3, 5))
    a, a_of_b, b = (9 * np.stack([np.cos(angle), np.sin(angle)]) for angle in (first, second, last))
    pieces = [a, a_of_b] if operation == "subtract" else [a]
    return _run(
        task,
        Embedded(embedding="circle", hidden=5),
        outcome,
        {"A": _grown(random.normal(size=a.shape), a), "B": _grown(random.normal(size=(5, 2)), b.T)},
        {"A": np.concatenate(pieces), "B": b.T},
    )


def bits_run(outcome: Outcome = "generalised", *, bits: int = 9, signal_bits: int = 2) -> ModelRun:
    """Return a run whose neurons end with weights on signal bits, or as noise."""
    task = SparseParity(bits=bits, signal_bits=signal_bits, train_rows=30, test_rows=40)
    random = np.random.default_rng(3)
    start = 0.4 * random.normal(size=(bits + 1, 8))
    end = 0.3 * random.normal(size=start.shape)
    if outcome == "generalised":
        end[:signal_bits, :5] = random.choice([-2.0, 2.0], size=(signal_bits, 5))
        end[signal_bits:-1] *= 0.05
        end[:-1, 7] = 0
    w_out = random.normal(size=(4, 8, 1))
    return _run(
        task,
        Perceptron(hidden=8),
        outcome,
        {"W_in": _grown(start, end), "W_out": w_out},
        {"W_in": end, "W_out": w_out[-1]},
    )
