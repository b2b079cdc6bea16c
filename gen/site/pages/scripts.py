"""The scripts of the theme: which ones a page names itself, and which ones its figures load later.

A page names what works from its first moment: numbers, links, search, and the timeline with what
it paints. The script of any other figure is loaded by `figure-scripts.js` when the figure comes
near the window, so a page that has one far down does not wait for it. Names are those of the files
in `templates/scripts/`, without `.js`; scripts run in the order in which they stand here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

MOST_BYTES = 150_000
"""What the scripts that a page names may weigh together; a test weighs them."""

EVERY_PAGE = ("numbers", "place", "search-open")
"""The first ones of every page. They load `search.js` and `reading.js` when these are needed."""

DATA = ("packs", "palette")
"""What figures need that compute from the weights of a run."""

TIMELINE = (
    *DATA,
    "values",
    *("layers", "layer-cells", "layer-lines", "layer-texts"),
    *("layer-points", "layer-pen", "layer-marks"),
    *("entries", "linking", "readout"),
    *("timeline-pace", "timeline-films", "scene-figure", "timeline-charts"),
    *("timeline-bar", "timeline"),
)
"""What figures need that move."""

PAINTERS: Mapping[str, str] = {
    "points": "layer-points",
    "bars": "layer-points",
    "pen": "layer-pen",
    "marks": "layer-marks",
}
"""Those of them that only some figures need, by the types of the layers that they paint."""

MOMENTS = ("timeline-moments",)
"""What sentences need that belong to steps, and a figure that opens its page."""

SEEDS = ("seeds",)
LOADER = ("figure-scripts",)
"""The last one, because the scripts that it loads use all others."""


@dataclass(frozen=True)
class LateScripts:
    """The scripts of a kind of figure, loaded when such a figure comes near the window.

    Attributes:
        names: in the order in which they run.
        parameter: a parameter of the address with which they are loaded at once, because the
            figure then changes others or is where the page begins; empty if there is none.
    """

    names: tuple[str, ...]
    parameter: str = ""

    def addresses(self, root: str) -> str:
        """Return the addresses of the scripts, separated by spaces.

        Args:
            root: relative path from the page to the root of the site.
        """
        return " ".join(f"{root}assets/{name}.js" for name in self.names)


FILE_LANGUAGE = ("file-language",)
"""The first one of a figure in a file of its own that has several languages; no page has it."""

PLACES = ("timeline-places",)
"""What a film needs of a formula, in the place of the bar."""

LATE: Mapping[str, LateScripts] = {
    "citation": LateScripts(("citations",)),
    "construction": LateScripts(("construction-maths", "construction")),
    "construction-error": LateScripts(("construction-maths", "construction-error")),
    "film": LateScripts(PLACES),
    "interference": LateScripts(("network-maths", "interference-maths", "interference")),
    "intervene": LateScripts(
        ("network-maths", "interventions", "intervene-drawings", "intervene-brush", "intervene"),
        parameter="cut",
    ),
    "map": LateScripts(("sweep-maths", "sweep-networks", "sweep"), parameter="cell"),
    "neurons": LateScripts(("neurons",)),
    "train-here": LateScripts(("network-maths", "train-maths", "train-run", "train-here")),
}
"""By the template of the figure, and those of citations; films of a training need none."""


def timeline_scripts(layers: Collection[str]) -> tuple[str, ...]:
    """Return the scripts of figures that move, in the order in which they run.

    Args:
        layers: the types of the layers that are painted.
    """
    needed = {script for layer, script in PAINTERS.items() if layer in layers}
    without = {*PAINTERS.values()} - needed
    return tuple(name for name in TIMELINE if name not in without)


def page_scripts(
    *,
    timed: bool,
    computed: bool,
    varied: bool,
    late: bool,
    follows: bool = False,
    layers: Collection[str] = (),
) -> tuple[str, ...]:
    """Return the names of the scripts that a page names, in the order in which they run.

    Args:
        timed: whether the page paints figures or has a timeline.
        computed: whether a figure computes with the weights of a run.
        varied: whether readers can see other seeds.
        late: whether a figure loads scripts of its own.
        follows: whether sentences follow a timeline, or a figure opens the page.
        layers: the types of the layers that are painted.
    """
    moving = timeline_scripts(layers) if timed else DATA if computed else ()
    told = MOMENTS if follows else ()
    return (*EVERY_PAGE, *moving, *told, *(SEEDS if varied else ()), *(LOADER if late else ()))
