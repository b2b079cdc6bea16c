"""The command line: parses, calls one thing and reports. Errors are caught here, once."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from gen import __version__
from gen.commands.failure import echo, print_error, report_exit
from gen.errors import GenError, printable
from gen.signals import CommandGroup, Signals
from gen.workers.environment import ensure_streams, fixed_environment

if TYPE_CHECKING:
    from gen.experiments.context import Effects
    from gen.report import Report
    from gen.site.context import BuildContext

_DEFAULT_CONFIG = Path("site/gen.toml")


def main(effects: Effects | None = None) -> NoReturn:
    """Runs the command line; the console script `gen`.

    Args:
        effects: what commands reach the machine through; the usual ones if None.
    """
    ensure_streams()
    with Signals() as signals, fixed_environment():
        code = _run(signals, effects)
    sys.exit(code)


def _run(signals: Signals, effects: Effects | None) -> int:
    """Runs the command and puts into words what ended it.

    Returns:
        The exit code.
    """
    start = time.monotonic()
    try:
        code = cli.main(standalone_mode=False, obj=effects)
    except BaseException as error:
        if signals.said:
            # No terminal may be left to read this.
            with suppress(OSError):
                kept = GenError(signals.said, hint="what was finished is kept")
                print_error(kept, signals.code, start)
            return signals.code
        return report_exit(error, start)
    return code if isinstance(code, int) else 0


_SPEAKING = [
    click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors."),
    click.option("--json-log", is_flag=True, help="Say everything as JSON, an object a line."),
    click.option("--debug", is_flag=True, help="Show where an error came from."),
]


def _common(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that every command which works on a site takes."""
    for option in reversed(
        [
            click.option(
                "--config",
                "config_path",
                type=click.Path(path_type=Path, dir_okay=False),
                default=_DEFAULT_CONFIG,
                show_default=True,
                help="The site's gen.toml.",
            ),
            click.option("--profile", metavar="NAME", help="Apply [profiles.NAME] of the config."),
            click.option(
                "--store",
                "store_path",
                type=click.Path(path_type=Path, file_okay=False),
                default=Path(".gen"),
                show_default=True,
                help="Where runs and films are kept.",
            ),
            click.option(
                "--output",
                type=click.Path(path_type=Path, file_okay=False),
                default=Path("_site"),
                show_default=True,
                help="Where the site is written.",
            ),
            *_SPEAKING,
        ]
    ):
        command = option(command)
    return command


_wait = click.option(
    "--wait", is_flag=True, help="Wait for another process that uses the store or the output."
)


_jobs = click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1, 1024),
    help="Processes that work side by side.  [default: one a core]",
)


_device = click.option(
    "--device",
    type=click.Choice(["cpu", "cuda"]),
    default="cpu",
    show_default=True,
    help="What models are trained on; a run belongs to its device.",
)


