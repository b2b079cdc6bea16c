"""Frames per second of figures while the slider of the timeline is dragged, and waiting for them.

Opens pages of a built site in a browser without a GPU, scrolls to the position with the most
visible figures that the page paints, drags the slider to and fro for some seconds, and counts the
different frames that each figure paints. A figure with few snapshots has fewer of them than the
browser, whose number is below `of`. Also prints the script's time for one frame of the browser,
the bytes that a page loads before any input, and how long it takes from the first touch to the
first new frame: from the disk, and over a slow network (1.6 Mbit/s, 150 ms) right after the page
has loaded.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

SECONDS = 5.0
MOST = 1, 4
"""Most figures in sight."""

HEIGHTS = 900, 1400, 1900, 2400, 3000, 3600, 4500
"""Heights of the window; it is as high as the figures need."""

LATENCY, BYTES_PER_SECOND = 150, 1.6e6 / 8

_COUNT = """() => {
  globalThis.painted = new Map();
  const clear = CanvasRenderingContext2D.prototype.clearRect;
  CanvasRenderingContext2D.prototype.clearRect = function (...box) {
    if (this.canvas.closest?.(".live"))
      painted.set(this.canvas, (painted.get(this.canvas) ?? 0) + 1);
    return clear.apply(this, box);
  };
}"""

_MOST_FIGURES = """(most) => {
  const figures = [...document.querySelectorAll("figure.film .live")];
  const inSight = (top) => figures.filter((figure) => {
    const box = figure.closest(".player").getBoundingClientRect();
    return box.top + scrollY < top + innerHeight - 40 && box.bottom + scrollY > top + 40;
  }).length;
  const topOf = (figure) => figure.closest("figure").getBoundingClientRect().top + scrollY - 40;
  const tops = figures.map(topOf);
  tops.sort((a, b) => inSight(b) - inSight(a));
  const fitting = tops.filter((top) => inSight(top) <= most);
  scrollTo(0, fitting[0] ?? tops[0] ?? 0);
  return tops.length ? inSight(fitting[0] ?? tops[0]) : 0;
}"""

_READY = """() => [...document.querySelectorAll("figure.film .live")].filter((figure) => {
  const box = figure.closest(".player").getBoundingClientRect();
  return box.bottom > 0 && box.top < innerHeight;
}).every((figure) => !figure.hidden)"""

_DRAG = """async (seconds) => {
  const slider = document.querySelector(".timeline input");
  painted.clear();
  const [start, first, range] = [performance.now(), Number(slider.min), slider.max - slider.min];
  let frames = 0;
  while (performance.now() - start < seconds * 1000) {
    const turn = ((performance.now() - start) / 4000) % 1;
    slider.value = first + range * (1 - Math.abs(1 - 2 * turn));
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise(requestAnimationFrame);
    frames += 1;
  }
  return [frames / seconds, ...[...painted.values()].map((count) => count / seconds)];
}"""

_TOUCH = """async () => {
  const slider = document.querySelector(".timeline input");
  painted.clear();
  const start = performance.now();
  slider.value = (Number(slider.min) + Number(slider.max)) / 2;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  while (!painted.size && performance.now() - start < 10000)
    await new Promise(requestAnimationFrame);
  return performance.now() - start;
}"""


def _loaded(page: Page, address: str) -> float:
    """Open a page; return the bytes that it loads before any input."""
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(_size(request.url)))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(800)
    return sum(sizes)


def _size(address: str) -> int:
    path = Path(address.partition("?")[0].removeprefix("file://"))
    return path.stat().st_size if path.is_file() else 0


def _scroll_to_most(page: Page, most: int) -> tuple[int, int]:
    """Scroll to the most figures, in a window as high as they need.

    Returns:
        The number of figures in sight, and the height of the window.
    """
    heights = HEIGHTS[:1] if most == 1 else HEIGHTS
    counts = []
    for height in heights:
        page.set_viewport_size({"width": 1280, "height": height})
        counts.append(page.evaluate(_MOST_FIGURES, most))
    lowest = heights[counts.index(max(counts))]
    page.set_viewport_size({"width": 1280, "height": lowest})
    return page.evaluate(_MOST_FIGURES, most), lowest


def _script_seconds(session: CDPSession) -> float:
    metrics: list[dict[str, Any]] = session.send("Performance.getMetrics")["metrics"]
    return next(one["value"] for one in metrics if one["name"] == "ScriptDuration")


def measure(browser: Browser, address: str, most: int) -> dict[str, Any] | None:
    """Drag the slider on a page with at most `most` figures in sight.

    Returns:
        None if nothing on the page follows a timeline.
    """
    page = browser.new_page(viewport={"width": 1280, "height": HEIGHTS[0]})
    page.add_init_script(f"({_COUNT})()")
    kilobytes = _loaded(page, address) / 1e3
    figures, height = _scroll_to_most(page, most)
    if not figures or not page.locator(".timeline").count():
        page.close()
        return None
    page.wait_for_function(_READY)
    page.wait_for_timeout(500)
    touch = page.evaluate(_TOUCH)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    before = _script_seconds(session)
    frames, *rates = page.evaluate(_DRAG, SECONDS)
    script = (_script_seconds(session) - before) / SECONDS / frames * 1e3
    page.close()
    return {
        "kB": kilobytes,
        "height": height,
        "figures": figures,
        "touch": touch,
        "rates": rates,
        "frames": frames,
        "script": script,
    }


def slow_touch(browser: Browser, address: str) -> float:
    """Return milliseconds from the first touch to the first new frame over a slow network.

    The page is touched as soon as its slider can be seen.
    """
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.add_init_script(f"({_COUNT})()")
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": LATENCY,
            "downloadThroughput": BYTES_PER_SECOND,
            "uploadThroughput": BYTES_PER_SECOND,
        },
    )
    page.goto(address, wait_until="load", timeout=120_000)
    page.evaluate(_MOST_FIGURES, 1)
    page.wait_for_selector(".timeline:not([hidden])")
    waited = page.evaluate(_TOUCH)
    page.close()
    return waited


def _serve(folder: Path) -> ThreadingHTTPServer:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def main() -> None:
    """Print a row for each page, with one figure in sight and with as many as fit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", type=Path, default=Path("_site"))
    parser.add_argument("--pages", nargs="*")
    options = parser.parse_args()
    if not (options.site / "index.html").is_file():
        sys.exit(f"there is no site at {options.site}: run gen build")
    site = options.site.resolve()
    pages = options.pages or sorted(path.stem for path in site.glob("*.html"))
    browser_path = os.environ.get("GEN_BROWSER") or shutil.which("chromium")
    server = _serve(site)
    print(
        f"{'page':<20}{'first load':>12}{'window':>9}{'in sight':>10}{'touch':>9}{'slow':>9}"
        f"{'script':>10}{'of':>6}  new frames a second"
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"]
        )
        for name in pages:
            for most in MOST:
                found = measure(browser, (site / f"{name}.html").as_uri(), most)
                if found is None or (most > 1 and found["figures"] == 1):
                    break
                slow = slow_touch(browser, f"http://127.0.0.1:{server.server_port}/{name}.html")
                shown = ", ".join(f"{rate:.0f}" for rate in found["rates"])
                print(
                    f"{name:<20}{found['kB']:>9.0f} kB{found['height']:>6} px"
                    f"{found['figures']:>10}"
                    f"{found['touch']:>6.0f} ms{slow:>6.0f} ms{found['script']:>7.2f} ms"
                    f"{found['frames']:>6.0f}  {shown}",
                    flush=True,
                )
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main()
