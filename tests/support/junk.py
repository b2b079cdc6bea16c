"""Random invalid and malicious content of configs and pages."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from functools import cache
from typing import Any

from hypothesis import strategies as st

MARK = "<script>boom()</script>"
HTML = (
    MARK,
    '"><img src=x onerror=boom()>',
    "<svg onload=boom()>",
    "</title><script>boom()</script>",
    "<a href='javascript:boom()'>x</a>",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "--><!--",
)
STRINGS = (
    *HTML,
    "",
    "\0",
    "a\0b",
    "\x1b[31m",
    "../../etc/passwd",
    "/etc/passwd",
    "C:\\x",
    "x" * 5000,
    "9" * 5000,
    "\u202e",
    "é́",
    "𝔘",
    "modular",
    "nan",
)
NUMBERS = (0, -1, 1, 2, 2**31, 2**63 - 1, -(2**63), 0.0, -0.5, 1e308, 5e-324, math.nan, math.inf)


class AsWritten(str):
    """TOML source text of a value that Python cannot print."""

    __slots__ = ()


BEYOND = (
    AsWritten(f"0x{'f' * 5000}"),
    AsWritten(f"{{{'a.' * 2000}a = 1}}"),
    AsWritten(f"[{{{'a.' * 2000}a = 1}}, {{{'a.' * 2000}a = 1}}]"),
)


def toml(value: Any) -> str:
    """Format a value as TOML, with inline tables."""
    match value:
        case AsWritten():
            return str(value)
        case bool():
            return str(value).lower()
        case float() if not math.isfinite(value):
            return str(value)
        case int() | float():
            return repr(value)
        case datetime():
            return value.isoformat()
        case list():
            return f"[{', '.join(map(toml, value))}]"
        case dict():
            return "{" + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + "}"
        case _:
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def document(tables: dict[str, Any]) -> str:
    """Format tables as a TOML file."""
    return "".join(f"{json.dumps(name)} = {toml(value)}\n" for name, value in tables.items())


@cache
def values() -> st.SearchStrategy[Any]:
    """Return a strategy for any TOML value."""
    plain = st.one_of(
        st.sampled_from(NUMBERS),
        st.sampled_from(STRINGS),
        st.sampled_from(BEYOND),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(st.characters(codec="utf-8"), max_size=20),
        st.just(datetime(2026, 1, 1, tzinfo=UTC)),
    )
    return st.recursive(
        plain,
        lambda inner: st.one_of(
            st.lists(inner, max_size=4),
            st.dictionaries(st.sampled_from(["kind", "steps", "x", ""]), inner, max_size=3),
        ),
        max_leaves=6,
    )


@st.composite
def damaged(draw: st.DrawFn, tables: dict[str, Any]) -> dict[str, Any]:
    """Return valid tables with one to three values removed or replaced."""
    result = json.loads(json.dumps(tables))
    for _ in range(draw(st.integers(1, 3))):
        table = result
        while True:
            key = draw(st.sampled_from([*table, ""]) if table else st.just(""))
            if isinstance(table.get(key), dict) and draw(st.integers(0, 5)):
                table = table[key]
                continue
            break
        if draw(st.integers(0, 5)) == 0:
            table.pop(key, None)
        else:
            table[key or draw(st.sampled_from(["steps", "kind", "grid", "x", *STRINGS]))] = draw(
                values()
            )
    return result


FRAGMENTS = (
    *HTML,
    "[x](javascript:boom())",
    "[x](JAVASCRIPT&colon;boom())",
    "[x](data:text/html,boom)",
    "[x](../../../etc/passwd)",
    "[x](assets/../../x)",
    "[x](%2e%2e/x)",
    "[x](assets/%2e%2e/%2e%2e/x)",
    "[x](vbscript:boom)",
    "[x](//evil.example/)",
    "[x](https://example.org/)",
    '[x](https://example.org/ "t")',
    '[x](<https://example.org/"onclick="boom()>)',
    "[x](index.md#nowhere)",
    "![x](https://evil.example/x.png)",
    "![x](assets/x.png)",
    "![](assets/x.png)",
    "<javascript:boom()>",
    "[x]: javascript:boom()",
    "[x][x]",
    "[@nanda2023]",
    "[@none]",
    "[they](@gromov2023)",
    "[they](@)",
    "[a]{.test}",
    "[a]{.none}",
    "{{parity.seeds}}",
    "{{parity.seeds:plural one/many}}",
    "{{parity.seeds:.9}}",
    "{{parity.rule:power}}",
    "{{five-neurons.angles:Words}}",
    "{{five-neurons.generalised_at}}",
    "{{five-neurons.generalised_at or <b>never</b>}}",
    "{{parity.none}}",
    "{{.}}",
    "{{}}",
    "{{:}}",
    "$x^2$",
    "$$\\frac{1}{",
    "$\\href{javascript:boom()}{x}$",
    "$\\text{<script>boom()</script>}$",
    "$\\eqref{x}$",
    "$" + "\\hat " * 20_000 + "x$",
    "$\\class{x}{y}\\style{color:red}{z}$",
    "${{parity.seeds}}$",
    "$\\color{red}x$",
    "::: if parity.seeds > 1",
    "::: if five-neurons.angles > 1",
    "::: if parity.rule < 3",
    "::: if parity.seeds = 99999999999999999999999999",
    "::: if five-neurons.angles > 1\nx\n:::\n",
    "::: if parity.rule < 3\nx\n:::\n",
    "::: if five-neurons.angles = parity.frequencies\nx\n:::\n",
    "::: if parity.seeds > 1\n" + MARK + "\n::: else\ny\n:::\n",
    "::: row\n[x](javascript:boom())\n:::\n",
    "::: proof " + MARK + "\nx\n:::\n",
    "::: if",
    "::: if and or not",
    "::: if parity.seeds > five-neurons.angles",
    "::: else",
    "::: figure weights",
    "::: figure accuracy wide",
    "::: figure none",
    "::: figure",
    "::: note",
    f"::: note a{' ' * 60_000}b",
    "::: proof <b>x</b>",
    "::: row",
    "::: gallery",
    "::: chapters",
    "::: nothing",
    ":::",
    "::::::",
    "```",
    "~~~",
    "# one",
    "## two",
    "## Search",
    "## Figure weights",
    "### three",
    "###### six",
    "> quote",
    "- item",
    "1. item",
    "999999999999. item",
    "| a | b |\n| - | - |\n| c | d |",
    "    code",
    "\t",
    "\0",
    "\x01",
    "\x7f",
    "\x85",
    "\uffff",
    "\u2028",
    "\r",
    "&#0;",
    "&#x110000;",
    "\\",
    "[" * 300,
    ">" * 300,
    "- " * 200,
    "*" * 301,
    "(" * 300,
    "{" * 300,
    "$" * 99,
    "::: row\n" * 40 + ":::\n" * 40,
    "9" * 5000,
    "+++",
)


def bodies() -> st.SearchStrategy[str]:
    """Return a strategy for valid and malformed Markdown."""
    text = st.text(st.characters(codec="utf-8"), max_size=12)
    part = st.one_of(st.sampled_from(FRAGMENTS), st.sampled_from(FRAGMENTS), text)
    joined = st.tuples(part, st.sampled_from(["\n", "\n\n", " ", "", "\n:::\n"]))
    # Short texts are refused less often, so that their HTML can be checked.
    parts = st.one_of(st.lists(joined, max_size=2), st.lists(joined, max_size=9))
    return parts.map(lambda parts: "".join(a + b for a, b in parts))
