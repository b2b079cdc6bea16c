"""Shows a site at an address of this machine, in byte ranges, so that films can seek."""

from __future__ import annotations

import contextlib
import mimetypes
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from gen.errors import SetupError
from gen.server.listen import EVERYWHERE, address_of, listen
from gen.site.publish import MANIFEST

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.responses import Response
    from starlette.types import ASGIApp

    from gen.report import Report
    from gen.server.background import Opened
    from gen.server.watch import State
    from gen.site.context import BuildContext

_TYPES = {
    ".mp4": "video/mp4",
    ".npz": "application/zip",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}
"""Content types by suffix where Python's table may lack them or a machine's table differ."""


_LIVE = Path(__file__).parent / "reload"

_OWN_NAMES = ("localhost", "127.0.0.1", "[::1]")


def serve(folder: Path, host: str, port: int | None, report: Report) -> None:
    """Serves a site as it was built, until it is interrupted.

    Args:
        folder: the published site.
        host: address to listen on.
        port: None for 8000, or a free one if that is taken.

    Raises:
        EnvironmentFault: there is no site, the host or the port cannot be used, or the extra is
            not installed.
    """
    if not (folder / MANIFEST).is_file():
        raise SetupError("there is no site", where=str(folder), hint="run gen build")
    with _installed():
        app = application(folder)
    with listen(host, port) as listener:
        _tell_address(str(folder), listener, host, report)
        _answer(app, listener, host)


def serve_live(
    read_context: Callable[[], BuildContext],
    opened: Opened,
    host: str,
    port: int | None,
    report: Report,
) -> None:
    """Serves a site that follows its sources, until it is interrupted.

    Args:
        read_context: reads the config anew at every call.
        opened: opens a context for training and drawing, in a process of its own.

    Raises:
        EnvironmentFault: the host or the port cannot be used, or the extra is not installed.
        ConfigError: the config cannot be used; later mistakes are shown and not raised.
    """
    with _installed():
        import watchfiles  # noqa: F401

        from gen.server.watch import SiteWatcher

    with listen(host, port) as listener:
        follower = SiteWatcher(read_context, opened, address_of(listener, host))
        app = live_application(lambda: follower.state)
        _tell_address(str(read_context().config.folder), listener, host, report)
        with follower:
            _answer(app, listener, host)


def _tell_address(subject: str, listener: socket.socket, host: str, report: Report) -> None:
    """Says where the site is, and who can read it where that is not only this machine."""
    report.say(f"{subject} is at {address_of(listener, host)} (Ctrl-C ends)")
    if host in EVERYWHERE:
        report.warn(
            "every machine that can reach this one can read the site, under any name; "
            "leave --host out to let this machine alone read it"
        )


def _answer(app: Starlette, listener: socket.socket, host: str) -> None:
    """Answers until a signal comes."""
    import uvicorn

    config = uvicorn.Config(
        guarded(app, host), log_level="warning", lifespan="off", timeout_graceful_shutdown=3
    )
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])


def guarded(app: ASGIApp, host: str) -> ASGIApp:
    """Refuses what is asked of another name than this machine's own.

    A page from elsewhere may let its name lead here, and would then read what is served.

    Args:
        host: the address that is listened on; where it stands for all, any name is good.
    """
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    names = [*_OWN_NAMES, f"[{host}]" if ":" in host else host]
    allowed = ["*"] if host in EVERYWHERE else names
    return TrustedHostMiddleware(app, allowed_hosts=allowed, www_redirect=False)


@contextlib.contextmanager
def _installed() -> Iterator[None]:
    """Says how to install what is missing."""
    try:
        import uvicorn  # noqa: F401

        yield
    except ModuleNotFoundError as error:
        raise SetupError(
            f"{error.name} is not installed", hint="run pip install starlette uvicorn watchfiles"
        ) from None


def live_application(state: Callable[[], State]) -> Starlette:
    """A web application that gives the files of a state, and the state to pages that ask for it.

    Pages ask again and again. A stream for each of them would be simpler, but browsers keep six
    connections to one server, and a seventh tab would never get an answer.

    Args:
        state: the present one.
    """
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.requests import Request
    from starlette.responses import FileResponse, JSONResponse, Response
    from starlette.routing import Route

    from gen.server.responses import Guarded

    _know_types()

    async def told(_: Request) -> Response:
        return JSONResponse(state().told)

    async def own(request: Request) -> Response:
        name = request.path_params["name"]
        known = {path.name: path for path in _LIVE.iterdir()}
        return FileResponse(known[name]) if name in known else Response(status_code=404)

    async def file(request: Request) -> Response:
        return _file(state(), request.path_params["path"])

    routes = [
        Route("/_gen/state", told),
        Route("/_gen/{name}", own),
        Route("/{path:path}", file),
    ]
    return Starlette(routes=routes, middleware=[Middleware(Guarded)])


def _file(now: State, name: str) -> Response:
    """The file of a state that a path names."""
    from starlette.responses import FileResponse, Response

    from gen.server.responses import Held

    name = f"{name}index.html" if name == "" or name.endswith("/") else name
    content = now.files.get(name)
    if isinstance(content, Path) and not content.is_file():
        content = None  # the store was cleaned meanwhile
    if name.endswith(".html"):
        page = content.read_bytes() if isinstance(content, Path) else content
        status = 404 if page is None else 200
        followed = following(page or _NO_PAGE, now.version, name.count("/"))
        return Response(followed, status, media_type="text/html")
    if content is None:
        return Response(status_code=404)
    if isinstance(content, Path):
        return FileResponse(content)
    kind, _ = mimetypes.guess_type(name)
    return Held(content, kind or "application/octet-stream", now.version)


_NO_PAGE = b"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>gen serve</title></head>
<body><p>There is no such page yet.</p></body></html>
"""


def following(page: bytes, version: str, depth: int = 0) -> bytes:
    """A page that asks for news of itself, and is allowed to.

    Args:
        version: of the state that the page belongs to.
        depth: folders that the page lies in. Addresses are relative to the page, since a proxy
            may put the server below a path that it does not know.
    """
    script = f'<script src="{"../" * depth}_gen/reload.js?version={version}" defer></script>'
    allowed = page.replace(b"default-src 'none';", b"default-src 'none'; connect-src 'self';", 1)
    return allowed.replace(b"</head>", f"{script}\n</head>".encode(), 1)


def application(folder: Path) -> Starlette:
    """A web application that gives a folder's files, fresh at every request."""
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.routing import Mount
    from starlette.staticfiles import StaticFiles

    from gen.server.responses import Guarded

    _know_types()
    files = StaticFiles(directory=folder, html=True)
    return Starlette(routes=[Mount("/", files)], middleware=[Middleware(Guarded)])


def _know_types() -> None:
    for suffix, kind in _TYPES.items():
        mimetypes.add_type(kind, suffix)
