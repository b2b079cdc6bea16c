"""`gen serve` when the output folder cannot be written; tested without a server."""

from __future__ import annotations

import io
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from gen.errors import BusyError, GenError, SetupError
from gen.report import PlainReport
from gen.server import live_site
from gen.server.watch import SiteWatcher
from gen.site.context import BuildContext, ConfigReloader
from tests.support import small_site


class ManualWatcher(SiteWatcher):
    """A watcher that does not refresh by itself, and records the calls."""

    def __init__(self, folder: Path) -> None:
        small_site.write(folder, small_site.SUM_ALONE, small_site.SUM_ALONE_PAGE)
        self.log = io.StringIO()
        context = small_site.context_of(folder)
        report = PlainReport(self.log, lambda: 0.0)
        context = replace(context, training=replace(context.training, report=report))
        self.refreshes: list[bool] = []
        super().__init__(ConfigReloader(context), _never, "http://127.0.0.1:8000/")

    def _refresh(self, *, check_store: bool) -> None:
        self.refreshes.append(check_store)
        self._show(self._unpublished)

    def publish_now(self) -> bool:
        """Publish now; return whether to try again."""
        self._publish()
        kind, error = self._events.get_nowait()
        assert kind == "published"
        return self._after_publication(error)


def _never() -> AbstractContextManager[BuildContext]:
    raise AssertionError


def _fails(monkeypatch: pytest.MonkeyPatch, error: Exception | None) -> None:
    def publish(self: live_site.LiveSite) -> None:
        if error is not None:
            raise error

    monkeypatch.setattr(live_site.LiveSite, "publish", publish)


def test_a_locked_output_folder_is_written_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watcher = ManualWatcher(tmp_path)
    _fails(monkeypatch, BusyError("locked by process 7", where="_site", hint="wait"))
    assert watcher.publish_now()
    assert watcher.publish_now()
    assert watcher.log.getvalue() == "warning: _site: locked by process 7; waiting\n"
    _fails(monkeypatch, None)
    assert not watcher.publish_now()


@pytest.mark.parametrize(
    "error", [FileNotFoundError(2, "No such file or directory", "film.mp4"), GenError("changed")]
)
def test_a_write_error_is_shown_until_it_is_fixed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    watcher = ManualWatcher(tmp_path)
    _fails(monkeypatch, error)
    assert not watcher.publish_now()
    shown = watcher.state.error
    assert shown is not None
    assert isinstance(shown, SetupError) == isinstance(error, OSError)
    assert watcher.refreshes == [isinstance(error, OSError)]  # the store may hold less than before
    assert watcher.log.getvalue() == f"warning: {shown}\n"
    _fails(monkeypatch, None)
    assert not watcher.publish_now()
    assert watcher.state.error is None
