"""Serve a site over HTTP, with byte ranges so that films can seek."""

from __future__ import annotations

import contextlib
import mimetypes
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.types import ASGIApp

from gen.errors import SetupError
from gen.report import Report
from gen.server.background import OpenContext
from gen.server.listen import ALL_ADDRESSES, address_of, listen
from gen.server.watch import State
from gen.site.context import BuildContext
from gen.site.publish import MANIFEST

_CONTENT_TYPES = {
    ".mp4": "video/mp4",
    ".npz": "application/zip",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}
"""Content types by suffix that Python or the machine may not know."""

_RELOAD_FOLDER = Path(__file__).parent / "reload"

_LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")


def serve(folder: Path, host: str, port: int | None, report: Report) -> None:
    """Serve a published site until interrupted.

    Args:
        folder: the published site.
        host: address to listen on.
        port: None for 8000, or a free port if 8000 is in use.

    Raises:
        SetupError: there is no site, the host or port cannot be used, or a package is missing.
    """
    if not (folder / MANIFEST).is_file():
        raise SetupError("there is no site", where=str(folder), hint="run gen build")
    with _check_installed():
        app = static_application(folder)
    with listen(host, port) as listener:
        _log_address(str(folder), listener, host, report)
        _run_server(app, listener, host)


def serve_live(
    read_context: Callable[[], BuildContext],
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

        from gen.server.watch import SiteWatcher

    with listen(host, port) as listener:
        watcher = SiteWatcher(read_context, open_context, address_of(listener, host))
        app = live_application(lambda: watcher.state)
        _log_address(str(read_context().config.folder), listener, host, report)
        with watcher:
            _run_server(app, listener, host)


def _log_address(subject: str, listener: socket.socket, host: str, report: Report) -> None:
    """Log the address of the site; warn if other machines can read it."""
    report.info(f"{subject} is served at {address_of(listener, host)} (press Ctrl-C to stop)")
    if host in ALL_ADDRESSES:
        report.warn(
            "every machine that can connect to this one can read the site; "
            "leave out --host to serve this machine only"
        )


def _run_server(app: Starlette, listener: socket.socket, host: str) -> None:
    """Run the server until a signal arrives."""
    import uvicorn

    config = uvicorn.Config(
        with_host_check(app, host), log_level="warning", lifespan="off", timeout_graceful_shutdown=3
    )
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])


def with_host_check(app: ASGIApp, host: str) -> ASGIApp:
    """Return an application that refuses requests for other host names (DNS rebinding).

    Args:
        host: the address that the server listens on; with all addresses, any name is allowed.
    """
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    names = [*_LOCAL_NAMES, f"[{host}]" if ":" in host else host]
    allowed = ["*"] if host in ALL_ADDRESSES else names
    return TrustedHostMiddleware(app, allowed_hosts=allowed, www_redirect=False)


@contextlib.contextmanager
def _check_installed() -> Iterator[None]:
    """Convert a missing package to a SetupError."""
    try:
        import uvicorn  # noqa: F401

        yield
    except ModuleNotFoundError as error:
        raise SetupError(
            f"{error.name} is not installed", hint="run pip install starlette uvicorn watchfiles"
        ) from None


def live_application(state: Callable[[], State]) -> Starlette:
    """Return an application that serves the files of the present state, and the state as JSON.

    Pages poll the state. A stream for each page would be simpler, but browsers open at most six
    connections to a server, so a seventh tab would never get an answer.

    Args:
        state: returns the present state.
    """
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.requests import Request
    from starlette.responses import FileResponse, JSONResponse, Response
    from starlette.routing import Route

    from gen.server.responses import CrossSiteGuard

    _add_content_types()

    async def state_json(_: Request) -> Response:
        return JSONResponse(state().as_json)

    async def reload_file(request: Request) -> Response:
        name = request.path_params["name"]
        known = {path.name: path for path in _RELOAD_FOLDER.iterdir()}
        return FileResponse(known[name]) if name in known else Response(status_code=404)

    async def file(request: Request) -> Response:
        return _file(state(), request.path_params["path"])

    routes = [
        Route("/_gen/state", state_json),
        Route("/_gen/{name}", reload_file),
        Route("/{path:path}", file),
    ]
    return Starlette(routes=routes, middleware=[Middleware(CrossSiteGuard)])


def _file(state: State, name: str) -> Response:
    """Return the response for a path."""
    from starlette.responses import FileResponse, Response

    from gen.server.responses import MemoryResponse

    name = f"{name}index.html" if name == "" or name.endswith("/") else name
    content = state.files.get(name)
    if isinstance(content, Path) and not content.is_file():
        content = None  # the store was cleaned
    if name.endswith(".html"):
        page = content.read_bytes() if isinstance(content, Path) else content
        status = 404 if page is None else 200
        html = with_reload_script(page or _NO_PAGE, state.version, name.count("/"))
        return Response(html, status, media_type="text/html")
    if content is None:
        return Response(status_code=404)
    if isinstance(content, Path):
        return FileResponse(content)
    kind, _ = mimetypes.guess_type(name)
    return MemoryResponse(content, kind or "application/octet-stream", state.version)


_NO_PAGE = b"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>gen serve</title></head>
<body><p>There is no such page yet.</p></body></html>
"""


def with_reload_script(page: bytes, version: str, depth: int = 0) -> bytes:
    """Return a page with the script that reloads it, and with a policy that allows the script.

    Args:
        version: version of the state that the page belongs to.
        depth: number of folders above the page. Addresses are relative, because a proxy may serve
            the site below another path.
    """
    script = f'<script src="{"../" * depth}_gen/reload.js?version={version}" defer></script>'
    allowed = page.replace(b"default-src 'none';", b"default-src 'none'; connect-src 'self';", 1)
    return allowed.replace(b"</head>", f"{script}\n</head>".encode(), 1)


def static_application(folder: Path) -> Starlette:
    """Return an application that serves the files of a folder."""
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.routing import Mount
    from starlette.staticfiles import StaticFiles

    from gen.server.responses import CrossSiteGuard

    _add_content_types()
    files = StaticFiles(directory=folder, html=True)
    return Starlette(routes=[Mount("/", files)], middleware=[Middleware(CrossSiteGuard)])


def _add_content_types() -> None:
    for suffix, kind in _CONTENT_TYPES.items():
        mimetypes.add_type(kind, suffix)
