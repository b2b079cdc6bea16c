"""Run jobs on the workers of a Dask cluster.

A job is sent with its arguments, and its result is sent back; workers read and write no files.
Only as many jobs are submitted as there are threads, so a worker that dies loses only its own
job. That job is submitted again; Dask gives up a job that has killed several workers.
"""

from __future__ import annotations

import asyncio
import pickle
import time
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import ExitStack, contextmanager
from typing import Any, cast

from gen.errors import ConfigError, SetupError
from gen.plugins.importer import registrations
from gen.report import Report
from gen.workers.background import Background, Item
from gen.workers.exceptions import unpack_exception
from gen.workers.isolated import run_isolated
from gen.workers.processes import Done, GivenUp, Job

try:
    from dask.config import set as configured
    from distributed import Client, Future, KilledWorker, LocalCluster, wait
    from distributed.client import FutureCancelledError
    from distributed.comm.addressing import parse_address
    from distributed.comm.core import CommClosedError, FatalCommClosedError
    from distributed.comm.registry import get_backend
    from distributed.security import Security
except ImportError:
    raise SetupError("Dask is not installed", hint="run pip install distributed") from None

MAX_DEATHS = 3
"""Number of processes (with local workers: also of workers) that a job may kill."""

_POLL_INTERVAL = 2.0
_CONNECT_TIMEOUT = 8.0
"""Seconds in which a scheduler must identify itself."""

_RETRY_AFTER = 0.2

_LOCALHOST = "127.0.0.1"


class Cluster:
    """Context manager that runs jobs on the workers of a Dask scheduler.

    Workers may join and leave at any time. On leaving, only locally started workers are stopped.

    Args:
        address: address of a scheduler, such as `tcp://10.0.0.1:8786`, or `local:N` for N local
            workers.
    """

    def __init__(self, address: str, report: Report) -> None:
        self._address, self._report = address, report
        self._open = ExitStack()
        self._background = Background()

    def __enter__(self) -> Cluster:
        kind, _, count = self._address.partition(":")
        with self._open as opening:
            if kind == "local":
                address: Any = opening.enter_context(
                    _local_cluster(_worker_count(count, self._address))
                )
            else:
                address = self._address
                _check_scheduler(address)
            try:
                self._client: Client = opening.enter_context(
                    Client(address, timeout=10, set_as_default=False)
                )
            except (OSError, ValueError) as error:
                raise _connection_error(self._address, str(error) or "timed out") from None
            self._open = opening.pop_all()
        return self

    def __exit__(self, *exception: object) -> None:
        self._open.close()
        self._background.close()

    @property
    def width(self) -> int:
        """Number of jobs that run in parallel."""
        with self._converting_errors():
            return max(1, sum(cast("dict[str, int]", self._client.nthreads()).values()))

    def run(self, jobs: Sequence[Job]) -> Generator[Done | GivenUp, None, None]:
        """Run jobs in order; yield the result of each as soon as it is done.

        Raises:
            BaseException: the exception of a job; the other jobs are cancelled.
            SetupError: the connection to the scheduler is lost.
        """
        waiting = list(enumerate(jobs))
        running: dict[Future, int] = {}
        deaths: Counter[int] = Counter()
        ended = 0
        if not jobs:
            return
        with self._report.task(f"on {self._address}", len(jobs), unit="jobs") as task:
            while waiting or running:
                with self._converting_errors():
                    while waiting and len(running) < self.width:
                        place, job = waiting.pop(0)
                        running[self._submit(job)] = place
                    finished = self._wait(list(running))
                for future in finished:
                    place = running.pop(future)
                    end = self._result(future, place)
                    if isinstance(end, GivenUp) and end.retry:
                        deaths[place] += 1
                        if deaths[place] < MAX_DEATHS:
                            waiting.insert(0, (place, jobs[place]))
                            continue
                    ended += 1
                    task.advance_to(ended)
                    yield end
                    del end  # results may be large

    def in_background(self, items: Generator[Item, None, None]) -> Iterator[Item]:
        """Iterate in a thread, which is ended on leaving."""
        return self._background.iterate(items)

    def _submit(self, job: Job) -> Future:
        content = pickle.dumps((registrations(), job.function, job.arguments))
        return self._client.submit(run_isolated, content, pure=False)

    def _wait(self, futures: list[Future]) -> list[Future]:
        try:
            with self._client.as_current():
                done, _ = cast(
                    "tuple[set[Future], set[Future]]",
                    wait(futures, timeout=_POLL_INTERVAL, return_when="FIRST_COMPLETED"),
                )
        except TimeoutError:
            if self._client.status not in ("running", "connecting"):
                raise
            return []
        return [future for future in futures if future in done]

    def _result(self, future: Future, place: int) -> Done | GivenUp:
        with self._converting_errors():
            try:
                outcome, exit_code = future.result()
            except KilledWorker:
                return GivenUp(place, "every worker that ran it died")
            finally:
                future.release()
        if outcome is None:
            reason = f"every process that ran it died (exit code {exit_code})"
            return GivenUp(place, f"{reason}; memory may have run out", retry=True)
        kind, content = pickle.loads(outcome)  # noqa: S301 - it comes from a worker
        if kind == "raised":
            raise unpack_exception(content)
        result, seconds = content
        return Done(place, result, seconds)

    @contextmanager
    def _converting_errors(self) -> Iterator[None]:
        """Convert every error that means a lost scheduler to a SetupError."""
        lost = (CancelledError, FutureCancelledError, CommClosedError, FutureTimeoutError, OSError)
        try:
            yield
        except lost as error:
            raise SetupError(
                f"lost the connection to the Dask scheduler ({type(error).__name__})",
                where=self._address,
                hint="finished runs are kept; restart the scheduler and run the command again",
            ) from error


