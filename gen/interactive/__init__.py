"""Figures that the page paints itself: scenes, and packs of the snapshots they show."""
