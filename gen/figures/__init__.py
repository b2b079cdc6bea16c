"""Figures: one kind in one file, and what all kinds have in common."""

from gen.figures.figure import ChartFigure as ChartFigure
from gen.figures.figure import Drawn as Drawn
from gen.figures.figure import DrawnFigure as DrawnFigure
from gen.figures.figure import Figure as Figure
from gen.figures.figure import FilmFigure as FilmFigure
from gen.figures.figure import FormulaFigure as FormulaFigure
from gen.figures.figure import FormulaFilm as FormulaFilm
from gen.figures.figure import MapFigure as MapFigure
from gen.figures.figure import ModelFigure as ModelFigure
from gen.figures.figure import Moving as Moving
from gen.figures.figure import SweepFigure as SweepFigure
from gen.figures.figure import SweepFilmFigure as SweepFilmFigure
from gen.figures.figure import figure_kinds as figure_kinds
