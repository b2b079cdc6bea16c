"""Watch the sources of a site: render, train, draw and publish after each change."""

from __future__ import annotations

import queue
import secrets
import threading
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

from gen.config.languages import FOLDER as LANGUAGES
from gen.config.plugins import plugin_files
from gen.config.recordings import recording_files
from gen.errors import BusyError, GenError, SetupError, as_gen_error
from gen.server.background import BackgroundBuild, OpenContext
from gen.server.changes import changes
from gen.server.live_site import Files, LiveSite
from gen.site.assets import ROOT
from gen.site.context import ConfigReloader
from gen.site.own_templates import FOLDER as TEMPLATES
from gen.site.publish import MANIFEST
from gen.site.sources import REFERENCES, SYNONYMS

PUBLISH_AFTER = 1.0
"""Seconds without a change before the output folder is written."""

_BESIDE = (REFERENCES, SYNONYMS, "pages", "assets", ROOT, LANGUAGES, TEMPLATES, "*.css")
"""Files and folders of sources beside the config."""

_MAX_LOGGED = 8
"""Stale models and films that are logged one by one."""


@dataclass(frozen=True)
class State:
    """The present site, as open pages see it.

    Attributes:
        version: changes with the files; a page with another version reloads.
        files: all files of the site.
        error: the error to show.
        busy: what is being trained or drawn.
        recording: how far the recordings are that are still being written.
    """

    version: str
    files: Files
    error: GenError | None = None
    busy: str = ""
    recording: str = ""

    @property
    def as_json(self) -> dict[str, Any]:
        """The state without files, as JSON values for open pages."""
        error = self.error
        return {
            "version": self.version,
            "busy": self.busy,
            "recording": self.recording,
            "error": error and {"what": error.what, "where": error.where, "hint": error.hint},
        }


