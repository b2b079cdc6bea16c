"""How far the rows of the interference figure reach at each snapshot: no pair is cut off."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gen.analysis.interference import group_logits
from gen.analysis.neuron_groups import neuron_groups
from gen.experiments.runs import ModelRun
from gen.figures.interference import Interference
from gen.i18n import Words
from gen.networks.embedded import Embedded
from gen.widgets.interference_scale import round_scale
from tests.support.intervene_page import packed_pairs
from tests.support.line_runs import solved_run, waves_run
from tests.support.pair_runs import pair_run

EN = Words("en")
SQUARES = replace(
    solved_run(),
    network=Embedded(embedding="learned", width=500, hidden=24, activation="square"),
)


def sent(run: ModelRun) -> dict[str, Any]:
    """What the script of the page gets."""
    return json.loads(Interference(model="m", a=3, b=4).render(run, EN).drawing.data)


def largest(run: ModelRun, snapshot: int) -> float:
    """The largest share of any pair in the pack of a run, pair by pair; half of a total counts."""
    weights = packed_pairs(run, snapshot)
    groups = [group.neurons for group in neuron_groups(run.input_weights[-1])]
    found = []
    for a in range(len(weights.first)):
        shares = group_logits(weights.activations(a), weights.out, groups)
        found += [np.abs(shares).max(), np.abs(shares.sum(axis=1)).max() / 2]
    return float(max(found))


@pytest.mark.parametrize(
    ("run", "snapshots"),
    [
        (solved_run(), (0, 9, 15, 19)),
        (replace(waves_run(snapshots=5), seed=1), (0, 2, 3)),
        (pair_run("multiply"), (0, 1, 2)),
        (SQUARES, (0, 12)),
    ],
)
def test_rows_reach_as_far_as_the_pair_with_the_largest_share_needs(
    run: ModelRun, snapshots: tuple[int, ...]
) -> None:
    data = sent(run)
    assert len(data["scales"]) == len(data["steps"]) == len(run.snapshot_steps)
    assert data["scales"][-1] == 1
    for snapshot in snapshots:
        scale, most = data["scales"][snapshot], largest(run, snapshot)
        assert scale == round_scale(1.03 * most / data["reach"])
        assert most < scale * data["reach"] < 2 * most
    assert largest(run, len(run.snapshot_steps) - 1) < data["reach"]


def test_every_snapshot_of_a_pack_with_few_has_a_scale(monkeypatch: pytest.MonkeyPatch) -> None:
    run = solved_run()
    every = sent(run)
    monkeypatch.setattr("gen.interactive.pack.MOST_NUMBERS", 5 * 2 * 67 * 24)
    few = sent(replace(run))  # a run is read once
    assert 2 < len(few["steps"]) == len(few["scales"]) < 21
    at = dict(zip(every["steps"], every["scales"], strict=True))
    assert few["scales"] == [at[step] for step in few["steps"]]


def test_weights_that_are_no_numbers_or_zero_have_a_scale() -> None:
    run = solved_run()
    views = {name: view.copy() for name, view in run.views.items()}
    views["W_in"][3] = np.nan
    views["W_out"][4, 2] = np.nan
    views["W_out"][5] = 0
    scales = sent(replace(run, views=views))["scales"]
    assert np.isfinite(scales).all() and scales[3] == scales[5] == 1 != scales[4]


@pytest.mark.parametrize("ratio", [0.0, -1.0, float("nan"), float("inf")])
def test_the_scale_of_what_has_no_size_is_that_of_the_end(ratio: float) -> None:
    assert round_scale(ratio) == 1
