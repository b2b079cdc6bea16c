"""Reads `gen.toml`: what is trained, what is drawn, what is published.

Every error names the file, the key, the value and the mend. A profile is a table of the same
shape as the file whose values replace those outside it; each profile is checked whenever the
file is read, so that a broken one is not found on the day it is needed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import Field, StringConstraints, ValidationError, field_validator

from gen.analysis.sweep import Thresholds
from gen.complaints import explain, foremost, is_key, shortened, shown
from gen.errors import ConfigError, suggestion
from gen.figures import Figure, ModelFigure, SweepFigure, figure_kinds
from gen.networks import Network
from gen.optim import Optimiser
from gen.settings import Kind, Settings, kinds
from gen.sweeps import Axis, Sweep
from gen.tables import Place, as_table, merged, parse
from gen.tasks import Task
from gen.training import Ensemble, Training

PARTS = ("task", "network", "optimiser", "training")
MOST_MODELS = 100_000
MOST_SHARD_BYTES = 4 * 2**30

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
SettingsType = TypeVar("SettingsType", bound=Settings)
KindType = TypeVar("KindType", bound=Kind)


class Site(Settings):
    """What the site as a whole is called and consists of.

    Attributes:
        languages: two-letter folders below `pages/`; the first stands at the site's root.
        pages: page files without their ending, in reading order; the first is the landing page.
        base_url: where the site is published, for links that must be absolute.
        repository: address of the sources, linked from the foot of every page.
    """

    title: Annotated[str, Field(min_length=1, max_length=200)]
    description: Annotated[str, Field(min_length=1, max_length=500)]
    languages: Annotated[
        list[Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]], Field(min_length=1)
    ]
    pages: Annotated[list[Slug], Field(min_length=1)]
    base_url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s\"<>]+/$")] | None = None
    repository: Annotated[str, StringConstraints(pattern=r"^https?://[^\s\"<>]+$")] | None = None

    @field_validator("pages", "languages")
    @classmethod
    def _no_entry_twice(cls, entries: list[str]) -> list[str]:
        for entry in entries:
            if entries.count(entry) > 1:
                raise ValueError(f'"{entry}" is listed twice')
        return entries


class Hunt(Settings):
    """A search for seeds that has been made, so that pages can say how many were tried.

    Attributes:
        where: what was asked of the facts of each seed.
        seeds: how many were tried: 0, 1, 2, ...
        fit: of how many it was true.
    """

    where: Annotated[str, Field(min_length=1, max_length=500)]
    seeds: Annotated[int, Field(ge=1, le=MOST_MODELS)]
    fit: Annotated[int, Field(ge=0, le=MOST_MODELS)]

    @property
    def facts(self) -> dict[str, int | str]:
        """What may be said of it."""
        return {"hunt_where": self.where, "hunt_seeds": self.seeds, "hunt_fit": self.fit}


class ModelSettings(Settings):
    """The keys that stand directly in a model's table.

    Attributes:
        seeds: how many (0, 1, 2, ...) or which.
        shard: how many models train together as one ensemble, and are stored as one run.
        shown: which model the figures show: the first seed that generalises, or this seed.
        hunt: how the shown seed was found; `gen hunt --write` keeps it.
    """

    seeds: (
        Annotated[int, Field(ge=1, le=MOST_MODELS)]
        | Annotated[list[Annotated[int, Field(ge=0, lt=2**63)]], Field(min_length=1)]
    )
    shard: Annotated[int, Field(ge=1, le=MOST_MODELS)] = 16
    shown: Annotated[int, Field(ge=0)] | None = None
    hunt: Hunt | None = None


@dataclass(frozen=True)
class Model:
    """A configured network on a task: one model a seed."""

    name: str
    seeds: tuple[int, ...]
    shard: int
    shown: int | None
    task: Task
    network: Network
    optimiser: Optimiser
    training: Training
    hunt: Hunt | None = None

    @property
    def shards(self) -> list[tuple[str, Ensemble]]:
        """The ensembles that together train all seeds, in their order, with their seeds' names."""
        parts = [self.seeds[i : i + self.shard] for i in range(0, len(self.seeds), self.shard)]
        optimiser = self.optimiser
        return [
            (
                _named(part),
                Ensemble(self.task, self.network, self.training, part, (optimiser,) * len(part)),
            )
            for part in parts
        ]


