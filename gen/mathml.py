"""Formulas: LaTeX between dollars becomes MathML when the site is built."""

from __future__ import annotations

import re
from functools import cache

from math_core import LatexError, LatexToMathML

from gen.errors import PageError
from gen.text import truncate

MOST = 2000
"""Characters of a formula. What is nested deeper than these allow ends the process: the
converter goes down into a formula by calling itself."""

_SHORT = 16
"""Characters of a formula that is narrower than any window, unless it holds a wide space."""

_SPACE = re.compile(r"\\(?:[hm]?space|h?skip|q?quad|[hm]?kern|phantom|hphantom|text|rule)\b")
_STYLE = re.compile(r' style="([^"]*)"')
_ALIGNMENT = re.compile(r"text-align: (left|right|center);")


def to_mathml(latex: str, *, display: bool) -> str:
    """One formula as a `<math>` element without inline styles, which the pages' policy forbids.

    Raises:
        Mistake: the formula is too long, cannot be read, or holds a link.
    """
    latex = latex.strip()
    if len(latex) > MOST:
        what = f"the formula {truncate(latex)} has {len(latex):,} characters"
        raise PageError(what, f"divide it: at most {MOST:,} can be set at once")
    try:
        markup = _converter().convert_with_local_state(latex, displaystyle=display)
    except LatexError as error:
        reason = re.sub(r"^\d+: ", "", str(error)).strip()
        raise PageError(f"the formula {truncate(latex, 200)} cannot be set: {reason}") from None
    if "<a" in markup:
        # No formula of a page has a number that a link could lead to.
        raise PageError(f"the formula {truncate(latex, 200)} holds a link", "link outside of it")
    return _STYLE.sub(_as_class, markup)


def formula_box(latex: str, *, display: bool) -> str:
    """One formula in the box that scrolls where the formula is wider than the window.

    A short formula in a line of text has none: it is narrower than any window.
    """
    markup = to_mathml(latex, display=display)
    if display:
        return f'<div class="formula">{markup}</div>\n'
    short = len(latex.strip()) <= _SHORT and not _SPACE.search(latex)
    return markup if short else f'<span class="inline-formula">{markup}</span>'


@cache
def _converter() -> LatexToMathML:
    return LatexToMathML(fancy_error=False)


def _as_class(match: re.Match[str]) -> str:
    alignment = _ALIGNMENT.match(match[1])
    if alignment is None:
        raise PageError(f'a formula needs the style "{match[1]}"', "set it with another command")
    return f' class="math-{alignment[1]}"'
