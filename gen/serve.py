"""Shows a site at an address of this machine, in byte ranges, so that films can seek."""

from __future__ import annotations

import asyncio
import contextlib
import json
import mimetypes
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from gen.errors import EnvironmentFault
from gen.output import MANIFEST

if TYPE_CHECKING:
    from types import FrameType

    from starlette.applications import Starlette
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from gen.follow import State
    from gen.labour import Opened
    from gen.report import Report
    from gen.studio import Studio

_USUAL_PORT = 8000

_TYPES = {
    ".mp4": "video/mp4",
    ".npz": "application/zip",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}
"""Content types by suffix where Python's table may lack them or a machine's table differ."""


_LIVE = Path(__file__).parent / "live"

_OWN_NAMES = ("localhost", "127.0.0.1", "[::1]")
_EVERYWHERE = ("", "0.0.0.0", "::")  # noqa: S104

_CALM = 15.0
"""Seconds after which an open page is told once more how things stand."""


def serve(folder: Path, host: str, port: int | None, report: Report) -> None:
    """Serves a site as it was built, until it is interrupted.

    Args:
        folder: the published site.
        host: address to listen on.
        port: None for 8000, or a free one if that is taken.

    Raises:
        EnvironmentFault: there is no site, the port is taken, or the extra is not installed.
    """
    if not (folder / MANIFEST).is_file():
        raise EnvironmentFault("there is no site", where=str(folder), mend="run gen build")
    with _installed():
        app = application(folder)
    _run(app, str(folder), host, port, report)


def serve_live(
    studio: Callable[[], Studio], opened: Opened, host: str, port: int | None, report: Report
) -> None:
    """Serves a site that follows its sources, until it is interrupted.

    Args:
        studio: reads the config anew at every call.
        opened: opens a studio for training and drawing, in a process of its own.

    Raises:
        EnvironmentFault: the port is taken, or the extra is not installed.
        ConfigError: the config cannot be used; later mistakes are shown and not raised.
    """
    with _installed():
        import watchfiles  # noqa: F401

        from gen.follow import Follower

        leaving = Event()
        follower = Follower(studio, opened)
        app = live_application(lambda: follower.state, leaving)
    folder = studio().config.folder
    with _listen(host, port) as listener, follower:
        _run_on(listener, app, str(folder), host, report, leaving)


def _run(app: Starlette, subject: str, host: str, port: int | None, report: Report) -> None:
    with _listen(host, port) as listener:
        _run_on(listener, app, subject, host, report, Event())


def _run_on(
    listener: socket.socket,
    app: Starlette,
    subject: str,
    host: str,
    report: Report,
    leaving: Event,
) -> None:
    """Answers until a signal comes; `leaving` is set as soon as it does."""
    import uvicorn

    class Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            leaving.set()
            super().handle_exit(sig, frame)

    name = f"[{host}]" if ":" in host else host
    report.say(f"{subject} is at http://{name}:{listener.getsockname()[1]}/ (Ctrl-C ends)")
    config = uvicorn.Config(
        guarded(app, host), log_level="warning", lifespan="off", timeout_graceful_shutdown=3
    )
    with contextlib.suppress(KeyboardInterrupt):
        Server(config).run(sockets=[listener])


def guarded(app: ASGIApp, host: str) -> ASGIApp:
    """Refuses what is asked of another name than this machine's own.

    A page from elsewhere may let its name lead here, and would then read what is served.

    Args:
        host: the address that is listened on; where it stands for all, any name is good.
    """
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    names = [*_OWN_NAMES, f"[{host}]" if ":" in host else host]
    allowed = ["*"] if host in _EVERYWHERE else names
    return TrustedHostMiddleware(app, allowed_hosts=allowed, www_redirect=False)


