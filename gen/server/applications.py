"""Applications that serve a site: a published folder, or the present state in memory."""

from __future__ import annotations

import contextlib
import mimetypes
import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from gen.server.listen import ALL_ADDRESSES
from gen.server.responses import CrossSiteGuard, MemoryResponse
from gen.server.watch import State

_CONTENT_TYPES = {
    ".mp4": "video/mp4",
    ".npz": "application/zip",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}
"""Content types by suffix that Python or the machine may not know."""

for _suffix, _kind in _CONTENT_TYPES.items():
    mimetypes.add_type(_kind, _suffix)

_RELOAD_FOLDER = Path(__file__).parent / "reload"

_LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")


def run_server(app: Starlette, listener: socket.socket, host: str) -> None:
    """Run the server until a signal arrives."""
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
    names = [*_LOCAL_NAMES, f"[{host}]" if ":" in host else host]
    allowed = ["*"] if host in ALL_ADDRESSES else names
    return TrustedHostMiddleware(app, allowed_hosts=allowed, www_redirect=False)


def live_application(state: Callable[[], State]) -> Starlette:
    """Return an application that serves the files of the present state, and the state as JSON.

    Pages poll the state. A stream for each page would be simpler, but browsers open at most six
    connections to a server, so a seventh tab would never get an answer.
    """

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
    files = StaticFiles(directory=folder, html=True)
    return Starlette(routes=[Mount("/", files)], middleware=[Middleware(CrossSiteGuard)])