def _named(seeds: tuple[int, ...]) -> str:
    """Seeds for people: `seeds 0 to 3`."""
    if len(seeds) == 1:
        return f"seed {seeds[0]}"
    consecutive = seeds == tuple(range(seeds[0], seeds[0] + len(seeds)))
    return (
        f"seeds {seeds[0]} to {seeds[-1]}" if consecutive else f"seeds {', '.join(map(str, seeds))}"
    )


@dataclass(frozen=True)
class Config:
    """A whole site, checked: every figure has its model, every kind is known."""

    path: Path
    profile: str | None
    site: Site
    models: dict[str, Model]
    sweeps: dict[str, Sweep]
    figures: dict[str, Figure]

    @property
    def folder(self) -> Path:
        """Where the site's sources are: `pages/` and `assets/` lie beside the config."""
        return self.path.parent

    def subject_of(self, name: str) -> str:
        """Id of what a figure pictures: a model, a sweep, or its own where it needs neither."""
        return self.figures[name].subject or name


def load(path: Path, profile: str | None = None) -> Config:
    """Reads and checks a config with one of its profiles applied.

    Args:
        path: the TOML file.
        profile: name of a table below `[profiles]`, or None for the file as it stands.

    Raises:
        ConfigError: the file cannot be read, is not valid TOML, or says something impossible.
    """
    configs = load_profiles(path)
    if profile not in configs:
        known = {name for name in configs if name is not None}
        raise ConfigError(
            f"there is no profile {shown(profile)}",
            where=f"{path}: profiles",
            mend=suggestion(str(profile), known) or f"add a table [profiles.{profile}]",
        )
    return configs[profile]


def load_profiles(path: Path) -> dict[str | None, Config]:
    """Reads and checks a config as it stands (under None) and with each of its profiles.

    Raises:
        ConfigError: the file cannot be read, is not valid TOML, or says something impossible.
    """
    table = parse(path)
    profiles = as_table(table.pop("profiles", {}), Place(path, "profiles"))
    configs: dict[str | None, Config] = {None: _Reader(path, None, table).config()}
    for name, value in profiles.items():
        place = Place(path, f"profiles.{name}")
        override = as_table(value, place)
        combined = merged(table, override, place, top=True)
        configs[name] = _Reader(path, name, combined, override).config()
    return configs


def _with(
    table: Mapping[str, Any], axes: tuple[Axis, ...], place: tuple[int, ...]
) -> dict[str, Any]:
    """A sweep's table with the values of one cell in it."""
    filled = dict(table)
    for axis, at in zip(axes, place, strict=True):
        filled[axis.part] = {**filled.get(axis.part, {}), axis.key: axis.values[at]}
    return filled


