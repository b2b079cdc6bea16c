"""Modular arithmetic on all pairs of numbers (Power et al. 2022, arXiv 2201.02177)."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from jaxtyping import Int
from pydantic import Field, model_validator

from gen.seeding import Purpose, stream
from gen.tasks.task import Data, Rows, Task


class Modular(Task):
    """c = a + b, a - b or a b, modulo p, for all pairs of numbers.

    Sums and products: pairs have a <= b, and a row counts each number of its pair (1 at a and
    at b, 2 if they are equal). Differences: all ordered pairs; a row has a 1 for a in its first
    half and a 1 for b in its second half.

    Products are those of 1, ..., p - 1 for a prime p, in the order 1, g, g^2, ... of the smallest
    primitive root g. In this order a product is a sum of indices, with the same waves.

    With `ordered`, sums and products too are those of all ordered pairs, with rows of two halves.

    Attributes:
        operation: `add`, `subtract` or `multiply`.
        ordered: whether a and b have a half of the row each, as they always have of differences.
        modulus: p.
        train_share: share of the pairs to train on, 0 to 1; all others are test rows.
    """

    kind: Literal["modular"] = "modular"
    operation: Literal["add", "subtract", "multiply"] = "add"
    ordered: bool = False
    modulus: Annotated[int, Field(ge=3, le=512)]
    train_share: Annotated[float, Field(gt=0.0, lt=1.0)]

    @model_validator(mode="after")
    def _check_prime_modulus(self) -> Modular:
        if self.operation == "multiply" and not _is_prime(self.modulus):
            raise ValueError(
                f'operation = "multiply" needs a prime modulus; {self.modulus} is not prime'
            )
        return self

    @model_validator(mode="after")
    def _check_splits_have_rows(self) -> Modular:
        if min(self.rows) < 1:
            raise ValueError(
                f"train_share = {self.train_share} of {sum(self.rows)} pairs leaves no "
                "training rows or no test rows"
            )
        return self

    @property
    def numbers(self) -> Int[np.ndarray, " number"]:
        """The numbers, in the order of inputs and outputs."""
        if self.operation != "multiply":
            return np.arange(self.modulus)
        powers = (_powers(base, self.modulus) for base in range(2, self.modulus))
        return next(found for found in powers if len(set(found.tolist())) == len(found))

    @property
    def inputs(self) -> int:
        return self.outputs * (2 if self.halves else 1)

    @property
    def halves(self) -> bool:
        """Whether a row has a half for each number; otherwise it counts both in one."""
        return self.ordered or self.operation == "subtract"

    @property
    def outputs(self) -> int:
        return self.modulus - (self.operation == "multiply")

    @property
    def rows(self) -> tuple[int, int]:
        count = self.outputs
        pairs = count**2 if self.halves else count * (count + 1) // 2
        train = round(pairs * self.train_share)
        return train, pairs - train

    @property
    def input_symbol(self) -> str:
        return "log a" if self.operation == "multiply" else "a"

    @property
    def output_symbol(self) -> str:
        return "log c" if self.operation == "multiply" else "c"

    def draw(self, seed: int) -> Data:
        if self.halves:
            first, second = np.divmod(np.arange(self.outputs**2), self.outputs)
        else:
            first, second = np.triu_indices(self.outputs)
        order = stream(seed, Purpose.TRAIN).permutation(len(first))
        train_rows, _ = self.rows
        return Data(
            train=self._rows(first[order[:train_rows]], second[order[:train_rows]]),
            test=self._rows(first[order[train_rows:]], second[order[train_rows:]]),
        )

    def _rows(self, first: Int[np.ndarray, " row"], second: Int[np.ndarray, " row"]) -> Rows:
        number = np.eye(self.outputs, dtype=np.float32)
        if self.halves:
            inputs = np.concatenate([number[first], number[second]], axis=1)
        else:
            inputs = number[first] + number[second]
        return Rows(inputs=inputs[None], labels=self._labels(first, second)[None])

    def _labels(
        self, first: Int[np.ndarray, " row"], second: Int[np.ndarray, " row"]
    ) -> Int[np.ndarray, " row"]:
        """Return the index of each pair's result among the numbers."""
        if self.operation == "add":
            return (first + second) % self.modulus
        if self.operation == "subtract":
            return (first - second) % self.modulus
        numbers = self.numbers
        index = np.empty(self.modulus, dtype=np.int64)
        index[numbers] = np.arange(len(numbers))
        return index[numbers[first] * numbers[second] % self.modulus]


def _is_prime(number: int) -> bool:
    return all(number % divisor for divisor in range(2, int(number**0.5) + 1))


def _powers(base: int, modulus: int) -> Int[np.ndarray, " power"]:
    powers = [1]
    while len(powers) < modulus - 1:
        powers.append(powers[-1] * base % modulus)
    return np.array(powers)
