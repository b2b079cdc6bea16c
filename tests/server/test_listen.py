"""The host and port of `gen serve`: errors are one line."""

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
        ("no.such.host.invalid", "unknown host"),
        ("256.256.256.256", "unknown host"),
        ("a..b", "unknown host"),
        ("x" * 70, "unknown host"),
        ("192.0.2.1", "not an address of this machine"),
    ],
)
def test_a_host_that_cannot_be_used_is_named(
    gen: Gen, options: list[str | Path], host: str, what: str, port: list[str]
) -> None:
    outcome = gen(*options, "--host", host, *port)
    assert outcome.code == 3
    hint = "set --host to an address of this machine, or leave it out"
    assert outcome.err == f"gen: {host}: {what}; {hint}\n"


def test_a_port_in_use_is_named(gen: Gen, options: list[str | Path]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        outcome = gen(*options, "--port", str(port))
    assert outcome.code == 3
    what = f"port {port} is in use by another program"
    assert outcome.err == f"gen: 127.0.0.1: {what}; choose another --port\n"


@pytest.mark.parametrize("port", ["65536", "-1", "1e3", "http"])
def test_an_invalid_port_is_a_one_line_error(
    gen: Gen, options: list[str | Path], port: str
) -> None:
    outcome = gen(*options, "--port", port)
    assert outcome.code == 2 and outcome.err.count("\n") == 1
    assert "--port" in outcome.err and port in outcome.err


def test_a_port_without_permission_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Refusing(socket.socket):
        def bind(self, address: object) -> None:
            raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(listen_module.socket, "socket", Refusing)
    with pytest.raises(SetupError, match=r"on port 80; .* --port of 1024 or higher") as refused:
        listen("127.0.0.1", 80)
    assert refused.value.where == "127.0.0.1"


def test_a_free_port_is_used_if_the_default_port_is_in_use(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setattr(listen_module, "DEFAULT_PORT", taken.getsockname()[1])
        with listen("127.0.0.1", None) as found:
            assert found.getsockname()[1] != taken.getsockname()[1]


@pytest.mark.parametrize(
    ("host", "name"),
    [("127.0.0.1", "127.0.0.1"), ("localhost", "localhost"), ("0.0.0.0", "localhost")],
)
def test_the_logged_address_opens_in_a_browser_on_this_machine(host: str, name: str) -> None:
    with listen(host, 0) as listener:
        port = listener.getsockname()[1]
        assert address_of(listener, host) == f"http://{name}:{port}/"
        socket.create_connection((name, port)).close()


def test_serve_warns_if_other_machines_can_read_the_site(options: list[str | Path]) -> None:
    command = [sys.executable, "-m", "gen", *map(str, options), "--port", "0", "--host", "0.0.0.0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        address, warning = process.stderr.readline(), process.stderr.readline()
        process.terminate()
        assert " is served at http://localhost:" in address
        assert warning.startswith("warning: every machine that can connect to this one can read")
