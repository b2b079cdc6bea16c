"""Formulas: LaTeX between dollars becomes MathML when the site is built."""

from __future__ import annotations

import re
from functools import cache

from math_core import LatexError, LatexToMathML

from gen.pages.source import Mistake

_STYLE = re.compile(r' style="([^"]*)"')
_ALIGNMENT = re.compile(r"text-align: (left|right|center);")


def to_mathml(latex: str, *, display: bool) -> str:
    """One formula as a `<math>` element without inline styles, which the pages' policy forbids.

    Raises:
        Mistake: the formula cannot be read.
    """
    try:
        markup = _converter().convert_with_local_state(latex.strip(), displaystyle=display)
    except LatexError as error:
        reason = re.sub(r"^\d+: ", "", str(error)).strip()
        raise Mistake(f"the formula {latex.strip()} cannot be set: {reason}") from None
    return _STYLE.sub(_as_class, markup)


@cache
def _converter() -> LatexToMathML:
    return LatexToMathML(fancy_error=False)


def _as_class(match: re.Match[str]) -> str:
    alignment = _ALIGNMENT.match(match[1])
    if alignment is None:
        raise Mistake(f'a formula needs the style "{match[1]}"', "set it with another command")
    return f' class="math-{alignment[1]}"'
