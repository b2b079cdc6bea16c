"""How the numbers of modular arithmetic are written: as themselves, or as powers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from gen.i18n import power
from gen.tasks.modular import Modular


@dataclass(frozen=True)
class NumberNames:
    """How numbers are written, given their places.

    The numbers of a sum are their own places. Those of a product are powers of a generator, in
    the order of the exponents, which are their places.
    """

    task: Modular

    @property
    def product(self) -> bool:
        """Whether numbers are multiplied."""
        return self.task.operation == "multiply"

    @property
    def sign(self) -> str:
        """What stands between the two numbers."""
        return "\u00b7" if self.product else "+"

    @cached_property
    def numbers(self) -> list[int]:
        """The number at every place."""
        return self.task.numbers.tolist()

    def on_axis(self, place: int) -> str:
        """A place as it is written at an axis over places: `33`, or `2³³` for products."""
        return power(self.numbers[1], place) if self.product else str(place)

    def key(self, key: str) -> str:
        """The key of a text that speaks of sums, or of its twin that speaks of products."""
        return f"{key}_product" if self.product else key

    def values(self, pair: tuple[int, int], answer: int) -> dict[str, str]:
        """What the texts of a sum or product leave open, but for their language."""
        (a, b), numbers = pair, self.numbers
        known = {"a": str(numbers[a]), "b": str(numbers[b]), "modulus": str(self.task.modulus)}
        return known | {
            "answer": str(numbers[answer]),
            **(
                {
                    "power_a": self.on_axis(a),
                    "power_b": self.on_axis(b),
                    "power_answer": self.on_axis(answer),
                }
                if self.product
                else {}
            ),
        }
