"""Print the error that ended a command: one line, or one JSON object with --json-log."""

from __future__ import annotations

import sys
import time
import traceback

import click

from gen.errors import ConfigError, GenError, as_gen_error, printable
from gen.plugins.failures import plugin_failure


def report_exit(error: BaseException, start: float) -> int:
    """Print an error in one line.

    Args:
        start: when the command started, by the monotonic clock.

    Returns:
        The exit code.
    """
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        echo(error.format_message(), err=True)
        return error.exit_code
    if not isinstance(error, Exception):
        raise error
    gen_error, debug = _as_gen_error(error), "--debug" in sys.argv[1:]
    if gen_error is None and not _json_log():
        raise error
    debug = debug or gen_error is None
    gen_error = gen_error or GenError(f"{type(error).__name__}: {error}")
    trace = "".join(traceback.format_exception(error)) if debug else ""
    print_error(gen_error, gen_error.exit_code, start, trace)
    return gen_error.exit_code


def _as_gen_error(error: Exception) -> GenError | None:
    """Return an error as a GenError; None for a programming error."""
    if not isinstance(error, click.ClickException):
        return as_gen_error(error) or plugin_failure(error)
    what = error.format_message().removesuffix(".")
    context = error.ctx if isinstance(error, click.UsageError) else None
    place = context.command_path if context else ""
    hint = f"see {place} --help" if place else ""
    return ConfigError(f"{what[:1].lower()}{what[1:]}", where=place, hint=hint)


def print_error(error: GenError, code: int, start: float, trace: str = "") -> None:
    """Print an error as one line, or as one JSON object with --json-log."""
    if _json_log():
        from gen.report import JsonReport

        JsonReport(sys.stderr, time.monotonic, start).error(error, code, trace)
        return
    echo(f"{trace}gen: {error}", err=True)


def echo(text: str, *, err: bool = False) -> None:
    """Print lines, with control characters (as in file names) escaped.

    Args:
        err: print to stderr.
    """
    click.echo("\n".join(map(printable, text.split("\n"))), err=err)


def _json_log() -> bool:
    """Whether --json-log is given; parsing the options may have failed."""
    return "--json-log" in sys.argv[1:]
