"""An ensemble by autograd against the same one in closed form, and against plain loops.

Every model of the site is trained in an ensemble of four on one core: in closed form where its
network has one, and by autograd over the same three functions that a network of anybody's has.
The plain loop trains one model after another. Each round runs every way; the table gives medians,
and the median of the ratios to autograd within a round.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import replace
from statistics import median
from typing import Any, Literal

import numpy as np
import torch

from bench.plain import left_out
from bench.training import SITE, plain_seconds, shard_seconds
from gen.config.reader import load
from gen.experiments.model import Model
from gen.networks.hidden_layer import HiddenLayer
from gen.networks.network import Network
from gen.networks.view import View
from gen.tasks.task import Task

MODELS = 4


class ByAutograd(Network):
    """Another network by its three functions alone, without what it overrides.

    Attributes:
        network: the other network.
    """

    kind: Literal["by-autograd"] = "by-autograd"
    network: Any

    def init(self, task: Task, seed: int) -> dict[str, np.ndarray]:
        return self.network.init(task, seed)

    def logits(
        self, task: Task, parameters: Mapping[str, torch.Tensor], inputs: torch.Tensor
    ) -> torch.Tensor:
        return self.network.logits(task, parameters, inputs)

    def views(self, task: Task, parameters: Mapping[str, torch.Tensor]) -> dict[str, View]:
        return self.network.views(task, parameters)


def ensemble_seconds(model: Model, steps: int) -> float:
    """Return seconds per model-step of an ensemble of four on one core."""
    seeds = tuple(range(MODELS))
    training = model.training.shortened(steps, log_every=steps)
    _, ensemble = replace(model, seeds=seeds, shard=MODELS, training=training).shards[0]
    return shard_seconds(ensemble, on_progress=lambda step: None) / MODELS


def _compare(model: Model, steps: int, rounds: int) -> dict[str, list[float]]:
    general = replace(model, network=ByAutograd(network=model.network))
    ways: dict[str, Callable[[], float]] = {"autograd": lambda: ensemble_seconds(general, steps)}
    if isinstance(model.network, HiddenLayer):
        ways["closed form"] = lambda: ensemble_seconds(model, steps)
    if not left_out(model):
        ways["plain loop"] = lambda: plain_seconds(model, steps // 2, 1)
    measured: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way, measure in ways.items():
            measured[way].append(measure())
    return measured


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=200)
    arguments = parser.parse_args()
    torch.set_flush_denormal(True)
    print(f"{MODELS} models in one ensemble, one core, torch {torch.__version__}")
    print(f"{'model':<16}{'way':<14}{'us/model-step':>14}{'of autograd':>13}")
    for name, model in load(SITE).models.items():
        measured = _compare(model, arguments.steps, arguments.rounds)
        for way, seconds in measured.items():
            ratio = median(s / a for s, a in zip(seconds, measured["autograd"], strict=True))
            print(f"{name:<16}{way:<14}{1e6 * median(seconds):>14.0f}{ratio:>13.2f}", flush=True)


if __name__ == "__main__":
    main()
