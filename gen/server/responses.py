"""How `gen serve` answers: to whom, with which headers, and content from memory in byte ranges."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_CHUNK = 64 * 1024
"""Bytes that are handed to the network at once; more follow when these are on their way."""

_ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")

_HEADERS = (
    (b"cache-control", b"no-cache"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", b"frame-ancestors 'none'"),
)
"""A rebuilt page is seen at once; no other site may read a draft or put it into a frame."""


class Guarded:
    """Refuses what pages of other sites ask for, and adds headers that keep them out.

    A site that is open in the same browser could otherwise load a draft's files as scripts,
    pictures or films. A link that leads here is followed.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        app = self._app
        if scope["type"] == "http" and _is_foreign(Headers(scope=scope)):
            app = PlainTextResponse("Another site asked for this.", 403)
        await app(scope, receive, send_with_headers)


def _is_foreign(headers: Headers) -> bool:
    """Whether a page of another origin asks, other than by leading a whole tab here."""
    if headers.get("sec-fetch-site", "none") in ("same-origin", "none"):
        return False
    asked = headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest")
    return asked != ("navigate", "document")


class Held(Response):
    """Content that is held in memory, given piece by piece, as a whole or in one byte range.

    All readers share the one content; none of them makes a copy of it.

    Args:
        content: all of it.
        media_type: its content type.
        version: differs where the content does.
    """

    def __init__(self, content: bytes, media_type: str, version: str) -> None:
        super().__init__(media_type=media_type)
        self._content = memoryview(content)
        self.headers["accept-ranges"] = "bytes"
        self.headers["etag"] = f'"{version}"'

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        size = len(self._content)
        start, end = self._asked(Headers(scope=scope))
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

    def _asked(self, headers: Headers) -> tuple[int, int]:
        """The bytes that are asked for; all where a range is of a kind that may be ignored."""
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
