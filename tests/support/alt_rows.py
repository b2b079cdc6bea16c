"""The table of alt texts: the condition and the placeholders of each sentence, computed naively.

A row takes a figure and its run, and returns the placeholders of every sentence of a template that
the alt text must contain: none if the sentence would be false. A template without a row fails a
test.
"""

from __future__ import annotations

from collections.abc import Mapping

from tests.support.alt_rows_of_interventions import INTERVENE
from tests.support.alt_rows_of_logs import ACCURACY, COMPARE, LOSS, PROGRESS, SEEDS
from tests.support.alt_rows_of_others import (
    CONSTRUCTION,
    CONSTRUCTION_ERROR,
    CONSTRUCTION_SUM,
    SWEEP_FILM,
    SWEEP_MAP,
    SWEEP_SHARES,
)
from tests.support.alt_rows_of_sums import FILM, STILL
from tests.support.alt_rows_of_views import (
    ATTENTION,
    EMBEDDING_PLANE,
    HISTOGRAM,
    LAYERS,
    METRICS,
    NORMS,
    SINGULAR,
)
from tests.support.alt_rows_of_waves import DFT, NEURON, NEURONS, RACE, STARS, WAVES
from tests.support.alt_rows_of_weights import CIRCLE, EMBEDDING, TRAIN_HERE, TRAJECTORIES, WEIGHTS
from tests.support.alt_seen import Row, last_step, sentence

ROWS: Mapping[str, Mapping[str, Row]] = {
    "accuracy": {"alt.accuracy.begin": sentence(steps=last_step), **ACCURACY},
    "attention": ATTENTION,
    "circle": CIRCLE,
    "compare": COMPARE,
    "construction": CONSTRUCTION,
    "construction-error": CONSTRUCTION_ERROR,
    "construction-sum": CONSTRUCTION_SUM,
    "dft": DFT,
    "embedding": EMBEDDING,
    "embedding-plane": EMBEDDING_PLANE,
    "histogram": HISTOGRAM,
    "interference": STILL,
    "interference-film": FILM,
    "intervene": INTERVENE,
    "layers": LAYERS,
    "loss": LOSS,
    "metrics": METRICS,
    "neuron": NEURON,
    "neurons": NEURONS,
    "norms": NORMS,
    "progress": PROGRESS,
    "race": RACE,
    "seeds": SEEDS,
    "singular-values": SINGULAR,
    "stars": STARS,
    "sweep-film": SWEEP_FILM,
    "sweep-map": SWEEP_MAP,
    "sweep-shares": SWEEP_SHARES,
    "train-here": TRAIN_HERE,
    "trajectories": TRAJECTORIES,
    "waves": WAVES,
    "weights": WEIGHTS,
}
"""By kind of figure, then by the key of the text."""