@contextmanager
def _local_cluster(workers: int) -> Iterator[Any]:
    """Start a scheduler and workers on this machine; stop them when the `with` block ends."""
    with (
        configured({"distributed.scheduler.allowed-failures": MAX_DEATHS - 1}),
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host=_LOCALHOST,
            dashboard_address=f"{_LOCALHOST}:0",
            worker_dashboard_address=f"{_LOCALHOST}:0",
        ) as cluster,
    ):
        yield cluster


def _worker_count(count: str, address: str) -> int:
    if not count.isascii() or not count.isdigit() or not 1 <= int(count) <= 1024:
        raise ConfigError(
            f'"{address}" has no valid number of workers', hint="write local:4 for four workers"
        )
    return int(count)


def _check_scheduler(address: str) -> None:
    """Raise if no Dask scheduler answers at an address; Dask's client has no timeout for this."""
    try:
        role = asyncio.run(_peer_role(address))
    except TimeoutError:
        raise _connection_error(address, "timed out") from None
    except MemoryError:  # its first bytes are read as the size of a message
        raise _connection_error(address, "it does not speak the Dask protocol") from None
    except Exception as error:  # Dask tries to parse whatever another program sends
        raise _connection_error(address, str(error) or type(error).__name__) from None
    if role != "Scheduler":
        raise _connection_error(address, f"it is the address of a {role.lower()}")


async def _peer_role(address: str) -> str:
    """Return the role of the Dask process at an address: `Scheduler`, `Worker` or `Nanny`.

    Dask's own `connect` waits for the handshake without a timeout, and leaves the connection open.
    """
    async with asyncio.timeout(_CONNECT_TIMEOUT):
        comm = await _connect(address)
        try:
            comm.local_info = comm.handshake_info()
            await comm.write(comm.local_info)
            comm.remote_info = await comm.read()
            comm.handshake_options = comm.handshake_configuration(comm.local_info, comm.remote_info)
            await comm.write({"op": "identity", "reply": True})
            answer = await comm.read()
        finally:
            comm.abort()
    return str(answer["type"])


async def _connect(address: str) -> Any:
    """Connect to an address; retry while a scheduler may still be starting."""
    scheme, place = parse_address(address)
    connector: Any = get_backend(scheme).get_connector()
    keys = Security().get_connection_args("client")
    deadline = time.monotonic() + _CONNECT_TIMEOUT - 1
    while True:
        try:
            return await connector.connect(place, deserialize=True, **keys)
        except FatalCommClosedError:
            raise
        except OSError as error:
            if time.monotonic() > deadline:
                raise (error.__cause__ or error) from None
            await asyncio.sleep(_RETRY_AFTER)


def _connection_error(address: str, reason: str) -> SetupError:
    return SetupError(
        f"no Dask scheduler answers: {reason}",
        where=address,
        hint="check that it is running and that this machine can reach the address",
    )
