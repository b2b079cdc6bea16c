"""Record parameters and metrics of a training by Lightning.

Example::

    trainer = Trainer(callbacks=[RecorderCallback("runs/x.safetensors", ["fc1.weight"], every=50)])
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from typing import Any

from gen.recording.parameters import ParameterRecorder, missing_library

try:
    from lightning.pytorch import Callback  # pyright: ignore[reportMissingImports]
except ModuleNotFoundError as error:
    raise missing_library("lightning") from error


class RecorderCallback(Callback):
    """A callback of Lightning's Trainer that writes a recording.

    Parameters are recorded before training, every `every` steps and after it. Metrics of training
    are recorded at the first step, at every `log_every_n_steps` of the trainer and at the end of an
    epoch, those of validation and of epochs at their end. Steps are the trainer's `global_step`.
    Only the process of rank 0 records. A training that fails leaves a complete recording.

    Args:
        path: the recording; a former one is replaced when training begins.
        parameters: names or patterns of parameters and buffers, such as `["fc1.weight", "*.bias"]`.
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
        self._seen: dict[str, Any] = {}
        self._of_ends: set[str] = set()
        self._first_step = 0

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        self._seen = dict(trainer.callback_metrics)
        self._of_ends.clear()
        self._first_step = trainer.global_step + 1
        if trainer.is_global_zero:
            self._recorder.start(trainer.global_step, pl_module)

    def on_train_batch_end(
        self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        step = trainer.global_step
        self._recorder.after_step(step, pl_module)
        if step % trainer.log_every_n_steps == 0 or step == self._first_step:
            self._log_new(trainer)

    def on_validation_end(self, trainer: Any, pl_module: Any) -> None:
        if not trainer.sanity_checking:
            self._log_new(trainer, at_end=True)

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        self._log_new(trainer, at_end=True)

    def on_train_end(self, trainer: Any, pl_module: Any) -> None:
        self._recorder.finish(trainer.global_step, pl_module)

    def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:
        self._recorder.stop()

    def _log_new(self, trainer: Any, *, at_end: bool = False) -> None:
        """Record the metrics that were logged since the last look; the trainer keeps old ones.

        A metric that was logged again is another object. Lightning also makes another object of
        the same metric of an epoch after its end, so of these the value has to differ.

        Args:
            at_end: an epoch or a validation has ended.
        """
        logged = dict(trainer.callback_metrics)
        if at_end:
            self._of_ends.update(logged.keys() - self._seen.keys())
        new = {
            name: value
            for name, value in logged.items()
            if value is not (seen := self._seen.get(name))
            and (at_end or name not in self._of_ends or not _is_equal(value, seen))
        }
        self._recorder.log(trainer.global_step, new)
        self._seen = logged


def _is_equal(one: Any, other: Any) -> bool:
    """Whether two numbers are equal, or both are not a number."""
    one, other = float(one), float(other)
    return one == other or (math.isnan(one) and math.isnan(other))
