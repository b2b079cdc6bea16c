"""A transformer made without training: one head mixes a and b, the other only looks at them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gen.experiments.runs import ModelRun
from gen.networks.transformer import Transformer
from gen.tasks.modular import Modular
from tests.support.line_runs import metrics, solved_run

FACTS = frozenset(
    {
        "lowest_mean_attention",
        "highest_mean_attention",
        "lowest_mean_attention_when_memorised",
        "highest_mean_attention_when_memorised",
        "highest_equals_attention",
        "least_attention",
        "most_attention",
        "first_embedding_share",
        "embedding_share_when_memorised",
        "embedding_share_when_generalised",
        "final_embedding_share",
    }
)
"""The facts of transformers alone, which `tests/analysis/test_transformer_facts.py` checks."""


def transformer_run(*, memorises: float = 500.0, generalises: float = 28_000.0) -> ModelRun:
    """Return a transformer that adds by the weights of `solved_run`, which it sees as values.

    Numbers are one-hot in the first half of the residual stream. The first head attends to all
    three alike and passes on E_a + E_b. The second attends to small numbers most, and is not used.
    """
    solved = solved_run()
    numbers, hidden = solved.final_view("W_in").shape
    width = 2 * numbers
    task = Modular(modulus=numbers, train_share=0.4, ordered=True)
    network = Transformer(width=width, heads=2, hidden=hidden)
    learned = {name: np.zeros_like(array) for name, array in network.init(task, 0).items()}
    diagonal = np.arange(numbers)
    learned["E"][diagonal, diagonal] = 1.0
    learned["E"][-1, numbers] = 1.0
    learned["W_Q"][numbers, numbers] = np.sqrt(numbers)
    learned["W_K"][diagonal, numbers] = np.linspace(4.0, -4.0, numbers)
    learned["W_V"][diagonal, diagonal] = learned["W_O"][diagonal, diagonal] = np.sqrt(3.0)
    learned["W_in"][:numbers] = solved.final_view("W_in")
    learned["W_out"][:, :numbers] = 10 * solved.final_view("W_out")
    learned["W_U"][diagonal, diagonal] = 1.0
    steps = solved.snapshot_steps
    table = np.repeat(learned["E"][None, :-1], len(steps), axis=0)
    attention = np.repeat([[[0.5, 0.4, 0.1], [0.3, 0.6, 0.1]]], len(steps), axis=0)
    attention[-1] = [[0.48, 0.5, 0.02], [0.49, 0.5, 0.01]]
    return replace(
        solved,
        name="transformer",
        task=task,
        network=network,
        metrics=metrics(solved.logged_steps, 1 / numbers, memorises, generalises),
        parameters={name: array.astype(np.float32) for name, array in learned.items()},
        views={"E": table.astype(np.float32), "attention": attention.astype(np.float32)},
    )
