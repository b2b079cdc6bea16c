"""Text of the numbers of modular arithmetic: as themselves, or as powers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from gen.i18n import power
from gen.tasks.modular import Modular


@dataclass(frozen=True)
class NumberNames:
    """Text of numbers, given their places.

    For sums the place of a number is the number itself; for products it is the exponent of a
    generator.
    """

    task: Modular

    @property
    def product(self) -> bool:
        """Whether the task multiplies numbers."""
        return self.task.operation == "multiply"

    @property
    def sign(self) -> str:
        """The sign between the two numbers."""
        return "\u00b7" if self.product else "+"

    @cached_property
    def numbers(self) -> list[int]:
        """The number at every place."""
        return self.task.numbers.tolist()

    def on_axis(self, place: int) -> str:
        """Return the axis label of a place: `33`, or `2³³` for products."""
        return power(self.numbers[1], place) if self.product else str(place)

    def key(self, key: str) -> str:
        """Return the key of a text for sums, or of its variant for products."""
        return f"{key}_product" if self.product else key

    def values(self, pair: tuple[int, int], answer: int) -> dict[str, str]:
        """Return the placeholders that texts of a sum or product have, in any language."""
        places = {"a": pair[0], "b": pair[1], "answer": answer}
        known = {name: str(self.numbers[place]) for name, place in places.items()}
        known["modulus"] = str(self.task.modulus)
        if self.product:
            known |= {f"power_{name}": self.on_axis(place) for name, place in places.items()}
        return known
