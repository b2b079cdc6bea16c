"""A site with one film, one chart and one page, built once, that tests change and build again."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path

from gen.commands import build
from gen.commands.site import write_stored_site
from gen.report import SilentReport
from gen.site.context import BuildContext
from tests.support import small_site

GERMAN = Path(__file__).parent / "languages" / "de.toml"
"""A complete catalogue of a language that the tool does not have."""

CONFIG = small_site.SUM_ALONE.replace(
    "steps = 60\nlog_every = 5\nsnapshot_every = 10",
    "steps = 8\nlog_every = 2\nsnapshot_every = 4",
)
PAGE = """+++
title = "Own"
description = "A site with files of its own."
picture = "sum-weights"
+++

Loss {{sum.final_test_loss:.2}}, {{sum.seeds}} {{sum.seeds:plural net/nets}}.

::: figure sum-weights
The weights.
:::

::: figure sum-accuracy
The chart.
:::
"""


@dataclass
class Warnings(SilentReport):
    """Keeps the warnings of a build."""

    texts: list[str] = field(default_factory=list)

    def warn(self, text: str) -> None:
        self.texts.append(text)


@dataclass(frozen=True)
class OwnSite:
    """A built site in a folder of its own."""

    folder: Path

    @property
    def sources(self) -> Path:
        """The folder of gen.toml."""
        return self.folder / "site"

    def write(self, name: str, text: str) -> Path:
        """Write a file beside gen.toml."""
        path = self.sources / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def configure(self, old: str, new: str) -> None:
        """Replace a part of gen.toml."""
        path = self.sources / "gen.toml"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))

    def context(self, *, strict: bool = False) -> BuildContext:
        context = small_site.context_of(self.folder)
        training = replace(context.training, report=Warnings())
        return replace(context, training=training, strict=strict)

    def build(self, *, strict: bool = False) -> list[str]:
        """Run `gen build`; return its warnings."""
        return self._run(build.build, strict=strict)

    def render(self) -> list[str]:
        """Run `gen site`, which draws no film; return its warnings."""
        return self._run(write_stored_site)

    def _run(self, command: object, *, strict: bool = False) -> list[str]:
        context = self.context(strict=strict)
        assert callable(command)
        command(context)
        assert isinstance(context.report, Warnings)
        return context.report.texts

    def read(self, name: str = "index.html") -> str:
        return (self.folder / "_site" / name).read_text(encoding="utf-8")


def build_in(folder: Path) -> OwnSite:
    """Write and build the site."""
    small_site.write(folder, CONFIG, PAGE)
    site = OwnSite(folder)
    site.build()
    return site


def copy_to(site: OwnSite, folder: Path) -> OwnSite:
    """Return a copy of a built site."""
    shutil.copytree(site.folder, folder, dirs_exist_ok=True)
    return OwnSite(folder)
