"""The formula of a network of two numbers: relu(E_a A + E_b A) B E^T."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from gen.networks.embedded import Embedded
from gen.networks.network import Network
from gen.tasks.modular import Modular
from gen.tasks.task import Task

_NAMES = {"W_in": r"W_\text{in}", "W_out": r"W_\text{out}"}
_ACTIVATIONS = {"relu": r"\operatorname{relu}(%s)", "square": "(%s)^2"}


@dataclass(frozen=True)
class Factor:
    """A matrix in a product.

    Attributes:
        name: of the parameter.
        transposed: whether the factor is its transpose.
        part: which of two parts, 1 or 2, where the parameter is a stack of two; otherwise 0.
    """

    name: str
    transposed: bool = False
    part: int = 0

    def latex(self, row: str = "") -> str:
        """Return the factor, or one row of it, as LaTeX."""
        name = _NAMES.get(self.name, self.name)
        if row or self.part:
            base, _, index = name.partition("_")
            indices = [index, str(self.part) if self.part else "", row]
            name = f"{base}_{{{','.join(filter(None, indices))}}}"
        return name + (r"^\top" if self.transposed else "")


Product: TypeAlias = tuple[Factor, ...]


@dataclass(frozen=True)
class Formula:
    """The logits of a network for two numbers a and b.

    Attributes:
        first: matrices from a to the pre-activations.
        second: matrices from b to the pre-activations.
        out: matrices from the activations to the logits.
    """

    first: Product
    second: Product
    out: Product
    activation: str

    @property
    def latex(self) -> str:
        """The formula as LaTeX."""
        inside = " + ".join(
            " ".join([first.latex(row), *(factor.latex() for factor in rest)])
            for row, (first, *rest) in (("a", self.first), ("b", self.second))
        )
        out = " ".join(factor.latex() for factor in self.out)
        return rf"{_ACTIVATIONS[self.activation] % inside}\, {out}"

    @property
    def products(self) -> str:
        """The matrices into the neurons and out of them, as LaTeX."""
        into, out = (" ".join(f.latex() for f in product) for product in (self.first, self.out))
        return rf"{into} \to {out}"


def formula(network: Network, task: Task) -> Formula | None:
    """Return the formula of a network; None for other networks than `Embedded` and other tasks."""
    if not isinstance(network, Embedded) or not isinstance(task, Modular):
        return None
    split = task.inputs != task.outputs
    first, second = (_input_product(network, part if split else 0) for part in (1, 2))
    return Formula(first, second, _output_product(network), network.activation)


def _input_product(network: Embedded, part: int) -> Product:
    if network.into == "collapsed":
        return (Factor("W_in", part=part),)
    return Factor("E"), Factor("A", part=part)


def _output_product(network: Embedded) -> Product:
    if network.out == "collapsed":
        return (Factor("W_out"),)
    tied = network.projections == "tied"
    table = "E" if network.unembedding == "tied" else "U"
    return Factor("A" if tied else "B", transposed=tied), Factor(table, transposed=True)
