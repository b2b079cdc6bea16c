"""Steps that the timeline, films and charts of a page show."""

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
    """Return the step of the timeline."""
    return int(slider(page).input_value())


def film_step(page: Page, figure: str) -> int:
    """Return the step of the visible frame of a film, from its time and its table of frames."""
    return page.locator(f"#figure-{figure}").evaluate(_FILM)


def chart_step(page: Page, figure: str) -> int:
    """Return the step of the vertical line in a chart."""
    return round(page.locator(f"#figure-{figure}").evaluate(_CHART))


def read_out(page: Page, figure: str) -> list[str]:
    """Return the texts below a chart: the step, and the value of each curve."""
    items = page.locator(f"#figure-{figure} .reading > span").all_inner_texts()
    return [" ".join(item.split()) for item in items]


def arrived(page: Page, figure: str) -> bool:
    """Return whether a film is paused and not seeking."""
    script = "v => v.readyState >= 2 && !v.seeking && v.paused"
    return page.locator(f"#figure-{figure} video").evaluate(script)


def until(page: Page, script: str) -> None:
    """Wait until a script is true; `wait_for_function` is blocked by the policy of the pages."""
    deadline = time.monotonic() + 120
    while not page.evaluate(script):
        assert time.monotonic() < deadline, script
        page.wait_for_timeout(20)


def settle(page: Page, *films: str) -> None:
    """Wait until films are paused at the step of the timeline."""
    deadline = time.monotonic() + 120
    while not all(arrived(page, film) and film_step(page, film) == step(page) for film in films):
        assert time.monotonic() < deadline, [(step(page), film_step(page, one)) for one in films]
        page.wait_for_timeout(20)
