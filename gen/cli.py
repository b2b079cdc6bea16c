"""The command line: parse options, call one command, print errors (caught only here)."""

from __future__ import annotations

import shlex
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from gen import __version__
from gen.commands import options as opt
from gen.commands.error_output import echo, print_error, report_exit
from gen.errors import GenError, printable
from gen.signals import CommandGroup, Signals
from gen.workers.environment import ONE_THREAD, ensure_streams, fixed_environment

if TYPE_CHECKING:
    from gen.experiments.context import Effects
    from gen.report import Report
    from gen.site.context import BuildContext


def main(effects: Effects | None = None) -> NoReturn:
    """Run the command line; the console script `gen`.

    Args:
        effects: the executor and the clock of commands; the defaults if None.
    """
    ensure_streams()
    with Signals() as signals, fixed_environment(**ONE_THREAD):
        code = _run(signals, effects)
    sys.exit(code)


def _run(signals: Signals, effects: Effects | None) -> int:
    """Run the command, print its error if it fails, and return its exit code."""
    start = time.monotonic()
    try:
        code = cli.main(standalone_mode=False, obj=effects)
    except BaseException as error:
        if signals.description:
            with suppress(OSError):  # the terminal may be closed
                ended = GenError(signals.description, hint="finished runs and films are kept")
                print_error(ended, signals.exit_code, start)
            return signals.exit_code
        return report_exit(error, start)
    return code if isinstance(code, int) else 0


@click.group(
    cls=CommandGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "-V", "--version", prog_name="gen")
def cli() -> None:
    """Train small networks, film how they generalise, and publish the films as a website."""


@cli.command()
@click.option(
    "--strict",
    is_flag=True,
    help="Fail if a page states a false claim, or a translation or catalogue is incomplete.",
)
@opt.site
@opt.training
def build(jobs: int | None, **options: Any) -> None:
    """Train, draw and write whatever is missing or stale."""
    from gen.commands.build import build as build_site

    with _open_context(options, jobs) as context:
        build_site(context)


@cli.command()
@click.argument("models", nargs=-1)
@click.option(
    "--dry-run", is_flag=True, help="Print what would be trained, why, and the estimated time."
)
@opt.site
@opt.training
def train(models: tuple[str, ...], dry_run: bool, jobs: int | None, **options: Any) -> None:
    """Train missing models and sweeps: all, or MODELS."""
    from gen.commands.train import estimate_training
    from gen.commands.train import train as train_missing

    with _open_context(options, jobs) as context:
        if dry_run:
            echo(estimate_training(context, models))
        else:
            train_missing(context, models)


@cli.command()
@click.argument("model")
@click.option(
    "--where",
    metavar="CONDITION",
    help='Condition on facts: "test_loss_rise > 5 and largest_test_accuracy > 0.9".',
)
@click.option(
    "--seeds", type=click.IntRange(1, 100_000), help="Number of seeds to try: 0, 1, 2, ..."
)
@click.option("--write", is_flag=True, help="Write the first matching seed to the config.")
@opt.as_json
@opt.site
@opt.training
def hunt(
    model: str,
    where: str | None,
    seeds: int | None,
    write: bool,
    as_json: bool,
    jobs: int | None,
    **options: Any,
) -> None:
    """Find the seeds of MODEL whose facts match a condition, and list these facts.

    Without --where and --seeds, repeat the hunt that is recorded in the config.
    """
    from gen.commands.hunt import hunt as hunt_seeds
    from gen.commands.hunt import show

    with _open_context(options, jobs) as context:
        echo(show(hunt_seeds(context, model, where, seeds, write=write), as_json=as_json))


@cli.command()
@click.argument("model", required=False)
@click.option(
    "--only", metavar="FACT,FACT", default="", help="List these facts: gap,final_test_loss."
)
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, with all digits.")
@opt.as_json
@opt.site
@opt.device
def facts(model: str | None, only: str, as_csv: bool, as_json: bool, **options: Any) -> None:
    """List the facts of each seed of MODEL, or of each model of a sweep.

    Without MODEL, list all facts that pages can quote.
    """
    from gen.commands.facts import quotable_facts, show_quotable, show_table, tabulate

    if as_csv and as_json:
        raise click.UsageError("--csv and --json exclude each other.")
    form = "csv" if as_csv else "json" if as_json else "text"
    names = [name.strip() for name in only.split(",") if name.strip()]
    with _open_context(options, 1) as context:
        if model is None:
            echo(show_quotable(quotable_facts(context, names), form))
        else:
            echo(show_table(tabulate(context, model, names), form, _terminal_width()))


@cli.command()
@click.argument("model")
@click.option(
    "--seed",
    "seeds",
    type=int,
    multiple=True,
    help="Seed to read; may be repeated.  [default: the shown one]",
)
@click.option("--all-seeds", is_flag=True, help="Read every seed that is trained.")
@opt.as_json
@opt.site
@opt.device
def explain(
    model: str, seeds: tuple[int, ...], all_seeds: bool, as_json: bool, **options: Any
) -> None:
    """Read the algorithm out of the trained network MODEL, and test it."""
    from gen.commands.explain import explain as read_networks
    from gen.commands.explain import show

    if seeds and all_seeds:
        raise click.UsageError("--seed and --all-seeds exclude each other.")
    with _open_context(options, 1) as context:
        found = read_networks(context, model, seeds, every=all_seeds)
        echo(show(model, found, context.config.words("en"), as_json=as_json))


