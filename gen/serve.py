"""Shows a built site at an address of this machine, in byte ranges, so that films can seek."""

from __future__ import annotations

import contextlib
import mimetypes
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from gen.errors import EnvironmentFault
from gen.output import MANIFEST

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from gen.report import Report

_USUAL_PORT = 8000

_TYPES = {
    ".mp4": "video/mp4",
    ".npz": "application/zip",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}
"""Content types by suffix where Python's table may lack them or a machine's table differ."""


def serve(folder: Path, host: str, port: int | None, report: Report) -> None:
    """Serves a site until it is interrupted.

    Args:
        folder: the published site.
        host: address to listen on.
        port: None for 8000, or a free one if that is taken.

    Raises:
        EnvironmentFault: there is no site, the port is taken, or the extra is not installed.
    """
    if not (folder / MANIFEST).is_file():
        raise EnvironmentFault("there is no site", where=str(folder), mend="run gen build")
    try:
        import uvicorn

        app = application(folder)
    except ModuleNotFoundError as error:
        raise EnvironmentFault(
            f"{error.name} is not installed", mend="run pip install 'grokreel[serve]'"
        ) from None
    with _listen(host, port) as listener:
        name = f"[{host}]" if ":" in host else host
        report.say(f"{folder} is at http://{name}:{listener.getsockname()[1]}/ (Ctrl-C ends)")
        config = uvicorn.Config(app, log_level="warning", lifespan="off")
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])


def application(folder: Path) -> Starlette:
    """A web application that gives a folder's files, fresh at every request."""
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.routing import Mount
    from starlette.staticfiles import StaticFiles

    for suffix, kind in _TYPES.items():
        mimetypes.add_type(kind, suffix)
    files = StaticFiles(directory=folder, html=True)
    return Starlette(routes=[Mount("/", files)], middleware=[Middleware(_Uncached)])


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
