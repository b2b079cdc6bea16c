"""An explanation as sentences in the language of a page or a terminal, from its facts alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gen.analysis.bit_rule import MOST_BITS, ROWS
from gen.analysis.own_explanation import EXPLANATION, TEXT
from gen.analysis.types import Fact
from gen.i18n import Words

_VISIBLE_PHASE = 5.0
"""Smaller phases, in degrees, are left out of the formula."""

_LATEX = {"cos": r"\cos", "times": r"\,", "degree": r"^\circ"}
_PLAIN = {"cos": "cos", "times": "", "degree": "°"}


@dataclass(frozen=True)
class ExplanationText:
    """An explanation in words.

    Attributes:
        head: what was found.
        formula: of the logits, and what its letters mean, as lines of LaTeX, if there is one.
        plain_formula: the same for a terminal.
        tests: sentences on how well it holds.
    """

    head: str
    formula: tuple[str, ...]
    plain_formula: str | None
    tests: tuple[str, ...]


def explanation_text(facts: Mapping[str, Fact], words: Words) -> ExplanationText:
    """Return an explanation in words.

    Args:
        facts: of one seed, from `gen.analysis.explanation`.
    """
    values: Mapping[str, Any] = facts
    match values[EXPLANATION]:
        case "waves":
            return _of_waves(values, words)
        case "bits":
            head = words(
                f"explanation.{values['odd_or_even']}", bits=words.listed(values["used_bits"])
            )
            return ExplanationText(head, (), None, tuple(_tests_of_bits(values, words)))
        case "own":
            own = values.get(f"{TEXT}_{words.language}") or values[TEXT]
            return ExplanationText(own, (), None, ())
        case "no rule":
            kind = "waves" if "logit_frequencies" in values else "bits"
            known = kind == "waves" or "used_bits" in values
            key = f"explanation.none_of_{kind}" if known else "explanation.none"
            return ExplanationText(words(key, most=MOST_BITS), (), None, ())
        case "does not generalise":
            return ExplanationText(words("explanation.no_generalising"), (), None, ())
        case _:
            return ExplanationText(words("explanation.no_reader"), (), None, ())


def _of_waves(facts: Mapping[str, Any], words: Words) -> ExplanationText:
    keys, argument = facts["logit_frequencies"], facts["formula_argument"]
    n = facts["formula_period"]
    terms = list(zip(facts["logit_amplitudes"], keys, facts["logit_phases"], strict=True))
    latex, plain = _sum(terms, words, _LATEX), _sum(terms, words, _PLAIN)
    head = words("explanation.waves", frequencies=words.listed(keys))
    return ExplanationText(
        head,
        (rf"L_c \approx {latex}", rf"x = {argument}, \quad w = \frac{{2 \pi}}{{{n}}}"),
        f"L(c) ≈ {plain},   x = {argument.replace('-', '−')},   w = 2π/{n}",
        tuple(_tests_of_waves(facts, words)),
    )


def _sum(terms: Sequence[tuple[float, int, float]], words: Words, marks: Mapping[str, str]) -> str:
    """Return a sum of waves, as in `9.6 cos(10wx) + 5.8 cos(23wx − 7°)`."""
    texts = []
    for amplitude, k, phase in terms:
        angle = "wx" if k == 1 else f"{k}wx"
        if abs(phase) >= _VISIBLE_PHASE:
            sign = "-" if phase > 0 else "+"
            angle += f" {sign} {words.number(abs(phase), 0)}{marks['degree']}"
        texts.append(f"{words.number(amplitude)}{marks['times']} {marks['cos']}({angle})")
    return " + ".join(texts)


def _tests_of_waves(facts: Mapping[str, Any], words: Words) -> Iterator[str]:
    share, n = words.percent, facts["formula_period"]
    between = facts["formula_distance"].replace("-", "−")
    yield words("explanation.share", explained=share(facts["explained_share"]), pairs=n**2)
    yield words(
        "explanation.left",
        distance=share(facts["distance_share"]),
        uneven=share(facts["uneven_share"]),
        other=share(facts["other_waves_share"]),
        apart=between,
    )
    yield words(
        "explanation.accuracies",
        network=share(facts["pair_accuracy"]),
        formula=share(facts["formula_accuracy"]),
        without_formula=share(facts["without_formula_accuracy"]),
        without_waves=share(facts["without_waves_accuracy"]),
        chance=share(1 / n),
    )
    irrelevance = facts["distance_irrelevance"]
    if facts["gradient_symmetricity"] is None:
        yield words("explanation.irrelevance", irrelevance=irrelevance)
    else:
        symmetricity = facts["gradient_symmetricity"]
        yield words("explanation.measures", symmetricity=symmetricity, irrelevance=irrelevance)
    if facts["without_doubles_irrelevance"] is not None:
        yield words(
            "explanation.doubles",
            accuracy=share(facts["without_doubles_accuracy"]),
            irrelevance=facts["without_doubles_irrelevance"],
        )
    algorithm = (facts["algorithm"] or "unclear").replace(" ", "_")
    yield words(f"explanation.{algorithm}", apart=between)


def _tests_of_bits(facts: Mapping[str, Any], words: Words) -> Iterator[str]:
    patterns, proved = facts["patterns"], facts["patterns_proved"]
    yield words("explanation.patterns", patterns=patterns, constant=facts["patterns_constant"])
    if facts["largest_other_influence"] is not None:
        influence = words.percent(facts["largest_other_influence"])
        yield words("explanation.influence", influence=influence, rows=ROWS)
    if proved is None:
        yield words("explanation.no_bound")
    elif proved == patterns:
        yield words("explanation.proved", logit=facts["smallest_proved_logit"])
    else:
        yield words("explanation.partly_proved", proved=proved, patterns=patterns)
