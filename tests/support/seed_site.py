"""The small site with figures of every seed: a film, a chart, a sum, and a seed chooser."""

from __future__ import annotations

from tests.support import small_site

_EVERY = 'model = "sum"\nevery_seed = true\n'

CONFIG = (
    small_site.CONFIG.replace('kind = "weights"\nmodel = "sum"\n', f'kind = "weights"\n{_EVERY}')
    .replace('kind = "accuracy"\nmodel = "sum"\n', f'kind = "accuracy"\n{_EVERY}')
    .replace("steps = 60", "steps = 120")
    + f"""
[figures.sum-parts]
kind = "interference"
{_EVERY}
[figures.sum-still]
kind = "loss"
model = "sum"

[figures.sum-seeds]
kind = "seeds"
model = "sum"
"""
)

PAGE = (
    small_site.PAGE.partition("::: figure")[0]
    + "\n\n".join(
        f"::: figure sum-{name} wide\nA caption.\n:::"
        for name in ("weights", "accuracy", "parts", "still", "seeds")
    )
    + "\n"
)
