"""Compiled updates of optimisers against those of torch, without the gradient.

Each round times both for one shard on one core, and the ratio is taken within the round.
"""

from __future__ import annotations

from functools import partial

import torch

from bench.steps import heading, options_of, prepared, ratio_line, seconds_of, timed_in_turns
from bench.training import SITE
from gen.config.reader import load
from gen.optimisers.adamw import AdamW, compiled_step, torch_step
from gen.optimisers.optimiser import Step
from gen.optimisers.orthogonal_grad import compiled_projection, torch_projection

MODELS = ("parity", "modular", "transformer")


def forms(name: str) -> dict[str, list[Step]]:
    """Return both forms of each update of a model's first shard, the compiled one first."""
    _, ensemble = load(SITE).models[name].shards[0]
    _, parameters, gradients = prepared(ensemble)
    generator = torch.Generator().manual_seed(0)
    for gradient in gradients.values():
        gradient.copy_(torch.randn(gradient.shape, generator=generator) * 1e-3)
    settings = tuple(own for own in ensemble.optimisers if isinstance(own, AdamW))
    return {
        "adamw": [form(parameters, gradients, settings) for form in (compiled_step, torch_step)],
        "projection": [
            form(parameters, gradients) for form in (compiled_projection, torch_projection)
        ],
    }


def main() -> None:
    """Print a row for each update of each model."""
    options = options_of(__doc__, steps=200)
    print(f"updates of a shard, one core, medians of {options.rounds} rounds")
    print(heading("model"))
    for name in MODELS:
        for update, both in forms(name).items():
            timed = [partial(seconds_of, step, options.steps) for step in both]
            seconds = timed_in_turns(timed, options.rounds)
            print(f"{update:<12}{ratio_line(name, seconds)}", flush=True)


if __name__ == "__main__":
    main()
