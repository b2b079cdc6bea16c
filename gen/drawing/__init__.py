"""Films: frames of a static background and moving layers.

`canvas` draws axes, labels and colour bars once, with matplotlib; `layers` paint cells, lines,
points and the step counter into each frame's pixels; `film` combines both. Lengths are CSS pixels
from the top left corner. Device pixels are matplotlib's display coordinates, y upwards.
"""
