"""Seconds from saving a page until the server announces its new version to open pages.

Serves a copy of the site of this repository from its store. Runs and films that the store lacks
are made first, as by `gen build`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

REPOSITORY = Path(__file__).parent.parent
PAGE = "five-neurons"

PAUSE = 0.25
"""Seconds between two requests of an open page."""


def states(address: str) -> Iterator[dict[str, Any]]:
    """Yield the state of the server, as an open page requests it."""
    while True:
        with urllib.request.urlopen(f"{address}_gen/state") as answer:
            yield json.load(answer)
        time.sleep(PAUSE)


def text_of(address: str) -> str:
    """Return the served page; empty if there is none yet."""
    try:
        with urllib.request.urlopen(f"{address}{PAGE}.html") as answer:
            return answer.read().decode()
    except urllib.error.HTTPError:
        return ""


def until_shown(address: str, text: str, served: Iterator[dict[str, Any]]) -> None:
    """Wait until the server announces a version whose page contains the text."""
    version = None
    for state in served:
        if state["version"] != version and text in text_of(address):
            return
        version = state["version"]


def main() -> None:
    """Print the duration of each edit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=5)
    parser.add_argument("--store", type=Path, default=REPOSITORY / ".gen")
    parser.add_argument("--profile")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(REPOSITORY / "site", folder / "site")
        page = folder / "site" / "pages" / "en" / f"{PAGE}.md"
        source = page.read_text()
        command = [
            *(sys.executable, "-m", "gen.cli", "serve", "--port", "0"),
            *("--config", str(folder / "site" / "gen.toml"), "--store", str(options.store)),
            *("--output", str(folder / "_site")),
            *(("--profile", options.profile) if options.profile else ()),
        ]
        start = time.perf_counter()
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
            assert server.stderr is not None
            try:
                address = server.stderr.readline().split()[4]
                served = states(address)
                until_shown(address, '<body class="chapter">', served)
                print(f"the site is shown after {time.perf_counter() - start:.1f} s")
                seconds: list[float] = []
                for number in range(options.edits):
                    time.sleep(2)
                    mark = f"Edit {number} of this text."
                    start = time.perf_counter()
                    page.write_text(f"{source}\n{mark}\n")
                    until_shown(address, mark, served)
                    seconds.append(time.perf_counter() - start)
                times = ", ".join(f"{second:.2f}" for second in seconds)
                print(f"edits of a page are shown after {times} s; median {median(seconds):.2f} s")
            finally:
                server.terminate()


if __name__ == "__main__":
    main()
