"""Base class of figures of one sum or product, split by the frequencies of the neurons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from gen.analysis.activations import activations
from gen.analysis.hidden_layer_views import activation_of, hidden_layer_shapes
from gen.analysis.interference import (
    PairLogits,
    group_logits,
    margin,
    margin_verdict,
    training_pairs,
)
from gen.analysis.neuron_groups import neuron_groups
from gen.analysis.number_names import NumberNames
from gen.figures.model_figure import RunFigure
from gen.tasks.modular import Modular

if TYPE_CHECKING:
    from gen.experiments.runs import ModelRun
    from gen.i18n import Words
    from gen.networks.network import Network
    from gen.tasks.task import Task

_DEFAULT_A, _DEFAULT_B = 3 / 4, 5 / 6


class InterferenceFigure(RunFigure):
    """A figure of the logits of one sum a + b or product a b, one share per frequency.

    Attributes:
        a: first number; if left out, the one at three quarters of all places.
        b: second number; if left out, the first from five sixths of all places on whose pair
            with `a` is a test row, so that the sum of the places wraps around.
    """

    a: Annotated[int, Field(ge=0)] | None = None
    b: Annotated[int, Field(ge=0)] | None = None

    def check(self, task: Task, network: Network) -> None:
        (into, (inputs, _)), (out, (_, outputs)) = hidden_layer_shapes(network, task)
        shapes = (inputs, outputs, task.inputs)
        if not isinstance(task, Modular) or shapes != (task.outputs,) * 3:
            raise ValueError(
                f"it needs modular arithmetic and one weight per number and neuron, but {into} has "
                f"{inputs} rows, {out} {outputs} columns, and the task {task.inputs} inputs and "
                f"{task.outputs} outputs"
            )
        numbers = NumberNames(task).numbers
        for name, number in (("a", self.a), ("b", self.b)):
            if number is not None and number not in numbers:
                least, most = min(numbers), max(numbers)
                raise ValueError(f"{name} = {number} is out of range ({least} to {most})")

    def pair(self, run: ModelRun) -> tuple[int, int]:
        """Return the places of the two numbers that are added or multiplied."""
        numbers, place = run.task.outputs, self.naming(run).numbers.index
        a = int(numbers * _DEFAULT_A) if self.a is None else place(self.a)
        if self.b is not None:
            return a, place(self.b)
        others = (int(numbers * _DEFAULT_B) + np.arange(numbers)) % numbers
        unseen = others[~training_pairs(run)[a, others]]
        return a, int([*unseen, others[0]][0])

    def naming(self, run: ModelRun) -> NumberNames:
        """Return how the numbers of the run are written."""
        if not isinstance(run.task, Modular):
            raise TypeError(f"{run.name} is not a run of modular arithmetic")
        return NumberNames(run.task)

    def describe(self, key: str, run: ModelRun, words: Words, **more: object) -> str:
        """Return the sum or product and the margin of its answer, in words."""
        naming, pair = self.naming(run), self.pair(run)
        known = naming.values(pair, sum(pair) % run.task.outputs)
        return words.join_sentences(
            [words(naming.key(key), **known, **more), self._margins_in_words(run, words)]
        )

    def terms(self, run: ModelRun) -> PairLogits:
        """Return the logits of the pair at every snapshot, one share per frequency."""
        groups = neuron_groups(run.input_weights[-1])
        pair = self.pair(run)
        into, out = run.views.values()
        members = [group.neurons for group in groups]
        before = into[:, pair].sum(axis=1, dtype=np.float64)
        shares = group_logits(activations(before, activation_of(run)), out, members)
        return PairLogits(pair, sum(pair) % run.task.outputs, groups, shares)

    def _margins_in_words(self, run: ModelRun, words: Words) -> str:
        """Return the last margin of the answer, in each share and in total, in words."""
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
