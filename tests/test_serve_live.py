"""`gen serve` in a real browser: what is saved is seen, mistakes too, and nobody has to reload."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from gen.serve import following
from tests import small_site
from tests.browsing import Watched
from tests.conftest import Gen

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SERVE = [sys.executable, "-m", "gen.cli", "serve", "--port", "0", "--jobs", "1"]

FOREVER = small_site.CONFIG.replace(
    "steps = 60\nlog_every = 5\nsnapshot_every = 10",
    "steps = 50_000_000\nlog_every = 50_000\nsnapshot_every = 5_000_000",
)
"""The small site with a model whose training does not end while a test looks on."""

LONG = 120_000
"""Milliseconds that training, drawing and a slow machine may take."""


@dataclass
class Served:
    """A running `gen serve` of the small site, and what it has said."""

    folder: Path
    process: subprocess.Popen[str]
    address: str
    said: list[str] = field(default_factory=list)

    @property
    def text(self) -> Path:
        """The Markdown of the page."""
        return self.folder / "site" / "pages" / "en" / "index.md"

    @property
    def config(self) -> Path:
        """The site's gen.toml."""
        return self.folder / "site" / "gen.toml"


def listen(served: Served) -> None:
    assert served.process.stderr is not None
    for line in served.process.stderr:
        served.said.append(line.rstrip())


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The small site, served before anything of it was built."""
    folder = tmp_path_factory.mktemp("served")
    options = small_site.write(folder)
    process = subprocess.Popen(
        [*SERVE, *map(str, options)],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    served = Served(folder, process, process.stderr.readline().split()[3])
    listener = threading.Thread(target=listen, args=(served,))
    listener.start()
    yield served
    process.terminate()
    assert process.wait(20) == 143
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
    expect(page.locator("figcaption").last).to_have_text(re.compile("The loss."), timeout=LONG)
    expect(panel(page)).to_be_hidden(timeout=LONG)
    watched.complaints.clear()
    yield page
    left = f"failed {served.address}_gen/events"  # a page that reloads no longer listens
    assert [text for text in watched.complaints if text != left] == []
    page.close()


def panel(page: Page) -> Locator:
    return page.locator("gen-live [role='status']")


def test_a_site_that_was_never_built_is_built_and_shown(page: Page, served: Served) -> None:
    assert "to be made: odd, seed 0: never trained" in served.said
    expect(page.locator("video")).to_have_count(1)
    film = page.locator("video").get_attribute("src") or page.locator("video source").get_attribute(
        "src"
    )
    assert page.request.get(f"{served.address}{film}", headers={"Range": "bytes=0-9"}).status == 206


def test_what_is_saved_appears_by_itself(page: Page, served: Served) -> None:
    served.text.write_text(small_site.PAGE.replace("The loss.", "It falls."))
    expect(page.locator("figcaption").last).to_have_text(re.compile("It falls."))


def test_a_mistake_is_shown_with_its_line_and_goes_when_it_is_mended(
    page: Page, served: Served
) -> None:
    served.text.write_text(small_site.PAGE.replace("sum.steps", "sum.stps"))
    line = small_site.PAGE[: small_site.PAGE.index("sum.steps")].count("\n") + 1
    expect(panel(page)).to_be_visible()
    expect(panel(page)).to_contain_text(f"pages/en/index.md:{line}")
    expect(panel(page)).to_contain_text('sum has no fact "stps"')
    expect(panel(page)).to_contain_text('did you mean "steps"?')
    expect(page.locator("figcaption").last).to_have_text(re.compile("The loss."))
    assert any(f"pages/en/index.md:{line}: sum has no fact" in text for text in served.said)
    served.text.write_text(small_site.PAGE)
    expect(panel(page)).to_be_hidden()


def test_a_mistake_in_the_config_is_shown_too(page: Page, served: Served) -> None:
    served.config.write_text(small_site.CONFIG.replace('kind = "loss"', 'kind = "los"'))
    expect(panel(page)).to_contain_text("figures.odd-loss.kind")
    expect(panel(page)).to_contain_text('did you mean "loss"?')
    served.config.write_text(small_site.CONFIG)
    expect(panel(page)).to_be_hidden()


def test_a_change_that_needs_training_says_so_trains_and_is_shown(
    page: Page, served: Served
) -> None:
    longer = small_site.CONFIG.replace("steps = 60", "steps = 80")
    served.config.write_text(longer)
    expect(panel(page)).to_contain_text("training and drawing: sum", timeout=LONG)
    expect(page.locator("main")).to_contain_text("for 80 steps", timeout=LONG)
    assert any("training.steps 60 -> 80" in text for text in served.said)


def test_training_that_nobody_wants_any_more_is_given_up(page: Page, served: Served) -> None:
    served.config.write_text(FOREVER)
    expect(panel(page)).to_contain_text("training and drawing: sum", timeout=LONG)
    served.text.write_text(small_site.PAGE.replace("The loss.", "Meanwhile."))
    expect(page.locator("figcaption").last).to_have_text(re.compile("Meanwhile."))
    served.config.write_text(small_site.CONFIG)
    expect(panel(page)).to_be_hidden(timeout=LONG)
    expect(page.locator("main")).to_contain_text("for 60 steps")


def test_it_ends_cleanly_while_it_trains(tmp_path: Path) -> None:
    options = small_site.write(tmp_path, FOREVER)
    with subprocess.Popen(
        [*SERVE, *map(str, options)], stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "trained in" in line:
                break
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        assert "Traceback" not in process.stderr.read()


def test_a_figure_may_be_asked_for_before_it_is_configured(page: Page, served: Served) -> None:
    chart = '[figures.sum-loss]\nkind = "loss"\nmodel = "sum"\n'
    served.text.write_text(f"{small_site.PAGE}\n::: figure sum-loss\nMore of it.\n:::\n")
    expect(panel(page)).to_contain_text('there is no figure "sum-loss"')
    served.config.write_text(f"{small_site.CONFIG}\n{chart}")
    expect(page.locator("figcaption").last).to_have_text(re.compile("More of it."), timeout=LONG)
    expect(panel(page)).to_be_hidden()


def test_what_is_published_knows_nothing_of_this(page: Page, served: Served, gen: Gen) -> None:
    words = "This is what was written last."
    served.text.write_text(f"{small_site.PAGE}\n{words}\n")
    expect(page.locator("main")).to_contain_text(words)
    published = served.folder / "_site" / "index.html"
    while not published.exists() or words not in published.read_text():
        page.wait_for_timeout(50)
    assert "_gen" not in published.read_text() and "connect-src" not in published.read_text()
    options = small_site.write(served.folder, page=f"{small_site.PAGE}\n{words}\n")
    outcome = gen("build", *options)
    assert outcome.code == 0 and "all is fresh" in outcome.err


def test_only_pages_that_are_served_may_ask_for_news() -> None:
    page = b"<head><meta content=\"default-src 'none'; img-src 'self'\"></head><p></head>"
    served = following(page, "v").decode()
    assert "default-src 'none'; connect-src 'self'; img-src 'self'" in served
    assert served.count("/_gen/reload.js?version=v") == 1
