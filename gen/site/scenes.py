"""Make the scripts that figures are painted from on the page: a scene each, and packs of runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Generic

import numpy as np

from gen.experiments.runs import Run
from gen.figures.figure import FilmFigure, Subject
from gen.site.orders import Drawn, Order
from gen.store.code_digest import code_digest, versions

if TYPE_CHECKING:
    from jaxtyping import Int

SCENE, PACK = "scene.js", "pack.js"

_TOLD = ["painted", "shown_steps", "size", "packed", "layers"]
"""What the store keeps of a scene besides its file."""


@dataclass(frozen=True, kw_only=True)
class SceneOrder(Order, Generic[Subject]):
    """A scene to make: a figure as data.

    Attributes:
        subject: what the figure shows.
        source_key: what identifies the stored runs that are shown, as JSON values.
        run: the run whose snapshots are shown, if it is one.
    """

    what: ClassVar[str] = "scene"

    figure: FilmFigure[Subject]
    subject: Subject
    source_key: dict[str, Any]
    run: Run | None

    @property
    def files(self) -> tuple[str, ...]:
        return (SCENE,)

    @cached_property
    def ingredients(self) -> dict[str, Any]:
        return {
            "scene": self.name,
            "figure": self.figure.model_dump(mode="json", exclude={"every_seed"}),
            "pictured": self.source_key,
            "code": code_digest(
                type(self.figure).__module__, "gen.interactive.scene", "gen.interactive.pack"
            ),
            "versions": versions("numpy", "matplotlib", "font-source-sans-pro"),
            "told": _TOLD,
            "colours": self.theme.in_films,
        }

    def draw(self, *, on_progress: Callable[[int], None]) -> Drawn:
        from gen.interactive.scene import scene_content, scene_json, scene_script

        kept = self._kept()
        figure = self.figure if kept is None else self.figure.showing(kept.tolist())
        film = figure.film(self.subject, 1)
        places = np.arange(len(film.steps)) if kept is None else kept
        pack = "" if self.run is None else pack_name(self.run)
        content = scene_content(film, self.name, pack, places)
        on_progress(1)
        script = "" if content is None else scene_script(self.name, scene_json(content))
        packed = content is not None and content["pack"] is not None
        layers = [] if content is None else sorted({layer["type"] for layer in content["layers"]})
        info = (content is not None, film.steps.tolist(), list(film.size), packed, layers)
        return Drawn({SCENE: script.encode()}, dict(zip(_TOLD, info, strict=True)))

    def _kept(self) -> Int[np.ndarray, " kept"] | None:
        from gen.interactive.pack import kept_snapshots

        if self.run is None:
            return None
        return kept_snapshots(self.run.shapes, len(self.run.snapshot_steps))


@dataclass(frozen=True, kw_only=True)
class PackOrder(Order):
    """The pack of a run to make.

    Attributes:
        run_key: what identifies the stored run, as JSON values.
    """

    what: ClassVar[str] = "pack"

    run: Run
    run_key: dict[str, Any]

    @property
    def files(self) -> tuple[str, ...]:
        return (PACK,)

    @cached_property
    def ingredients(self) -> dict[str, Any]:
        return {
            "pack": self.name,
            "pictured": self.run_key,
            "code": code_digest("gen.interactive.pack"),
            "versions": versions("numpy"),
        }

    def draw(self, *, on_progress: Callable[[int], None]) -> Drawn:
        from gen.interactive.pack import pack_of, pack_script

        script = pack_script(self.name, pack_of(self.run))
        on_progress(1)
        return Drawn({PACK: script.encode()}, {})


def scene_name(stem: str) -> str:
    """Return the name of the scene of a figure; ids have no dot, so it is unique."""
    return f"{stem}.scene"


def pack_name(run: Run) -> str:
    """Return the name of the pack of a run."""
    return f"{run.name}.run-{run.seed}"
