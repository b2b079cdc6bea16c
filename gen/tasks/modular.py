"""Modular arithmetic on all unordered pairs of numbers (Power et al. 2022, arXiv 2201.02177)."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from gen.randomness import Purpose, stream
from gen.tasks import Data, Rows, Task


class Modular(Task):
    """Given a and b with a <= b, the answer is (a + b) mod the modulus.

    A row counts how often each number occurs in its pair: ones at a and at b, or a two where
    they are the same. A random share of the pairs is trained on, all the others are tested.
    """

    kind: Literal["modular"] = "modular"
    modulus: Annotated[int, Field(ge=3, le=512)]
    train_share: Annotated[float, Field(gt=0.0, lt=1.0)]

    @model_validator(mode="after")
    def _both_splits_have_rows(self) -> Modular:
        if min(self.rows) < 1:
            raise ValueError(
                f"train_share = {self.train_share} of {sum(self.rows)} pairs leaves a split empty"
            )
        return self

    @property
    def inputs(self) -> int:
        return self.modulus

    @property
    def outputs(self) -> int:
        return self.modulus

    @property
    def rows(self) -> tuple[int, int]:
        pairs = self.modulus * (self.modulus + 1) // 2
        train = round(pairs * self.train_share)
        return train, pairs - train

    @property
    def input_symbol(self) -> str:
        return "a"

    @property
    def output_symbol(self) -> str:
        return "c"

    def draw(self, seed: int) -> Data:
        first, second = np.triu_indices(self.modulus)
        order = stream(seed, Purpose.TRAIN).permutation(len(first))
        train_rows, _ = self.rows
        return Data(
            train=self._rows(first[order[:train_rows]], second[order[:train_rows]]),
            test=self._rows(first[order[train_rows:]], second[order[train_rows:]]),
        )

    def _rows(self, first: np.ndarray, second: np.ndarray) -> Rows:
        number = np.eye(self.modulus, dtype=np.float32)
        return Rows(
            inputs=(number[first] + number[second])[None],
            labels=((first + second) % self.modulus)[None],
        )
