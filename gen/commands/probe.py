"""A model after one training step: it shows errors of facts before a long training."""

from __future__ import annotations

from dataclasses import replace

from gen.analysis.facts import model_facts
from gen.analysis.own_explanation import Explains
from gen.experiments import runs
from gen.experiments.model import Model
from gen.experiments.runs import ModelRun
from gen.networks.network import Network
from gen.tasks.task import Task


def after_one_step(model: Model) -> ModelRun:
    """Train the first seed of a model for one step."""
    from gen.training.loop import train

    _, ensemble = model.shards[0]
    one = replace(
        ensemble,
        training=ensemble.training.shortened(1, log_every=1),
        seeds=ensemble.seeds[:1],
        optimisers=ensemble.optimisers[:1],
    )
    return next(runs.model_runs(model.name, one, train(one)))


def check_own_facts(model: Model) -> None:
    """Check the facts of a task or network of the user's own after one step.

    A mistake in them would otherwise be found at the end, and its correction changes the code of
    the kind, so that everything would be trained again.

    Raises:
        ConfigError: a hook failed, or returned a wrong name or value.
    """
    built_in = type(model.task).facts is Task.facts and type(model.network).facts is Network.facts
    reads = isinstance(model.task, Explains) or isinstance(model.network, Explains)
    if built_in and not reads:
        return
    run = after_one_step(model)
    model_facts(model, [run], run)
