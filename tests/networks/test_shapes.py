"""Shapes in annotations are checked when the tests run."""

import pytest
import torch
from jaxtyping import TypeCheckError

from gen.networks.closed_form import logits


def test_an_array_with_a_wrong_shape_raises() -> None:
    inputs, w_out = torch.zeros(2, 5, 4), torch.zeros(2, 7, 1)
    assert logits(inputs, torch.zeros(2, 4, 7), w_out).shape == (2, 5, 1)
    with pytest.raises(TypeCheckError, match="w_in"):
        logits(inputs, torch.zeros(2, 3, 7), w_out)
