"""Parse emphasis beside Chinese, Japanese and Korean text, which has no spaces around marks.

CommonMark lets `**` close after punctuation only before a space or more punctuation, so it never
closes in `**重点（注释）。**后面`. This follows the CJK-friendly amendments to CommonMark
(github.com/tats-u/markdown-cjk-friendly, specification.md): wide punctuation counts as a letter,
and a wide character beside a run of marks counts as a space. Variation selectors are not
skipped.
"""

from __future__ import annotations

import unicodedata

from markdown_it import MarkdownIt
from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter


def emphasis_plugin(md: MarkdownIt) -> None:
    """Replace the parser's rule for runs of `*` and `_`."""
    md.inline.ruler.at("emphasis", _rule)


def _rule(state: StateInline, silent: bool) -> bool:
    marker = state.src[state.pos]
    if silent or marker not in "*_":
        return False
    end = state.pos
    while end < state.posMax and state.src[end] == marker:
        end += 1
    before = state.src[state.pos - 1] if state.pos else " "
    after = state.src[end] if end < state.posMax else " "
    opens, closes = _flanks(before, after, in_words=marker == "*")
    length = end - state.pos
    for _ in range(length):
        state.push("text", "", 0).content = marker
        token = len(state.tokens) - 1
        state.delimiters.append(Delimiter(ord(marker), length, token, -1, opens, closes))
    state.pos = end
    return True


def _flanks(before: str, after: str, *, in_words: bool) -> tuple[bool, bool]:
    """Return whether a run of marks between two characters may open and may close emphasis.

    Args:
        in_words: whether it may do so inside a word: true for `*`, false for `_`.
    """
    space_before, space_after = isWhiteSpace(ord(before)), isWhiteSpace(ord(after))
    if space_before or space_after:
        return not space_after, not space_before
    marks_before, marks_after = _is_punctuation(before), _is_punctuation(after)
    if not in_words:
        return marks_before, marks_after
    wide = _is_wide(before) or _is_wide(after)
    return wide or marks_before or not marks_after, wide or marks_after or not marks_before


def _is_punctuation(character: str) -> bool:
    return isMdAsciiPunct(ord(character)) or isPunctChar(character)


def _is_wide(character: str) -> bool:
    """Whether a character is Chinese, Japanese or Korean: wide, and not an emoji."""
    code = ord(character)
    if unicodedata.east_asian_width(character) not in "WFH":
        return 0x1160 <= code <= 0x11FF
    symbol = unicodedata.category(character) in {"So", "Sk"}
    return not symbol or 0x3000 <= code <= 0xFFFF
