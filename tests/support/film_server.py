"""A server whose films have byte ranges or not, come late, or are missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Literal

Ways = Literal["ranges", "no ranges", "no film"]


class FilmServer(ThreadingHTTPServer):
    """Serves `folder`; sends films in the manner of `films` once `open` is set."""

    daemon_threads = True

    def __init__(self, folder: Path, films: Ways) -> None:
        super().__init__(("127.0.0.1", 0), partial(_Handler, directory=str(folder)))
        self.films: Ways = films
        self.open = Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, FilmServer)
        if not self.path.endswith(".mp4"):
            super().do_GET()
            return
        server.open.wait(60)
        # The browser may have closed the connection.
        with suppress(ConnectionError):
            self._send_film(server.films)

    def _send_film(self, films: Ways) -> None:
        if films == "no film":
            self.send_error(404)
        elif films == "no ranges":
            super().do_GET()
        else:
            self._send_range(Path(self.translate_path(self.path)).read_bytes())

    def _send_range(self, content: bytes) -> None:
        requested = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        first = int(requested[1]) if requested else 0
        last = int(requested[2]) if requested and requested[2] else len(content) - 1
        self.send_response(206 if requested else 200)
        self.send_header("Content-Type", "video/mp4")
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(last + 1 - first))
        if requested:
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(content)}")
        self.end_headers()
        self.wfile.write(content[first : last + 1])

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Log nothing."""


@contextmanager
def serving(folder: Path, films: Ways, *, at_once: bool = True) -> Iterator[FilmServer]:
    """Serve the folder on a free port; without `at_once`, films wait until `open` is set."""
    with FilmServer(folder, films) as server:
        if at_once:
            server.open.set()
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            server.open.set()
            server.shutdown()