class _Reader:
    """Turns the plain tables of one profile into a `Config`."""

    def __init__(
        self,
        path: Path,
        profile: str | None,
        table: Mapping[str, Any],
        override: Mapping[str, Any] | None = None,
    ) -> None:
        self._path, self._profile = path, profile
        self._table, self._override = table, override or {}

    def config(self) -> Config:
        top = self._place()
        parts = {"site", "models", "sweeps", "figures"}
        for key in self._table:
            if key not in parts:
                raise self._place(key).error(
                    "unknown key", suggestion(key, parts | {"profiles"}) or "remove it"
                )
        for key in sorted(parts - {"sweeps"}):
            if key not in self._table:
                raise top.error(f"[{key}] is missing", f"add a [{key}] table")
        site = self._settings(Site, self._table["site"], "site")
        models = {
            name: self._model(name, table)
            for name, table in self._named("models", self._table["models"])
        }
        sweeps = {
            name: self._sweep(name, table, models)
            for name, table in self._named("sweeps", self._table.get("sweeps", {}))
        }
        figures = {
            name: self._figure(name, table, models, sweeps)
            for name, table in self._named("figures", self._table["figures"])
        }
        return Config(self._path, self._profile, site, models, sweeps, figures)

    def _place(self, *parts: object) -> Place:
        """The place of a key: in the profile where the profile sets it, else in the file."""
        inside: Any = self._override
        for part in parts:
            inside = inside.get(str(part)) if isinstance(inside, dict) else None
        set_by_profile = bool(parts) and inside is not None
        prefix = f"profiles.{self._profile}" if set_by_profile else ""
        return Place(self._path, prefix).at(*parts)

    def _named(self, part: str, tables: object) -> list[tuple[str, object]]:
        entries = as_table(tables, self._place(part))
        for name in entries:
            if len(name) > 80 or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
                raise self._place(part, name).error(
                    f'"{shortened(name)}" cannot be an id',
                    "use small letters, digits and single hyphens: it becomes a file's name",
                )
        return list(entries.items())

    def _model(self, name: str, value: object, part: str = "models") -> Model:
        """Reads a model, or one cell of a sweep, from its table."""
        table = dict(as_table(value, self._place(part, name)))
        where = (part, name)
        parts: dict[str, Any] = {}
        for key in PARTS:
            if key not in table:
                mend = f"add a table [{part}.{name}.{key}]"
                raise self._place(*where).error(f"{key} is missing", mend)
            parts[key] = table.pop(key)
        own = self._settings(ModelSettings, table, *where)
        model = Model(
            name=name,
            seeds=self._seeds(own, *where),
            shard=own.shard,
            shown=own.shown,
            task=self._kind(Task, kinds("gen.tasks", Task), parts["task"], *where, "task"),
            network=self._kind(
                Network, kinds("gen.networks", Network), parts["network"], *where, "network"
            ),
            optimiser=self._settings(Optimiser, parts["optimiser"], *where, "optimiser"),
            training=self._settings(Training, parts["training"], *where, "training"),
            hunt=own.hunt,
        )
        self._check_model(model, part)
        return model

    def _sweep(self, name: str, value: object, models: Mapping[str, Model]) -> Sweep:
        """Reads a sweep: the tables of a model, and a grid of values for some of its keys."""
        where = ("sweeps", name)
        table = dict(as_table(value, self._place(*where)))
        if name in models:
            raise self._place(*where).error("a model has this id", "choose another id")
        base = table.pop("base", None)
        if base is not None:
            if base not in models:
                mend = suggestion(str(base), models) or f"there are: {', '.join(models)}"
                raise self._place(*where, "base").error(f"there is no model {shown(base)}", mend)
            tables = {key: self._table["models"][base][key] for key in PARTS}
            table = merged(tables, table, self._place(*where))
        given = table.pop("thresholds", {})
        thresholds = self._settings(Thresholds, given, *where, "thresholds")
        axes = self._axes(table.pop("grid", {}), *where)
        count = prod(len(axis.values) for axis in axes)
        first = self._model(name, _with(table, axes, (0,) * len(axes)), "sweeps")
        if count * len(first.seeds) > MOST_MODELS:
            raise self._place(*where, "grid").error(
                f"that is {count * len(first.seeds):,} models",
                f"at most {MOST_MODELS:,} can be trained for one site",
            )
        places = product(*(range(len(axis.values)) for axis in axes))
        cells = tuple(self._model(name, _with(table, axes, place), "sweeps") for place in places)
        return Sweep(name, axes, first.seeds, first.shard, cells, thresholds)

    def _axes(self, value: object, *where: str) -> tuple[Axis, ...]:
        grid = as_table(value, self._place(*where, "grid"))
        axes: list[Axis] = []
        for part, keys in grid.items():
            place = self._place(*where, "grid", part)
            if part not in ("task", "network", "optimiser"):
                mend = suggestion(part, PARTS) or "vary keys of task, network or optimiser"
                raise place.error("cannot be varied: a sweep's models share all the rest", mend)
            for key, values in as_table(keys, place).items():
                if not isinstance(values, list) or not values:
                    raise place.at(key).error(f"{shown(values)} is not a list of values")
                if any(values.count(entry) > 1 for entry in values):
                    raise place.at(key).error("a value is listed twice", "list each once")
                axes.append(Axis(part, key, tuple(values)))
        if not axes:
            mend = "write the values that vary, such as optimiser.weight_decay = [0.1, 1.0]"
            raise self._place(*where, "grid").error("nothing varies", mend)
        return tuple(axes)

    def _seeds(self, own: ModelSettings, *where: str) -> tuple[int, ...]:
        seeds = tuple(range(own.seeds) if isinstance(own.seeds, int) else own.seeds)
        if len(set(seeds)) < len(seeds):
            twice = next(seed for seed in seeds if seeds.count(seed) > 1)
            raise self._place(*where, "seeds").error(f"seed {twice} is listed twice")
        if own.shown is not None and own.shown not in seeds:
            raise self._place(*where, "shown").error(
                f"seed {own.shown} is not among the seeds that are trained",
                "name one of them, or leave shown out for the first that generalises",
            )
        return seeds

    def _check_model(self, model: Model, part: str) -> None:
        try:
            model.network.check(model.task)
        except ValueError as error:
            raise self._place(part, model.name, "network").error(str(error)) from None
        training = model.training
        snapshots = training.steps // training.snapshot_every + 2
        numbers = sum(a * b for a, b in model.network.view_shapes(model.task).values())
        models = min(model.shard, len(model.seeds))
        size = 4 * models * snapshots * numbers + 4 * models * sum(model.task.rows) * (
            model.task.inputs + model.task.outputs
        )
        if size > MOST_SHARD_BYTES:
            raise self._place(part, model.name, "training", "snapshot_every").error(
                f"{snapshots:,} snapshots of {models} models would take {size / 2**30:.0f} GiB",
                "take fewer snapshots, a smaller shard or fewer rows",
            )

    def _figure(
        self,
        name: str,
        value: object,
        models: Mapping[str, Model],
        sweeps: Mapping[str, Sweep],
    ) -> Figure:
        table = as_table(value, self._place("figures", name))
        figure = self._kind(Figure, figure_kinds(), table, "figures", name)
        if figure.subject is None:
            if name in models or name in sweeps:
                part = "model" if name in models else "sweep"
                raise self._place("figures", name).error(f"a {part} has this id", "choose another")
            return figure
        part, known = ("sweep", sweeps) if isinstance(figure, SweepFigure) else ("model", models)
        if figure.subject not in known:
            raise self._place("figures", name, part).error(
                f'there is no {part} "{shortened(figure.subject)}"',
                suggestion(figure.subject, known) or f"add its table below [{part}s]",
            )
        try:
            if isinstance(figure, SweepFigure):
                figure.check(sweeps[figure.sweep])
            elif isinstance(figure, ModelFigure):
                figure.check(models[figure.model].task, models[figure.model].network)
        except ValueError as error:
            raise self._place("figures", name, "kind").error(str(error)) from None
        return figure

    def _kind(
        self,
        family: type[KindType],
        known: Mapping[str, type[KindType]],
        value: object,
        *where: str,
    ) -> KindType:
        table = as_table(value, self._place(*where))
        if "kind" not in table:
            raise self._place(*where).error("kind is missing", f"add one of: {', '.join(known)}")
        kind = table["kind"]
        if not isinstance(kind, str) or kind not in known:
            raise self._place(*where, "kind").error(
                f"{shown(kind)} is not a kind of {family.__name__.lower()}",
                suggestion(str(kind), known) or f"use one of: {', '.join(known)}",
            )
        return self._settings(known[kind], table, *where)

    def _settings(self, settings: type[SettingsType], value: object, *where: str) -> SettingsType:
        table = as_table(value, self._place(*where))
        try:
            return settings.model_validate_json(json.dumps(table, default=str))
        except ValidationError as error:
            details = foremost(error)
            location = [part for part in details["loc"] if is_key(part)]
            raise self._place(*where, *location).error(*explain(details, settings)) from None
        except (ValueError, RecursionError) as error:
            raise self._place(*where).error(f"cannot be read: {shortened(str(error))}") from None
