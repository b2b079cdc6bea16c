"""What a build works with: everything that touches the world comes in here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gen.config import Config
    from gen.report import Report
    from gen.store import Store


DEVICES = ("cpu", "cuda")
"""What models can be trained on."""


@dataclass(frozen=True)
class Studio:
    """A config, and where and how it is made into a site.

    Attributes:
        templates: folder of the page templates.
        assets: folder of the assets that a site has unless it brings its own.
        output: folder of the published site.
        jobs: processes that work side by side.
        device: torch device that models are trained on, one of `DEVICES`.
        cluster: address of a Dask scheduler that trains them, or `local:N`; None for here.
        fail_fast: whether the first model with unsound numbers ends the training.
    """

    config: Config
    store: Store
    output: Path
    templates: Path
    assets: Path
    jobs: int
    report: Report
    device: str = "cpu"
    cluster: str | None = None
    fail_fast: bool = False
