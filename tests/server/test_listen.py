"""The host and port of `gen serve`: what is wrong with them is named in one line."""

from __future__ import annotations

import errno
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from gen.errors import SetupError
from gen.server import listen as listen_module
from gen.server.listen import address_of, listen
from gen.site import publish
from tests.conftest import Gen


@pytest.fixture
def options(tmp_path: Path) -> list[str | Path]:
    """What serves a built site and follows nothing."""
    publish.publish(tmp_path / "_site", "key", {"index.html": b"<h1>Films</h1>"})
    return ["serve", "--no-watch", "--output", tmp_path / "_site"]


@pytest.mark.parametrize("port", [[], ["--port", "0"], ["--port", "8123"]])
@pytest.mark.parametrize(
    ("host", "what"),
    [
        ("no.such.host.invalid", "this host is not known"),
        ("256.256.256.256", "this host is not known"),
        ("a..b", "this host is not known"),
        ("x" * 70, "this host is not known"),
        ("192.0.2.1", "this is not an address of this machine"),
    ],
)
def test_a_host_that_cannot_be_used_is_named_as_the_fault(
    gen: Gen, options: list[str | Path], host: str, what: str, port: list[str]
) -> None:
    outcome = gen(*options, "--host", host, *port)
    assert outcome.code == 3
    hint = "give --host an address of this machine, or leave it out"
    assert outcome.err == f"gen: {host}: {what}; {hint}\n"


def test_a_port_that_is_taken_is_named(gen: Gen, options: list[str | Path]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        outcome = gen(*options, "--port", str(port))
    assert outcome.code == 3
    what = f"port {port} is in use by another program"
    assert outcome.err == f"gen: 127.0.0.1: {what}; choose another --port\n"


@pytest.mark.parametrize("port", ["65536", "-1", "1e3", "http"])
def test_a_port_that_is_none_is_refused_in_one_line(
    gen: Gen, options: list[str | Path], port: str
) -> None:
    outcome = gen(*options, "--port", port)
    assert outcome.code == 2 and outcome.err.count("\n") == 1
    assert "--port" in outcome.err and port in outcome.err


def test_a_port_that_only_administrators_may_use_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Refusing(socket.socket):
        def bind(self, address: object) -> None:
            raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(listen_module.socket, "socket", Refusing)
    with pytest.raises(SetupError, match=r"port 80 .* --port of 1024 or above") as refused:
        listen("127.0.0.1", 80)
    assert refused.value.where == "127.0.0.1"


def test_another_port_is_found_where_the_usual_one_is_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setattr(listen_module, "USUAL_PORT", taken.getsockname()[1])
        with listen("127.0.0.1", None) as found:
            assert found.getsockname()[1] != taken.getsockname()[1]


@pytest.mark.parametrize(
    ("host", "name"),
    [("127.0.0.1", "127.0.0.1"), ("localhost", "localhost"), ("0.0.0.0", "localhost")],
)
def test_the_address_is_one_that_a_browser_here_can_open(host: str, name: str) -> None:
    with listen(host, 0) as listener:
        port = listener.getsockname()[1]
        assert address_of(listener, host) == f"http://{name}:{port}/"
        socket.create_connection((name, port)).close()


def test_it_says_so_where_other_machines_can_read_the_site(options: list[str | Path]) -> None:
    command = [sys.executable, "-m", "gen", *map(str, options), "--port", "0", "--host", "0.0.0.0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert " is at http://localhost:" in process.stderr.readline()
        warning = process.stderr.readline()
        assert warning.startswith("warning: every machine that can reach this one can read")
        process.terminate()
