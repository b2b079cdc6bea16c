"""Products of the small matrices of an ensemble, prepared once and computed at every step."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from jaxtyping import Float

from gen.lazy import torch


def product(
    one: Float[torch.Tensor, "model row common"],
    other: Float[torch.Tensor, "model common column"],
    out: Float[torch.Tensor, "model row column"],
    *,
    added: bool = False,
) -> Callable[[], object]:
    """Return a function that writes `one @ other` into `out`, or adds it.

    The tensors are read and written where they are now; all may be views. On the CPU numpy
    multiplies: its BLAS takes 0.6 to 0.9 of the time of torch's for matrices of these sizes.
    """
    if out.device.type != "cpu":
        return partial(out.baddbmm_ if added else partial(torch.bmm, out=out), one, other)
    left, right, result = one.numpy(), other.numpy(), out.numpy()
    if not added:
        return partial(np.matmul, left, right, out=result)
    term = np.empty_like(result)

    def add() -> None:
        np.matmul(left, right, out=term)
        np.add(result, term, out=result)

    return add
