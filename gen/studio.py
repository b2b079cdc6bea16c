"""What a build works with: everything that touches the world comes in here."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gen.errors import EnvironmentFault
from gen.locks import refuse_held
from gen.output import lock_of, locked

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
        strict: whether a claim that does not hold, or a translation that lacks something,
            stops the build.
        wait: whether to wait for another process that holds the store or the output.
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
    wait: bool = False
    strict: bool = False

    @contextmanager
    def held(self, *, output: bool = False) -> Iterator[None]:
        """Holds the store, and the output folder too if it is to be written.

        Raises:
            BusyError: another process holds one of them, and this one does not wait.
            EnvironmentFault: one of them holds something else, or lies where it must not.
        """
        self._refuse_places()
        waiting = self.report.say if self.wait else None
        with ExitStack() as stack:
            stack.enter_context(self.store.locked(waiting))
            if output:
                stack.enter_context(locked(self.output, waiting))
            yield

    def refuse_busy(self) -> None:
        """Ends what would be refused anyway, before sources are read and pages looked over.

        Raises:
            BusyError: another process holds the store or the output, and this one does not wait.
        """
        if not self.wait:
            refuse_held(self.store.lock, self.store.root)
            refuse_held(lock_of(self.output), self.output)

    def _refuse_places(self) -> None:
        """Sources, store and output lie beside each other, since two of them are cleaned away."""
        sources, store, output = (
            Path(os.path.realpath(path))
            for path in (self.config.folder, self.store.root, self.output)
        )
        for option, inner, outer in (
            ("--output", sources, output),
            ("--store", sources, store),
            ("--output", store, output),
            ("--output", output, store),
            ("--output", output, sources / "pages"),
            ("--output", output, sources / "assets"),
            ("--store", store, sources / "pages"),
            ("--store", store, sources / "assets"),
        ):
            if inner.is_relative_to(outer):
                what = f"{inner} lies in {outer}" if inner != outer else f"{inner} is in use twice"
                raise EnvironmentFault(what, mend=f"choose another {option}")


def rereading(studio: Studio) -> Callable[[], Studio]:
    """The same studio with its config as the file says now; it is read where it has changed."""
    from gen.config import load

    latest, text = studio, studio.config.path.read_bytes()

    def renewed() -> Studio:
        nonlocal latest, text
        path = studio.config.path
        now = path.read_bytes() if path.is_file() else None
        if now is None or now != text:
            latest = replace(studio, config=load(path, studio.config.profile))
            text = now or b""
        return latest

    return renewed
