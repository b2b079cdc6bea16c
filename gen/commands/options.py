"""Options that several commands share, as decorators for click commands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

Command = Callable[..., Any]


def _combine(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Return one decorator that adds some options, listed by --help in this order."""

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


store = click.option(
    "--store",
    "store_path",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".gen"),
    show_default=True,
    help="Folder of stored runs and films.",
)

reporting = _combine(
    click.option("-q", "--quiet", is_flag=True, help="Print errors only."),
    click.option("--json-log", is_flag=True, help="Log to stderr as JSON, one object per line."),
    click.option("--debug", is_flag=True, help="Print a traceback with each error."),
)
"""Options of commands that report what they do."""

site = _combine(
    click.option(
        "--config",
        "config_path",
        type=click.Path(path_type=Path, dir_okay=False),
        default=Path("site/gen.toml"),
        show_default=True,
        help="Path of the site's gen.toml.",
    ),
    click.option("--profile", metavar="NAME", help="Apply [profiles.NAME] of the config."),
    store,
    click.option(
        "--output",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path("_site"),
        show_default=True,
        help="Folder of the published site.",
    ),
    reporting,
)
"""Options of every command that works on a site."""

wait = click.option(
    "--wait", is_flag=True, help="Wait if another process has locked the store or the output."
)

jobs = click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1, 1024),
    help="Number of parallel processes.  [default: one per core]",
)

device = click.option(
    "--device",
    type=click.Choice(["cpu", "cuda"]),
    default="cpu",
    show_default=True,
    help="Device to train on; runs of different devices are stored separately.",
)

training = _combine(
    jobs,
    device,
    wait,
    click.option(
        "--cluster",
        metavar="ADDRESS",
        help="Train on the Dask cluster at ADDRESS, or on N local Dask workers: local:N.",
    ),
    click.option("--fail-fast", is_flag=True, help="Stop at the first model that diverges."),
)
"""Options of commands that train."""

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
