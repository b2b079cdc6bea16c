"""The seeds that readers can choose, and a script for each with the figures that show it.

A page loads the script when its reader chooses the seed. It is a script and not data, because
pages that are opened from a folder cannot load data. The markup in it is zipped, as figures of a
seed resemble each other and their texts repeat.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gen.interactive.zipped import zipped
from gen.site.pages.figures import MARKUP, BySeed, PlacedFigure
from gen.site.pages.templates import Templates


@dataclass(frozen=True)
class SeedPicker:
    """The models, seeds and figures that readers can choose from.

    Attributes:
        seeds: the seeds that have figures, by model.
        figures: ids of the figures that change with the seed.
        by_seed: the figures of the models that have several seeds.
        shown: the seed of the figures on the pages, by model.
    """

    seeds: Mapping[str, list[int]]
    figures: frozenset[str]
    by_seed: BySeed
    shown: Mapping[str, int]

    @classmethod
    def of(cls, by_seed: BySeed, figures: Mapping[str, PlacedFigure]) -> SeedPicker:
        """Select the models that have figures of several seeds.

        Args:
            figures: those on the pages, by id; `by_seed` has them too.
        """
        several = {model: seeds for model, seeds in by_seed.items() if len(seeds) > 1}
        return cls(
            seeds={model: sorted(seeds) for model, seeds in several.items()},
            figures=frozenset(
                name for seeds in several.values() for placed in seeds.values() for name in placed
            ),
            by_seed=several,
            shown={
                model: seed
                for model, seeds in several.items()
                for seed, placed in seeds.items()
                if any(figures.get(name) is figure for name, figure in placed.items())
            },
        )

    def scripts(
        self, templates: Templates, folder: str, context: Mapping[str, Any]
    ) -> dict[str, str]:
        """Render a script for each model and seed.

        Args:
            folder: of the pages, inside the site.
            context: variables of the figures' templates beside the figure.

        Returns:
            Path inside the site to text.
        """
        rendered: dict[str, str] = {}
        for model, seeds in self.by_seed.items():
            for seed, placed in seeds.items():
                figures = {
                    name: _markup(figure, templates, context) for name, figure in placed.items()
                }
                packed = zipped(json.dumps(figures, ensure_ascii=False).encode())
                detail = json.dumps({"model": model, "seed": str(seed), "figures": packed})
                rendered[f"{folder}seeds/{model}-{seed}.js"] = (
                    f'document.dispatchEvent(new CustomEvent("seed", {{ detail: {detail} }}));\n'
                )
        return rendered


def _markup(figure: PlacedFigure, templates: Templates, context: Mapping[str, Any]) -> str:
    """Render a figure without its caption, which stays on the page."""
    name = f"{figure.template}.html.jinja"
    values = {**MARKUP, "figure": figure, "scripted": True}
    return templates.fill(name, **context, **values)
