"""A browser, and pages that record their errors and requests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Frame,
    Locator,
    Page,
    Request,
    expect,
    sync_playwright,
)

_BROWSERS_WITH_H264 = (
    "chromium-headless-shell",
    "google-chrome",
    "google-chrome-stable",
    "chromium",
    "chromium-browser",
)
"""Browsers with H.264, from Debian and Google; the first is headless and three times as fast."""

LONG = 120_000
"""Timeout in milliseconds of expectations, long enough for training on a slow machine."""

expect.set_options(timeout=LONG)


@contextmanager
def launched() -> Iterator[Browser]:
    """Start a browser with H.264: $GEN_BROWSER, or the first one that is installed."""
    named = os.environ.get("GEN_BROWSER")
    found = named or next(filter(None, map(shutil.which, _BROWSERS_WITH_H264)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


class KeptBrowser:
    """A browser for the tests of many modules, since its start takes a second of processor time.

    While it runs, this process cannot run another event loop.
    """

    def __init__(self) -> None:
        self._exit = ExitStack()
        self._browser: Browser | None = None

    def opened(self) -> Browser:
        """Return the browser; start it if it is not running."""
        if self._browser is None:
            self._browser = self._exit.enter_context(launched())
        return self._browser

    def close(self) -> None:
        """Close the browser if it is running."""
        self._browser = None
        self._exit.close()


class Watched:
    """A page that records its errors and warnings, and the URLs of its requests."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._on_request)
        page.on("requestfailed", self._on_request_failed)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def _on_request_failed(self, request: Request) -> None:
        # Leaving or reloading a page aborts its pending requests.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"failed {request.url}")

    def _on_request(self, request: Request) -> None:
        self.requests.append(request.url)


def started(page: Page) -> None:
    """Start all figures of a page, as the Tab key does, and wait until their scripts have run."""
    page.evaluate("document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Tab' }))")
    expect(page.locator("figure[data-scripts]:not([data-live])")).to_have_count(0)


def focus(element: Locator) -> None:
    """Give an element the focus once it is visible; an invisible one would ignore it."""
    expect(element).to_be_visible()
    element.focus()
    expect(element).to_be_focused()


_FRAMES = """count => new Promise(done => {
  const next = () => { if (count-- > 0) requestAnimationFrame(next); else done(); };
  next();
})"""


def paint(page: Page | Frame, frames: int = 8) -> None:
    """Let a page paint what has just changed.

    Waits for frames of the page and not for time, because a busy machine takes longer for each of
    them. A figure needs up to four: for what observes its size or place, and for its own drawing.
    """
    page.evaluate(_FRAMES, frames)


@contextmanager
def watched_page(browser: Browser, path: Path) -> Iterator[Page]:
    """Open a file in a window of a desk; in the end it must not have logged an error.

    All figures have started.
    """
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    watched = Watched(page)
    page.goto(path.as_uri())
    started(page)
    yield page
    assert watched.complaints == []
    page.close()