def _trainers(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of commands that train: how many, on what, where, how strictly."""
    options = [
        _jobs,
        _device,
        _wait,
        click.option(
            "--cluster",
            metavar="ADDRESS",
            help="Train on the Dask cluster at ADDRESS, or on N workers here: local:N.",
        ),
        click.option(
            "--fail-fast", is_flag=True, help="Stop at the first model with unsound numbers."
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@click.group(
    cls=CommandGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "-V", "--version", prog_name="gen")
def cli() -> None:
    """Trains small networks, films the moment they generalise, publishes what was filmed."""


@cli.command()
@click.option(
    "--strict",
    is_flag=True,
    help="Refuse to publish claims that do not hold, and translations that lack something.",
)
@_common
@_trainers
def build(jobs: int | None, **options: Any) -> None:
    """Does all that is not fresh: trains, draws, writes the site."""
    from gen.commands.build import build as build_site

    with _context(options, jobs) as context:
        build_site(context)


@cli.command()
@click.argument("models", nargs=-1)
@click.option(
    "--dry-run", is_flag=True, help="Say what would be trained, why, and about how long it takes."
)
@_common
@_trainers
def train(models: tuple[str, ...], dry_run: bool, jobs: int | None, **options: Any) -> None:
    """Trains the models and sweeps that are not in the store: all of them, or MODELS."""
    from gen.commands.build import estimate_training, train_models

    with _context(options, jobs) as context:
        if dry_run:
            echo(estimate_training(context, models))
        else:
            train_models(context, models)


@cli.command()
@click.argument("model")
@click.option(
    "--where",
    metavar="CONDITION",
    help='What a seed has to fulfil: "test_loss_rise > 5 and largest_test_accuracy > 0.9".',
)
@click.option("--seeds", type=click.IntRange(1, 100_000), help="How many are tried: 0, 1, 2, ...")
@click.option("--write", is_flag=True, help="Let the config show the first seed that fits.")
@_common
@_trainers
def hunt(
    model: str,
    where: str | None,
    seeds: int | None,
    write: bool,
    jobs: int | None,
    **options: Any,
) -> None:
    """Trains many seeds of MODEL and says which fulfil a condition on their facts.

    Without --where and --seeds, the hunt that the config records is repeated.
    """
    from gen.commands.hunt import hunt as hunt_seeds

    with _context(options, jobs) as context:
        echo(str(hunt_seeds(context, model, where, seeds, write=write)))


@cli.command()
@click.argument("figures", nargs=-1)
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Also write files into this folder: MP4, GIF, PNG of films, SVG and PNG of charts.",
)
@_common
@_jobs
@_device
@_wait
def render(figures: tuple[str, ...], folder: Path | None, jobs: int | None, **options: Any) -> None:
    """Draws films of trained models that are not in the store, and writes FIGURES as files."""
    from gen.commands.build import render_figures

    with _context(options, jobs) as context:
        render_figures(context, figures, folder)


@cli.command()
@_common
@_device
@_wait
def site(**options: Any) -> None:
    """Writes the site from trained models and drawn films, doing neither."""
    from gen.commands.build import write_stored_site

    with _context(options, 1) as context:
        write_stored_site(context)


@cli.command()
@_common
@_trainers
def verify(jobs: int | None, **options: Any) -> None:
    """Makes the site again from nothing, and says whether every byte is the same."""
    from gen.commands.verify import verify as verify_site

    with _context(options, jobs) as context:
        count = verify_site(context)
        context.report.done("verified", f"{count} files are the same, byte for byte")


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="As one JSON object.")
@_common
@_device
def status(as_json: bool, **options: Any) -> None:
    """Lists what is fresh, what is stale, and because of what."""
    from gen.commands.status import examine, show

    with _context(options, 1) as context:
        echo(show(examine(context), as_json=as_json))


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port.  [default: 8000 or a free one]")
@click.option("--no-watch", is_flag=True, help="Show the site as it was built, and follow nothing.")
@_common
@_trainers
def serve(host: str, port: int | None, no_watch: bool, jobs: int | None, **options: Any) -> None:
    """Shows the site in a browser as its sources are edited: builds what changed, reloads pages."""
    from gen.server.http import serve as serve_folder
    from gen.server.http import serve_live
    from gen.site.context import config_reloader

    if no_watch:
        with _report(options) as report:
            serve_folder(options["output"], host, port, report)
        return
    with _context(options, jobs, lines=True) as context:
        serve_live(
            config_reloader(context),
            partial(_context, {**options, "wait": True}, jobs),
            host,
            port,
            context.report,
        )


@cli.command()
@click.option("--all", "everything", is_flag=True, help="Also forget every run and film.")
@_common
@_wait
def clean(everything: bool, **options: Any) -> None:
    """Removes the site, and from the store what no profile of the config asks for."""
    from gen.commands.clean import clean as clean_up

    with _context(options, 1) as context:
        clean_up(context, everything=everything)


@cli.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
def new(folder: Path) -> None:
    """Begins a site of your own in DIR: a small one that works."""
    from gen.commands.new import new as new_site

    for file in new_site(folder):
        echo(f"  {printable(str(folder / file))}")
    enter = "" if folder.resolve() == Path.cwd() else f"  cd {shlex.quote(str(folder))}\n"
    echo(f"next:\n{enter}  gen serve    # builds it in about a minute and follows your edits")


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="As one JSON object.")
@click.option(
    "--store",
    "store_path",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".gen"),
    show_default=True,
    help="Where runs and films are to be kept.",
)
def doctor(as_json: bool, store_path: Path) -> None:
    """Checks this machine: Python, torch, encoder, fonts, disk, cores, GPU."""
    from gen.commands.doctor import examine, show

    checks = examine(store_path)
    echo(show(checks, as_json=as_json))
    if any(check.verdict == "fail" for check in checks):
        sys.exit(3)


def _report(options: dict[str, Any], *, lines: bool = False) -> AbstractContextManager[Report]:
    from gen.report import make_report

    quiet, json_log = options["quiet"], options["json_log"]
    return make_report(quiet=quiet, json_log=json_log, stream=sys.stderr, lines=lines)


@contextmanager
def _context(
    options: dict[str, Any], jobs: int | None, *, lines: bool = False
) -> Iterator[BuildContext]:
    """Everything a command works with, from its options.

    Args:
        lines: leave bars to another process, which shares the terminal.
    """
    from gen.config.reader import load
    from gen.experiments.context import Effects, TrainingContext
    from gen.resources import assets_folder, templates_folder
    from gen.site.context import BuildContext
    from gen.store.store import Store
    from gen.workers.processes import default_jobs

    running = click.get_current_context(silent=True)
    effects = (running and running.obj) or Effects()
    config = load(options["config_path"], options["profile"])
    with _report(options, lines=lines) as report:
        yield BuildContext(
            config=config,
            training=TrainingContext(
                store=Store(options["store_path"], on_damage=report.warn),
                report=report,
                jobs=jobs or default_jobs(),
                device=options.get("device", "cpu"),
                cluster=options.get("cluster"),
                fail_fast=options.get("fail_fast", False),
                executor=effects.executor,
            ),
            output=options["output"],
            templates=templates_folder(),
            assets=assets_folder(),
            clock=effects.clock,
            wait=options.get("wait", False),
            strict=options.get("strict", False),
        )


if __name__ == "__main__":
    main()
