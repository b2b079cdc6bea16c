"""Record parameters and metrics of a training by the Trainer of transformers.

Example::

    callback = RecorderCallback("runs/x.safetensors", ["*.attn.*.weight"], every=50)
    trainer = Trainer(model, arguments, callbacks=[callback], ...)
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from gen.recording.parameters import ParameterRecorder, missing_library

try:
    from transformers import TrainerCallback  # pyright: ignore[reportMissingImports]
except ModuleNotFoundError as error:
    raise missing_library("transformers") from error


class RecorderCallback(TrainerCallback):  # pyright: ignore[reportGeneralTypeIssues]
    """A callback of transformers' Trainer that writes a recording.

    Parameters are recorded before training, every `every` steps and after it; metrics whenever the
    Trainer logs them (`logging_steps`, evaluations). Steps are its `global_step`. Only the first
    process records. If training fails, the file is a readable, incomplete recording.

    Args:
        path: the recording; a former one is replaced when training begins.
        parameters: names or patterns of parameters and buffers, such as `["*.attn.*.weight"]`.
        every: number of steps between two snapshots.
        settings: `axes`, `units`, `note`, `script` of `gen.Recorder`.

    Raises:
        ConfigError: `every` is less than 1, or no parameter is named.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        parameters: Iterable[str],
        *,
        every: Any = 100,
        **settings: Any,
    ) -> None:
        super().__init__()
        self._recorder = ParameterRecorder(path, parameters, every, settings)

    def on_train_begin(
        self, args: Any, state: Any, control: Any, *, model: Any = None, **_: Any
    ) -> None:
        if state.is_world_process_zero:
            self._recorder.start(state.global_step, model)

    def on_step_end(
        self, args: Any, state: Any, control: Any, *, model: Any = None, **_: Any
    ) -> None:
        self._recorder.after_step(state.global_step, model)

    def on_log(
        self,
        args: Any,
        state: Any,
        control: Any,
        *,
        logs: Mapping[str, Any] | None = None,
        **_: Any,
    ) -> None:
        self._recorder.log(state.global_step, logs or {})

    def on_train_end(
        self, args: Any, state: Any, control: Any, *, model: Any = None, **_: Any
    ) -> None:
        self._recorder.finish(state.global_step, model)
