"""`gen serve` in a browser: pages reload by themselves and show errors."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from gen.server.applications import with_reload_script
from tests.conftest import Gen
from tests.support import small_site
from tests.support.browsing import LONG, Watched
from tests.support.path_proxy import PathProxy, running

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("serve_live")]

SERVE = [sys.executable, "-m", "gen.cli", "serve", "--port", "0", "--jobs", "1"]

FOREVER = small_site.CONFIG.replace(
    "steps = 60\nlog_every = 5\nsnapshot_every = 10",
    "steps = 50_000_000\nlog_every = 50_000\nsnapshot_every = 5_000_000",
)
"""The small site with a model whose training takes longer than a test."""


@dataclass
class Served:
    """A running `gen serve` of the small site, and what it has said."""

    folder: Path
    process: subprocess.Popen[str]
    address: str
    said: list[str] = field(default_factory=list)
    news: threading.Condition = field(default_factory=threading.Condition)

    @property
    def text(self) -> Path:
        """The Markdown of the page."""
        return self.folder / "site" / "pages" / "en" / "index.md"

    @property
    def config(self) -> Path:
        """The site's gen.toml."""
        return self.folder / "site" / "gen.toml"

    @property
    def published(self) -> str:
        """The page as it was written last; empty while the folder is being exchanged."""
        page = self.folder / "_site" / "index.html"
        try:
            return page.read_text()
        except FileNotFoundError:
            return ""

    def until(self, holds: Callable[[], bool]) -> None:
        """Waits until something holds, which is tried again whenever a line has been said."""
        with self.news:
            assert self.news.wait_for(holds, LONG / 1000), self.said

    def hears(self, text: str) -> None:
        """Waits until it has said something."""
        self.until(lambda: any(text in line for line in self.said))


