"""The types of facts: one value, and the facts of one model or sweep by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

Fact: TypeAlias = int | float | str | Sequence[int] | Sequence[float] | Sequence[str] | None
"""The value of a fact; None where it does not hold."""

Facts = dict[str, Fact]
"""Facts by name."""