@contextlib.contextmanager
def _installed() -> Iterator[None]:
    """Says how to install what is missing."""
    try:
        import uvicorn  # noqa: F401

        yield
    except ModuleNotFoundError as error:
        raise EnvironmentFault(
            f"{error.name} is not installed", mend="run pip install starlette uvicorn watchfiles"
        ) from None


def live_application(state: Callable[[], State], leaving: Event) -> Starlette:
    """A web application that gives the files of a state, and tells open pages when it changes.

    Args:
        state: the present one.
        leaving: set when the server ends, so that no page holds it up.
    """
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.requests import Request
    from starlette.responses import FileResponse, Response, StreamingResponse
    from starlette.routing import Route

    _know_types()

    async def events(_: Request) -> Response:
        return StreamingResponse(_told(state, leaving), media_type="text/event-stream")

    async def own(request: Request) -> Response:
        name = request.path_params["name"]
        known = {path.name: path for path in _LIVE.iterdir()}
        return FileResponse(known[name]) if name in known else Response(status_code=404)

    async def file(request: Request) -> Response:
        now = state()
        name = request.path_params["path"]
        name = f"{name}index.html" if name == "" or name.endswith("/") else name
        content = now.files.get(name)
        if isinstance(content, Path) and not content.is_file():
            content = None  # the store was cleaned meanwhile
        if name.endswith(".html"):
            page = content.read_bytes() if isinstance(content, Path) else content
            status = 404 if page is None else 200
            followed = following(page or _NO_PAGE, now.version)
            return Response(followed, status, media_type="text/html")
        if content is None:
            return Response(status_code=404)
        if isinstance(content, Path):
            return FileResponse(content)
        kind, _ = mimetypes.guess_type(name)
        return Response(content, media_type=kind or "application/octet-stream")

    routes = [
        Route("/_gen/events", events),
        Route("/_gen/{name}", own),
        Route("/{path:path}", file),
    ]
    return Starlette(routes=routes, middleware=[Middleware(_Uncached)])


_NO_PAGE = b"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>gen serve</title></head>
<body><p>There is no such page yet.</p></body></html>
"""


def following(page: bytes, version: str) -> bytes:
    """A page that asks for news of itself, and is allowed to."""
    script = f'<script src="/_gen/reload.js?version={version}" defer></script>\n</head>'
    allowed = page.replace(b"default-src 'none';", b"default-src 'none'; connect-src 'self';", 1)
    return allowed.replace(b"</head>", script.encode(), 1)


async def _told(state: Callable[[], State], leaving: Event) -> AsyncIterator[str]:
    """The state as server-sent events: at once, whenever it changes, and now and then."""
    last, said = None, 0.0
    while not leaving.is_set():
        now, clock = state(), time.monotonic()
        if now is not last or clock - said > _CALM:
            last, said = now, clock
            yield f"data: {json.dumps(now.told)}\n\n"
        await asyncio.sleep(0.05)


def application(folder: Path) -> Starlette:
    """A web application that gives a folder's files, fresh at every request."""
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.routing import Mount
    from starlette.staticfiles import StaticFiles

    _know_types()
    files = StaticFiles(directory=folder, html=True)
    return Starlette(routes=[Mount("/", files)], middleware=[Middleware(_Uncached)])


def _know_types() -> None:
    for suffix, kind in _TYPES.items():
        mimetypes.add_type(kind, suffix)


class _Uncached:
    """Adds `Cache-Control: no-cache`, so that a rebuilt page is seen at once."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_uncached(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"cache-control", b"no-cache")]
            await send(message)

        await self._app(scope, receive, send_uncached)


def _listen(host: str, port: int | None) -> socket.socket:
    reason = OSError()
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for wanted in (_USUAL_PORT, 0) if port is None else (port,):
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, wanted))
            listener.listen()
        except OSError as error:
            listener.close()
            reason = error
        else:
            return listener
    raise EnvironmentFault(
        f"port {port} cannot be used: {(reason.strerror or str(reason)).lower()}",
        where=host,
        mend="choose another --port",
    )
