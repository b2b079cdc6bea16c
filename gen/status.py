"""What is fresh and what is stale, and because of what."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from gen import films, output, runs
from gen.build import film_orders
from gen.errors import spelled
from gen.figures import FilmFigure, Moving
from gen.sources import Sources
from gen.studio import Studio
from gen.subjects import read_sweeps, sound_models, stale_shard


@dataclass(frozen=True)
class Line:
    """One thing that a build makes.

    Attributes:
        part: `model`, `film` or `site`.
        reason: why it is stale; empty where it is fresh.
    """

    part: str
    name: str
    reason: str

    @property
    def fresh(self) -> bool:
        """Whether a build would leave it as it is."""
        return not self.reason


def examine(studio: Studio) -> list[Line]:
    """Looks at everything a build would make, changing nothing but setting damage aside."""
    return [*_models(studio), *_films(studio), _site(studio)]


def show(lines: list[Line], *, as_json: bool) -> str:
    """The lines as a table for people, or as one JSON object."""
    if as_json:
        return json.dumps([{**asdict(line), "fresh": line.fresh} for line in lines])
    names = [spelled(line.name) for line in lines]
    width = max(map(len, names))
    rows = [
        f"{line.part:<6}{name:<{width + 2}}"
        + ("fresh" if line.fresh else f"stale: {spelled(line.reason)}")
        for line, name in zip(lines, names, strict=True)
    ]
    stale = sum(not line.fresh for line in lines)
    return "\n".join([*rows, f"{stale} stale" if stale else "all is fresh"])


def _models(studio: Studio) -> list[Line]:
    return [
        Line(
            "model",
            shard.name,
            "" if studio.store.get(runs.FAMILY, shard.key) else runs.why_stale(studio.store, shard),
        )
        for source in [*studio.config.models.values(), *studio.config.sweeps.values()]
        for shard in runs.shards(source, studio.device)
    ]


def _films(studio: Studio) -> list[Line]:
    config = studio.config
    subjects = {**sound_models(studio), **read_sweeps(studio)}
    lines: list[Line] = []
    for name, figure in config.figures.items():
        if not isinstance(figure, Moving):
            continue
        orders = film_orders(config, subjects, [name])
        if not orders and isinstance(figure, FilmFigure):
            trained = stale_shard(studio, config.models[figure.model]) is None
            reason = "has no sound seed" if trained else "has to be trained first"
            lines.append(Line("film", name, f"{figure.model} {reason}"))
        for order in orders:
            drawn = studio.store.get(films.FAMILY, order.key)
            reason = "" if drawn else films.why_stale(studio.store, order)
            lines.append(Line("film", order.name, reason))
    return lines


def _site(studio: Studio) -> Line:
    sources = Sources.gather(studio)
    if output.is_fresh(studio.output, sources.key):
        return Line("site", str(studio.output), "")
    key = output.key_of(studio.output)
    if not studio.output.exists():
        reason = "not written"
    elif key == sources.partial_key:
        reason = "sweeps are still being trained"
    elif key not in {None, sources.key}:
        reason = "made from something else"
    else:
        reason = output.damage(studio.output) or "not written"
    return Line("site", str(studio.output), reason)
