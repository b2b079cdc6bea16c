"""Read and check `gen.toml`: the site, models, sweeps and figures.

A profile is a table of the same shape as the file; its values replace those outside it. Every
profile is checked whenever the file is read, so that an unused profile cannot break unnoticed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gen.config.figures import check_painted, read_figure
from gen.config.languages import check_languages, read_own_texts
from gen.config.messages import validate
from gen.config.models import read_model
from gen.config.plugins import KEY as PLUGINS
from gen.config.plugins import read_plugins
from gen.config.recordings import is_recorded, read_recorded_model
from gen.config.site import Site
from gen.config.sweeps import read_sweep
from gen.config.theme import read_theme
from gen.config.toml import Location, as_table, merge_tables, read_config_file
from gen.errors import ConfigError, suggestion
from gen.experiments.model import Model
from gen.experiments.recorded import RecordedModel
from gen.experiments.sweep import Sweep
from gen.figures.figure import Figure
from gen.i18n import Words
from gen.plugins.kinds import Plugins
from gen.settings import adding_kinds
from gen.text import as_config_value, truncate
from gen.theme import Theme

_REQUIRED = ("figures", "models", "site")
_PARTS = (*_REQUIRED, "sweeps", "theme")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MAX_ID_LENGTH = 80


@dataclass(frozen=True)
class Config:
    """A checked config: the model or sweep of every figure exists, and every kind is known."""

    path: Path
    profile: str | None
    site: Site
    models: dict[str, Model]
    recordings: dict[str, RecordedModel]
    sweeps: dict[str, Sweep]
    figures: dict[str, Figure]
    plugins: Plugins
    theme: Theme = field(default_factory=Theme)

    @property
    def folder(self) -> Path:
        """The folder of the config, which also contains `pages/` and `assets/`."""
        return self.path.parent

    def words(self, language: str) -> Words:
        """Return the texts of a language, with those of `languages/` beside the config.

        Raises:
            ConfigError: the language does not exist, or a file of texts is wrong.
        """
        return Words(language, read_own_texts(self.folder))


def load(path: Path, profile: str | None = None) -> Config:
    """Read and check a config with one of its profiles applied.

    Args:
        path: the TOML file.
        profile: name of a table below `[profiles]`, or None for the file without a profile.

    Raises:
        ConfigError: the file cannot be read, is not valid TOML, or has a wrong value.
    """
    configs = load_profiles(path)
    if profile not in configs:
        known = [name for name in configs if name is not None]
        raise ConfigError(
            f"there is no profile {as_config_value(profile)}",
            where=f"{path}: profiles",
            hint=suggestion(str(profile), known) or f"add a table [profiles.{profile}]",
        )
    return configs[profile]


def load_profiles(path: Path) -> dict[str | None, Config]:
    """Read and check a config without a profile (under None) and with each of its profiles.

    Raises:
        ConfigError: the file cannot be read, is not valid TOML, or has a wrong value.
    """
    table = read_config_file(path)
    plugins = read_plugins(path.parent, table.pop(PLUGINS, []), Location(path, (PLUGINS,)))
    profiles = as_table(table.pop("profiles", {}), Location(path, ("profiles",)))
    with adding_kinds(plugins.kinds):
        configs: dict[str | None, Config] = {None: _read_config(path, None, table, {}, plugins)}
        for name, value in profiles.items():
            override = _read_override(value, table, Location(path, ("profiles", name)))
            merged = merge_tables(table, override)
            configs[name] = _read_config(path, name, merged, override, plugins)
    return configs


def _read_override(value: object, table: Mapping[str, Any], location: Location) -> dict[str, Any]:
    """Return the table of a profile, which has only parts that the file has."""
    override = as_table(value, location)
    for key in override:
        if key == PLUGINS:
            hint = "list the files of all profiles at the top of the file"
            raise location.at(key).error("a profile cannot change the plugins", hint)
        if key not in table:
            raise location.at(key).error("a profile cannot add a new part to the file")
    return override


def _read_config(
    path: Path,
    profile: str | None,
    table: Mapping[str, Any],
    override: Mapping[str, Any],
    plugins: Plugins,
) -> Config:
    """Read the tables of the file with a profile already applied."""
    top = Location(path, profile=profile, override=override)
    for key in table:
        if key not in _PARTS:
            hint = suggestion(key, [*_PARTS, "profiles", PLUGINS]) or "remove it"
            raise top.at(key).error("unknown key", hint)
    for key in _REQUIRED:
        if key not in table:
            raise top.error(f"[{key}] is missing", f"add a [{key}] table")
    site = validate(Site, table["site"], top.at("site"))
    models = {
        name: read_model(name, value, location)
        for name, value, location in _entries(table, "models", top)
        if not is_recorded(value)
    }
    recordings = {
        name: read_recorded_model(name, value, location, path.parent)
        for name, value, location in _entries(table, "models", top)
        if is_recorded(value)
    }
    sweeps = {
        name: read_sweep(name, value, location, table["models"])
        for name, value, location in _entries(table, "sweeps", top)
    }
    figures = {
        name: read_figure(name, value, location, {**models, **recordings}, sweeps)
        for name, value, location in _entries(table, "figures", top)
    }
    check_painted(figures, {name: top.at("figures", name) for name in figures})
    check_languages(site.languages, path.parent, top.at("site", "languages"))
    theme = read_theme(table.get("theme", {}), top.at("theme"))
    return Config(path, profile, site, models, recordings, sweeps, figures, plugins, theme)


def _entries(
    table: Mapping[str, Any], part: str, top: Location
) -> list[tuple[str, object, Location]]:
    """Return the id, value and location of every entry of `[models]`, `[sweeps]` or `[figures]`.

    Raises:
        ConfigError: the part is not a table, or an entry's id cannot be the name of a file.
    """
    location = top.at(part)
    entries = as_table(table.get(part, {}), location)
    for name in entries:
        if len(name) > _MAX_ID_LENGTH or not _ID.fullmatch(name):
            raise location.at(name).error(
                f'"{truncate(name)}" cannot be an id',
                "use lowercase letters, digits and single hyphens: it becomes a file name",
            )
    return [(name, value, location.at(name)) for name, value in entries.items()]
