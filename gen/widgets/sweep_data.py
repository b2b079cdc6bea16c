"""Data of a sweep map for its script: extremes, curves, the steps of events, and all texts."""

from __future__ import annotations

import numpy as np
from jaxtyping import UInt16

from gen.analysis.outcome import LEARNED_ACCURACY
from gen.analysis.sweep_outcomes import NO_STEP, OUTCOMES, UNTRAINED, SweepRun
from gen.i18n import Words
from gen.text import script_json
from gen.widgets.script_data import base64_text, text_template
from gen.widgets.sweep_curves import Curves

NO_EVENT = 2**16 - 1
"""Place of an event that did not happen."""


def map_data(
    run: SweepRun, words: Words, labels: list[str], curves: Curves, focus: int, formulas: list[int]
) -> str:
    """Return JSON for the script: final extremes exactly, curves as levels, all texts."""
    extremes = run.final_extremes()
    numbers = np.stack([extremes.train_loss, extremes.test_loss, extremes.ratio], axis=2)
    state = np.where(run.failed, OUTCOMES.index("failed"), np.where(run.trained, 0, UNTRAINED))
    rows = len(run.axes[-1].values) if len(run.axes) > 1 else 1
    when, events = event_places(run)
    content = {
        "outcomes": list(OUTCOMES),
        "words": [words(f"outcome.{key}") for key in OUTCOMES],
        "cell": text_template(words, "map.cell"),
        "count": text_template(words, "map.count"),
        "contradicted": text_template(words, "map.contradicted"),
        "network": _network_texts(words),
        "comma": words("list.comma"),
        "last": text_template(words, "list.last"),
        "labels": labels,
        "rows": rows,
        "columns": len(run.axes[-2 if len(run.axes) > 1 else -1].values),
        "seeds": list(run.seeds),
        "x": curves.x,
        "ends": curves.ends,
        "loss": run.thresholds.loss,
        "ratio": run.thresholds.ratio,
        "focus": focus,
        "formulas": formulas,
        "state": base64_text(state.astype(np.uint8)),
        "judged": base64_text(run.outcomes_by_accuracy().astype(np.uint8)),
        "extremes": base64_text(numbers.astype("<f4")),
        "when": when,
        "events": base64_text(events.astype("<u2")),
        "curves": base64_text(curves.levels),
    }
    return script_json(content)


def event_places(run: SweepRun) -> tuple[list[int], UInt16[np.ndarray, "event cell seed"]]:
    """Return the steps of all events, and each event's place among them or `NO_EVENT`.

    The events are memorising, generalising and, if any model did, diverging.
    """
    events = [run.memorised_at, run.generalised_at]
    at = np.stack([*events, run.failed_at] if run.failed.any() else events)
    when = np.unique(at[at != NO_STEP])
    places = np.where(at == NO_STEP, NO_EVENT, np.searchsorted(when, at))
    return when.tolist(), places.astype(np.uint16)


def _network_texts(words: Words) -> dict[str, object]:
    """Return the texts about one model, with placeholders."""
    threshold = words.percent(LEARNED_ACCURACY)
    events = ("both", "memorised", "generalised", "neither", "broke")
    return {
        "name": text_template(words, "map.seed"),
        "settings": text_template(words, "map.network"),
        "outcomes": [words(f"one_outcome.{key}") for key in OUTCOMES],
        "sentence": words("list.sentence"),
        **{key: text_template(words, f"map.{key}", threshold=threshold) for key in events},
    }
