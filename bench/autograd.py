"""An ensemble by autograd against the same one in closed form, and against plain loops.

Every model of the site is trained in ensembles of four: in closed form where its network has one,
and by autograd over the same three functions that anybody's network has. On all cores, an ensemble
trains on each, as in a build. The plain loop trains one model after another, with one thread or
all, whichever is faster. Each round runs every way; the table gives medians, and the median and the
quartiles of the ratios to autograd on all cores within a round.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from statistics import median
from typing import Any, Literal

import numpy as np
import torch

from bench.plain import left_out
from bench.training import SITE, our_seconds, plain_seconds, ratio_text
from gen.config.reader import load
from gen.experiments.model import Model
from gen.networks.hidden_layer import HiddenLayer
from gen.networks.network import Network
from gen.networks.view import View
from gen.report import make_report
from gen.tasks.task import Task
from gen.workers.processes import ProcessPool, default_jobs

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


def _compare(
    model: Model, steps: int, rounds: int, workers: ProcessPool, cores: int
) -> dict[str, list[float]]:
    """Return seconds per model-step of each way, one value for each round."""
    four = replace(model, seeds=tuple(range(MODELS)), shard=MODELS)
    general = replace(four, network=ByAutograd(network=model.network))
    ways: dict[str, Callable[[], float]] = {
        "autograd, all cores": lambda: our_seconds(general, steps, workers, cores),
        "autograd, one core": lambda: our_seconds(general, steps, workers, 1),
    }
    if isinstance(model.network, HiddenLayer):
        ways["closed form, one core"] = lambda: our_seconds(four, steps, workers, 1)
    if not left_out(model):
        ways["plain loop, best"] = lambda: min(
            plain_seconds(model, steps // 2, threads) for threads in (1, cores)
        )
    ways["autograd, all cores"]()  # so that all workers have imported what they need
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
    cores = default_jobs()
    print(f"{MODELS} models in one ensemble, {cores} cores, torch {torch.__version__}")
    print(f"{'model':<16}{'way':<24}{'us/model-step':>14}{'ratio':>8}  quartiles")
    silent = make_report(quiet=True, json_log=False, stream=sys.stderr)
    with silent as report, ProcessPool(cores, report) as workers:
        for name, model in load(SITE).models.items():
            measured = _compare(model, arguments.steps, arguments.rounds, workers, cores)
            ours = measured["autograd, all cores"]
            for way, seconds in measured.items():
                ratio = ratio_text(seconds, ours)
                print(f"{name:<16}{way:<24}{1e6 * median(seconds):>14.0f}{ratio}", flush=True)


if __name__ == "__main__":
    main()
