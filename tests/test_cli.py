"""The command line: help that helps, errors in one line, a traceback only when asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gen import __version__
from tests import small_site
from tests.conftest import Gen

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


def test_an_error_has_a_traceback_only_with_debug(tmp_path: Path, gen: Gen) -> None:
    options = small_site.write(tmp_path, "")
    assert "Traceback" not in gen("build", *options).err
    assert "Traceback" in gen("build", "--debug", *options).err


def test_a_model_that_is_not_configured_is_named_with_the_closest(tmp_path: Path, gen: Gen) -> None:
    outcome = gen("train", "sums", *small_site.write(tmp_path))
    assert outcome.code == 2
    assert outcome.err == 'gen: there is no model or sweep "sums"; did you mean "sum"?\n'


def test_quiet_training_says_nothing_and_json_says_it_for_machines(
    tmp_path: Path, gen: Gen
) -> None:
    options = small_site.write(tmp_path)
    quiet = gen("train", "odd", "--quiet", *options)
    assert (quiet.code, quiet.out, quiet.err) == (0, "", "")
    events = [
        json.loads(line)
        for line in gen("train", "--json-log", "--jobs", "1", *options).err.splitlines()
    ]
    assert {"begin", "progress", "end", "done", "say"} == {event["event"] for event in events}
    assert not [event for event in events if "odd, seed" in str(event)]


def test_status_can_be_read_by_machines(tmp_path: Path, gen: Gen) -> None:
    lines = json.loads(gen("status", "--json", *small_site.write(tmp_path)).out)
    assert {line["part"] for line in lines} == {"model", "film", "site"}
    assert all(not line["fresh"] and line["reason"] for line in lines)
