"""Sparse parity: whether the first few of many random bits hold an odd number of ones.

See Barak et al. 2022, arXiv 2207.08799. The other bits are distractors, which a memorising
network uses.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from gen.seeding import Purpose, stream
from gen.tasks.task import Data, Rows, Task


class SparseParity(Task):
    """Random bits (0 or 1) and a bias input of 1; the label is the parity of the first bits.

    Attributes:
        signal_bits: number of bits, from the first, that decide the label.
    """

    kind: Literal["sparse-parity"] = "sparse-parity"
    bits: Annotated[int, Field(ge=2, le=4096)]
    signal_bits: Annotated[int, Field(ge=1, le=4096)]
    train_rows: Annotated[int, Field(ge=1, le=1_000_000)]
    test_rows: Annotated[int, Field(ge=1, le=1_000_000)]

    @model_validator(mode="after")
    def _check_signal_bits(self) -> SparseParity:
        if self.signal_bits > self.bits:
            raise ValueError(f"signal_bits = {self.signal_bits} is more than bits = {self.bits}")
        return self

    @property
    def inputs(self) -> int:
        return self.bits + 1

    @property
    def outputs(self) -> int:
        return 1

    @property
    def rows(self) -> tuple[int, int]:
        return self.train_rows, self.test_rows

    @property
    def bias_input(self) -> int:
        return self.bits

    @property
    def signal_inputs(self) -> tuple[int, ...]:
        return tuple(range(self.signal_bits))

    def draw(self, seed: int) -> Data:
        return Data(
            train=self._rows(stream(seed, Purpose.TRAIN), self.train_rows),
            test=self._rows(stream(seed, Purpose.TEST), self.test_rows),
        )

    def _rows(self, generator: np.random.Generator, rows: int) -> Rows:
        bits = generator.integers(0, 2, size=(1, rows, self.bits), dtype=np.int64)
        bias = np.ones((1, rows, 1), dtype=np.int64)
        return Rows(
            inputs=np.concatenate([bits, bias], axis=2).astype(np.float32),
            labels=bits[:, :, : self.signal_bits].sum(axis=2) % 2,
        )
