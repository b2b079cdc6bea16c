"""Widgets: markup and data of figures that a script of the page makes interactive."""
