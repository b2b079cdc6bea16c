"""Downloads: the data of figures as files, those of a run's snapshots stored."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float, Float32

from gen.experiments.recorded import RecordedRun
from gen.experiments.runs import ModelRun, Run
from gen.interactive.pack import kept_snapshots
from gen.site.orders import Drawn, Order
from gen.store.code_digest import code_digest, versions
from gen.store.store import Entry
from gen.tasks.modular import Modular

_MOST_BYTES = 64 * 2**20
"""Size of the views up to which a page offers them as a download, before compression."""

_BITS = 13
"""Significant bits of downloaded values: they differ from the run's by 1/16,000 of themselves."""

_FILE = "snapshots.npz"


@dataclass(frozen=True)
class Download:
    """A file of data.

    Attributes:
        name: of the file.
        make: returns its content.
        order: name of the order that stores it; empty if it is made with each site.
    """

    name: str
    make: Callable[[], bytes]
    order: str = ""

    def content(self, drawn: Mapping[str, Entry]) -> bytes | Path:
        """Return the content, or the stored file.

        Args:
            drawn: stored entries by the names of their orders.
        """
        entry = drawn.get(self.order)
        return self.make() if entry is None else entry.file(_FILE)


@dataclass(frozen=True, kw_only=True)
class DownloadOrder(Order):
    """The download of a run's snapshots to make.

    Attributes:
        run_key: what identifies the stored run, as JSON values.
    """

    what: ClassVar[str] = "download"

    run: Run
    run_key: dict[str, Any]

    @property
    def files(self) -> tuple[str, ...]:
        return (_FILE,)

    @cached_property
    def ingredients(self) -> dict[str, Any]:
        return {
            "download": self.name,
            "pictured": self.run_key,
            "code": code_digest("gen.site.downloads"),
            "versions": versions("numpy"),
        }

    def draw(self, *, on_progress: Callable[[int], None]) -> Drawn:
        content = snapshot_arrays(self.run)
        on_progress(1)
        return Drawn({_FILE: content}, {"painted": False})


def download_name(run: Run) -> str:
    """Return the name of the stored download of a run; ids have no dot, so it is unique."""
    return f"{run.name}.data-{run.seed}"


def can_be_downloaded(run: Run) -> bool:
    """Return whether the views are small enough, without reading those of a recording."""
    if isinstance(run, RecordedRun):
        numbers = sum(shape.rows * shape.columns for shape in run.shapes.values())
        return 4 * numbers * len(run.snapshot_steps) <= _MOST_BYTES
    return sum(view.nbytes for view in run.views.values()) <= _MOST_BYTES


def snapshot_arrays(run: Run) -> bytes:
    """Return an .npz file of the snapshots of a run: steps, views, and the order of numbers.

    Values are float32 with `_BITS` significant bits, four decimal digits: a third fewer bytes.
    The snapshots are those of the pack, which of a run with many numbers are every n-th and the
    last.
    """
    kept = kept_snapshots(run.shapes, len(run.snapshot_steps))
    arrays = io.BytesIO()
    task = run.task if isinstance(run, ModelRun) else None
    order = {"numbers": task.numbers} if isinstance(task, Modular) else {}
    # Names that the file or this function uses are not those of a view.
    taken = {"steps", "numbers", "file", "allow_pickle"}
    views = {
        f"view_{name}" if name in taken else name: _rounded(run.view_at(name, kept))
        for name in run.views
    }
    np.savez_compressed(
        arrays, allow_pickle=False, steps=run.snapshot_steps[kept], **order, **views
    )
    return arrays.getvalue()


def _rounded(values: Float[np.ndarray, "..."]) -> Float32[np.ndarray, "..."]:
    """Round values to `_BITS` significant bits; those that are not finite stay."""
    single = np.asarray(values, dtype=np.float32)
    mantissa, exponent = np.frexp(single)
    rounded = np.ldexp(np.rint(mantissa * 2.0**_BITS) / 2.0**_BITS, exponent)
    return np.where(np.isfinite(single), rounded, single).astype(np.float32)
