"""Read a figure of the config, and check that its model or sweep can be shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias, TypeVar

from gen.config.models import read_kind
from gen.config.toml import Location
from gen.errors import suggestion
from gen.experiments.model import Model
from gen.experiments.recorded import RecordedModel
from gen.experiments.sweep import Sweep
from gen.figures.any_run_figure import OfAnyRun
from gen.figures.figure import Figure, FilmFigure, figure_kinds
from gen.figures.formula_figure import FormulaFigure
from gen.figures.model_figure import ModelFigure
from gen.figures.models_figure import ModelsFigure
from gen.figures.sweep_figure import SweepFigure
from gen.text import truncate

AnyModel: TypeAlias = Model | RecordedModel
SubjectType = TypeVar("SubjectType", AnyModel, Sweep)


def read_figure(
    name: str,
    value: object,
    location: Location,
    models: Mapping[str, AnyModel],
    sweeps: Mapping[str, Sweep],
) -> Figure:
    """Read a figure from its table.

    Raises:
        ConfigError: a key is wrong, or the figure cannot show its model or sweep.
    """
    figure = read_kind(Figure, figure_kinds(), value, location)
    if name in sweeps:
        what = f"a sweep has the same id, and both would write data/{name}.csv"
        raise location.error(what, "choose another id")
    try:
        if isinstance(figure, FormulaFigure):
            if name in models:
                what = "a model has the same id, and facts are named after ids"
                raise location.error(what, "choose another id")
            figure.check()
        elif isinstance(figure, ModelsFigure):
            if name in models:
                what = "a model has the same id, and timelines are named after ids"
                raise location.error(what, "choose another id")
            figure.check([_trained_here(one, models, location) for one in figure.models])
        elif isinstance(figure, SweepFigure):
            figure.check(_subject(figure.sweep, sweeps, "sweep", location))
        elif isinstance(figure, ModelFigure):
            model = _subject(figure.model, models, "model", location)
            _check_seeds(figure, model, location)
            _check_model(figure, model)
    except ValueError as error:
        raise location.at("kind").error(str(error)) from None
    return figure


def _trained_here(name: str, models: Mapping[str, AnyModel], location: Location) -> Model:
    """Return a configured model; raise ConfigError if it does not exist or is recorded."""
    at = location.at("models")
    if name not in models:
        hint = suggestion(name, models) or "add its table below [models]"
        raise at.error(f'there is no model "{truncate(name)}"', hint)
    model = models[name]
    if not isinstance(model, Model):
        raise at.error(f"{name} is recorded", "name models that are trained here")
    return model


def check_painted(figures: Mapping[str, Figure], locations: Mapping[str, Location]) -> None:
    """Check that the films which a figure paints exist, and are right for any run of its model.

    Raises:
        ConfigError: one does not exist, shows another model, or cannot be painted.
    """
    for name, figure in figures.items():
        at = locations[name].at("shows")
        for wanted in figure.paints:
            film = figures.get(wanted)
            if film is None:
                hint = suggestion(wanted, figures) or "add its table below [figures]"
                raise at.error(f'there is no figure "{truncate(wanted)}"', hint)
            if film.source != figure.source:
                raise at.error(
                    f'"{wanted}" shows the model "{film.source}", not "{figure.source}"',
                    f'name figures with model = "{figure.source}"',
                )
            if not (isinstance(film, FilmFigure) and film.fits_any_run):
                fitting = [
                    kind
                    for kind, found in figure_kinds().items()
                    if issubclass(found, FilmFigure) and found.fits_any_run
                ]
                raise at.error(
                    f'"{wanted}" cannot show a run of the reader',
                    f"name figures of the kinds {', '.join(fitting)}",
                )


def _check_model(figure: ModelFigure, model: AnyModel) -> None:
    """Raise ValueError if a figure cannot show a model."""
    if isinstance(model, Model):
        figure.check_model(model)
        return
    if not isinstance(figure, OfAnyRun):
        kinds = [kind for kind, found in figure_kinds().items() if issubclass(found, OfAnyRun)]
        raise ValueError(  # noqa: TRY004 - of a value in the config
            f"it needs the task and the network of a model that is trained here, and {model.name} "
            f"is recorded; use one of: {', '.join(kinds)}"
        )
    run = model.runs[0]
    figure.check_views(run.shapes, tuple(run.metrics))


def _check_seeds(figure: ModelFigure, model: AnyModel, location: Location) -> None:
    """Raise ConfigError if a figure names a seed that is not trained, or has every_seed too."""
    for seed in figure.named_seeds:
        if seed not in model.seeds:
            raise location.error(
                f"it names seed {seed}, which {model.name} does not have",
                f"use one of: {', '.join(map(str, model.seeds[:12]))}"
                f"{', …' if len(model.seeds) > 12 else ''}",
            )
    if figure.named_seeds and figure.every_seed:
        raise location.at("every_seed").error(
            "the figure names the seed that it shows, so that readers cannot choose one",
            "remove every_seed, or the seed",
        )


def _subject(
    name: str, known: Mapping[str, SubjectType], part: str, location: Location
) -> SubjectType:
    """Return the configured model or sweep that a figure shows."""
    if name not in known:
        hint = suggestion(name, known) or f"add its table below [{part}s]"
        raise location.at(part).error(f'there is no {part} "{truncate(name)}"', hint)
    return known[name]
