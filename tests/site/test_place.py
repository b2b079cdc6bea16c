"""The place in the text that a language switch keeps, run by node on a page of numbers."""

from __future__ import annotations

import pytest

from tests.support.node import SCRIPTS, run_scripts

# A page 6,000 high in a window of 800: a switch at the top and one at the foot, and a heading at
# every 1,000. Time and timers are the test's own, so that seconds pass at once.
_PAGE = """({ scripts, hash, actions }) => {
  let [now, timer, heard] = [0, null, {}];
  const box = (top, height) => () => ({ top: top - scrollY, bottom: top + height - scrollY });
  const switches = [10, 5900].map((top) => ({ getBoundingClientRect: box(top, 20) }));
  const headings = [1000, 2000, 3000, 4000, 5000].map((top) =>
    ({ id: `at-${top}`, getBoundingClientRect: box(top, 40) }));
  Object.assign(globalThis, {
    scrollY: 0, innerHeight: 800, location: { hash, search: "?step=3" },
    setTimeout: (call, wait) => (timer = { call, at: now + wait }),
    clearTimeout: () => (timer = null),
    addEventListener: (name, call) => (heard[name] = call),
    document: {
      addEventListener: (name, call) => (heard[name] = call),
      querySelector: () => ({ dataset: { script: "reading.js" } }),
      querySelectorAll: (what) => (what === ".languages" ? switches : headings),
    },
  });
  Object.defineProperty(globalThis, "performance", { value: { now: () => now } });
  const runScript = (name) => (0, eval)(scripts[name]);
  globalThis.grokreel = { page: { carried: () => "", runScript } };
  runScript("place.js");
  const wait = (time) => {
    now += time;
    if (timer && timer.at <= now) timer = void timer.call();
  };
  for (const [to, time] of actions) {
    scrollY = to;
    heard.scroll();
    wait(time);
  }
  let href = "zh/page.html";
  const link = {
    getAttribute: () => href, setAttribute: (name, value) => (href = value), closest: () => link,
  };
  heard.click({ target: link });
  return href;
}"""

AT_ONCE, MOMENT, WHILE, LONG = 10, 1000, 3000, 60_000


@pytest.mark.parametrize(
    ("actions", "hash_", "place"),
    [
        ([], "", ""),
        ([], "#at-2000", "#at-2000"),
        ([(2700, AT_ONCE)], "", "#at-3000"),  # above the middle of the window
        ([(2500, AT_ONCE)], "", "#at-2000"),
        ([(2900, WHILE), (1500, AT_ONCE), (0, MOMENT)], "", "#at-3000"),
        ([(2900, WHILE), (0, WHILE)], "#at-2000", "#at-3000"),
        ([(2900, WHILE), (0, LONG)], "", ""),  # reads at the top now
        ([(2900, WHILE), (0, LONG)], "#at-2000", "#at-2000"),
        ([(2900, MOMENT), (0, MOMENT)], "", ""),  # only passed by
        ([(2900, WHILE), (3900, WHILE), (0, MOMENT)], "", "#at-4000"),
        ([(1900, WHILE), (5200, MOMENT)], "", "#at-2000"),
        ([(1900, WHILE), (5200, LONG)], "", "#at-5000"),
        ([(900, WHILE), (500, WHILE), (0, MOMENT)], "", ""),  # back above the first heading
    ],
)
def test_a_language_switch_keeps_the_place_where_the_reader_stayed(
    actions: list[tuple[int, int]], hash_: str, place: str
) -> None:
    scripts = {name: (SCRIPTS / name).read_text("utf-8") for name in ("place.js", "reading.js")}
    order = {"scripts": scripts, "hash": hash_, "actions": actions}
    assert run_scripts([], _PAGE, order) == f"zh/page.html?step=3{place}"
