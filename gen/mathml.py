"""Convert LaTeX formulas to MathML when the site is built."""

from __future__ import annotations

import re
from functools import cache

from math_core import LatexError, LatexToMathML

from gen.errors import PageError
from gen.text import truncate

MAX_LENGTH = 2000
"""Characters of a formula. The converter is recursive, and a longer formula could be nested so
deep that the process crashes."""

_SHORT_LENGTH = 16
"""Characters of a formula that fits into any window, unless it has a wide space."""

_SPACE = re.compile(r"\\(?:[hm]?space|h?skip|q?quad|[hm]?kern|phantom|hphantom|text|rule)\b")
_STYLE = re.compile(r' style="([^"]*)"')
_ALIGNMENT = re.compile(r"text-align: (left|right|center);")


def to_mathml(latex: str, *, display: bool) -> str:
    """Convert a formula to a `<math>` element without inline styles, which pages forbid.

    Raises:
        PageError: the formula is too long, is not valid LaTeX, or has a link.
    """
    latex = latex.strip()
    if len(latex) > MAX_LENGTH:
        what = f"the formula {truncate(latex)} has {len(latex):,} characters"
        raise PageError(what, f"divide it into formulas of at most {MAX_LENGTH:,} characters")
    try:
        markup = _converter().convert_with_local_state(latex, displaystyle=display)
    except LatexError as error:
        reason = re.sub(r"^\d+: ", "", str(error)).strip()
        raise PageError(f"the formula {truncate(latex, 200)} is not valid: {reason}") from None
    if "<a" in markup:
        # Formulas of a page have no numbers, so a link inside one leads nowhere.
        raise PageError(
            f"the formula {truncate(latex, 200)} has a link", "put the link outside of it"
        )
    return _STYLE.sub(_as_class, markup)


def formula_box(latex: str, *, display: bool) -> str:
    """Convert a formula to MathML in a box that scrolls if it is wider than the window.

    A short formula in a line of text gets no box.
    """
    markup = to_mathml(latex, display=display)
    if display:
        return f'<div class="formula">{markup}</div>\n'
    short = len(latex.strip()) <= _SHORT_LENGTH and not _SPACE.search(latex)
    return markup if short else f'<span class="inline-formula">{markup}</span>'


@cache
def _converter() -> LatexToMathML:
    return LatexToMathML(fancy_error=False)


def _as_class(match: re.Match[str]) -> str:
    alignment = _ALIGNMENT.match(match[1])
    if alignment is None:
        raise PageError(f'a formula needs the style "{match[1]}"', "use another command")
    return f' class="math-{alignment[1]}"'