def listen(served: Served) -> None:
    assert served.process.stderr is not None
    for line in served.process.stderr:
        with served.news:
            served.said.append(line.rstrip())
            served.news.notify_all()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The small site, served before anything of it was built, below a folder of another tool."""
    folder = tmp_path_factory.mktemp("served") / "node_modules"
    options = small_site.write(folder)
    process = subprocess.Popen(
        [*SERVE, *map(str, options)],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    served = Served(folder, process, process.stderr.readline().split()[4])
    listener = threading.Thread(target=listen, args=(served,))
    listener.start()
    yield served
    process.terminate()
    assert process.wait(LONG / 1000) == 143
    listener.join()
    process.stderr.close()


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    """The page, opened once and never again, as soon as there is one."""
    served.config.write_text(small_site.CONFIG)
    served.text.write_text(small_site.PAGE)
    page = browser.new_page()
    watched = Watched(page)
    page.goto(served.address)
    expect(page.locator("figcaption").last).to_have_text(re.compile("The loss."))
    expect(panel(page)).to_be_hidden()
    watched.complaints.clear()
    yield page
    assert watched.complaints == []
    page.close()


def panel(page: Page) -> Locator:
    return page.locator("gen-live [role='status']")


def test_serve_builds_and_shows_a_new_site(page: Page, served: Served) -> None:
    served.hears("stale: odd, seed 0: never trained")
    expect(page.locator("video")).to_have_count(1)
    film = page.locator("video").get_attribute("src") or page.locator("video source").get_attribute(
        "src"
    )
    assert page.request.get(f"{served.address}{film}", headers={"Range": "bytes=0-9"}).status == 206


def test_a_saved_change_appears_without_a_reload(page: Page, served: Served) -> None:
    served.text.write_text(small_site.PAGE.replace("The loss.", "It falls."))
    expect(page.locator("figcaption").last).to_have_text(re.compile("It falls."))


def test_an_error_is_shown_with_its_line_until_it_is_fixed(page: Page, served: Served) -> None:
    served.text.write_text(small_site.PAGE.replace("sum.steps", "sum.stps"))
    line = small_site.PAGE[: small_site.PAGE.index("sum.steps")].count("\n") + 1
    expect(panel(page)).to_be_visible()
    expect(panel(page)).to_contain_text(f"pages/en/index.md:{line}")
    expect(panel(page)).to_contain_text('sum has no fact "stps"')
    expect(panel(page)).to_contain_text('did you mean "steps"?')
    expect(page.locator("figcaption").last).to_have_text(re.compile("The loss."))
    served.hears(f"pages/en/index.md:{line}: sum has no fact")
    served.text.write_text(small_site.PAGE)
    expect(panel(page)).to_be_hidden()


def test_an_error_in_the_config_is_shown(page: Page, served: Served) -> None:
    served.config.write_text(small_site.CONFIG.replace('kind = "loss"', 'kind = "los"'))
    expect(panel(page)).to_contain_text("figures.odd-loss.kind")
    expect(panel(page)).to_contain_text('did you mean "loss"?')
    served.config.write_text(small_site.CONFIG)
    expect(panel(page)).to_be_hidden()


def test_a_change_that_needs_training_is_logged_trained_and_shown(
    page: Page, served: Served
) -> None:
    longer = small_site.CONFIG.replace("steps = 60", "steps = 80")
    served.config.write_text(longer)
    expect(panel(page)).to_contain_text("training and drawing: sum")
    expect(page.locator("main")).to_contain_text("for 80 steps")
    served.hears("training.steps 60 -> 80")


def test_training_for_an_outdated_config_is_stopped(page: Page, served: Served) -> None:
    served.config.write_text(FOREVER)
    expect(panel(page)).to_contain_text("training and drawing: sum")
    served.text.write_text(small_site.PAGE.replace("The loss.", "Meanwhile."))
    expect(page.locator("figcaption").last).to_have_text(re.compile("Meanwhile."))
    served.config.write_text(small_site.CONFIG)
    expect(panel(page)).to_be_hidden()
    expect(page.locator("main")).to_contain_text("for 60 steps")


def test_serve_exits_cleanly_while_it_trains(tmp_path: Path) -> None:
    options = small_site.write(tmp_path, FOREVER)
    with subprocess.Popen(
        [*SERVE, *map(str, options)], stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "trained in" in line:
                break
        process.send_signal(signal.SIGINT)
        assert process.wait(LONG / 1000) == 0
        assert "Traceback" not in process.stderr.read()


def test_a_page_may_use_a_figure_before_it_is_configured(page: Page, served: Served) -> None:
    chart = '[figures.sum-loss]\nkind = "loss"\nmodel = "sum"\n'
    served.text.write_text(f"{small_site.PAGE}\n::: figure sum-loss\nMore of it.\n:::\n")
    expect(panel(page)).to_contain_text('there is no figure "sum-loss"')
    served.config.write_text(f"{small_site.CONFIG}\n{chart}")
    expect(page.locator("figcaption").last).to_have_text(re.compile("More of it."))
    expect(panel(page)).to_be_hidden()


def test_published_pages_do_not_contain_the_reload_script(
    page: Page, served: Served, gen: Gen
) -> None:
    words = "This is what was written last."
    served.text.write_text(f"{small_site.PAGE}\n{words}\n")
    expect(page.locator("main")).to_contain_text(words)
    served.until(lambda: words in served.published)
    served.hears(f"written: {served.address}")
    assert "_gen" not in served.published and "connect-src" not in served.published
    options = small_site.write(served.folder, page=f"{small_site.PAGE}\n{words}\n")
    outcome = gen("build", "--wait", *options)
    assert outcome.code == 0 and "all is fresh" in outcome.err


def test_only_served_pages_may_poll_the_server() -> None:
    page = b"<head><meta content=\"default-src 'none'; img-src 'self'\"></head><p></head>"
    served = with_reload_script(page, "v").decode()
    assert "default-src 'none'; connect-src 'self'; img-src 'self'" in served
    assert served.count('src="_gen/reload.js?version=v"') == 1
    assert 'src="../_gen/reload.js?version=v"' in with_reload_script(page, "v", depth=1).decode()


def test_ten_open_tabs_load_and_reload_at_once(
    browser: Browser, page: Page, served: Served
) -> None:
    with browser.new_context() as context:
        tabs = [context.new_page() for _ in range(10)]
        for tab in tabs:
            tab.goto(served.address, timeout=LONG)
        tabs[0].locator(".search-open").click()
        tabs[0].keyboard.type("networks")
        tabs[0].locator(".search a").first.wait_for(timeout=LONG)
        served.text.write_text(small_site.PAGE.replace("The loss.", "In every tab."))
        for tab in tabs:
            expect(tab.locator("figcaption").last).to_have_text(re.compile("In every tab."))


def test_pages_reload_and_show_errors_behind_a_path_of_a_proxy(
    browser: Browser, page: Page, served: Served
) -> None:
    with PathProxy(served.address, "/user/me/proxy/8000/") as address:
        behind = browser.new_page()
        watched = Watched(behind)
        behind.goto(address)
        served.text.write_text(small_site.PAGE.replace("sum.steps", "sum.stps"))
        expect(panel(behind)).to_contain_text('sum has no fact "stps"')
        expect(panel(behind)).to_have_css("position", "fixed")
        served.text.write_text(small_site.PAGE.replace("The loss.", "From afar."))
        expect(behind.locator("figcaption").last).to_have_text(re.compile("From afar."))
        assert watched.complaints == []
        behind.close()


def test_the_target_of_a_link_in_the_site_is_watched(page: Page, served: Served) -> None:
    shared = served.folder / "site" / "shared.md"
    shared.write_text(small_site.PAGE)
    served.text.unlink()
    served.text.symlink_to("../../shared.md")
    try:
        shared.write_text(small_site.PAGE.replace("The loss.", "Behind a link."))
        expect(page.locator("figcaption").last).to_have_text(re.compile("Behind a link."))
        shared.write_text(small_site.PAGE.replace("The loss.", "And again."))
        expect(page.locator("figcaption").last).to_have_text(re.compile("And again."))
    finally:
        served.text.unlink()


_LOADED = """async address => {
  const loads = (name, key) => new Promise(done => {
    const element = document.createElement(name);
    element.onload = () => done("loaded");
    element.onerror = () => done("refused");
    element[key] = address + (name === "img" ? "assets/favicon.svg" : "assets/search.en.js");
    document.body.append(element);
  });
  return [await loads("script", "src"), await loads("img", "src")];
}"""


class _Elsewhere(BaseHTTPRequestHandler):
    """Another web site, with nothing on it."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing."""


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_another_open_site_can_read_nothing_and_may_link_to_a_draft(
    browser: Browser, page: Page, served: Served, host: str
) -> None:
    for name in ("assets/search.en.js", "assets/favicon.svg"):
        assert page.request.get(f"{served.address}{name}").ok
    with running(ThreadingHTTPServer(("127.0.0.1", 0), _Elsewhere)) as port:
        other = browser.new_page()
        other.goto(f"http://{host}:{port}/")
        assert other.evaluate(_LOADED, served.address) == ["refused", "refused"]
        other.evaluate("address => { location = address }", served.address)
        expect(other.locator("figcaption").last).to_have_text(re.compile("The loss."))
        other.close()


def test_films_and_assets_are_served_in_ranges_from_memory_and_disk(
    page: Page, served: Served
) -> None:
    for name in ("assets/style.css", "media/sum-weights.mp4"):
        answer = page.request.get(f"{served.address}{name}", headers={"Range": "bytes=0-9"})
        assert answer.status == 206 and len(answer.body()) == 10
