"""What figures of one sum or product share: which one, and how its numbers are written."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from jaxtyping import Float
from pydantic import Field

from gen.analysis.activity import activity
from gen.analysis.hidden_layer import pictured_layer
from gen.analysis.interference import group_shares, lead, trained_on
from gen.figures import ModelFigure
from gen.figures.groups import Group, neuron_groups
from gen.tasks.modular import Modular
from gen.words import power

if TYPE_CHECKING:
    from gen.networks import Network
    from gen.runs import ModelRun
    from gen.tasks import Task
    from gen.words import Words

_DEFAULT_A, _DEFAULT_B = 3 / 4, 5 / 6


@dataclass(frozen=True)
class Naming:
    """How numbers are written, given their places.

    The numbers of a sum are their own places. Those of a product are powers of a generator, in
    the order of the exponents, which are their places.
    """

    task: Modular

    @property
    def product(self) -> bool:
        """Whether numbers are multiplied."""
        return self.task.operation == "multiply"

    @property
    def sign(self) -> str:
        """What stands between the two numbers."""
        return "\u00b7" if self.product else "+"

    @cached_property
    def numbers(self) -> list[int]:
        """The number at every place."""
        return self.task.numbers.tolist()

    def on_axis(self, place: int) -> str:
        """A place as it is written at an axis over places: `33`, or `2³³` for products."""
        return power(self.numbers[1], place) if self.product else str(place)

    def key(self, key: str) -> str:
        """The key of a text that speaks of sums, or of its twin that speaks of products."""
        return f"{key}_product" if self.product else key

    def values(self, pair: tuple[int, int], answer: int) -> dict[str, str]:
        """What the texts of a sum or product leave open, but for their language."""
        (a, b), numbers = pair, self.numbers
        known = {"a": str(numbers[a]), "b": str(numbers[b]), "modulus": str(self.task.modulus)}
        return known | {
            "answer": str(numbers[answer]),
            **(
                {
                    "power_a": self.on_axis(a),
                    "power_b": self.on_axis(b),
                    "power_answer": self.on_axis(answer),
                }
                if self.product
                else {}
            ),
        }


@dataclass(frozen=True)
class Sum:
    """One sum or product as a network does it, over training.

    Attributes:
        pair: the places of the two numbers.
        answer: the place of what is right: the sum of the two places on the circle.
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
        (into, (inputs, _)), (out, (_, outputs)) = pictured_layer(network, task)
        shapes = (inputs, outputs, task.inputs)
        if not isinstance(task, Modular) or shapes != (task.outputs,) * 3:
            raise ValueError(
                f"a sum is taken apart where neurons have a weight for each of two numbers that "
                f"are added, but {into} has {inputs} rows, {out} {outputs} columns and the task "
                f"{task.inputs} inputs and {task.outputs} outputs"
            )
        numbers = Naming(task).numbers
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
        kept_back = others[~trained_on(run)[a, others]]
        return a, int([*kept_back, others[0]][0])

    def naming(self, run: ModelRun) -> Naming:
        """How the run's numbers are written."""
        if not isinstance(run.task, Modular):
            raise TypeError(f"{run.name} is no run of modular arithmetic")
        return Naming(run.task)

    def told(self, key: str, run: ModelRun, words: Words, **more: object) -> str:
        """Which sum or product it is, in words, and how its answer fares at the end."""
        naming, pair = self.naming(run), self.pair(run)
        known = naming.values(pair, sum(pair) % run.task.outputs)
        return words.told([words(naming.key(key), **known, **more), self.leads(run, words)])

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
        peak = self.naming(run).on_axis(int(together.argmax()))
        key = f"alt.interference.{fares(ahead)}"
        sentences.append(words(key, lead=words.number(ahead, 2), peak=peak))
        return words.told(sentences)


def fares(ahead: float) -> Literal["right", "wrong", "level"]:
    """Whether the right answer is ahead of all others, behind one, or level with one."""
    return "right" if ahead > 0 else "wrong" if ahead < 0 else "level"
