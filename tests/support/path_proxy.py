"""A proxy that serves another server below a path, as JupyterHub and code-server do."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def running(server: ThreadingHTTPServer) -> Iterator[int]:
    """Run a server while the `with` block runs; yield its port."""
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class PathProxy(AbstractContextManager[str]):
    """Context manager that forwards requests below a path to a server; yields its own address.

    The server does not see the path. Other paths are not found. Each response is read completely
    before it is forwarded.

    Args:
        address: address of the server, with a slash at the end.
        path: the path, with a slash at both ends.
    """

    def __init__(self, address: str, path: str) -> None:
        self._address, self._path = address, path
        self._stack = ExitStack()

    def __enter__(self) -> str:
        address, path = self._address, self._path

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if not self.path.startswith(path):
                    self.send_error(404)
                    return
                request = urllib.request.Request(f"{address}{self.path.removeprefix(path)}")
                for name in ("Range", "Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest"):
                    if name in self.headers:
                        request.add_header(name, self.headers[name])
                try:
                    answer = urllib.request.urlopen(request)
                except urllib.error.HTTPError as refused:
                    answer = refused
                with answer:
                    body = answer.read()
                    self.send_response(answer.status or 500)
                    for name, value in answer.headers.items():
                        if name.lower().startswith(("content-", "cross-", "accept-")):
                            self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Log nothing."""

        port = self._stack.enter_context(running(ThreadingHTTPServer(("127.0.0.1", 0), Handler)))
        return f"http://127.0.0.1:{port}{path}"

    def __exit__(self, *exception: object) -> None:
        self._stack.close()
