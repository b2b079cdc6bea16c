"""Lazy import of torch.

Importing torch takes over a second. `gen --help`, `gen status` and a build without stale parts
do not need it, but the modules that declare their settings also compute with it. They use

    from gen.lazy import torch
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any


class _LazyModule(ModuleType):
    """A module that is imported when its first attribute is read."""

    def __getattr__(self, name: str) -> Any:
        module = import_module(self.__name__)
        self.__dict__.update(module.__dict__)
        return getattr(module, name)


if TYPE_CHECKING:
    import torch as torch
else:
    torch = _LazyModule("torch")
