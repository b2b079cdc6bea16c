"""Types of facts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

Fact: TypeAlias = int | float | str | Sequence[int] | Sequence[float] | Sequence[str] | None
"""The value of a fact; None where it does not apply."""

Facts = dict[str, Fact]
"""Facts by name."""
