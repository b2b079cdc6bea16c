"""Heavy libraries, imported when first used.

Importing torch takes over a second and matplotlib half of one. `gen --help`, `gen status`
and a build in which all is fresh need neither, while the modules that declare settings
also hold the code that computes with them. They import the names below instead:

    from gen.lazy import torch
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any


class _LazyModule(ModuleType):
    """Stands in for a module and becomes it at the first attribute that is asked for."""

    def __getattr__(self, name: str) -> Any:
        module = import_module(self.__name__)
        self.__dict__.update(module.__dict__)
        return getattr(module, name)


if TYPE_CHECKING:
    import torch as torch
else:
    torch = _LazyModule("torch")
