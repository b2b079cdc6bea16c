"""Modular arithmetic on all pairs of numbers (Power et al. 2022, arXiv 2201.02177)."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from jaxtyping import Int
from pydantic import Field, model_validator

from gen.seeding import Purpose, stream
from gen.tasks.task import Data, Rows, Task


class Modular(Task):
    """Given a and b, the answer is a + b, a - b or a b, modulo the modulus.

    Sums and products do not depend on the order: pairs have a <= b, and a row counts how often
    each number occurs in its pair, ones at a and at b, or a two where they are the same.
    Differences do: all pairs are asked, and a row has a one for a and, in a second half, one
    for b. A random share of the pairs is trained on, all the others are tested.

    Products are those of the numbers that have an inverse, modulo a prime. They are listed as
    the powers 1, g, g^2, ... of the smallest g that reaches them all: in this order a product
    is a sum of places, and shows the same waves.
    """

    kind: Literal["modular"] = "modular"
    operation: Literal["add", "subtract", "multiply"] = "add"
    modulus: Annotated[int, Field(ge=3, le=512)]
    train_share: Annotated[float, Field(gt=0.0, lt=1.0)]

    @model_validator(mode="after")
    def _products_have_a_prime_modulus(self) -> Modular:
        if self.operation == "multiply" and not _is_prime(self.modulus):
            raise ValueError(f"products are taken modulo a prime, and {self.modulus} is none")
        return self

    @model_validator(mode="after")
    def _both_splits_have_rows(self) -> Modular:
        if min(self.rows) < 1:
            raise ValueError(
                f"train_share = {self.train_share} of {sum(self.rows)} pairs leaves a split empty"
            )
        return self

    @property
    def numbers(self) -> Int[np.ndarray, " number"]:
        """What is asked and answered, in the order of inputs and outputs."""
        if self.operation != "multiply":
            return np.arange(self.modulus)
        powers = (_powers(base, self.modulus) for base in range(2, self.modulus))
        return next(found for found in powers if len(set(found.tolist())) == len(found))

    @property
    def inputs(self) -> int:
        return self.outputs * (2 if self.operation == "subtract" else 1)

    @property
    def outputs(self) -> int:
        return self.modulus - (self.operation == "multiply")

    @property
    def rows(self) -> tuple[int, int]:
        count = self.outputs
        pairs = count**2 if self.operation == "subtract" else count * (count + 1) // 2
        train = round(pairs * self.train_share)
        return train, pairs - train

    @property
    def input_symbol(self) -> str:
        return "log a" if self.operation == "multiply" else "a"

    @property
    def output_symbol(self) -> str:
        return "log c" if self.operation == "multiply" else "c"

    def draw(self, seed: int) -> Data:
        if self.operation == "subtract":
            first, second = np.divmod(np.arange(self.modulus**2), self.modulus)
        else:
            first, second = np.triu_indices(self.outputs)
        order = stream(seed, Purpose.TRAIN).permutation(len(first))
        train_rows, _ = self.rows
        return Data(
            train=self._rows(first[order[:train_rows]], second[order[:train_rows]]),
            test=self._rows(first[order[train_rows:]], second[order[train_rows:]]),
        )

    def _rows(self, first: np.ndarray, second: np.ndarray) -> Rows:
        number = np.eye(self.outputs, dtype=np.float32)
        if self.operation == "subtract":
            inputs = np.concatenate([number[first], number[second]], axis=1)
        else:
            inputs = number[first] + number[second]
        return Rows(inputs=inputs[None], labels=self._answers(first, second)[None])

    def _answers(self, first: np.ndarray, second: np.ndarray) -> Int[np.ndarray, " row"]:
        """The place of each pair's answer among the numbers."""
        if self.operation == "add":
            return (first + second) % self.modulus
        if self.operation == "subtract":
            return (first - second) % self.modulus
        numbers = self.numbers
        place = np.empty(self.modulus, dtype=np.int64)
        place[numbers] = np.arange(len(numbers))
        return place[numbers[first] * numbers[second] % self.modulus]


def _is_prime(number: int) -> bool:
    return all(number % divisor for divisor in range(2, int(number**0.5) + 1))


def _powers(base: int, modulus: int) -> Int[np.ndarray, " power"]:
    powers = [1]
    while len(powers) < modulus - 1:
        powers.append(powers[-1] * base % modulus)
    return np.array(powers)
