"""What figures of one sum share: which sum, and of which networks it can be told apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from jaxtyping import Float
from pydantic import Field

from gen.analysis.interference import activity, group_shares, lead, trained_on
from gen.figures import ModelFigure
from gen.figures.groups import Group, neuron_groups
from gen.tasks.modular import Modular

if TYPE_CHECKING:
    from gen.networks import Network
    from gen.runs import ModelRun
    from gen.tasks import Task
    from gen.words import Words

_DEFAULT_A, _DEFAULT_B = 3 / 4, 5 / 6


@dataclass(frozen=True)
class Sum:
    """One sum as a network does it, over training.

    Attributes:
        pair: the two numbers.
        answer: where their sum lies on the circle.
        shares: what each group adds to the logits.
    """

    pair: tuple[int, int]
    answer: int
    groups: list[Group]
    shares: Float[np.ndarray, "snapshot group answer"]

    @property
    def together(self) -> Float[np.ndarray, "snapshot answer"]:
        """The logits."""
        return self.shares.sum(axis=1)


class SumFigure(ModelFigure):
    """A figure of one sum a + b, taken apart by the frequencies of the neurons.

    Attributes:
        a: first number; left out, it lies at three quarters of the modulus.
        b: second number; left out, it is the first one from five sixths on, so that the sum
            wraps around, whose sum with `a` was kept back from training.
    """

    a: Annotated[int, Field(ge=0)] | None = None
    b: Annotated[int, Field(ge=0)] | None = None

    def check(self, task: Task, network: Network) -> None:
        (into, (inputs, _)), (out, (_, outputs)) = network.view_shapes(task).items()
        shapes = (inputs, outputs, task.inputs)
        if not isinstance(task, Modular) or shapes != (task.outputs,) * 3:
            raise ValueError(
                f"a sum is taken apart where neurons have a weight for each of two numbers that "
                f"are added, but {into} has {inputs} rows, {out} {outputs} columns and the task "
                f"{task.inputs} inputs and {task.outputs} outputs"
            )
        for name, number in (("a", self.a), ("b", self.b)):
            if number is not None and number >= task.outputs:
                raise ValueError(f"{name} = {number} is none of the numbers 0 to {outputs - 1}")

    def pair(self, run: ModelRun) -> tuple[int, int]:
        """The two numbers that are added."""
        numbers = run.task.outputs
        a = int(numbers * _DEFAULT_A) if self.a is None else self.a
        if self.b is not None:
            return a, self.b
        others = (int(numbers * _DEFAULT_B) + np.arange(numbers)) % numbers
        kept_back = others[~trained_on(run)[a, others]]
        return a, int([*kept_back, others[0]][0])

    def terms(self, run: ModelRun) -> Sum:
        """The sum at every snapshot of a run."""
        groups = neuron_groups(next(iter(run.views.values()))[-1])
        pair = self.pair(run)
        into, out = run.views.values()
        members = [group.neurons for group in groups]
        before = into[:, pair].sum(axis=1, dtype=np.float64)
        shares = group_shares(activity(before, run.network.activation), out, members)
        return Sum(pair, sum(pair) % run.task.outputs, groups, shares)

    def leads(self, run: ModelRun, words: Words) -> str:
        """How the answer fares at the end, in each wave and in all of them, in words."""
        terms = self.terms(run)
        alone = [words.number(one, 2) for one in lead(terms.shares[-1], terms.answer).tolist()]
        named = [str(group.frequency or words("interference.rest")) for group in terms.groups]
        together = terms.together[-1]
        ahead = float(lead(together, terms.answer))
        sentences = [
            words("alt.interference.alone", leads=words.listed(alone), k=words.listed(named))
        ]
        sentences.append(
            words("alt.interference.right", lead=words.number(ahead, 2))
            if ahead > 0
            else words("alt.interference.wrong", peak=int(together.argmax()))
        )
        return " ".join(sentences)
