"""Responses of `gen serve`: security headers, and content from memory in byte ranges."""

from __future__ import annotations

import re

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_CHUNK = 64 * 1024
"""Bytes per message to the network."""

_ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")

_HEADERS = (
    (b"cache-control", b"no-cache"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", b"frame-ancestors 'none'"),
)
"""Browsers must not cache pages; other sites must not read or frame a draft."""


class CrossSiteGuard:
    """Middleware that refuses cross-site requests, and adds security headers.

    Otherwise any site that is open in the same browser could load the files of a draft as
    scripts, pictures or films. Following a link from another site is allowed.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        app = self._app
        if scope["type"] == "http" and _is_cross_site(Headers(scope=scope)):
            app = PlainTextResponse("Cross-site request refused.", 403)
        await app(scope, receive, send_with_headers)


def _is_cross_site(headers: Headers) -> bool:
    """Whether a page of another origin sent the request, except for opening a tab."""
    if headers.get("sec-fetch-site", "none") in ("same-origin", "none"):
        return False
    return (headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest")) != (
        "navigate",
        "document",
    )


class MemoryResponse(Response):
    """A response from memory, in chunks, complete or one byte range; the version is the ETag.

    Concurrent requests share the content without copies.
    """

    def __init__(self, content: bytes, media_type: str, version: str) -> None:
        super().__init__(media_type=media_type)
        self._content = memoryview(content)
        self.headers["accept-ranges"] = "bytes"
        self.headers["etag"] = f'"{version}"'

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        size = len(self._content)
        start, end = self._requested_range(Headers(scope=scope))
        if self.status_code == 206 and start >= end:
            self.status_code, start, end = 416, 0, 0
            self.headers["content-range"] = f"bytes */{size}"
        elif self.status_code == 206:
            self.headers["content-range"] = f"bytes {start}-{end - 1}/{size}"
        self.headers["content-length"] = str(end - start)
        await send(
            {
                "type": "http.response.start",
                "status": self.status_code,
                "headers": self.raw_headers,
            }
        )
        if scope["method"] != "HEAD":
            for at in range(start, end, _CHUNK):
                body = bytes(self._content[at : min(at + _CHUNK, end)])
                await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _requested_range(self, headers: Headers) -> tuple[int, int]:
        """Return start and end of the requested bytes; all if the range may be ignored."""
        size = len(self._content)
        found = _ONE_RANGE.fullmatch(headers.get("range", "").replace(" ", ""))
        same = headers.get("if-range", self.headers["etag"]) == self.headers["etag"]
        if found is None or not same or not size or found[1] == found[2] == "":
            return 0, size
        first, last = found.groups()
        if first and last and int(last) < int(first):
            return 0, size
        self.status_code = 206
        if not first:
            return max(0, size - int(last)), size
        return int(first), min(int(last) + 1, size) if last else size
