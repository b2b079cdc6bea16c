"""Read a model of the config, which is also one cell of a sweep."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, TypeVar

from gen.config.limits import check_limits
from gen.config.messages import validate
from gen.config.toml import Location, as_table
from gen.errors import suggestion
from gen.experiments.model import Model, ModelSettings
from gen.networks.fitted import LOSS, FittedNetwork
from gen.networks.network import Network
from gen.optimisers.optimiser import Optimiser
from gen.optimisers.sgd import SGD
from gen.settings import Kind, kinds
from gen.tasks.task import Task
from gen.text import as_config_value
from gen.training.loop import Training

MODEL_TABLES = ("task", "network", "optimiser", "training")
"""The tables that every model has, beside the keys of `ModelSettings`."""

DEFAULT_OPTIMISER = "adamw"
"""The kind of an `optimiser` table without a `kind`."""

KindType = TypeVar("KindType", bound=Kind)


class KnownParts:
    """What was read of the cells of a sweep, which share most of their tables.

    Attributes:
        parts: settings by the name of their table and its content.
        checked: ids of settings, which `parts` keep, that fit each other.
    """

    def __init__(self) -> None:
        self.parts: dict[tuple[str, str], Any] = {}
        self.checked: set[tuple[int, ...]] = set()


def read_model(
    name: str,
    value: object,
    location: Location,
    cells: int = 1,
    known: KnownParts | None = None,
) -> Model:
    """Read a model from its table.

    Args:
        cells: number of models of one seed that may train together: the cells of a sweep.
        known: what was read of the other cells of a sweep.

    Raises:
        ConfigError: a key is unknown, missing or wrong, or the model is too large.
    """
    known = known or KnownParts()
    table = dict(as_table(value, location))
    for key in MODEL_TABLES:
        if key not in table:
            raise location.error(f"{key} is missing", f"add a table [{location.at(key).name}]")
    parts = {key: _part(key, table.pop(key), location, known) for key in MODEL_TABLES}
    own, seeds = _part("", table, location, known)
    model = Model(name=name, seeds=seeds, shard=own.shard, shown=own.shown, hunt=own.hunt, **parts)
    together = tuple(map(id, (own, *parts.values())))
    if together not in known.checked:
        _check_network(model, location.at("network"), location.at("training"))
        if isinstance(model.network, FittedNetwork):
            _check_fitted(model, location)
        check_limits(model, min(model.shard, cells * len(model.seeds)), location)
        known.checked.add(together)
    return model


def _part(key: str, value: object, location: Location, known: KnownParts) -> Any:
    """Return the settings of a table, which are read once for all cells with the same content."""
    place = key, repr(value)
    if place not in known.parts:
        known.parts[place] = _read_part(key, value, location)
    return known.parts[place]


def _read_part(key: str, value: object, location: Location) -> Any:
    """Read a table of a model; if `key` is empty, its own keys, with the seeds."""
    match key:
        case "task":
            return read_kind(Task, kinds("gen.tasks", Task), value, location.at(key))
        case "network":
            return read_kind(Network, kinds("gen.networks", Network), value, location.at(key))
        case "optimiser":
            known = kinds("gen.optimisers", Optimiser)
            return read_kind(Optimiser, known, value, location.at(key), DEFAULT_OPTIMISER)
        case "training":
            return validate(Training, value, location.at(key))
        case _:
            own = validate(ModelSettings, value, location)
            return own, _seeds(own, location)


def read_kind(
    family: type[KindType],
    known: Mapping[str, Any],
    value: object,
    location: Location,
    default: str | None = None,
) -> KindType:
    """Read a table into the class that its `kind` names.

    Args:
        family: the base class of the kinds.
        known: the classes by their kind.
        default: the kind of a table that names none.

    Raises:
        ConfigError: the kind is missing or unknown, or a key of the table is wrong.
    """
    table = as_table(value, location)
    if "kind" not in table and default is None:
        raise location.error("kind is missing", f"add one of: {', '.join(known)}")
    kind = table.get("kind", default)
    if not isinstance(kind, str) or kind not in known:
        raise location.at("kind").error(
            f"{as_config_value(kind)} is not a kind of {family.__name__.lower()}",
            suggestion(str(kind), known) or f"use one of: {', '.join(known)}",
        )
    return validate(known[kind], table, location)


def _seeds(settings: ModelSettings, location: Location) -> tuple[int, ...]:
    given = settings.seeds
    seeds = tuple(range(given) if isinstance(given, int) else given)
    seed, count = Counter(seeds).most_common(1)[0]
    if count > 1:
        raise location.at("seeds").error(f"seed {seed} is listed twice")
    if settings.shown is not None and settings.shown not in seeds:
        raise location.at("shown").error(
            f"seed {settings.shown} is not among the seeds that are trained",
            "use one of them, or remove shown to show the first seed that generalises",
        )
    return seeds


def _check_network(model: Model, location: Location, training: Location) -> None:
    try:
        model.network.check(model.task)
        shapes = model.network.view_shapes(model.task)
        if not type(model.network).__module__.startswith("gen."):
            model.network.check_functions(model.task)
    except ValueError as error:
        raise location.error(str(error)) from None
    if not shapes:
        raise location.error(
            "the network has no views, and a snapshot needs at least one",
            "return them from its views",
        )
    rows, size = model.task.rows[0], model.training.batch_size
    if size is not None and size > rows:
        raise training.at("batch_size").error(
            f"a batch of {size:,} rows is larger than the {rows:,} rows to train on",
            "use a smaller one, or leave it out to train on all rows at every step",
        )


def _check_fitted(model: Model, location: Location) -> None:
    """Check that each step of a fitted network arrives at the fit of all training rows."""
    training = location.at("training")
    if model.optimiser != SGD(learning_rate=1.0):
        raise location.at("optimiser").error(
            "a network that is fitted needs plain gradient descent that goes the whole way",
            'write kind = "sgd" and learning_rate = 1.0, and no other key',
        )
    if model.training.loss != LOSS:
        raise training.at("loss").error(
            f"a network that is fitted cannot minimise {as_config_value(model.training.loss)}",
            f'write loss = "{LOSS}"',
        )
    if model.training.batch_size is not None:
        raise training.at("batch_size").error(
            "a network that is fitted uses all training rows in each step", "leave it out"
        )
