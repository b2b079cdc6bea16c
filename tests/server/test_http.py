"""`gen serve --no-watch`: content types, byte ranges, and no stale pages."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.types import Message, Receive, Scope, Send

from gen.server.applications import live_application, with_host_check
from gen.server.watch import State, _published
from gen.site import publish
from tests.conftest import Gen

pytestmark = pytest.mark.usefixtures("event_loop")

FILM = bytes(range(256)) * 100
TYPES = {
    ".gif": "image/gif",
    ".npz": "application/zip",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "_site"
    files = {"index.html": b"<h1>Films</h1>", "media/film.mp4": FILM}
    files |= {f"media/film{suffix}": b"x" for suffix in TYPES}
    publish.publish(folder, "key", files)
    return folder


@pytest.fixture
def address(site: Path) -> Iterator[str]:
    """Where a real server shows the site, as it says itself."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "gen.cli", "serve", "--no-watch"),
            *("--port", "0", "--output", str(site)),
        ],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    line = process.stderr.readline()
    yield line.split()[4]
    process.send_signal(2)
    process.wait(60)
    process.stderr.close()
    assert process.returncode == 0


def _get(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
        return answer.status, dict(answer.headers), answer.read()


def test_pages_and_films_are_served_with_types_and_ranges(address: str) -> None:
    status, headers, body = _get(address)
    assert status == 200 and body == b"<h1>Films</h1>"
    assert headers["cache-control"] == "no-cache"
    status, headers, body = _get(f"{address}media/film.mp4", Range="bytes=100-299")
    assert status == 206
    assert headers["content-type"] == "video/mp4"
    assert body == FILM[100:300]


def test_every_kind_of_file_has_its_type(address: str) -> None:
    for suffix, kind in TYPES.items():
        assert _get(f"{address}media/film{suffix}")[1]["content-type"] == kind


def test_nothing_outside_the_site_is_served(address: str) -> None:
    for path in ("../secret", "%2e%2e/%2e%2e/etc/passwd", "absent.html"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            _get(address + path)
        assert refused.value.code == 404
        refused.value.close()


def _asked(address: str, host: str) -> int:
    """Return the response to a request with another Host header."""
    try:
        return _get(address, Host=host)[0]
    except urllib.error.HTTPError as refused:
        refused.close()
        return refused.code


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("127.0.0.1:80", 200),
        ("[::1]:8000", 200),
        ("evil.example", 400),
        ("localhost.evil.example", 400),
    ],
)
def test_requests_for_other_host_names_are_refused(address: str, host: str, status: int) -> None:
    assert _asked(address, host) == status


class _Answers:
    """An application that records whether it was called."""

    def __init__(self) -> None:
        self.called = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.called = True


def _passes(host: str, header: str) -> bool:
    """Whether a request gets through where `host` is listened on."""

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        pass

    inner = _Answers()
    scope = {"type": "http", "headers": [(b"host", header.encode())]}

    async def ask() -> None:
        await with_host_check(inner, host)(scope, receive, send)

    asyncio.run(ask())
    return inner.called


def test_the_given_host_is_allowed_and_every_host_on_all_addresses() -> None:
    assert _passes("box.example", "box.example:8000")
    assert _passes("fd00::7", "[fd00::7]:8000")
    assert not _passes("box.example", "evil.example")
    for everywhere in ("0.0.0.0", "::"):
        assert _passes(everywhere, "box.example:8000")


def _live(state: State, path: str) -> int:
    """What the server that follows its sources answers, as a status."""
    statuses: list[int] = []

    async def receive() -> Message:
        await asyncio.sleep(3600)  # keeps the connection open
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    scope = {"type": "http", "method": "GET", "path": path, "headers": [], "query_string": b""}
    asyncio.run(live_application(lambda: state)(scope, receive, send))
    return statuses[0]


@pytest.mark.parametrize("name", ["index.html", "media/film.mp4"])
def test_a_removed_file_is_not_found(tmp_path: Path, name: str) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"<p></p>")
    state = State("1", {name: file})
    assert _live(state, f"/{name}") == 200
    file.unlink()
    assert _live(state, f"/{name}") == 404


def test_links_in_a_published_site_are_not_followed(site: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (site / "link.html").symlink_to(tmp_path / "secret")
    (site / "folder").symlink_to(tmp_path)
    shown = _published(site)
    assert "index.html" in shown and "media/film.mp4" in shown
    assert not [name for name in shown if name.startswith(("link", "folder"))]


def test_serve_without_a_site_names_the_command_to_run(tmp_path: Path, gen: Gen) -> None:
    outcome = gen("serve", "--no-watch", "--output", tmp_path / "_site")
    assert outcome.code == 3
    assert outcome.err == f"gen: {tmp_path / '_site'}: there is no site; run gen build\n"


def test_serve_without_its_packages_says_how_to_install_them(
    site: Path, gen: Gen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    outcome = gen("serve", "--no-watch", "--output", site)
    assert outcome.code == 3
    assert "run pip install starlette uvicorn watchfiles" in outcome.err
