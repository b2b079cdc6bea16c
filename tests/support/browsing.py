"""A real browser, and pages in it that remember what they complained of and asked for."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)

_PLAYING_H264 = (
    "chromium-headless-shell",
    "google-chrome",
    "google-chrome-stable",
    "chromium",
    "chromium-browser",
)
"""Debian's and Google's; the first has no window around its pages, and is thrice as fast."""

LONG = 120_000
"""Milliseconds that training, drawing and a slow machine may take before a test fails."""

expect.set_options(timeout=LONG)


@contextmanager
def launched() -> Iterator[Browser]:
    """A browser that plays the films: the one that GEN_BROWSER names, or the first there is."""
    named = os.environ.get("GEN_BROWSER")
    found = named or next(filter(None, map(shutil.which, _PLAYING_H264)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


class Watched:
    """A page with all it complained of and all it asked for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._note)
        page.on("requestfailed", self._miss)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def _miss(self, request: Request) -> None:
        # A page that is left or reloaded drops what it was still asking for, whatever that is.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"failed {request.url}")

    def _note(self, request: Request) -> None:
        self.requests.append(request.url)
