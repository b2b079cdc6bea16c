"""Synthetic runs for charts and line films, made without training."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gen.experiments.runs import ModelRun
from gen.networks.embedded import Embedded
from gen.networks.perceptron import Perceptron
from gen.tasks.modular import Modular
from gen.tasks.sparse_parity import SparseParity


def rise(steps: np.ndarray, at: float, width: float, low: float, high: float = 1.0) -> np.ndarray:
    """Return a smooth rise from `low` to `high` around the step `at`; exact at its ends."""
    if not np.isfinite(at):
        return np.full(len(steps), low)
    part = 1 / (1 + np.exp(-np.clip((steps - at) / width, -40, 40)))
    return np.clip(low + (high - low) * part * 1.002, low, high)


def metrics(
    steps: np.ndarray, chance: float, memorises: float, generalises: float
) -> dict[str, np.ndarray]:
    """Return metrics of a run that memorises, then generalises (never if infinite)."""
    noise = np.random.default_rng(5).normal(size=(2, len(steps)))
    train = rise(steps, memorises * 0.8, memorises * 0.06, chance)
    test = rise(steps, generalises, generalises * 0.02 + 1, chance)
    wobble = chance * (1 - chance) * 0.08
    return {
        "train_accuracy": np.clip(train + wobble * noise[0] * (train < 0.99), 0, 1),
        "test_accuracy": np.clip(test + wobble * noise[1] * (test < 0.99), 0, 1),
        "train_loss": 0.7 * np.exp(-8 * rise(steps, memorises, memorises * 0.2, 0)),
        "test_loss": 0.7
        * np.exp(0.9 * rise(steps, memorises, memorises * 0.2, 0))
        * np.exp(-9 * rise(steps, generalises, generalises * 0.05 + 1, 0)),
    }


def parity_run(
    *,
    bits: int = 30,
    signal_bits: int = 3,
    hidden: int = 32,
    snapshots: int = 201,
    last: int = 5000,
    memorises: float = 1000.0,
    generalises: float = 2200.0,
) -> ModelRun:
    """Return a perceptron whose signal weights grow while the others shrink."""
    steps = np.linspace(0, last, snapshots).round().astype(np.int64)
    random = np.random.default_rng(3)
    start = random.normal(size=(bits + 1, hidden)) / np.sqrt(bits + 1)
    final = np.zeros_like(start)
    final[:signal_bits, :6] = random.choice([-2.6, 2.6], size=(signal_bits, min(hidden, 6)))
    final[-1, :6] = random.uniform(-2.0, 0.5, size=min(hidden, 6))
    grown = rise(steps, generalises * 0.8, generalises * 0.08 + 1, 0)[:, None, None]
    wander = np.cumsum(random.normal(size=(snapshots, bits + 1, hidden)), axis=0) * 0.006
    w_in = start * (1 - grown) + final * grown + wander * (1 - grown)
    w_out = np.repeat(random.normal(size=(1, hidden, 1)), snapshots, axis=0)
    return ModelRun(
        name="parity",
        seed=0,
        task=SparseParity(bits=bits, signal_bits=signal_bits, train_rows=1200, test_rows=5000),
        network=Perceptron(hidden=hidden),
        logged_steps=steps,
        metrics=metrics(steps, 0.5, memorises, generalises),
        snapshot_steps=steps,
        views={"W_in": w_in.astype(np.float32), "W_out": w_out.astype(np.float32)},
        failed_at=None,
    )


def waves_run(
    *,
    modulus: int = 67,
    hidden: int = 24,
    frequencies: tuple[int, ...] = (5, 13, 21, 30),
    snapshots: int = 201,
    last: int = 50_000,
    memorises: float = 500.0,
    generalises: float = 28_000.0,
) -> ModelRun:
    """Return a learned embedding whose neurons change from noise to waves."""
    steps = np.linspace(0, last, snapshots).round().astype(np.int64)
    random = np.random.default_rng(11)
    k = np.array([frequencies[neuron % len(frequencies)] for neuron in range(hidden)])
    phase = random.uniform(0, 2 * np.pi, size=hidden)
    number = np.arange(modulus)[:, None]
    clean_in = 2.2 * np.cos(2 * np.pi * k * number / modulus - phase)
    clean_out = 2.6 * np.cos(2 * np.pi * k * number / modulus - 2 * phase).T
    grown = rise(steps, generalises * 0.9, generalises * 0.12 + 1, 0)[:, None, None]
    noise_in = random.normal(size=clean_in.shape)
    noise_out = random.normal(size=clean_out.shape)
    return ModelRun(
        name="modular",
        seed=0,
        task=Modular(modulus=modulus, train_share=0.4),
        network=Embedded(embedding="learned", width=500, hidden=hidden),
        logged_steps=steps,
        metrics=metrics(steps, 1 / modulus, memorises, generalises),
        snapshot_steps=steps,
        views={
            "W_in": (noise_in * (1 - grown) + clean_in * grown).astype(np.float32),
            "W_out": (noise_out * (1 - grown) + clean_out * grown).astype(np.float32),
        },
        failed_at=None,
    )


def solved_run(frequencies: tuple[int, ...] = (5, 13, 21, 30), neurons: int = 6) -> ModelRun:
    """Return neurons of one frequency with evenly spaced phases, which end with right answers."""
    run = waves_run(frequencies=frequencies, hidden=neurons * len(frequencies), snapshots=21)
    k = np.repeat(frequencies, neurons)
    phase = np.tile(2 * np.pi * np.arange(neurons) / neurons, len(frequencies))
    turn = 2 * np.pi * k * np.arange(run.task.inputs)[:, None] / run.task.inputs
    final = {"W_in": 1.2 * np.cos(turn - phase), "W_out": 1.4 * np.cos(turn - 2 * phase).T}
    views = {name: view.copy() for name, view in run.views.items()}
    for name, weights in final.items():
        views[name][-1] = weights
    return replace(run, views=views)


def circle_run(
    *,
    modulus: int = 67,
    hidden: int = 5,
    snapshots: int = 201,
    last: int = 15_000,
    memorises: float = 4000.0,
    generalises: float = 6000.0,
) -> ModelRun:
    """Return neurons that spread over a circle, with doubled output angles."""
    steps = np.linspace(0, last, snapshots).round().astype(np.int64)
    random = np.random.default_rng(4)
    order = random.permutation(hidden)
    angle = 2 * np.pi * order / hidden + 0.3 + random.normal(size=hidden) * 0.02
    final_in = 140 * np.stack([np.cos(angle), np.sin(angle)])
    final_out = 140 * np.stack([np.cos(2 * angle), np.sin(2 * angle)])
    start_in = random.normal(size=(2, hidden))
    start_out = random.normal(size=(2, hidden))
    grown = rise(steps, generalises * 0.8, generalises * 0.12 + 1, 0)[:, None, None]
    turned = np.sqrt(grown)
    a = start_in * (1 - grown) + final_in * turned
    b = start_out * (1 - grown) + final_out * turned
    return ModelRun(
        name="five-neurons",
        seed=0,
        task=Modular(modulus=modulus, train_share=0.3),
        network=Embedded(embedding="circle", hidden=hidden),
        logged_steps=steps,
        metrics=metrics(steps, 1 / modulus, memorises, generalises),
        snapshot_steps=steps,
        views={"A": a.astype(np.float32), "B": b.transpose(0, 2, 1).astype(np.float32)},
        failed_at=None,
    )
