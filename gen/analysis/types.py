"""Types of facts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

Number: TypeAlias = int | float
Fact: TypeAlias = (
    Number | str | Sequence[Number] | Sequence[str] | Sequence[Sequence[Number]] | None
)
"""The value of a fact; None where it does not apply."""

Facts = dict[str, Fact]
"""Facts by name."""
