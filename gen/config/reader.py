"""Reads `gen.toml`: what is trained, what is drawn, what is published.

Every error names the file, the key, the value and the hint. A profile is a table of the same
shape as the file whose values replace those outside it; each profile is checked whenever the
file is read, so that a broken one is not found on the day it is needed.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import Field, StringConstraints, ValidationError, field_validator

from gen.analysis.sweep_facts import check_names
from gen.config.grid import filled, read_axes
from gen.config.limits import excess
from gen.config.messages import explain, foremost, is_key
from gen.config.toml import Place, as_table, merged, parse
from gen.errors import ConfigError, suggestion
from gen.experiments.model import MOST_MODELS, Model, ModelSettings
from gen.experiments.sweep import Sweep
from gen.experiments.thresholds import Thresholds
from gen.figures.figure import Figure, FormulaFigure, ModelFigure, SweepFigure, figure_kinds
from gen.i18n import languages, unknown_language
from gen.networks.network import Network
from gen.settings import Kind, Settings, kinds
from gen.store.text_files import OneLine
from gen.tasks.task import Task
from gen.text import Line, as_config_value, truncate
from gen.training.adamw import Optimiser
from gen.training.loop import Training

PARTS = ("task", "network", "optimiser", "training")
_OTHER_NAMES = "call one of them otherwise: facts are named after settings and choices"

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

    title: Annotated[OneLine, Field(min_length=1, max_length=200)]
    description: Annotated[OneLine, Field(min_length=1, max_length=500)]
    languages: Annotated[
        list[Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]], Field(min_length=1)
    ]
    pages: Annotated[list[Slug], Field(min_length=1)]
    base_url: Annotated[Line, StringConstraints(pattern=r"^https?://[^\s\"<>]+$")] | None = None
    repository: Annotated[Line, StringConstraints(pattern=r"^https?://[^\s\"<>]+$")] | None = None

    @field_validator("pages", "languages")
    @classmethod
    def _no_entry_twice(cls, entries: list[str]) -> list[str]:
        for entry, count in Counter(entries).items():
            if count > 1:
                raise ValueError(f'"{entry}" is listed twice')
        return entries

    @field_validator("languages")
    @classmethod
    def _with_words(cls, entries: list[str]) -> list[str]:
        for entry in entries:
            if entry not in languages():
                raise ValueError(unknown_language(entry))
        return entries

    @field_validator("base_url")
    @classmethod
    def _ends_in_a_slash(cls, address: str | None) -> str | None:
        if address is not None and not address.endswith("/"):
            raise ValueError(f'"{truncate(address)}" lacks its last slash; write "{address}/"')
        return address

    @field_validator("pages")
    @classmethod
    def _published_under_its_name(cls, pages: list[str]) -> list[str]:
        if pages and pages[0] != "index":
            what = f'the first page is the landing page and "{pages[0]}" is no name for it'
            raise ValueError(f'{what}; call it "index", as servers show index.html')
        if "404" in pages:
            what = (
                "a page for wrong addresses is shown at any of them, where no relative link holds"
            )
            raise ValueError(f"{what}; write root/404.html with absolute links")
        return pages


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
            f"there is no profile {as_config_value(profile)}",
            where=f"{path}: profiles",
            hint=suggestion(str(profile), known) or f"add a table [profiles.{profile}]",
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
                    f'"{truncate(name)}" cannot be an id',
                    "use small letters, digits and single hyphens: it becomes a file's name",
                )
        return list(entries.items())

    def _model(self, name: str, value: object, part: str = "models", cells: int = 1) -> Model:
        """Reads a model, or one of the cells of a sweep, from its table."""
        table = dict(as_table(value, self._place(part, name)))
        where = (part, name)
        parts: dict[str, Any] = {}
        for key in PARTS:
            if key not in table:
                hint = f"add a table [{part}.{name}.{key}]"
                raise self._place(*where).error(f"{key} is missing", hint)
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
        self._check_model(model, part, cells)
        return model

    def _sweep(self, name: str, value: object, models: Mapping[str, Model]) -> Sweep:
        """Reads a sweep: the tables of a model, and a grid of values for some of its keys."""
        where = ("sweeps", name)
        table = dict(as_table(value, self._place(*where)))
        if name in models:
            raise self._place(*where).error("a model has this id", "choose another id")
        base = table.pop("base", None)
        if base is not None:
            if not isinstance(base, str) or base not in models:
                close = suggestion(base, models) if isinstance(base, str) else ""
                hint = close or f"there are: {', '.join(models)}"
                raise self._place(*where, "base").error(
                    f"there is no model {as_config_value(base)}", hint
                )
            tables = {key: self._table["models"][base][key] for key in PARTS}
            table = merged(tables, table, self._place(*where))
        for key in ("shown", "hunt"):
            if key in table:
                hint = "remove it, or put it into the table of a model"
                raise self._place(*where, key).error("a sweep shows all its seeds", hint)
        given = table.pop("thresholds", {})
        thresholds = self._settings(Thresholds, given, *where, "thresholds")
        axes = read_axes(table.pop("grid", {}), self._place(*where, "grid"))
        for axis in axes:
            as_table(table.get(axis.part, {}), self._place(*where, axis.part))
        count = prod(len(axis.values) for axis in axes)
        first = self._model(name, filled(table, axes, (0,) * len(axes)), "sweeps", count)
        if count * len(first.seeds) > MOST_MODELS:
            raise self._place(*where, "grid").error(
                f"that is {count * len(first.seeds):,} models",
                f"at most {MOST_MODELS:,} can be trained for one site",
            )
        places = product(*(range(len(axis.values)) for axis in axes))
        cells = tuple(
            self._model(name, filled(table, axes, place), "sweeps", count) for place in places
        )
        suited = thresholds.for_tasks(cell.task for cell in cells)
        sweep = Sweep(name, axes, first.seeds, first.shard, cells, suited)
        try:
            check_names(sweep)
        except ValueError as error:
            raise self._place(*where, "grid").error(str(error), _OTHER_NAMES) from None
        return sweep

    def _seeds(self, own: ModelSettings, *where: str) -> tuple[int, ...]:
        seeds = tuple(range(own.seeds) if isinstance(own.seeds, int) else own.seeds)
        twice, count = Counter(seeds).most_common(1)[0]
        if count > 1:
            raise self._place(*where, "seeds").error(f"seed {twice} is listed twice")
        if own.shown is not None and own.shown not in seeds:
            raise self._place(*where, "shown").error(
                f"seed {own.shown} is not among the seeds that are trained",
                "name one of them, or leave shown out for the first that generalises",
            )
        return seeds

    def _check_model(self, model: Model, part: str, cells: int) -> None:
        try:
            model.network.check(model.task)
        except ValueError as error:
            raise self._place(part, model.name, "network").error(str(error)) from None
        if not model.network.view_shapes(model.task):
            raise self._place(part, model.name, "network").error(
                "the network shows no matrix, and a snapshot holds one or more",
                "name them in its view_shapes",
            )
        found = excess(model, min(model.shard, cells * len(model.seeds)))
        if found is not None:
            place = self._place(part, model.name, *found.key)
            raise place.error(found.what, found.hint)

    def _figure(
        self,
        name: str,
        value: object,
        models: Mapping[str, Model],
        sweeps: Mapping[str, Sweep],
    ) -> Figure:
        table = as_table(value, self._place("figures", name))
        figure = self._kind(Figure, figure_kinds(), table, "figures", name)
        if name in sweeps:
            what = f"a sweep has this id, and the numbers of both would be data/{name}.csv"
            raise self._place("figures", name).error(what, "choose another id")
        try:
            if isinstance(figure, FormulaFigure):
                self._own_name(name, models, sweeps)
                figure.check()
            elif isinstance(figure, SweepFigure):
                self._subject(name, "sweep", figure, sweeps)
                figure.check(sweeps[figure.sweep])
            elif isinstance(figure, ModelFigure):
                self._subject(name, "model", figure, models)
                figure.check(models[figure.model].task, models[figure.model].network)
        except ValueError as error:
            raise self._place("figures", name, "kind").error(str(error)) from None
        return figure

    def _own_name(self, name: str, *others: Mapping[str, object]) -> None:
        if any(name in other for other in others):
            raise self._place("figures", name).error(
                "a model or sweep is called so too, and facts go by names", "call it otherwise"
            )

    def _subject(self, name: str, part: str, figure: Figure, known: Mapping[str, object]) -> None:
        if figure.subject not in known:
            raise self._place("figures", name, part).error(
                f'there is no {part} "{truncate(figure.subject)}"',
                suggestion(figure.subject, known) or f"add its table below [{part}s]",
            )

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
                f"{as_config_value(kind)} is not a kind of {family.__name__.lower()}",
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
            raise self._place(*where).error(f"cannot be read: {truncate(str(error))}") from None
