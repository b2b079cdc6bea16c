"""Products with an ensemble's input rows, X W and X^T D, for rows of many numbers or of few.

A row of modular arithmetic is nothing but two ones among many zeros. Adding up the two rows
of W that they name gives the same sums as the full product, in a fraction of the time.
"""

from __future__ import annotations

from typing import Protocol

from jaxtyping import Float, Int

from gen.lazy import torch


class InputRows(Protocol):
    """The input rows of an ensemble as a linear map."""

    def times(
        self,
        weights: Float[torch.Tensor, "model input neuron"],
        out: Float[torch.Tensor, "model row neuron"],
    ) -> None:
        """Writes X W into `out`."""
        ...

    def transposed_times(
        self,
        slopes: Float[torch.Tensor, "model row neuron"],
        out: Float[torch.Tensor, "model input neuron"],
    ) -> None:
        """Writes X^T D into `out`."""
        ...


class DenseRows:
    """Rows multiplied as the matrices they are."""

    def __init__(self, inputs: Float[torch.Tensor, "model row input"]) -> None:
        self._inputs = inputs

    def times(
        self,
        weights: Float[torch.Tensor, "model input neuron"],
        out: Float[torch.Tensor, "model row neuron"],
    ) -> None:
        """Writes X W into `out`."""
        torch.bmm(self._inputs, weights, out=out)

    def transposed_times(
        self,
        slopes: Float[torch.Tensor, "model row neuron"],
        out: Float[torch.Tensor, "model input neuron"],
    ) -> None:
        """Writes X^T D into `out`."""
        torch.bmm(self._inputs.mT, slopes, out=out)


class CountedRows:
    """Rows that are sums of a few unit vectors, the same number in each row.

    Args:
        terms: for each term, the input it counts in each row, offset by the model's place:
            `model * inputs + input`.
    """

    def __init__(self, terms: list[Int[torch.Tensor, " model*row"]]) -> None:
        self._terms = terms

    def times(
        self,
        weights: Float[torch.Tensor, "model input neuron"],
        out: Float[torch.Tensor, "model row neuron"],
    ) -> None:
        """Writes X W into `out`."""
        table, sums = weights.flatten(0, 1), out.flatten(0, 1)
        torch.index_select(table, 0, self._terms[0], out=sums)
        for term in self._terms[1:]:
            sums.add_(torch.index_select(table, 0, term))

    def transposed_times(
        self,
        slopes: Float[torch.Tensor, "model row neuron"],
        out: Float[torch.Tensor, "model input neuron"],
    ) -> None:
        """Writes X^T D into `out`."""
        sums = out.zero_().view(-1, out.shape[2])
        for term in self._terms:
            sums.index_add_(0, term, slopes.flatten(0, 1))


def input_rows(inputs: Float[torch.Tensor, "model row input"]) -> InputRows:
    """The cheaper of the two forms for these inputs.

    Rows count as sums of unit vectors where each has the same, small sum of whole numbers:
    at most an eighth of the inputs.
    """
    models, rows, width = inputs.shape
    sums = inputs.sum(dim=2)
    count = int(sums[0, 0])
    whole = bool((inputs == inputs.round()).all() and (inputs >= 0).all())
    if not whole or not 1 <= count <= width // 8 or not bool((sums == count).all()):
        return DenseRows(inputs)
    which = torch.arange(width, device=inputs.device).expand(inputs.shape)[inputs > 0]
    repeated = which.repeat_interleave(inputs[inputs > 0].long())
    offset = torch.arange(models, device=inputs.device).view(models, 1, 1) * width
    terms = repeated.view(models, rows, count) + offset
    return CountedRows([terms[:, :, term].flatten().contiguous() for term in range(count)])
