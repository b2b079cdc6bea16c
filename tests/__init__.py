"""The tests check the type and the shape of every argument and result of gen.

pyproject.toml names `check` in pytest's option `--jaxtyping-packages`. Processes that a test
starts are not checked.
"""

import io
import multiprocessing
import sys
import typing
from types import ModuleType

import jaxtyping
import numpy as np
from beartype import BeartypeConf, FrozenDict, beartype

from tests import checking

check = beartype(
    conf=BeartypeConf(
        hint_overrides=FrozenDict(
            {
                int: int | np.integer,
                float: float | int | np.floating | np.integer,
                typing.TextIO: io.TextIOBase,
            }
        )
    )
)
"""Raises if a value does not match its annotation; numpy's scalars match `int` and `float`."""


class _Typing(ModuleType):
    """The module `typing`, with another `TYPE_CHECKING` for gen than for all other packages.

    In gen, names that are imported under `if TYPE_CHECKING:` must exist to be checked. Other
    packages import stubs there that are not installed.
    """

    @property
    def TYPE_CHECKING(self) -> bool:  # noqa: N802
        """Whether a module of gen reads it."""
        return sys._getframe(1).f_globals["__name__"].startswith("gen.")


# The import hook of the option decorates every function with this attribute of the module.
jaxtyping.jaxtyped = checking.jaxtyped

if multiprocessing.parent_process() is None:
    del typing.TYPE_CHECKING
    sys.modules["typing"].__class__ = _Typing
