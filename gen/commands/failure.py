"""Tells what ended a command: as one line, or as one JSON object under --json-log."""

from __future__ import annotations

import sys
import time
import traceback

import click

from gen.errors import ConfigError, GenError, as_gen_error, printable


def report_exit(error: BaseException, start: float) -> int:
    """Tells an error in one line.

    Args:
        start: when the command began, by the monotonic clock.

    Returns:
        The exit code.
    """
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        echo(error.format_message(), err=True)
        return error.exit_code
    if not isinstance(error, Exception):
        raise error
    fault, debug = _fault(error), "--debug" in sys.argv[1:]
    if fault is None and not _in_json():
        raise error
    fault, debug = fault or GenError(f"{type(error).__name__}: {error}"), debug or fault is None
    trace = "".join(traceback.format_exception(error)) if debug else ""
    print_error(fault, fault.exit_code, start, trace)
    return fault.exit_code


def _fault(error: Exception) -> GenError | None:
    """An error in words of this tool; None where only its author can correct what caused it."""
    if not isinstance(error, click.ClickException):
        return as_gen_error(error)
    what = error.format_message().removesuffix(".")
    context = error.ctx if isinstance(error, click.UsageError) else None
    place = context.command_path if context else ""
    hint = f"{place} --help lists what there is" if place else ""
    return ConfigError(f"{what[:1].lower()}{what[1:]}", where=place, hint=hint)


def print_error(fault: GenError, code: int, start: float, trace: str = "") -> None:
    """Writes an error as one line, or as one JSON object under --json-log."""
    if _in_json():
        from gen.report import JsonReport

        JsonReport(sys.stderr, time.monotonic, start).error(fault, code, trace)
        return
    echo(f"{trace}gen: {fault}", err=True)


def echo(text: str, *, err: bool = False) -> None:
    """Writes lines; what a terminal would obey in them, as in the name of a file, is spelled out.

    Args:
        err: to the stream for errors.
    """
    click.echo("\n".join(map(printable, text.split("\n"))), err=err)


def _in_json() -> bool:
    """Whether JSON is asked for; read from the arguments, which may be what is wrong."""
    return "--json-log" in sys.argv[1:]
