"""Drawing: a film is a background that is drawn once and a few layers that move.

`canvas` draws axes, labels and colour bars with matplotlib into an array; `layers` paint cells,
lines, points and the step counter straight into the pixels of each frame; `film` puts them
together. Lengths are CSS pixels from the top left corner, except where device pixels are
named: those are what matplotlib calls display coordinates, y upwards.
"""