@cli.command()
@click.argument("figures", nargs=-1)
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Also export files to this folder: MP4, GIF, PNG of films, SVG, PNG of charts, CSV.",
)
@opt.site
@opt.jobs
@opt.device
@opt.wait
def render(figures: tuple[str, ...], folder: Path | None, jobs: int | None, **options: Any) -> None:
    """Draw missing films of trained models: all, or FIGURES."""
    from gen.commands.render import render_figures

    with _open_context(options, jobs) as context:
        render_figures(context, figures, folder)


@cli.command()
@opt.site
@opt.device
@opt.wait
def site(**options: Any) -> None:
    """Write the site from stored runs and films."""
    from gen.commands.site import write_stored_site

    with _open_context(options, 1) as context:
        write_stored_site(context)


@cli.command()
@opt.site
@opt.training
def verify(jobs: int | None, **options: Any) -> None:
    """Build the site from nothing and compare every byte."""
    from gen.commands.verify import verify as verify_site

    with _open_context(options, jobs) as context:
        count = verify_site(context)
        context.report.done("verified", f"{count} files are identical")


@cli.command()
@opt.as_json
@opt.site
@opt.device
def status(as_json: bool, **options: Any) -> None:
    """List what is fresh, what is stale, and why."""
    from gen.commands.status import examine, show

    with _open_context(options, 1) as context:
        echo(show(examine(context), as_json=as_json))


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port.  [default: 8000, or a free port]"
)
@click.option("--no-watch", is_flag=True, help="Serve the published site as it is.")
@opt.site
@opt.training
def serve(host: str, port: int | None, no_watch: bool, jobs: int | None, **options: Any) -> None:
    """Serve the site; rebuild and reload it after each change."""
    from gen.server.http import serve as serve_folder
    from gen.server.http import serve_live
    from gen.site.context import ConfigReloader

    if no_watch:
        with _open_report(options) as report:
            serve_folder(options["output"], host, port, report)
        return
    with _open_context(options, jobs, lines=True) as context:
        serve_live(
            ConfigReloader(context),
            partial(_open_context, {**options, "wait": True}, jobs),
            host,
            port,
            context.report,
        )


@cli.command()
@click.option("--all", "everything", is_flag=True, help="Also remove every run and film.")
@opt.site
@opt.wait
def clean(everything: bool, **options: Any) -> None:
    """Remove the site, and runs and films that no profile uses."""
    from gen.commands.clean import clean as clean_up

    with _open_context(options, 1) as context:
        clean_up(context, everything=everything)


@cli.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
def new(folder: Path) -> None:
    """Create a small working site in DIR."""
    from gen.commands.new import new as new_site

    for file in new_site(folder):
        echo(f"  {printable(str(folder / file))}")
    change_folder = "" if folder.resolve() == Path.cwd() else f"  cd {shlex.quote(str(folder))}\n"
    echo(
        f"next:\n{change_folder}  gen serve    # builds in about a minute, then follows your edits"
    )


@cli.command()
@click.argument("checkpoints", nargs=-1, required=True)
@click.option(
    "--tensor",
    "tensors",
    multiple=True,
    metavar="NAME",
    help='Tensor to record; may be repeated, and be a pattern such as "layers.*.weight".',
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Recording to write, such as runs/x.safetensors.",
)
@click.option("--note", help="Text to record with it.")
@opt.reporting
def record(
    checkpoints: tuple[str, ...],
    tensors: tuple[str, ...],
    output: Path,
    note: str | None,
    **options: Any,
) -> None:
    """Make a recording of CHECKPOINTS: files, or quoted patterns.

    Reads .safetensors, .npz, and .pt, .pth, .bin and .ckpt of PyTorch if they hold tensors alone.
    The step of a file is the number in its name.
    """
    from gen.commands.record import record as record_checkpoints

    with _open_report(options) as report:
        record_checkpoints(checkpoints, tensors, output, note, report)


@cli.command()
@opt.as_json
@opt.store
def doctor(as_json: bool, store_path: Path) -> None:
    """Check Python, torch, encoder, fonts, disk, cores and GPU."""
    from gen.commands.doctor import examine, show

    checks = examine(store_path)
    echo(show(checks, as_json=as_json))
    if any(check.verdict == "fail" for check in checks):
        sys.exit(3)


def _terminal_width() -> int | None:
    """Return the columns of the terminal; None if the output is written to a file or pipe."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def _open_report(options: dict[str, Any], *, lines: bool = False) -> AbstractContextManager[Report]:
    from gen.report import make_report

    quiet, json_log = options["quiet"], options["json_log"]
    return make_report(quiet=quiet, json_log=json_log, stream=sys.stderr, lines=lines)


@contextmanager
def _open_context(
    options: dict[str, Any], jobs: int | None, *, lines: bool = False
) -> Iterator[BuildContext]:
    """Open the context of a command from its options.

    Args:
        lines: draw no progress bars; another process draws them in the same terminal.
    """
    from gen.config.reader import load
    from gen.experiments.context import Effects, TrainingContext
    from gen.resources import templates_folder
    from gen.site.context import BuildContext
    from gen.store.store import Store
    from gen.workers.processes import default_jobs

    running = click.get_current_context(silent=True)
    effects = (running and running.obj) or Effects()
    config = load(options["config_path"], options["profile"])
    with _open_report(options, lines=lines) as report:
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
            clock=effects.clock,
            wait=options.get("wait", False),
            strict=options.get("strict", False),
        )


if __name__ == "__main__":
    main()
