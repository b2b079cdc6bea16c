"""Frames per second that films show while the slider of the timeline is dragged.

Opens pages of a built site in a browser, scrolls to the position with the most visible films,
drags the slider to and fro once every sixtieth of a second, and counts the different frames that
each film presents (`requestVideoFrameCallback`). Also counts the bytes that a page loads before
any input.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

PAGES = ("index", "modular-addition", "ones-and-zeros", "stars")
SECONDS = 4.0

_MOST_FILMS = """() => {
  const films = [...document.querySelectorAll("figure.film[data-model]")];
  const inSight = (top) => films.filter((film) => {
    const box = film.querySelector("video").getBoundingClientRect();
    return box.top + scrollY < top + innerHeight && box.bottom + scrollY > top;
  }).length;
  const tops = films.map((film) => film.getBoundingClientRect().top + scrollY - 40);
  tops.sort((a, b) => inSight(b) - inSight(a));
  scrollTo(0, tops[0]);
  return inSight(tops[0]);
}"""

_DRAG = """async (seconds) => {
  const slider = document.querySelector(".timeline input");
  const seen = (box) => box.bottom > 0 && box.top < innerHeight;
  const films = [...document.querySelectorAll("figure.film video")].filter(
    (video) => seen(video.getBoundingClientRect()));
  slider.value = slider.max;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  await new Promise((done) => setTimeout(done, 1500));
  const counts = films.map(() => 0);
  let dragging = true;
  films.forEach((video, place) => {
    const count = () => {
      counts[place] += 1;
      if (dragging) video.requestVideoFrameCallback(count);
    };
    video.requestVideoFrameCallback(count);
  });
  const [start, first, range] = [performance.now(), Number(slider.min), slider.max - slider.min];
  while (performance.now() - start < seconds * 1000) {
    const turn = ((performance.now() - start) / 4000) % 1;
    slider.value = first + range * (1 - Math.abs(1 - 2 * turn));
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise(requestAnimationFrame);
  }
  dragging = false;
  return counts.map((count) => count / seconds);
}"""


def measure(page: Page, address: str) -> tuple[float, int, list[float]]:
    """Return the kB that a page loads, its visible films, and frames per second of each."""
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(_size(request.url)))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    loaded = sum(sizes) / 1e3
    films = page.evaluate(_MOST_FILMS)
    page.wait_for_timeout(500)
    rates = page.evaluate(_DRAG, SECONDS) if films else []
    return loaded, films, rates


def _size(address: str) -> int:
    path = Path(address.partition("?")[0].removeprefix("file://"))
    return path.stat().st_size if path.is_file() else 0


def main() -> None:
    """Print a row for each page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", type=Path, default=Path("_site"))
    parser.add_argument("--pages", nargs="*", default=PAGES)
    options = parser.parse_args()
    if not (options.site / "index.html").is_file():
        sys.exit(f"there is no site at {options.site}: run gen build")
    browser_path = os.environ.get("GEN_BROWSER") or shutil.which("chromium")
    print(f"{'page':<20}{'first load':>12}{'films in sight':>16}  frames a second while dragging")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"]
        )
        for name in options.pages:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            address = (options.site.resolve() / f"{name}.html").as_uri()
            loaded, films, rates = measure(page, address)
            shown = ", ".join(f"{rate:.0f}" for rate in rates)
            print(f"{name:<20}{loaded:>9.0f} kB{films:>16}  {shown}")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
