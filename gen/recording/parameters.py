"""Record chosen parameters of a torch module while a library trains it; used by the callbacks."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from gen.errors import ConfigError, SetupError
from gen.recording.choice import choose
from gen.recording.contents import RESERVED
from gen.recording.recorder import Recorder
from gen.recording.values import as_number


class ParameterRecorder:
    """Opens a recorder when a training begins, and records what is due after its steps.

    Args:
        path: the recording; see `Recorder`.
        parameters: names or patterns of parameters and buffers, such as `["*.weight"]`.
        every: number of steps between two snapshots.
        settings: `axes`, `units`, `note`, `script` of `Recorder`.

    Raises:
        ConfigError: `every` is not a whole number from 1, or no parameter is named.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        parameters: Iterable[str],
        every: Any,
        settings: Mapping[str, Any],
    ) -> None:
        self._path = path
        self._patterns = [parameters] if isinstance(parameters, str) else list(parameters)
        self._every = every
        self._settings = settings
        self._names: list[str] = []
        self._recorder: Recorder | None = None
        self._snapshot_at = -1
        self._logged: set[str] = set()
        self._logged_at = -1
        if not self._patterns:
            hint = 'pass their names, or patterns such as "*.weight"'
            raise ConfigError("no parameter is chosen", where=str(path), hint=hint)
        if type(every) is not int or every < 1:
            raise ConfigError(f"every is {every!r}, not a whole number from 1", where=str(path))

    def start(self, step: int, module: Any) -> None:
        """Begin the recording, and record the parameters before training.

        Raises:
            ConfigError: a pattern matches no parameter; or what `Recorder` raises.
        """
        self.stop()
        self._snapshot_at = self._logged_at = -1
        self._names = choose(self._patterns, list(_tensors(module)), type(module).__name__)
        self._recorder = Recorder(self._path, **self._settings)
        self._snapshot(step, module)

    def after_step(self, step: int, module: Any) -> None:
        """Record the parameters if this step is due."""
        if step % self._every == 0:
            self._snapshot(step, module)

    def log(self, step: int, metrics: Mapping[str, Any]) -> None:
        """Record those metrics that are numbers; only the first value of each at one step."""
        if self._recorder is None:
            return
        if step != self._logged_at:
            self._logged.clear()
            self._logged_at = step
        values = {
            name: number
            for name, value in metrics.items()
            if name not in self._logged | RESERVED and (number := _number(value)) is not None
        }
        self._logged.update(values)
        if values:
            self._recorder.log(step, **values)

    def finish(self, step: int, module: Any) -> None:
        """Record the parameters after training, and complete the recording."""
        self._snapshot(step, module)
        self.stop()

    def stop(self) -> None:
        """Complete the recording with what it has."""
        if self._recorder is not None:
            self._recorder.close()
            self._recorder = None

    def _snapshot(self, step: int, module: Any) -> None:
        if self._recorder is not None and step > self._snapshot_at:
            tensors = _tensors(module)
            self._recorder.snapshot(step, **{name: tensors[name] for name in self._names})
            self._snapshot_at = step


def missing_library(name: str) -> SetupError:
    """Return the error for a library that is not installed."""
    return SetupError(f"needs {name}", where=f"gen.recording.{name}", hint=f"pip install {name}")


def _tensors(module: Any) -> dict[str, Any]:
    """Return the parameters and buffers of a module by name, on their device."""
    return {**dict(module.named_parameters()), **dict(module.named_buffers())}


def _number(value: Any) -> float | None:
    try:
        return as_number(value, "", "")
    except ConfigError:
        return None
