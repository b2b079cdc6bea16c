"""Facts of a transformer: where "=" attends, and the waves in the embedding of the numbers.

The view `attention` is a mean over all pairs, and hides that a head can attend to a in one sum and
to b in another. What it does for each pair follows from the learned tensors after the last step.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from gen.analysis.explanation import explanation_facts
from gen.analysis.fourier import power_share, powers
from gen.analysis.outcome import generalised_at, index_at, memorised_at
from gen.analysis.types import Facts
from gen.experiments.runs import ModelRun
from gen.networks.transformer import Transformer
from gen.tasks.modular import Modular


def transformer_facts(run: ModelRun) -> Facts:
    """Return the facts of attention and embedding; none of any other network.

    Returns:
        `lowest_mean_attention`, `highest_mean_attention`: of all heads and both numbers, the mean
        over all pairs, at the end, and with `_when_memorised`; `highest_equals_attention`: the
        same of "=" at the end. `least_attention`, `most_attention`: of all heads, both numbers and
        all pairs. `first_embedding_share`, `embedding_share_when_memorised`,
        `embedding_share_when_generalised`, `final_embedding_share`: share of the frequencies of the
        logits in the power of E, None without an explanation.
    """
    if not (isinstance(run.network, Transformer) and isinstance(run.task, Modular)):
        return {}
    memorised = _snapshot_at(run, memorised_at(run))
    means = run.views["attention"][..., :2].astype(np.float64)
    in_pairs = pair_attention(run, run.network.heads)
    facts: Facts = {
        "lowest_mean_attention": float(means[-1].min()),
        "highest_mean_attention": float(means[-1].max()),
        "lowest_mean_attention_when_memorised": None,
        "highest_mean_attention_when_memorised": None,
        "highest_equals_attention": float(run.views["attention"][-1, :, 2].max()),
        "least_attention": float(in_pairs.min()),
        "most_attention": float(in_pairs.max()),
    }
    if memorised is not None:
        facts["lowest_mean_attention_when_memorised"] = float(means[memorised].min())
        facts["highest_mean_attention_when_memorised"] = float(means[memorised].max())
    return facts | _embedding(run, memorised)


def pair_attention(run: ModelRun, heads: int) -> Float[np.ndarray, "number number head 2"]:
    """Return how much "=" attends to a and to b in each head, for every pair, at the end."""
    learned = {name: values.astype(np.float64) for name, values in run.parameters.items()}
    table, positions = learned["E"], learned["P"]
    query = _by_head((table[-1] + positions[2]) @ learned["W_Q"], heads)
    keys = (_by_head((table + place) @ learned["W_K"], heads) for place in positions)
    of_first, of_second, of_equals = (
        (key * query).sum(axis=-1) / np.sqrt(query.shape[-1]) for key in keys
    )
    scores = np.stack(
        np.broadcast_arrays(of_first[:-1, None], of_second[None, :-1], of_equals[-1]), axis=-1
    )
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return (weights / weights.sum(axis=-1, keepdims=True))[..., :2]


def _by_head(values: Float[np.ndarray, "*number dimension"], heads: int) -> np.ndarray:
    """Split dimensions: the heads stand side by side."""
    return values.reshape(*values.shape[:-1], heads, -1)


def _embedding(run: ModelRun, memorised: int | None) -> Facts:
    keys = explanation_facts(run).get("logit_frequencies")

    def share(snapshot: int | None) -> float | None:
        if snapshot is None or not isinstance(keys, list):
            return None
        power = powers(run.views["E"][snapshot]).sum(axis=-1)
        return float(power_share(power, [k for k in keys if isinstance(k, int)]))

    return {
        "first_embedding_share": share(0),
        "embedding_share_when_memorised": share(memorised),
        "embedding_share_when_generalised": share(_snapshot_at(run, generalised_at(run))),
        "final_embedding_share": share(len(run.snapshot_steps) - 1),
    }


def _snapshot_at(run: ModelRun, step: int | None) -> int | None:
    """Return the first snapshot from a step on, the last one at the latest."""
    if step is None:
        return None
    return index_at(run.snapshot_steps, step)
