"""grokreel: train small networks, film the moment they generalise, publish what was filmed."""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_EXPORTS = {"Recorder": "gen.recording.recorder", "show": "gen.commands.notebook"}
"""Names of the Python interface, and the modules that are imported when they are used.

`__init__.pyi` declares them for type checkers. An import here, even for type checkers only, would
make every module that reads `__version__` depend on them.
"""


def __getattr__(name: str) -> Any:
    if name in _EXPORTS:
        return getattr(import_module(_EXPORTS[name]), name)
    raise AttributeError(f"module 'gen' has no attribute '{name}'")
