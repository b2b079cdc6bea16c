"""What `gen serve` does when the output folder cannot be written, without a server."""

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
from gen.site.context import BuildContext
from tests.support import small_site


class Follows(SiteWatcher):
    """One that looks at nothing by itself and counts how often it does so."""

    def __init__(self, folder: Path) -> None:
        small_site.write(folder, small_site.SUM_ALONE, small_site.SUM_ALONE_PAGE)
        self.said = io.StringIO()
        context = small_site.context_of(folder)
        training = replace(context.training, report=PlainReport(self.said, lambda: 0.0))
        context = replace(context, training=training)
        self.looks: list[bool] = []
        super().__init__(lambda: context, _never, "http://127.0.0.1:8000/")

    def _look(self, *, again: bool) -> None:
        self.looks.append(again)
        self._show(self._unpublished)

    def publishes(self) -> bool:
        """Publishes at once; says whether that is to be tried again."""
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


def test_a_folder_that_is_in_use_is_written_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    follower = Follows(tmp_path)
    _fails(monkeypatch, BusyError("in use by process 7", where="_site", hint="wait"))
    assert follower.publishes()
    assert follower.publishes()
    assert (
        follower.said.getvalue()
        == "warning: _site: in use by process 7; it is written afterwards\n"
    )
    _fails(monkeypatch, None)
    assert not follower.publishes()


@pytest.mark.parametrize(
    "error", [FileNotFoundError(2, "No such file or directory", "film.mp4"), GenError("changed")]
)
def test_why_nothing_was_written_is_shown_until_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    follower = Follows(tmp_path)
    _fails(monkeypatch, error)
    assert not follower.publishes()
    shown = follower.state.error
    assert shown is not None
    assert isinstance(shown, SetupError) == isinstance(error, OSError)
    assert follower.looks == [isinstance(error, OSError)]  # the store may hold less than before
    assert follower.said.getvalue() == f"warning: {shown}\n"
    _fails(monkeypatch, None)
    assert not follower.publishes()
    assert follower.state.error is None
