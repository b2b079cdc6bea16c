"""Responses of `gen serve`: cross-site requests, headers and byte ranges."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.types import Message

from gen.server.applications import live_application, static_application
from gen.server.watch import State
from gen.site import publish

pytestmark = pytest.mark.usefixtures("event_loop")

CONTENT = bytes(range(256)) * 1000
FILES = {
    "index.html": b"<head></head><p>A draft.</p>",
    "search.en.js": b"draft",
    "assets/a.webp": CONTENT,
    "assets/empty": b"",
}


@dataclass
class Answer:
    """What came back, and how much of it at a time."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    parts: list[bytes] = field(default_factory=list)

    @property
    def body(self) -> bytes:
        return b"".join(self.parts)


def ask(app: Starlette, path: str, method: str = "GET", **headers: str) -> Answer:
    """What an application answers; an underscore in a header's name stands for a hyphen."""
    answer = Answer()

    async def receive() -> Message:
        await asyncio.sleep(3600)  # keeps the connection open
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            answer.parts.append(message.get("body", b""))

    sent = [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": sent, "query_string": b""}
    asyncio.run(app(scope, receive, send))
    return answer


@pytest.fixture(params=["followed", "built"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Starlette:
    """A site that follows its sources and is held in memory, or one that lies on the disk."""
    if request.param == "followed":
        return live_application(lambda: State("v1", FILES))
    publish.publish(tmp_path / "_site", "key", FILES)
    return static_application(tmp_path / "_site")


SIZE = len(CONTENT)
RANGES = {
    "bytes=0-9": (0, 10),
    "bytes=100-299": (100, 300),
    "bytes=70000-": (70_000, SIZE),
    "bytes=-10": (SIZE - 10, SIZE),
    f"bytes=-{SIZE * 2}": (0, SIZE),
    f"bytes={SIZE - 1}-{SIZE * 2}": (SIZE - 1, SIZE),
}


@pytest.mark.parametrize("requested", RANGES)
def test_a_byte_range_of_an_asset_is_served(app: Starlette, requested: str) -> None:
    start, end = RANGES[requested]
    answer = ask(app, "/assets/a.webp", range=requested)
    assert answer.status == 206 and answer.body == CONTENT[start:end]
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{SIZE}"
    assert answer.headers["content-length"] == str(end - start)
    assert answer.headers["content-type"] == "image/webp"


def test_a_range_behind_the_end_is_refused(app: Starlette) -> None:
    answer = ask(app, "/assets/a.webp", range=f"bytes={SIZE}-")
    assert (answer.status, answer.headers["content-range"]) == (416, f"bytes */{SIZE}")
    assert CONTENT not in answer.body


def test_a_range_of_a_changed_file_returns_the_complete_file(app: Starlette) -> None:
    whole = ask(app, "/assets/a.webp")
    assert whole.headers["accept-ranges"] == "bytes"
    same = ask(app, "/assets/a.webp", range="bytes=5-8", if_range=whole.headers["etag"])
    assert same.body == CONTENT[5:9]
    changed = ask(app, "/assets/a.webp", range="bytes=5-8", if_range='"of before"')
    assert changed.status == 200 and changed.body == CONTENT


@pytest.mark.parametrize("requested", ["lines=1-2", "bytes=", "bytes=-", "bytes=x-", "bytes=9-5"])
def test_an_invalid_range_returns_the_complete_file(app: Starlette, requested: str) -> None:
    answer = ask(app, "/assets/a.webp", range=requested)
    assert (answer.status, answer.body) == (200, CONTENT) or answer.status in (400, 416)


def test_a_large_file_is_sent_in_chunks_without_a_copy(app: Starlette) -> None:
    answer = ask(app, "/assets/a.webp")
    assert answer.body == CONTENT
    assert max(map(len, answer.parts)) <= 64 * 1024


def test_head_requests_and_empty_files_are_served(app: Starlette) -> None:
    head = ask(app, "/assets/a.webp", method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(SIZE)
    empty = ask(app, "/assets/empty")
    assert (empty.status, empty.body) == (200, b"")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize(
    ("mode", "dest"),
    [
        ("no-cors", "script"),
        ("no-cors", "image"),
        ("no-cors", "video"),
        ("cors", "empty"),
        ("navigate", "iframe"),
        ("navigate", "embed"),
    ],
)
def test_cross_site_requests_are_refused(app: Starlette, site: str, mode: str, dest: str) -> None:
    requested = {"sec_fetch_site": site, "sec_fetch_mode": mode, "sec_fetch_dest": dest}
    for name in FILES:
        answer = ask(app, f"/{name}", **requested)
        assert answer.status == 403 and b"draft" not in answer.body


@pytest.mark.parametrize(
    "requested",
    [
        {},  # a program, or a browser that says nothing of it
        {"sec_fetch_site": "none", "sec_fetch_mode": "navigate", "sec_fetch_dest": "document"},
        {"sec_fetch_site": "same-origin", "sec_fetch_mode": "no-cors", "sec_fetch_dest": "script"},
        {
            "sec_fetch_site": "cross-site",
            "sec_fetch_mode": "navigate",
            "sec_fetch_dest": "document",
        },
    ],
)
def test_same_site_requests_and_followed_links_are_served(
    app: Starlette, requested: dict[str, str]
) -> None:
    assert ask(app, "/search.en.js", **requested).body == b"draft"


@pytest.mark.parametrize("path", ["/index.html", "/search.en.js", "/assets/a.webp", "/absent"])
def test_every_response_has_security_headers(app: Starlette, path: str) -> None:
    headers = ask(app, path).headers
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["content-security-policy"] == "frame-ancestors 'none'"
    assert headers["cache-control"] == "no-cache"
