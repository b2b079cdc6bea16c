"""The benchmark's plain loop learns the same parameters as the trainer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch

from bench import bits, modular, training, updates
from bench.plain import PlainLoop, left_out
from gen.experiments.model import Model
from gen.networks.embedded import Embedded
from gen.training.loop import Training, train
from tests.support.article import article_config

MODELS = article_config().models
COMPARED = [name for name, model in MODELS.items() if not left_out(model)]
STEPS = 4


@pytest.fixture(autouse=True)
def denormal_numbers() -> Iterator[None]:
    """Keep them for other tests; benchmarks turn them off for their process."""
    yield
    torch.set_flush_denormal(False)


def ways(model: Model) -> list[PlainLoop]:
    loops = [PlainLoop(model)]
    if isinstance(model.network, Embedded):
        loops.append(PlainLoop(model, notebook=True))
    return loops


def test_only_other_ways_of_training_have_no_plain_loop() -> None:
    left = {name: left_out(model) for name, model in MODELS.items() if name not in COMPARED}
    assert left == {
        "modular-orthogonal": "its optimiser is orthogonal-grad",
        "modular-stablemax": "its loss is stablemax",
        "modular-grokfast": "its optimiser is grokfast",
        "modular-muon": "its optimiser is muon",
        "kernel": "its steps are fits, without a gradient",
    }


@pytest.mark.parametrize("name", COMPARED)
def test_the_plain_loop_and_the_trainer_learn_the_same_parameters(name: str) -> None:
    model = MODELS[name]
    short = Training(steps=STEPS, log_every=STEPS, snapshot_every=STEPS)
    alone = replace(model, seeds=model.seeds[:1], training=short)
    _, ensemble = alone.shards[0]
    learned = train(ensemble).parameters
    before = model.network.init_ensemble(model.task, model.seeds[:1])
    for loop in ways(alone):
        for _ in range(STEPS):
            loop.step()
        assert loop.learned.keys() == learned.keys()
        for part, tensor in loop.learned.items():
            moved = np.abs(learned[part] - before[part]).mean()
            apart = np.abs(tensor.numpy() - learned[part][0]).mean()
            assert moved > 0 and apart < moved / 50


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"unembedding": "own"}, "it has another unembedding"),
        ({"into": "collapsed", "out": "collapsed"}, "it has another into and out"),
        ({"projections": "tied"}, "it has another projections"),
    ],
)
def test_a_model_without_a_plain_loop_is_skipped_with_a_reason(
    changed: dict[str, str], reason: str
) -> None:
    model = MODELS["modular"]
    network = model.network.model_copy(update=changed)
    assert left_out(replace(model, network=network)) == reason


@pytest.mark.parametrize(
    ("main", "options", "rows"),
    [
        (training.main, "--rounds 2 --steps 50 --models five-neurons modular-muon", 7),
        (modular.main, "--rounds 1 --steps 2", 3),
        (bits.main, "--rounds 1 --steps 2", 6),
        (updates.main, "--rounds 1 --steps 2", 6),
    ],
    ids=["training", "modular", "bits", "updates"],
)
def test_a_benchmark_prints_positive_times_and_ratios(
    main: Callable[[], None],
    options: str,
    rows: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.argv", ["bench", *options.split()])
    monkeypatch.setattr(training, "default_jobs", lambda: 1)
    main()
    printed = capsys.readouterr().out.splitlines()[2:]
    measured = [line for line in printed if "left out" not in line]
    assert len(printed) == rows
    for line in measured:
        numbers = [float(each) for each in re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])", line)]
        assert numbers and min(numbers) > 0, line


def test_a_ratio_is_that_within_rounds_and_has_quartiles() -> None:
    assert training.ratio_text([2.0, 30.0, 4.0], [1.0, 10.0, 1.0]).split() == [
        *("3.00", "2.50", "to", "3.50")
    ]
