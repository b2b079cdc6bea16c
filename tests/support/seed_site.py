"""The small site with figures of every seed: a film, a chart, a sum, and a seed chooser."""

from __future__ import annotations

from pathlib import Path

from gen.commands import build
from tests.support import small_site

_EVERY = 'model = "sum"\nevery_seed = true\n'

CONFIG = (
    small_site.CONFIG.replace('kind = "weights"\nmodel = "sum"\n', f'kind = "weights"\n{_EVERY}')
    .replace('kind = "accuracy"\nmodel = "sum"\n', f'kind = "accuracy"\n{_EVERY}')
    .replace("steps = 60", "steps = 120")
    .replace('pages = ["index"]', 'pages = ["index", "second", "third", "fourth", "fifth"]')
    + f"""
[figures.sum-parts]
kind = "interference"
{_EVERY}
[figures.sum-still]
kind = "loss"
model = "sum"

[figures.sum-seeds]
kind = "seeds"
model = "sum"
"""
)

PAGE = (
    small_site.PAGE.partition("::: figure")[0]
    + "\n\n".join(
        f"::: figure sum-{name} wide\nA caption.\n:::"
        for name in ("weights", "accuracy", "parts", "still", "seeds")
    )
    + "\n"
)


def _page(*names: str) -> str:
    head = small_site.PAGE.partition("Trained on")[0].replace("landing", "chapter")
    return head + "\n\n".join(f"::: figure {name} wide\nA caption.\n:::" for name in names) + "\n"


_ROW = """
::: row
::: figure sum-accuracy
A caption.
:::
::: figure sum-weights
A caption.

::: moment 0
A sentence about the seed of the text.
:::
:::
:::
"""

_ARROW = """
::: figure sum-weights wide
A caption.

::: moment 0 60 at W_in, neuron 2, number 3
A cell.
:::
::: moment 60
No cell.
:::
:::
"""

OTHERS = {
    "second": _page("sum-accuracy", "sum-weights", "odd-loss"),
    "third": _page("sum-parts", "sum-accuracy"),
    "fourth": _page() + _ROW,
    "fifth": _page() + _ARROW,
}
"""Pages without a figure of seeds. The fourth has two figures side by side, and a moment; the fifth
has a moment with an arrow."""


def write(folder: Path, config: str = CONFIG) -> list[str | Path]:
    """Write the sources of the site; return the options that build it in `folder`."""
    options = small_site.write(folder, config, PAGE)
    for name, text in OTHERS.items():
        (folder / "site" / "pages" / "en" / f"{name}.md").write_text(text)
    return options


def build_here(folder: Path) -> None:
    """Write and build the site in `folder`, in this process."""
    write(folder)
    build.build(small_site.context_of(folder))
