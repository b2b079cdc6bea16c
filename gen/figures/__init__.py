"""Figures: one file per kind, and the base classes of all kinds."""

from gen.figures.figure import Figure as Figure
from gen.figures.figure import FilmFigure as FilmFigure
from gen.figures.figure import Widget as Widget
from gen.figures.figure import figure_kinds as figure_kinds
from gen.figures.formula_figure import FormulaFigure as FormulaFigure
from gen.figures.model_figure import ModelFigure as ModelFigure
from gen.figures.model_figure import RunFigure as RunFigure
from gen.figures.models_figure import ModelsFigure as ModelsFigure
from gen.figures.sweep_figure import SweepFigure as SweepFigure
