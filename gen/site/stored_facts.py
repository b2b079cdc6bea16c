"""Compute the facts of trained models in other processes, and store them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

from gen.analysis.facts import model_facts
from gen.experiments.model import Model
from gen.experiments.runs import ModelRun
from gen.site.orders import Drawn, Order
from gen.site.results import Results, TrainedModel
from gen.store.code_digest import code_digest, versions
from gen.store.store import Entry

_FILE = "facts.json"

_MOST_BYTES = 2**28
"""Size of the views of a model up to which its facts are computed in another process."""


@dataclass(frozen=True, kw_only=True)
class FactsOrder(Order):
    """The facts of a trained model to compute.

    Attributes:
        runs: of all its seeds.
        shown: the run that figures show.
        run_keys: the key of the run of each seed.
    """

    what: ClassVar[str] = "facts"

    model: Model
    runs: tuple[ModelRun, ...]
    shown: ModelRun
    run_keys: dict[int, str]

    @property
    def files(self) -> tuple[str, ...]:
        return (_FILE,)

    @cached_property
    def ingredients(self) -> dict[str, Any]:
        model = self.model
        kinds = sorted({type(part).__module__ for part in (model.task, model.network)})
        hunt = None if model.hunt is None else model.hunt.model_dump(mode="json")
        return {
            "facts": self.name,
            "runs": [[run.seed, self.run_keys[run.seed]] for run in self.runs],
            "shown": [self.shown.seed, model.shown],
            "hunt": hunt,
            "optimiser": model.optimiser.model_dump(mode="json"),
            "code": code_digest("gen.analysis.facts", *kinds, type(model.optimiser).__module__),
            "versions": versions("numpy", "torch", "numba"),
            "file": _FILE,
        }

    def draw(self, *, on_progress: Callable[[int], None]) -> Drawn:
        facts = model_facts(self.model, list(self.runs), self.shown)
        on_progress(1)
        return Drawn({_FILE: json.dumps(facts).encode()}, {"painted": False})


def facts_order(trained: TrainedModel) -> FactsOrder | None:
    """Return the order for the facts of a model; None if its runs are too large to be sent."""
    if sum(view.nbytes for run in trained.runs for view in run.views.values()) > _MOST_BYTES:
        return None
    return FactsOrder(
        name=facts_name(trained.model.name),
        model=trained.model,
        runs=tuple(trained.runs),
        shown=trained.chosen,
        run_keys=dict(trained.run_keys),
    )


def facts_name(model: str) -> str:
    """Return the name of the facts of a model; ids have no dot, so it is unique."""
    return f"{model}.facts"


def with_stored_facts(results: Results, drawn: Mapping[str, Entry]) -> Results:
    """Return results whose facts are those that are stored, as far as they are."""
    found = dict(results)
    for name, result in results.items():
        entry = drawn.get(facts_name(name))
        if entry is not None and isinstance(result, TrainedModel):
            facts = json.loads(entry.file(_FILE).read_bytes())
            found[name] = replace(result, stored_facts=facts)
    return found
