"""What figures of one sum or product share: which one, and how its numbers are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from gen.analysis.activations import activations
from gen.analysis.hidden_layer_views import hidden_layer_shapes
from gen.analysis.interference import (
    PairLogits,
    group_logits,
    margin,
    margin_verdict,
    training_pairs,
)
from gen.analysis.neuron_groups import neuron_groups
from gen.analysis.number_names import NumberNames
from gen.figures.figure import ModelFigure
from gen.tasks.modular import Modular

if TYPE_CHECKING:
    from gen.experiments.runs import ModelRun
    from gen.i18n import Words
    from gen.networks.network import Network
    from gen.tasks.task import Task

_DEFAULT_A, _DEFAULT_B = 3 / 4, 5 / 6


class SumFigure(ModelFigure):
    """A figure of one sum a + b or product a b, taken apart by the frequencies of the neurons.

    Attributes:
        a: first number; left out, it lies at three quarters of all places.
        b: second number; left out, it is the first one from five sixths of all places on, so
            that the sum of places wraps around, whose sum or product with `a` was kept back
            from training.
    """

    a: Annotated[int, Field(ge=0)] | None = None
    b: Annotated[int, Field(ge=0)] | None = None

    def check(self, task: Task, network: Network) -> None:
        (into, (inputs, _)), (out, (_, outputs)) = hidden_layer_shapes(network, task)
        shapes = (inputs, outputs, task.inputs)
        if not isinstance(task, Modular) or shapes != (task.outputs,) * 3:
            raise ValueError(
                f"a sum is taken apart where neurons have a weight for each of two numbers that "
                f"are added, but {into} has {inputs} rows, {out} {outputs} columns and the task "
                f"{task.inputs} inputs and {task.outputs} outputs"
            )
        numbers = NumberNames(task).numbers
        for name, number in (("a", self.a), ("b", self.b)):
            if number is not None and number not in numbers:
                least, most = min(numbers), max(numbers)
                raise ValueError(f"{name} = {number} is none of the numbers {least} to {most}")

    def pair(self, run: ModelRun) -> tuple[int, int]:
        """The places of the two numbers that are added or multiplied."""
        numbers, place = run.task.outputs, self.naming(run).numbers.index
        a = int(numbers * _DEFAULT_A) if self.a is None else place(self.a)
        if self.b is not None:
            return a, place(self.b)
        others = (int(numbers * _DEFAULT_B) + np.arange(numbers)) % numbers
        kept_back = others[~training_pairs(run)[a, others]]
        return a, int([*kept_back, others[0]][0])

    def naming(self, run: ModelRun) -> NumberNames:
        """How the run's numbers are written."""
        if not isinstance(run.task, Modular):
            raise TypeError(f"{run.name} is no run of modular arithmetic")
        return NumberNames(run.task)

    def told(self, key: str, run: ModelRun, words: Words, **more: object) -> str:
        """Which sum or product it is, in words, and how its answer fares at the end."""
        naming, pair = self.naming(run), self.pair(run)
        known = naming.values(pair, sum(pair) % run.task.outputs)
        return words.join_sentences(
            [words(naming.key(key), **known, **more), self.leads(run, words)]
        )

    def terms(self, run: ModelRun) -> PairLogits:
        """The sum at every snapshot of a run."""
        groups = neuron_groups(run.input_weights[-1])
        pair = self.pair(run)
        into, out = run.views.values()
        members = [group.neurons for group in groups]
        before = into[:, pair].sum(axis=1, dtype=np.float64)
        shares = group_logits(activations(before, run.network.activation), out, members)
        return PairLogits(pair, sum(pair) % run.task.outputs, groups, shares)

    def leads(self, run: ModelRun, words: Words) -> str:
        """How the answer fares at the end, in each wave and in all of them, in words."""
        terms = self.terms(run)
        alone = [words.number(one, 2) for one in margin(terms.shares[-1], terms.answer).tolist()]
        named = [str(group.frequency or words("interference.rest")) for group in terms.groups]
        together = terms.together[-1]
        ahead = float(margin(together, terms.answer))
        sentences = [
            words("alt.interference.alone", leads=words.listed(alone), k=words.listed(named))
        ]
        peak = self.naming(run).on_axis(int(together.argmax()))
        key = f"alt.interference.{margin_verdict(ahead)}"
        sentences.append(words(key, lead=words.number(ahead, 2), peak=peak))
        return words.join_sentences(sentences)
