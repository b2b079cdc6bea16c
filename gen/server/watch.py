"""Follows the sources of a site: whatever is saved is rendered, trained or drawn, and shown."""

from __future__ import annotations

import queue
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gen.errors import BusyError, GenError, SetupError, as_gen_error
from gen.server.background import BackgroundBuild, Opened
from gen.server.changes import changes
from gen.server.live_site import Files, LiveSite
from gen.site.assets import ROOT
from gen.site.publish import MANIFEST
from gen.site.sources import REFERENCES

if TYPE_CHECKING:
    from gen.site.context import BuildContext

QUIET = 1.0
"""Seconds without a change after which the output folder is written."""

_FOLDERS = ("pages", "assets", ROOT)
"""Folders beside the config that a site is made of."""

_MOST_SAID = 8
"""Pieces of work that are named before training; of more, only how many."""


@dataclass(frozen=True)
class State:
    """What an open page needs to know.

    Attributes:
        version: differs from that of a page which is no longer what it would be now.
        files: all of the site.
        error: what is wrong, as `what`, `where` and `hint`.
        busy: what is being trained or drawn.
    """

    version: str
    files: Files
    error: GenError | None = None
    busy: str = ""

    @property
    def told(self) -> dict[str, Any]:
        """What is sent to pages."""
        error = self.error
        return {
            "version": self.version,
            "busy": self.busy,
            "error": error and {"what": error.what, "where": error.where, "hint": error.hint},
        }


class SiteWatcher:
    """Keeps a site as its sources say, in a thread; leaving the context ends all work.

    Args:
        context: reads the config anew at every call.
        opened: opens a context for training and drawing, in a process of its own.
        address: where the site can be seen.
    """

    def __init__(self, context: Callable[[], BuildContext], opened: Opened, address: str) -> None:
        first = context()
        self._report, self._address = first.report, address
        self._config, self._output = first.config.path, first.output
        self._own = [first.templates, first.assets]
        self._preview = LiveSite(context)
        self._opened = opened
        self._events: queue.Queue[tuple[str, Any]] = queue.Queue()
        self._labour: BackgroundBuild | None = None
        self._failed: tuple[Any, GenError] | None = None
        self._unpublished: GenError | None = None
        self._waiting = False
        self._stopped = threading.Event()
        self._publication = threading.Thread(target=self._publish)
        self._session, self._numbers = secrets.token_hex(4), count()
        self.state = State(self._version(), _published(self._output))
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def __enter__(self) -> SiteWatcher:
        threading.Thread(target=self._watch, daemon=True).start()
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stopped.set()
        self._events.put(("stop", None))
        self._thread.join(5)
        if self._labour is not None:
            self._labour.end()
        if self._publication.ident is not None:
            self._publication.join(10)

    def _version(self) -> str:
        return f"{self._session}-{next(self._numbers)}"

    def _follow(self) -> None:
        """Takes events as they come; publishes when there have been none for a while."""
        self._look(again=True)
        due = True
        while not self._stopped.is_set():
            try:
                kind, detail = self._events.get(timeout=QUIET if due else None)
            except queue.Empty:
                if not self._publication.is_alive():
                    due = False
                    self._publication = threading.Thread(target=self._publish)
                    self._publication.start()
                continue
            if kind == "published":
                due = self._after_publication(detail) or due
                continue
            if kind == "ended":
                self._ended(*detail)
            elif kind != "stop":
                self._look(again=kind == "stretch")
            due = True

    def _look(self, *, again: bool) -> None:
        look = self._preview.look(again=again)
        if look.work and not self._stopped.is_set():
            self._begin(look.wants, look.work)
        elif self._labour is not None and look.wants not in (None, self._labour.wants):
            self._give_up()
        error = look.error
        if self._failed is not None and self._failed[0] == look.wants:
            error = error or self._failed[1]
        error = error or self._unpublished
        if self._labour is not None and look.work:
            error = None  # a page may speak of a figure that is still being made
        self._show(error)

    def _begin(self, wants: Any, work: list[str]) -> None:
        """Has the work done, unless it is being done or has failed already."""
        if self._failed is not None and self._failed[0] == wants:
            return
        if self._labour is not None:
            if self._labour.wants == wants:
                return
            self._give_up()
        for line in work[:_MOST_SAID]:
            self._report.say(f"to be made: {line}")
        if len(work) > _MOST_SAID:
            self._report.say(f"to be made: {len(work) - _MOST_SAID} more")
        self._failed = None
        self._labour = BackgroundBuild(
            self._opened,
            on_stretch=lambda: self._events.put(("stretch", None)),
            on_end=lambda labour, error: self._events.put(("ended", (labour, error))),
            wants=wants,
        )
        names = "; ".join(dict.fromkeys(line.partition(":")[0] for line in work[:2]))
        more = f" and {len(work) - 2} more" if len(work) > 2 else ""
        self.state = replace(self.state, busy=f"training and drawing: {names}{more}")

    def _give_up(self) -> None:
        """Ends work that nobody wants any more."""
        assert self._labour is not None
        labour, self._labour = self._labour, None
        labour.end()
        self.state = replace(self.state, busy="")

    def _ended(self, labour: BackgroundBuild, error: GenError | None) -> None:
        if labour is not self._labour:
            return
        self._labour = None
        self.state = replace(self.state, busy="")
        if error is not None:
            self._failed = labour.wants, error
            self._show(error)
            return
        look = self._preview.look(again=True)
        if look.work and look.wants == labour.wants:
            error = GenError(
                "what was trained and drawn is not what is wanted: the code was changed",
                hint="end gen serve and start it again",
            )
            self._failed = labour.wants, error
        self._show(look.error or error)

    def _show(self, error: GenError | None) -> None:
        """Lets open pages know; the terminal is told of errors as they appear."""
        if error is not None and str(error) != str(self.state.error):
            self._report.warn(str(error))
        elif error is None and self.state.error is not None:
            self._report.say("mended")
        files = self._preview.files
        if files and files != self.state.files:
            version = self._version()
            self.state = replace(self.state, version=version, files=files, error=error)
        else:
            self.state = replace(self.state, error=error)

    def _publish(self) -> None:
        """Writes the output folder, in a thread of its own, and tells what came of it."""
        error = None
        try:
            if self._preview.publish():
                self._report.done("written", self._address)
        except Exception as raised:
            error = as_gen_error(raised)
            if error is None:
                raise
        self._events.put(("published", error))

    def _after_publication(self, error: GenError | None) -> bool:
        """Shows why the output folder could not be written, or no longer does.

        Returns:
            Whether it is to be tried again, since somebody else is at work there.
        """
        if isinstance(error, BusyError):
            if not self._waiting:
                self._report.warn(f"{error.where}: {error.what}; it is written afterwards")
            self._waiting = True
            return True
        self._waiting = False
        if error is not None or self._unpublished is not None:
            self._unpublished = error
            self._look(again=isinstance(error, SetupError))  # the store may be gone
        return False

    def _watch(self) -> None:
        """Tells of every change of the config, and of all that is read beside it."""
        beside = (REFERENCES, *_FOLDERS)
        for _ in changes(self._config, beside, self._own, self._stopped):
            self._events.put(("changed", None))


def _published(folder: Path) -> Files:
    """The site as it was built last, to be shown until the present one is ready."""
    if not (folder / MANIFEST).is_file():
        return {}
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return {path.relative_to(folder).as_posix(): path for path in files}
