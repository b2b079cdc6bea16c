"""Products X W and X^T D with the input rows X, for dense rows and for sparse rows.

A row of modular arithmetic holds two ones and many zeros. Adding the two rows of W at the
ones gives the same sums as the full product, in a fraction of the time.
"""

from __future__ import annotations

from jaxtyping import Float, Int

from gen.lazy import torch


class DenseRows:
    """Input rows that are multiplied as dense matrices."""

    def __init__(self, inputs: Float[torch.Tensor, "model row input"]) -> None:
        self._inputs = inputs

    def times(
        self,
        weights: Float[torch.Tensor, "model input neuron"],
        out: Float[torch.Tensor, "model row neuron"],
    ) -> None:
        """Write X W into `out`."""
        torch.bmm(self._inputs, weights, out=out)

    def transposed_times(
        self,
        d: Float[torch.Tensor, "model row neuron"],
        out: Float[torch.Tensor, "model input neuron"],
    ) -> None:
        """Write X^T D into `out`."""
        torch.bmm(self._inputs.mT, d, out=out)


class CountedRows:
    """Input rows that are sums of a few unit vectors, the same number in each row.

    Args:
        terms: for each term, the index of its unit vector in each row of all models, as
            `model * inputs + input`.
    """

    def __init__(self, terms: list[Int[torch.Tensor, " model_row"]]) -> None:
        self._terms = terms

    def inputs_of_terms(self, models: int, inputs: int) -> Int[torch.Tensor, "term {models} row"]:
        """Return for each term the input that it is, in each row of each model."""
        places = torch.stack(self._terms).view(len(self._terms), models, -1)
        return places % inputs

    def times(
        self,
        weights: Float[torch.Tensor, "model input neuron"],
        out: Float[torch.Tensor, "model row neuron"],
    ) -> None:
        """Write X W into `out`."""
        table, sums = weights.flatten(0, 1), out.flatten(0, 1)
        torch.index_select(table, 0, self._terms[0], out=sums)
        for term in self._terms[1:]:
            sums.add_(torch.index_select(table, 0, term))

    def transposed_times(
        self,
        d: Float[torch.Tensor, "model row neuron"],
        out: Float[torch.Tensor, "model input neuron"],
    ) -> None:
        """Write X^T D into `out`."""
        sums = out.zero_().view(-1, out.shape[2])
        for term in self._terms:
            sums.index_add_(0, term, d.flatten(0, 1))


InputRows = DenseRows | CountedRows


def input_rows(inputs: Float[torch.Tensor, "model row input"]) -> InputRows:
    """Return the faster of the two forms for these inputs.

    `CountedRows` needs whole numbers of 0 or more, with the same sum in each row, which is at
    most an eighth of the number of inputs.
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
