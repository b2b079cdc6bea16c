"""What a page's timeline leads, read off the page: the step that a film or a chart stands at."""

from __future__ import annotations

import time

from playwright.sync_api import Locator, Page

_FILM = """figure => {
  const { fps, steps, ticks } = JSON.parse(figure.querySelector("script.timing").textContent);
  let tick = Math.floor(figure.querySelector("video").currentTime * fps + 1e-6);
  let frame = 0;
  while (frame < steps.length - 1 && tick >= ticks[frame]) tick -= ticks[frame++];
  return steps[frame];
}"""

_CHART = """figure => {
  const plot = figure.querySelector("g.plot");
  const x = Number(plot.querySelector(".now").getAttribute("x1"));
  const { left, right, firstStep, lastStep } = plot.dataset;
  return Number(firstStep) + (x - left) / (right - left) * (lastStep - firstStep);
}"""


def bar(page: Page) -> Locator:
    return page.locator(".timeline")


def slider(page: Page) -> Locator:
    return page.locator(".timeline input")


def step(page: Page) -> int:
    """Where the timeline says it is."""
    return int(slider(page).input_value())


def film_step(page: Page, figure: str) -> int:
    """The step of the frame that a film shows, from its time and its table of frames."""
    return page.locator(f"#figure-{figure}").evaluate(_FILM)


def chart_step(page: Page, figure: str) -> int:
    """The step that the line in a chart stands at."""
    return round(page.locator(f"#figure-{figure}").evaluate(_CHART))


def read_out(page: Page, figure: str) -> list[str]:
    """What is written below a chart: the step, and what each curve says there."""
    items = page.locator(f"#figure-{figure} .reading > span").all_inner_texts()
    return [" ".join(item.split()) for item in items]


def arrived(page: Page, figure: str) -> bool:
    """Whether a film shows its frame, and is not on its way to another."""
    script = "v => v.readyState >= 2 && !v.seeking && v.paused"
    return page.locator(f"#figure-{figure} video").evaluate(script)


def until(page: Page, script: str) -> None:
    """Waits until a script is true. Playwright's own way evaluates text, which pages forbid."""
    deadline = time.monotonic() + 120
    while not page.evaluate(script):
        assert time.monotonic() < deadline, script
        page.wait_for_timeout(20)


def settle(page: Page, *films: str) -> None:
    """Waits until films stand still at the frame they were asked for."""
    deadline = time.monotonic() + 120
    while not all(arrived(page, film) and film_step(page, film) == step(page) for film in films):
        assert time.monotonic() < deadline, [(step(page), film_step(page, one)) for one in films]
        page.wait_for_timeout(20)
