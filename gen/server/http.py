"""Serve a site over HTTP, with byte ranges so that films can seek."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

from gen.errors import SetupError
from gen.report import Report
from gen.server.background import OpenContext
from gen.server.listen import ALL_ADDRESSES, address_of, listen
from gen.site.context import ConfigReloader
from gen.site.publish import MANIFEST


def serve(folder: Path, host: str, port: int | None, report: Report) -> None:
    """Serve a published site until interrupted.

    Args:
        port: None for 8000, or a free port if 8000 is in use.

    Raises:
        SetupError: there is no site, the host or port cannot be used, or a package is missing.
    """
    if not (folder / MANIFEST).is_file():
        raise SetupError("there is no site", where=str(folder), hint="run gen build")
    with _check_installed():
        from gen.server.applications import run_server, static_application

        app = static_application(folder)
    with listen(host, port) as listener:
        _log_address(str(folder), listener, host, report)
        run_server(app, listener, host)


def serve_live(
    read_context: ConfigReloader,
    open_context: OpenContext,
    host: str,
    port: int | None,
    report: Report,
) -> None:
    """Serve a site and rebuild it when its sources change, until interrupted.

    Args:
        read_context: returns the context with the present config.
        open_context: opens a context for the process that trains and draws.

    Raises:
        SetupError: the host or port cannot be used, or a package is missing.
        ConfigError: the config has an error. Later errors are shown on pages and not raised.
    """
    with _check_installed():
        import watchfiles  # noqa: F401

        from gen.server.applications import live_application, run_server
        from gen.server.watch import SiteWatcher

    with listen(host, port) as listener:
        watcher = SiteWatcher(read_context, open_context, address_of(listener, host))
        app = live_application(lambda: watcher.state)
        _log_address(str(read_context().config.folder), listener, host, report)
        with watcher:
            run_server(app, listener, host)


def _log_address(subject: str, listener: socket.socket, host: str, report: Report) -> None:
    """Log the address of the site; warn if other machines can read it."""
    report.info(f"{subject} is served at {address_of(listener, host)} (press Ctrl-C to stop)")
    if host in ALL_ADDRESSES:
        report.warn(
            "every machine that can connect to this one can read the site; "
            "leave out --host to serve this machine only"
        )


@contextlib.contextmanager
def _check_installed() -> Iterator[None]:
    """Convert a missing package to a SetupError."""
    try:
        import uvicorn  # noqa: F401

        yield
    except ModuleNotFoundError as error:
        raise SetupError(
            f"{str(error.name).partition('.')[0]} is not installed",
            hint="run pip install starlette uvicorn watchfiles",
        ) from None
