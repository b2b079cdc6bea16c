"""List what is fresh, what is stale, and why (`gen status`)."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from gen.errors import DivergedError, printable
from gen.experiments import runs
from gen.figures.figure import FilmFigure
from gen.figures.model_figure import ModelFigure
from gen.site import orders, publish
from gen.site.context import BuildContext
from gen.site.draw import drawing_orders
from gen.site.results import first_stale_shard, read_sweeps, recorded_results, valid_models
from gen.site.sources import Sources


@dataclass(frozen=True)
class Line:
    """The status of one shard, film or site.

    Attributes:
        part: `model`, `film` or `site`.
        reason: why it is stale; empty if it is fresh.
    """

    part: str
    name: str
    reason: str

    @property
    def fresh(self) -> bool:
        """Whether a build would not make it again."""
        return not self.reason


def examine(context: BuildContext) -> list[Line]:
    """Return the status of everything a build makes; only damaged entries are moved aside."""
    return [*_models(context), *_films(context), _site(context)]


def show(lines: list[Line], *, as_json: bool) -> str:
    """Format lines as a table, or as JSON."""
    if as_json:
        return json.dumps([{**asdict(line), "fresh": line.fresh} for line in lines])
    names = [printable(line.name) for line in lines]
    width = max(map(len, names))
    rows = [
        f"{line.part:<6}{name:<{width + 2}}"
        + ("fresh" if line.fresh else f"stale: {printable(line.reason)}")
        for line, name in zip(lines, names, strict=True)
    ]
    stale = sum(not line.fresh for line in lines)
    return "\n".join([*rows, f"{stale} stale" if stale else "all is fresh"])


def _models(context: BuildContext) -> list[Line]:
    return [
        Line(
            "model",
            shard.name,
            ""
            if context.store.get(runs.FAMILY, shard.key)
            else runs.why_stale(context.store, shard),
        )
        for source in [*context.config.models.values(), *context.config.sweeps.values()]
        for shard in runs.shards(source, context.device)
    ]


def _films(context: BuildContext) -> list[Line]:
    config = context.config
    subjects = {**valid_models(context), **recorded_results(config), **read_sweeps(context)}
    lines: list[Line] = []
    for name, figure in config.figures.items():
        if not isinstance(figure, FilmFigure):
            continue
        try:
            needed = drawing_orders(config, subjects, [name])
        except DivergedError as error:
            lines.append(Line("film", name, error.what))
            continue
        if not needed and isinstance(figure, ModelFigure):
            trained = first_stale_shard(context, config.models[figure.model]) is None
            reason = "diverged with every seed" if trained else "must be trained first"
            lines.append(Line("film", name, f"{figure.model} {reason}"))
        for order in needed:
            drawn = context.store.get(orders.FAMILY, order.key)
            reason = "" if drawn else orders.why_stale(context.store, order)
            lines.append(Line(order.what, order.name, reason))
    return lines


def _site(context: BuildContext) -> Line:
    sources = Sources.gather(context)
    if publish.is_fresh(context.output, sources.key):
        return Line("site", str(context.output), "")
    key = publish.key_of(context.output)
    if not context.output.exists():
        reason = "not written"
    elif key == sources.first_key:
        reason = "models are not completely trained"
    elif key == sources.partial_key:
        reason = "sweeps are not completely trained"
    elif key not in {None, sources.key}:
        reason = "made from other sources"
    else:
        reason = publish.damage(context.output) or "not written"
    return Line("site", str(context.output), reason)
