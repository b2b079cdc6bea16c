"""The command line: help, one-line errors, and a traceback only with --debug."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from gen import __version__
from gen.cli import cli
from gen.site import publish
from tests.conftest import Gen, Outcome
from tests.support import small_site

COMMANDS = ("build", "train", "render", "site", "status", "serve", "clean", "doctor")


def test_help_names_every_command(gen: Gen) -> None:
    outcome = gen("--help")
    assert outcome.code == 0
    for command in COMMANDS:
        assert f"  {command} " in outcome.out
    assert gen("--version").out.strip().endswith(__version__)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_of_a_command_is_explained(gen: Gen, command: str) -> None:
    outcome = gen(command, "--help")
    assert outcome.code == 0
    lines = outcome.out.splitlines()
    for place, line in enumerate(lines):
        if line.startswith("  -"):
            explained = "  " in line.strip() or lines[place + 1].startswith("     ")
            assert explained, line


def test_an_unknown_option_is_refused(gen: Gen) -> None:
    outcome = gen("build", "--profle", "preview")
    assert outcome.code == 2
    assert "--profile" in outcome.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["build", "--profle", "preview"], "build: no such option '--profle'"),
        (["biuld"], "no such command 'biuld'"),
        (["serve", "--port", "70000"], "serve: invalid value for '--port': 70000 is not in"),
        (["new"], "new: missing argument 'DIR'"),
    ],
)
def test_a_wrong_command_line_is_a_one_line_error(
    gen: Gen, arguments: list[str], said: str
) -> None:
    outcome = gen(*arguments)
    assert outcome.code == 2 and outcome.err.count("\n") == 1
    assert outcome.err.startswith("gen: ") and said in outcome.err
    assert outcome.err.endswith(" --help\n")


def _error(outcome: Outcome) -> dict[str, Any]:
    """Return the only JSON object that a command printed."""
    (line,) = outcome.err.splitlines()
    return json.loads(line)


@pytest.mark.parametrize("command", [*COMMANDS[:-1], "verify", "hunt"])
def test_errors_are_json_with_json_log(tmp_path: Path, gen: Gen, command: str) -> None:
    absent = tmp_path / "absent.toml"
    models = ["sum"] if command == "hunt" else []
    outcome = gen(command, *models, "--json-log", "--config", absent)
    error = _error(outcome)
    assert outcome.code == error["code"] == 2
    assert (error["event"], error["what"]) == ("error", "there is no such file")
    assert error["where"] == str(absent) and "--config" in error["hint"]
    assert error["seconds"] >= 0 and "trace" not in error
    mistaken = gen(command, *models, "--json-log", "--bogus")
    assert mistaken.code == _error(mistaken)["code"] == 2
    assert "--bogus" in _error(mistaken)["what"]


def test_a_json_error_has_a_traceback_with_debug_or_if_it_is_unexpected(
    tmp_path: Path, gen: Gen, monkeypatch: pytest.MonkeyPatch
) -> None:
    debugged = gen("build", "--json-log", "--debug", "--config", tmp_path / "absent.toml")
    assert "Traceback" in _error(debugged)["trace"]

    def broken(**_: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(cli.commands["status"], "callback", broken)
    unforeseen = gen("status", "--json-log")
    error = _error(unforeseen)
    assert unforeseen.code == error["code"] == 1
    assert error["what"] == "ZeroDivisionError: by zero" and "Traceback" in error["trace"]


def test_an_error_has_a_traceback_only_with_debug(tmp_path: Path, gen: Gen) -> None:
    options = small_site.write(tmp_path, "")
    assert "Traceback" not in gen("build", *options).err
    assert "Traceback" in gen("build", "--debug", *options).err


def test_an_unknown_model_gets_a_suggestion(tmp_path: Path, gen: Gen) -> None:
    outcome = gen("train", "sums", *small_site.write(tmp_path))
    assert outcome.code == 2
    assert outcome.err == 'gen: there is no model or sweep "sums"; did you mean "sum"?\n'


def test_quiet_training_prints_nothing_and_json_log_prints_json(tmp_path: Path, gen: Gen) -> None:
    options = small_site.write(tmp_path)
    quiet = gen("train", "odd", "--quiet", *options)
    assert (quiet.code, quiet.out, quiet.err) == (0, "", "")
    events = [
        json.loads(line)
        for line in gen("train", "--json-log", "--jobs", "1", *options).err.splitlines()
    ]
    assert {"begin", "progress", "end", "done", "say"} == {event["event"] for event in events}
    assert not [event for event in events if "odd, seed" in str(event)]


def test_status_prints_json(tmp_path: Path, gen: Gen) -> None:
    lines = json.loads(gen("status", "--json", *small_site.write(tmp_path)).out)
    assert {line["part"] for line in lines} == {"model", "film", "site"}
    assert all(not line["fresh"] and line["reason"] for line in lines)


def test_gen_runs_as_a_python_module() -> None:
    command = [sys.executable, "-m", "gen", "--version"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == (
        f"gen, version {__version__}\n"
    )


def test_the_address_of_a_written_site_is_logged(tmp_path: Path, gen: Gen) -> None:
    options = small_site.write(tmp_path, small_site.SUM_ALONE, small_site.SUM_ALONE_PAGE)
    address = (tmp_path / "_site" / "index.html").as_uri()
    assert f"written: {address}\n" in gen("build", *options).err
    small_site.write(tmp_path, small_site.SUM_ALONE, f"{small_site.SUM_ALONE_PAGE}\nMore.\n")
    assert f"written: {address}\n" in gen("site", *options).err
    assert "written" not in gen("verify", *options).err


def test_control_characters_in_folder_names_are_escaped(gen: Gen, tmp_path: Path) -> None:
    folder = tmp_path / "a\x1b[31m\x9bb\u202ec\nd"
    shown = r"a\x1b[31m\x9bb\u202ec"
    new = gen("new", folder)
    options = small_site.write(folder)
    status = gen("status", *options)
    site = gen("site", *options)
    assert new.code == status.code == 0 and site.code == 3
    for outcome in (new, status, site):
        said = outcome.out + outcome.err
        assert shown in said
        assert not set("\x1b\x9b\u202e") & set(said)


def test_control_characters_in_a_wrong_argument_are_escaped(gen: Gen) -> None:
    outcome = gen("build", "--nonsense\x1b[31m")
    assert outcome.code == 2
    assert r"--nonsense\x1b[31m" in outcome.err and "\x1b" not in outcome.err


@pytest.mark.parametrize(
    ("package", "command", "message"),
    [
        ("starlette", ["serve", "--no-watch"], "starlette is not installed; run pip install"),
        ("distributed", ["train", "--cluster", "local:1"], "is not installed; run pip install"),
        ("starlette", ["status"], ""),
        ("distributed", ["status"], ""),
    ],
)
def test_only_the_command_that_needs_an_optional_package_asks_for_it(
    package: str, command: list[str], message: str, tmp_path: Path
) -> None:
    options = list(map(str, small_site.write(tmp_path, small_site.SUM_ALONE, "")))
    publish.publish(tmp_path / "_site", "key", {"index.html": b"<h1>Films</h1>"})
    arguments = ["gen", *command, *options]
    code = f"import sys; sys.modules[{package!r}] = None; sys.argv = {arguments!r}\n"
    ended = subprocess.run(
        [sys.executable, "-c", f"{code}from gen import cli\ncli.main()"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == (3 if message else 0), ended.stderr
    assert message in ended.stderr and ended.stderr.count("\n") == (1 if message else 0)


def test_a_command_computes_with_one_thread(gen: Gen, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sums of several threads have other last digits, and small matrices are slower with them."""
    seen: list[str] = []

    @click.command()
    def threads() -> None:
        seen.extend(os.environ[f"{name}_NUM_THREADS"] for name in ("OMP", "MKL", "OPENBLAS"))

    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.setitem(cli.commands, "threads", threads)
    assert gen("threads").code == 0
    assert seen == ["1", "1", "1"]
