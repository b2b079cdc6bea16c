"""The hook `explain` of a user's own task or network, which reads what this tool cannot.

A class has the hook if it has a method of this name; no base class declares it, because the code
of the base classes is part of the key of every stored run.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Protocol, runtime_checkable

from gen.analysis.own_facts import call_hook, checked_facts
from gen.analysis.types import Facts
from gen.experiments.runs import ModelRun
from gen.networks.network import Network
from gen.tasks.task import Task
from gen.tasks.trained_run import TrainedRun

TEXT = "explanation_text"
"""The fact with the sentence of a hook; `explanation_text_zh` has it in another language."""

EXPLANATION = "explanation"
_HOOK = "explain"


@runtime_checkable
class Explains(Protocol):
    """A task or network that reads its own trained networks."""

    def explain(self, run: TrainedRun) -> dict[str, Any]:
        """Return facts of what the network computes, `explanation_text` among them.

        Without a text, no rule was found.
        """
        ...


def own_explanation(run: ModelRun) -> Facts | None:
    """Return the facts of the hook of a run's task or network; None without a hook.

    The task's hook comes first: the network's is called only if the task has none.

    Raises:
        ConfigError: the hook failed, or a name or value cannot be a fact.
    """
    kind = _reader(run)
    if kind is None:
        return None
    found = checked_facts(kind, call_hook(kind, _HOOK, run), {EXPLANATION}, _HOOK)
    verdict = "no rule" if found.get(TEXT) is None else "own"
    return {TEXT: None, **found, EXPLANATION: verdict}


def check_own_names(run: ModelRun, found: Facts, taken: Collection[str]) -> None:
    """Check that no fact of a hook has the name of another fact of the tool.

    Raises:
        ConfigError: one has.
    """
    kind = _reader(run)
    if kind is not None:
        checked_facts(kind, found, taken, _HOOK)


def _reader(run: ModelRun) -> Task | Network | None:
    """Return the task or network that has the hook."""
    return next((kind for kind in (run.task, run.network) if isinstance(kind, Explains)), None)
