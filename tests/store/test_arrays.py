"""Array files are identical to those of the safetensors package."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save

from gen.store import arrays

MANY = {
    "views/W_in": np.arange(24, dtype=np.float32).reshape(2, 3, 4),
    "views/B": np.zeros((1, 0), dtype=np.float32),
    "é": np.ones(3),
    "metrics/é\n": np.full((2, 2), np.nan),
    "failed_at": np.array([-1, 20]),
    "metrics/a": np.ones(5, dtype=np.float32),
    "none": np.array(3.5),
}
KINDS = ("uint64", "int64", "float64", "float32", "uint32", "int32", "float16", "uint16", "int16")


@pytest.mark.parametrize("left_out", [None, *MANY])
def test_arrays_are_written_byte_for_byte_as_by_safetensors(
    tmp_path: Path, left_out: str | None
) -> None:
    kept = {name: array for name, array in MANY.items() if name != left_out}
    arrays.write(tmp_path / "file", kept)
    assert (tmp_path / "file").read_bytes() == save(kept)


def test_arrays_of_every_dtype_are_written_as_by_safetensors(
    tmp_path: Path,
) -> None:
    kept = {f"of {kind}": np.arange(3).astype(kind) for kind in (*KINDS, "int8", "uint8", "bool")}
    arrays.write(tmp_path / "file", kept)
    assert (tmp_path / "file").read_bytes() == save(kept)


@pytest.mark.parametrize(
    "array",
    [
        pytest.param(np.arange(24.0).reshape(4, 6).T, id="turned"),
        pytest.param(np.arange(24.0)[::2], id="every second"),
        pytest.param(np.arange(24.0).astype(">f8"), id="big-endian"),
        pytest.param(np.broadcast_to(np.float32(2), (3, 2)), id="repeated"),
    ],
)
def test_non_contiguous_arrays_are_written_in_order(tmp_path: Path, array: np.ndarray) -> None:
    arrays.write(tmp_path / "file", {"one": array})
    assert np.array_equal(load_file(tmp_path / "file")["one"], array)
