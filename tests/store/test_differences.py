"""The reason why a run is stale: the changed setting with its former and new value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gen.store.differences import differences
from tests.conftest import Gen
from tests.support import small_site

RUN: dict[str, Any] = {
    "task": {"kind": "modular", "modulus": 31, "train_share": 0.6, "note": "n" * 50},
    "network": {"hidden": 24, "name": None},
    "training": {"steps": 3000},
    "optimisers": [
        {"learning_rate": 0.001, "betas": [0.9, 0.98], "weight_decay": decay}
        for decay in (0.1, 0.1, 0.3, 0.3)
    ],
    "seeds": [0, 1, 0, 1],
    "device": "cpu",
    "code": "0123456789abcdef",
    "versions": {"torch": "2.12.1", "numba": "0.68.1"},
}


def optimisers(*decays: float, betas: tuple[float, float] = (0.9, 0.98)) -> dict[str, Any]:
    settings = [
        {"learning_rate": 0.001, "betas": list(betas), "weight_decay": decay} for decay in decays
    ]
    return {"optimisers": settings}


CHANGED: list[tuple[dict[str, Any], list[str]]] = [
    ({}, []),
    ({"training": {"steps": 4000}}, ["training.steps 3000 -> 4000"]),
    ({"network": {"hidden": 24, "name": "wide"}}, ["network.name nothing -> wide"]),
    (
        {"task": RUN["task"] | {"note": "n" * 51}},
        ["task.note changed near its end"],
    ),
    (optimisers(0.1, 0.1, 0.5, 0.5), ["optimiser.weight_decay 0.3 -> 0.5"]),
    (optimisers(0.1, 0.3, 0.5, 0.5), ["optimiser.weight_decay: also 0.5"]),
    (optimisers(0.1, 0.1, 0.1, 0.1), ["optimiser.weight_decay: without 0.3"]),
    (
        optimisers(0.3, 0.3, 0.1, 0.1),
        ["optimiser.weight_decay: the same values in another order"],
    ),
    (optimisers(1, 2, 4, 8), ["optimiser.weight_decay 0.1, 0.3 -> 1, 2, 4 and 1 more"]),
    (
        optimisers(0.1, 0.1, 0.3, 0.3, betas=(0.9, 0.95)),
        ["optimiser.betas 0.98 -> 0.95"],
    ),
    (
        {"optimisers": [{"kind": "sgd", "learning_rate": 0.001}] * 4},
        [
            "optimiser.betas [0.9, 0.98] -> nothing",
            "optimiser.kind nothing -> sgd",
            "optimiser.weight_decay 0.1, 0.3 -> nothing",
        ],
    ),
    ({"seeds": [0, 2, 0, 2]}, ["seeds 1 -> 2"]),
    (
        {"seeds": [0, 1, 2, 0, 1, 2]} | optimisers(0.1, 0.1, 0.1, 0.3, 0.3, 0.3),
        ["seeds: also 2"],
    ),
    ({"seeds": [5, 6, 7, 8]}, ["seeds 0, 1 -> 5 to 8"]),
    ({"device": "cuda"}, ["device cpu -> cuda"]),
    (
        {"code": "f" * 16, "versions": {"torch": "2.13.0", "numba": "0.68.1"}, "seeds": [0, 1] * 3},
        [
            "seeds: 4 -> 6 values",
            "the training code changed",
            "torch 2.12.1 -> 2.13.0",
        ],
    ),
]


@pytest.mark.parametrize(("present", "said"), CHANGED)
def test_the_value_that_changed_is_named(present: dict[str, Any], said: list[str]) -> None:
    assert differences(RUN, RUN | present) == said


SWEPT = (
    small_site.CONFIG
    + """
[sweeps.grid]
base = "odd"
seeds = 2
shard = 4

[sweeps.grid.training]
steps = 60
log_every = 20
snapshot_every = 60

[sweeps.grid.grid]
optimiser.weight_decay = [0.0, 1.0]
network.hidden = [4, 8]
"""
)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("[0.0, 1.0]", "[0.0, 2.0]", "optimiser.weight_decay 1.0 -> 2.0"),
        ("seeds = 2\n", "seeds = [0, 5]\n", "seeds 1 -> 5"),
        ("hidden = [4, 8]", "hidden = [4, 9]", "network.hidden 8 -> 9"),
    ],
)
def test_status_names_the_value_of_a_sweep_that_changed(
    tmp_path: Path, gen: Gen, before: str, after: str, said: str
) -> None:
    options = small_site.write(tmp_path, SWEPT)
    assert gen("train", "grid", *options).code == 0
    assert SWEPT.count(before) == 1
    (tmp_path / "site" / "gen.toml").write_text(SWEPT.replace(before, after))
    foretold = gen("train", "grid", "--dry-run", *options).out
    assert said in foretold
