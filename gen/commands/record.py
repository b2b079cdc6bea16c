"""Convert checkpoints of a training to a recording (`gen record`)."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from gen.errors import ConfigError
from gen.recording.checkpoints import open_checkpoint
from gen.recording.choice import choose, listed
from gen.recording.files import refuse_other_file
from gen.recording.recorder import Recorder, refuse_recording_in_progress
from gen.report import Report
from gen.store.store import convert_write_errors

_NUMBER = re.compile(r"\d+")
_STEP_NUMBER = re.compile(r"(?<![a-z])steps?[-_=. ]?(\d+)", re.IGNORECASE)


def record(
    patterns: Iterable[str], tensors: Sequence[str], output: Path, note: str | None, report: Report
) -> None:
    """Write some tensors of checkpoints as a recording, one snapshot a file, ordered by step.

    Args:
        patterns: paths; `*` and `**` are expanded here if the shell has not done so.
        tensors: names or patterns of tensors.
        output: the recording.
        note: a note to record.

    Raises:
        ConfigError: a file cannot be read or has no step, or a tensor is missing.
        SetupError: the recording cannot be written.
    """
    steps = steps_of(_files(patterns))
    first, *_ = steps
    with open_checkpoint(first) as stored:
        known = list(stored)
    if not tensors:
        hint = f"choose with --tensor; there are {listed(known)}"
        raise ConfigError("no tensor is chosen", where=str(first), hint=hint)
    names = choose(tensors, known, str(first))
    if output.resolve() in {path.resolve() for path in steps}:
        raise ConfigError("is one of the checkpoints", where=str(output), hint="change --output")
    note = note or f"Converted from {len(steps)} checkpoints by gen record."
    refuse_other_file(output)
    refuse_recording_in_progress(output)
    part = output.with_name(f".{output.name}.part")
    try:
        with Recorder(part, note=note) as recorder:
            for path, step in steps.items():
                _record_file(recorder, path, step, names)
                report.info(f"step {step}: {path}")
        with convert_write_errors(output):
            part.replace(output)
    finally:
        part.unlink(missing_ok=True)
    report.done("recorded", f"{len(steps)} snapshots of {listed(names)} in {output}")


def _record_file(recorder: Recorder, path: Path, step: int, names: Sequence[str]) -> None:
    with open_checkpoint(path) as stored:
        for name in names:
            if name not in stored:
                raise ConfigError(f"lacks {name}", where=str(path), hint="choose other tensors")
        try:
            recorder.snapshot(step, **{name: stored[name] for name in names})
        except ConfigError as error:
            raise ConfigError(error.what, where=str(path), hint=error.hint) from None


def steps_of(paths: Sequence[Path]) -> dict[Path, int]:
    """Return the step of each checkpoint, from its name, in ascending order.

    The step is the number after the word `step`, as in `epoch=3-step=1200.ckpt`; else the only
    number of the file's name that differs between the files. If the name of no file has a number,
    the folders' names count, as in `checkpoint-500/model.safetensors`.

    Raises:
        ConfigError: a name has no step or more than one, or two files have the same.
    """
    names = [path.stem for path in paths]
    if not any(map(_NUMBER.search, names)):
        names = [path.absolute().parent.name for path in paths]
    steps = _numbers_after_step(names) or _only_numbers(names, paths)
    found: dict[int, Path] = {}
    for path, step in zip(paths, steps, strict=True):
        if step in found:
            what = f"has the step {step}, and so has {found[step]}"
            raise ConfigError(what, where=str(path), hint="convert the files of one training")
        found[step] = path
    return {found[step]: step for step in sorted(found)}


def _numbers_after_step(names: Sequence[str]) -> list[int]:
    """Return the number after the word "step" in each name; empty if a name has none or more."""
    found = [_STEP_NUMBER.findall(name) for name in names]
    return [int(numbers[0]) for numbers in found] if {len(each) for each in found} == {1} else []


def _only_numbers(names: Sequence[str], paths: Sequence[Path]) -> list[int]:
    """Return the one number that is in each name, or that differs where there are several."""
    found = [[int(number) for number in _NUMBER.findall(name)] for name in names]
    counts = {len(numbers) for numbers in found}
    if counts != {1} and len({_NUMBER.sub("", name) for name in names}) == 1:
        columns = list(zip(*found, strict=True))
        varying = [column for column in columns if len(set(column)) > 1]
        found = [list(numbers) for numbers in zip(*varying, strict=True)] or found
    for path, numbers in zip(paths, found, strict=True):
        if len(numbers) != 1:
            what = f"has {len(numbers) or 'no'} numbers that could be its step"
            hint = "name the files step-100, step-200, …"
            raise ConfigError(what, where=str(path), hint=hint)
    return [numbers[0] for numbers in found]


def _expand(pattern: str) -> list[Path]:
    # Path.glob takes no absolute pattern.
    return [Path(name) for name in sorted(glob.glob(pattern, recursive=True))]  # noqa: PTH207


def _files(patterns: Iterable[str]) -> list[Path]:
    """Return the files that some patterns match, each once."""
    found: dict[Path, None] = {}
    for pattern in patterns:
        exact = Path(pattern)
        paths = [exact] if exact.exists() else _expand(pattern)
        matched = [path for path in paths if path.is_file()]
        if not matched:
            raise ConfigError("no file matches", where=pattern, hint="check the path")
        found.update(dict.fromkeys(matched))
    return list(found)
