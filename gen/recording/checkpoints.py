"""Read single tensors of checkpoints: safetensors, NPZ, and files of torch.save without code."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gen.errors import ConfigError, is_out_of_memory, unreadable_error
from gen.recording.values import without_graph
from gen.store.arrays import DTYPES
from gen.store.files import open_regular

TORCH_SUFFIXES = (".pt", ".pth", ".bin", ".ckpt")
SUFFIXES = (".safetensors", ".npz", *TORCH_SUFFIXES)

_DEEPEST = 8
"""Nesting of dicts in which tensors are looked for."""


@dataclass(frozen=True)
class StoredTensor:
    """A tensor of a checkpoint, which is read when it is converted to an array.

    Attributes:
        read: reads it.
    """

    read: Callable[[], Any]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(without_graph(self.read()), dtype)


@contextmanager
def open_checkpoint(path: Path) -> Iterator[dict[str, StoredTensor]]:
    """Open a checkpoint; its tensors can be read while the `with` block runs.

    Yields:
        The tensors by name. Names in nested dicts are joined by dots.

    Raises:
        ConfigError: it cannot be read, is damaged, or has objects that only run code could load.
    """
    opened = {".safetensors": _open_safetensors, ".npz": _open_npz}
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        hint = f"supported are {', '.join(SUFFIXES)}"
        raise ConfigError("is not a known kind of checkpoint", where=str(path), hint=hint)
    try:
        with open_regular(path):
            pass
    except OSError as error:
        raise unreadable_error(error, str(path)) from None
    with opened.get(suffix, _open_torch)(path) as tensors:
        if not tensors:
            raise ConfigError("holds no tensors", where=str(path))
        yield tensors


@contextmanager
def _open_safetensors(path: Path) -> Iterator[dict[str, StoredTensor]]:
    from safetensors import safe_open

    numpy_types = set(DTYPES.values())
    with _reading(path):
        file = safe_open(path, framework="np")
        tensors: dict[str, StoredTensor] = {}
        for name in file.keys():  # noqa: SIM118
            if file.get_slice(name).get_dtype() in numpy_types:
                tensors[name] = StoredTensor(lambda name=name: file.get_tensor(name))
            else:
                tensors[name] = StoredTensor(lambda name=name: _read_by_torch(path, name))
    yield tensors


def _read_by_torch(path: Path, name: str) -> Any:
    """Return a tensor of a type that numpy lacks, such as bfloat16."""
    from safetensors import safe_open

    with safe_open(path, framework="pt") as file:
        return file.get_tensor(name)


@contextmanager
def _open_npz(path: Path) -> Iterator[dict[str, StoredTensor]]:
    # numpy leaves a path open if it is no zip file.
    with path.open("rb") as file:
        with _reading(path):
            archive = np.load(file, allow_pickle=False)
        if not isinstance(archive, np.lib.npyio.NpzFile):
            raise ConfigError("is not an NPZ file", where=str(path))
        with archive:
            yield {name: StoredTensor(lambda name=name: archive[name]) for name in archive.files}


@contextmanager
def _open_torch(path: Path) -> Iterator[dict[str, StoredTensor]]:
    import torch

    with _reading(path):
        if not zipfile.is_zipfile(path):
            hint = "load it with torch, and save its state_dict as safetensors"
            raise ConfigError("is not a zip file of torch.save", where=str(path), hint=hint)
        loaded = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    found = _tensors(loaded, "", _DEEPEST)
    yield {name: StoredTensor(lambda tensor=tensor: tensor) for name, tensor in found}


def _tensors(value: Any, name: str, depth: int) -> Iterator[tuple[str, Any]]:
    """Yield all tensors in nested dicts, by names with dots."""
    if isinstance(value, Mapping) and depth:
        for key, each in value.items():
            yield from _tensors(each, f"{name}.{key}" if name else str(key), depth - 1)
    elif callable(getattr(value, "detach", None)):
        yield name, value


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Convert whatever a library raises for a file to one line."""
    try:
        yield
    except ConfigError:
        raise
    except Exception as error:
        if is_out_of_memory(error):
            raise
        reason = str(error).strip().partition("\n")[0][:160] or type(error).__name__
        if "weights_only" in str(error) or "allow_pickle" in str(error):
            what = "holds Python objects, which could run code, and is not loaded"
            hint = "save its state_dict alone, best as safetensors"
            raise ConfigError(what, where=str(path), hint=hint) from None
        raise ConfigError(f"cannot be read: {reason}", where=str(path)) from None