class SiteWatcher:
    """Context manager that keeps a site up to date in a thread; on leaving, all work is stopped.

    Args:
        read_context: returns the context with the present config.
        open_context: opens a context for the process that trains and draws.
    """

    def __init__(
        self, read_context: ConfigReloader, open_context: OpenContext, address: str
    ) -> None:
        first = read_context()
        self._report, self._address = first.report, address
        self._config, self._output = first.config.path, first.output
        self._own = [first.templates]
        self._read_context = read_context
        self._live_site = LiveSite(read_context)
        self._open_context = open_context
        self._events: queue.Queue[tuple[str, Any]] = queue.Queue()
        self._build: BackgroundBuild | None = None
        self._failed: tuple[Any, GenError] | None = None
        self._unpublished: GenError | None = None
        self._is_locked = False
        self._stopped = threading.Event()
        self._publication = threading.Thread(target=self._publish)
        self._session, self._numbers = secrets.token_hex(4), count()
        self.state = State(self._version(), _published(self._output))
        self._thread = threading.Thread(target=self._handle_events, daemon=True)

    def __enter__(self) -> SiteWatcher:
        threading.Thread(target=self._watch, daemon=True).start()
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stopped.set()
        self._events.put(("stop", None))
        self._thread.join(5)
        if self._build is not None:
            self._build.stop()
        if self._publication.ident is not None:
            self._publication.join(10)

    def _version(self) -> str:
        return f"{self._session}-{next(self._numbers)}"

    def _handle_events(self) -> None:
        """Handle events; publish after `PUBLISH_AFTER` seconds without an event."""
        self._refresh(check_store=True)
        due = True
        while not self._stopped.is_set():
            try:
                kind, detail = self._events.get(timeout=PUBLISH_AFTER if due else None)
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
                self._after_build(*detail)
            elif kind != "stop":
                self._refresh(check_store=kind == "stage")
            due = True

    def _refresh(self, *, check_store: bool) -> None:
        self._read_context.follows = self._build is None
        refresh = self._live_site.refresh(check_store=check_store)
        if refresh.stale and not self._stopped.is_set():
            self._start_build(refresh.target, refresh.stale)
        elif self._build is not None and refresh.target not in (None, self._build.target):
            self._stop_build()
        error = refresh.error
        if self._failed is not None and self._failed[0] == refresh.target:
            error = error or self._failed[1]
        error = error or self._unpublished
        if self._build is not None and refresh.stale:
            error = None  # a page may use a figure that is not yet drawn
        self._show(error)

    def _start_build(self, target: Any, stale: list[str]) -> None:
        """Start a background build, unless one for this target is running or has failed."""
        if self._failed is not None and self._failed[0] == target:
            return
        if self._build is not None:
            if self._build.target == target:
                return
            self._stop_build()
        for line in stale[:_MAX_LOGGED]:
            self._report.info(f"stale: {line}")
        if len(stale) > _MAX_LOGGED:
            self._report.info(f"stale: {len(stale) - _MAX_LOGGED} more")
        self._failed = None
        self._build = BackgroundBuild(
            self._open_context,
            on_stage=lambda: self._events.put(("stage", None)),
            on_end=lambda build, error: self._events.put(("ended", (build, error))),
            target=target,
            sizes=self._live_site.recorded_sizes,
        )
        names = "; ".join(dict.fromkeys(line.partition(":")[0] for line in stale[:2]))
        more = f" and {len(stale) - 2} more" if len(stale) > 2 else ""
        self.state = replace(self.state, busy=f"training and drawing: {names}{more}")

    def _stop_build(self) -> None:
        """Stop a background build whose target is out of date."""
        assert self._build is not None
        build, self._build = self._build, None
        build.stop()
        self.state = replace(self.state, busy="")

    def _after_build(self, build: BackgroundBuild, error: GenError | None) -> None:
        if build is not self._build:
            return
        self._build = None
        self.state = replace(self.state, busy="")
        if error is not None:
            self._failed = build.target, error
            self._show(error)
            return
        refresh = self._live_site.refresh(check_store=True)
        has_grown = self._read_context.has_grown()
        if has_grown:
            self._events.put(("changed", None))
        elif refresh.stale and refresh.target == build.target:
            error = GenError(
                "the new runs and films are stale, because the code changed",
                hint="restart gen serve",
            )
            self._failed = build.target, error
        self._show(refresh.error or error)

    def _show(self, error: GenError | None) -> None:
        """Update the state for open pages; log an error when it appears and when it is fixed."""
        if error is not None and str(error) != str(self.state.error):
            self._report.warn(str(error))
        elif error is None and self.state.error is not None:
            self._report.info("fixed")
        files = self._live_site.files
        if files and files != self.state.files:
            version = self._version()
            self.state = replace(self.state, version=version, files=files, error=error)
        else:
            self.state = replace(self.state, error=error)
        self.state = replace(self.state, recording=self._live_site.recording)

    def _publish(self) -> None:
        """Write the output folder, in a separate thread, and put the result on the queue."""
        error = None
        try:
            if self._live_site.publish():
                self._report.done("written", self._address)
        except Exception as raised:
            error = as_gen_error(raised)
            if error is None:
                raise
        self._events.put(("published", error))

    def _after_publication(self, error: GenError | None) -> bool:
        """Show why the output folder could not be written; return whether to try again."""
        if isinstance(error, BusyError):
            if not self._is_locked:
                self._report.warn(f"{error.where}: {error.what}; waiting")
            self._is_locked = True
            return True
        self._is_locked = False
        if error is not None or self._unpublished is not None:
            self._unpublished = error
            self._refresh(check_store=isinstance(error, SetupError))  # the store may be gone
        return False

    def _watch(self) -> None:
        """Put an event on the queue for each change of a source."""
        for _ in changes(self._config, _BESIDE, self._own, self._stopped, _more_files):
            self._events.put(("changed", None))


def _more_files(config: Path) -> list[Path]:
    """Return the files that a config names: plugins and recordings."""
    return [*plugin_files(config), *recording_files(config)]


def _published(folder: Path) -> Files:
    """Return the files of the published site, to serve until the present one is ready."""
    if not (folder / MANIFEST).is_file():
        return {}
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return {path.relative_to(folder).as_posix(): path for path in files}
