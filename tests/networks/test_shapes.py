"""Types and shapes in annotations are checked when the tests run."""

from dataclasses import dataclass

import pytest
import torch
from beartype.roar import BeartypeCallHintViolation
from jaxtyping import Float, TypeCheckError

from gen.experiments.thresholds import Thresholds
from gen.networks.closed_form import logits
from gen.tasks.modular import Modular
from gen.training.loop import Ensemble, Training
from tests import check
from tests.checking import jaxtyped

checked = jaxtyped(typechecker=check)


def test_an_array_with_a_wrong_shape_raises() -> None:
    inputs, w_out = torch.zeros(2, 5, 4), torch.zeros(2, 7, 1)
    assert logits(inputs, torch.zeros(2, 4, 7), w_out).shape == (2, 5, 1)
    with pytest.raises(TypeCheckError, match="w_in"):
        logits(inputs, torch.zeros(2, 3, 7), w_out)


def test_arguments_and_results_without_a_shape_are_checked_too() -> None:
    training = Training(steps=9, log_every=1, snapshot_every=3)
    with pytest.raises(BeartypeCallHintViolation, match="steps"):
        training.shortened("5", log_every=1)  # type: ignore[arg-type]
    with pytest.raises(BeartypeCallHintViolation, match="network"):
        Ensemble(Modular(modulus=5, train_share=0.5), Thresholds(), training, (0,), ())  # type: ignore[arg-type]

    @checked
    def length(of: list[str]) -> int:
        return of if len(of) == 1 else len(of)  # type: ignore[return-value]

    assert length(["a", "b"]) == 2
    with pytest.raises(BeartypeCallHintViolation, match="return"):
        length(["a"])


def test_axes_are_found_wherever_they_are_in_an_annotation() -> None:
    @dataclass
    class Pair:
        first: Float[torch.Tensor, " row"]
        others: "dict[str, Float[torch.Tensor, ' row'] | None]"

    found = checked(Pair)(torch.zeros(2), {"a": torch.zeros(2), "b": None})
    assert len(found.others) == 2
    with pytest.raises(TypeCheckError, match="others"):
        checked(Pair)(torch.zeros(2), {"a": torch.zeros(3)})
