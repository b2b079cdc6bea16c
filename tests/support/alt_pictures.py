"""Figures and runs for tests of alt texts: every kind of figure, task and outcome."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np

from gen.analysis.seeds import SeedRuns
from gen.analysis.sweep_outcomes import SweepRun
from gen.experiments.runs import ModelRun
from gen.figures.any_run_figure import OfAnyRun
from gen.figures.attention import Attention
from gen.figures.compare import Compare
from gen.figures.construction import Construction
from gen.figures.construction_error import ConstructionError
from gen.figures.construction_sum import ConstructionSum
from gen.figures.dft import Dft
from gen.figures.embedding_plane import EmbeddingPlane
from gen.figures.figure import figure_kinds
from gen.figures.formula_figure import FormulaFigure
from gen.figures.histogram import Histogram
from gen.figures.interference import Interference
from gen.figures.layers import Layers
from gen.figures.metrics import Metrics
from gen.figures.model_figure import ModelFigure
from gen.figures.neuron import Neuron
from gen.figures.norms import Norms
from gen.figures.seeds import Seeds
from gen.figures.singular_values import SingularValues
from gen.figures.sweep_figure import SweepFigure
from gen.figures.trajectories import Trajectories
from gen.figures.waves import Waves
from gen.figures.weights import Weights
from tests.support.alt_seen import Seen
from tests.support.article import article_config
from tests.support.line_runs import metrics
from tests.support.outcome_runs import ENDS, STEPS, TASKS, Case, End, case, diverged
from tests.support.pair_runs import OPERATIONS, OUTCOMES, bits_run, circle_pair_run, pair_run
from tests.support.sweep_runs import sweep_run

SITE = article_config()


def of_one(run: ModelRun) -> Case:
    """Return a case with a single seed."""
    model = replace(case("add", "generalised").model, task=run.task, network=run.network)
    return Case(replace(model, seeds=(run.seed,), shown=None), [run], run)


def _with(run: ModelRun, **values: np.ndarray) -> ModelRun:
    """Return the run with other logged metrics."""
    return replace(run, metrics={**run.metrics, **values})


def _silent(run: ModelRun) -> ModelRun:
    """Return the run with all weights zero."""
    return replace(run, views={name: np.zeros_like(view) for name, view in run.views.items()})


def _without_a_neuron(run: ModelRun) -> ModelRun:
    """Return the run with one neuron whose weights in are zero at the end."""
    views = {name: view.copy() for name, view in run.views.items()}
    next(iter(views.values()))[-1, :, 0] = 0
    return replace(run, views=views)


def _without_distractors(run: ModelRun) -> ModelRun:
    """Return the run with weights on distractor bits that are zero at the end."""
    views = {name: view.copy() for name, view in run.views.items()}
    views["W_in"][-1, run.task.signal_bits : -1] = 0  # type: ignore[attr-defined]
    return replace(run, views=views)


@cache
def cases() -> dict[str, Case]:
    """Return every task with every outcome, and runs with rare properties."""
    parity, never = case("parity", "generalised").chosen, case("add", "never fit").chosen
    loss = never.metrics["train_loss"]
    learned = metrics(STEPS, 0.1, 500.0, 500.0)["train_accuracy"]
    return {
        **{f"{task}, {end}": case(task, end) for task, end in product(TASKS, ENDS)},
        **{
            f"{task} of a pair, {end}": of_one(pair_run(task, end))
            for task, end in product(OPERATIONS, OUTCOMES)
        },
        **{f"{task} on a circle": of_one(circle_pair_run(task)) for task in OPERATIONS},
        **{f"bits, {end}": of_one(bits_run(end)) for end in OUTCOMES},
        "sum with many frequencies": of_one(pair_run("add", frequencies=(1, 2, 3, 4, 5, 6, 7, 8))),
        "parity of all bits": of_one(bits_run(bits=2)),
        "parity without distractors": of_one(_without_distractors(parity)),
        "one silent neuron": of_one(_without_a_neuron(pair_run("add"))),
        "silent": of_one(_silent(pair_run("add"))),
        "silent product": of_one(_silent(pair_run("multiply"))),
        "a loss that stays": of_one(_with(never, train_loss=np.full_like(loss, 0.3))),
        "a loss that rises": of_one(_with(never, train_loss=np.linspace(0.3, 0.4, len(loss)))),
        "nearly learned": of_one(
            _with(
                never,
                train_accuracy=np.full_like(loss, 0.9896),
                test_accuracy=np.full_like(loss, 0.98999),
            )
        ),
        "both at once": of_one(_with(never, train_accuracy=learned, test_accuracy=learned)),
        "unseen rows first": of_one(
            _with(
                case("add", "generalised").chosen,
                train_accuracy=metrics(STEPS, 0.1, 2500.0, 2500.0)["train_accuracy"],
                test_accuracy=learned,
            )
        ),
        "a metric that is never logged": of_one(_with(never, other=np.full(len(loss), np.nan))),
        "unseen rows alone": of_one(_with(never, test_accuracy=learned)),
    }


_FOR_ANY_RUN = (
    *("parity, generalised", "add, generalised", "subtract, memorised", "circle, generalised"),
    *("silent", "a metric that is never logged"),
)


def of_models() -> Iterator[tuple[str, Seen]]:
    """Yield each kind of model figure with each case that it can show."""
    for name, of in cases().items():
        for kind, figure in _model_figures():
            if isinstance(figure, OfAnyRun) and name not in _FOR_ANY_RUN:
                continue  # they show no outcome, and are the same for every task
            if kind == "neuron" and "of a pair" in name:
                continue  # several neurons are equally pure, so the shown neuron is not determined
            try:
                figure.check(of.chosen.task, of.chosen.network)
            except ValueError:
                continue
            yield f"{kind}, {name}", Seen(figure, of)


def _model_figures() -> Iterator[tuple[str, ModelFigure]]:
    for kind, made in figure_kinds().items():
        if issubclass(made, ModelFigure):
            yield kind, made.model_validate({"kind": kind, "model": "any"})
    yield "a neuron by its row", Neuron(model="any", neuron=2)
    yield "weights with a limit", Weights(model="any", limit=5.0)
    yield "a sum of other numbers", Interference(model="any", a=2, b=6)
    yield "a neuron of one view", Neuron(model="any", view="W_in", neuron=1)
    yield "waves of one view", Waves(model="any", view="W_in")
    yield "spectrum of one view", Dft(model="any", view="W_in")
    yield "trajectories of one view", Trajectories(model="any", view="W_in")
    yield "cells by size", Layers(model="any", sort="size", sort_columns="pattern", rows="::2")
    yield (
        "components by pattern",
        Layers(model="any", project=1, sort="pattern", sort_columns="size", limits="shared"),
    )
    yield "cells with a limit", Layers(model="any", limit=0.5)
    yield "logarithmic counts", Histogram(model="any", log=True)
    yield "logarithmic norms", Norms(model="any", scale="log")
    yield "one singular value", SingularValues(model="any", scale="log", largest=1)
    yield "two coordinates", EmbeddingPlane(model="any", coordinates=[1, 0])
    yield "a logarithmic metric", Metrics(model="any", metrics=["test_loss"], scale="log")
    yield "a metric in percent", Metrics(model="any", metrics=["test_accuracy"], scale="share")
    yield "attention as cells", Attention(model="any", view="W_in")
    yield "attention as lines", Attention(model="any", view="B", drawn="lines")


def of_sweeps() -> Iterator[tuple[str, Seen]]:
    """Yield each kind of sweep figure with each sweep of the site that it can show."""
    for kind, made in figure_kinds().items():
        if not issubclass(made, SweepFigure):
            continue
        for (name, sweep), own in product(SITE.sweeps.items(), _OWN_KEYS.get(kind, ({},))):
            figure = made.model_validate({"kind": kind, "sweep": name, **own})
            try:
                figure.check(sweep)
            except ValueError:
                continue
            for world, run in worlds(name):
                yield f"{kind}, {name}, {', '.join(own.values())}, {world}", Seen(figure, run)


_OWN_KEYS: Mapping[str, tuple[Mapping[str, str], ...]] = {
    "sweep-shares": (
        {"along": "task.train_rows", "lines": "optimiser.weight_decay"},
        {"along": "network.hidden"},
    )
}
"""The keys that a kind of sweep figure must have."""


def worlds(name: str) -> Iterator[tuple[str, SweepRun]]:
    """Return runs of a sweep: with all outcomes, with one outcome, and incomplete."""
    sweep = SITE.sweeps[name]
    for world in ("all", "memorised", "nothing", "untrained"):
        yield world, sweep_run(sweep, world)
    yield "some failed", _failing(sweep_run(sweep))
    part = sweep_run(sweep)
    part.trained[::2] = False
    part.trained[1, 0] = False
    yield "half trained", part


def _failing(run: SweepRun) -> SweepRun:
    """Make every seventh model diverge, and accuracies of some contradict their losses."""
    for place in list(np.ndindex(run.trained.shape))[::7]:
        run.failed_at[place] = 500
        run.train_loss[place][5:] = run.test_loss[place][5:] = np.nan
        run.memorised_at[place] = run.generalised_at[place] = -1
        run.final_train_accuracy[place] = run.final_test_accuracy[place] = np.nan
    for place in list(np.ndindex(run.trained.shape))[3::11]:
        if run.failed_at[place] < 0:
            run.memorised_at[place] = run.generalised_at[place] = 700
    return run


def of_comparisons() -> Iterator[tuple[str, Seen]]:
    """Yield comparisons of models with different outcomes, and with a seed that diverged."""
    pairs: list[tuple[End, ...]] = [("generalised", "memorised"), ("one diverged", "never fit")]
    for ends in (*pairs, ENDS):
        models = tuple(case("add", end) for end in ends)
        yield f"compare, {ends}", Seen(Compare(models=list(ends)), models)
    fine, lost = case("add", "generalised"), case("add", "memorised")
    lost = replace(lost, runs=[diverged(run) for run in lost.runs])
    yield "compare, one lost", Seen(Compare(models=["fine", "lost"]), (fine, lost))


def of_formulas() -> Iterator[tuple[str, Seen]]:
    """Yield each kind of figure of constructed networks, with settings for every sentence."""
    for name, figure in SITE.figures.items():
        if isinstance(figure, FormulaFigure):
            yield name, Seen(figure, None)
    for activation, neurons in product(("relu", "square", "linear"), (3, 4, 5, 6)):
        settings = {"neurons": neurons, "modulus": 24, "activation": activation}
        yield f"film {settings}", Seen(Construction.model_validate(settings), None)
        yield f"sum {settings}", Seen(ConstructionSum.model_validate(settings), None)
        opposite = {**settings, "a": 1, "b": 13}
        yield f"sum {opposite}", Seen(ConstructionSum.model_validate(opposite), None)
    for neurons in (3, 5, 6):
        yield f"errors of {neurons}", Seen(ConstructionError(neurons=neurons, modulus=24), None)


def pictured(seen: Seen) -> object:
    """Return the argument of the methods of the figure."""
    if isinstance(seen.of, tuple):
        return tuple(SeedRuns(tuple(one.runs), one.chosen.seed) for one in seen.of)
    if not isinstance(seen.of, Case):
        return seen.of
    if isinstance(seen.figure, Seeds | Metrics):
        return SeedRuns(tuple(seen.case.runs), seen.run.seed)
    return seen.run
