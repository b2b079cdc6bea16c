"""Where work runs when one machine is too small: on the workers of a Dask cluster.

A job is sent with its arguments and comes back as a result; workers read and write nothing.
At any time there are as many jobs out as there are threads, so that a worker that dies takes
no more than its own job with it. That job is given to another worker; Dask gives up on one
that has killed several.
"""

from __future__ import annotations

import asyncio
import pickle
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, cast

from gen.errors import ConfigError, SetupError
from gen.workers.exceptions import unpack_exception
from gen.workers.isolated import run
from gen.workers.processes import Done, GivenUp, Job

if TYPE_CHECKING:
    from distributed import Client, Future

    from gen.report import Report

MOST_DEATHS = 3
"""Processes that a job may kill before it is given up; workers too if they are started here."""

_LOOK_AGAIN = 2.0
_ANSWERS = 8.0
"""Seconds in which a scheduler has to say that it is one."""

_PAUSE = 0.2

_HERE = "127.0.0.1"


class Cluster:
    """The workers behind a Dask scheduler, as they come and go.

    Use it as a context manager; leaving it ends what was started here and nothing else.

    Args:
        address: of a scheduler, such as `tcp://10.0.0.1:8786`, or `local:N` for N workers here.
    """

    def __init__(self, address: str, report: Report) -> None:
        self._address, self._report = address, report
        self._open = ExitStack()

    def __enter__(self) -> Cluster:
        try:
            import distributed
        except ImportError:
            raise SetupError("Dask is not installed", hint="run pip install distributed") from None
        kind, _, count = self._address.partition(":")
        with self._open as opening:
            if kind == "local":
                address: Any = opening.enter_context(_started(_whole(count, self._address)))
            else:
                address = self._address
                _refuse_other_peers(address)
            try:
                self._client: Client = opening.enter_context(
                    distributed.Client(address, timeout=10, set_as_default=False)
                )
            except (OSError, ValueError) as error:
                raise _unanswered(self._address, str(error) or "timed out") from None
            self._open = opening.pop_all()
        return self

    def __exit__(self, *exception: object) -> None:
        self._open.close()

    @property
    def width(self) -> int:
        """How many jobs run side by side."""
        with self._reached():
            return max(1, sum(cast("dict[str, int]", self._client.nthreads()).values()))

    def run(self, jobs: Sequence[Job]) -> Iterator[Done | GivenUp]:
        """Runs the jobs, earlier ones first, and gives back each as soon as it is done.

        Raises:
            BaseException: what a job raised; the other jobs are given up.
            EnvironmentFault: the scheduler is lost.
        """
        waiting = list(enumerate(jobs))
        out: dict[Future, int] = {}
        deaths: Counter[int] = Counter()
        ended = 0
        if not jobs:
            return
        with self._report.task(f"on {self._address}", len(jobs), unit="jobs") as task:
            while waiting or out:
                with self._reached():
                    while waiting and len(out) < self.width:
                        place, job = waiting.pop(0)
                        out[self._give(job)] = place
                    finished = self._wait(list(out))
                for future in finished:
                    place = out.pop(future)
                    end = self._end(future, place)
                    if isinstance(end, GivenUp) and end.again:
                        deaths[place] += 1
                        if deaths[place] < MOST_DEATHS:
                            waiting.insert(0, (place, jobs[place]))
                            continue
                    ended += 1
                    task.advance_to(ended)
                    yield end
                    del end  # what it holds may be large

    def _give(self, job: Job) -> Future:
        work = pickle.dumps((job.function, job.arguments))
        return self._client.submit(run, work, pure=False)

    def _wait(self, futures: list[Future]) -> list[Future]:
        from distributed import wait

        try:
            with self._client.as_current():
                done, _ = cast(
                    "tuple[set[Future], set[Future]]",
                    wait(futures, timeout=_LOOK_AGAIN, return_when="FIRST_COMPLETED"),
                )
        except TimeoutError:
            if self._client.status not in ("running", "connecting"):
                raise
            return []
        return [future for future in futures if future in done]

    def _end(self, future: Future, place: int) -> Done | GivenUp:
        from distributed import KilledWorker

        with self._reached():
            try:
                outcome, exit_code = future.result()
            except KilledWorker:
                return GivenUp(place, "every worker that took it died")
            finally:
                future.release()
        if outcome is None:
            reason = f"every process that took it died (exit code {exit_code})"
            return GivenUp(place, f"{reason}; memory may have run out", again=True)
        kind, content = pickle.loads(outcome)  # noqa: S301 - it comes from a worker
        if kind == "raised":
            raise unpack_exception(content)
        result, seconds = content
        return Done(place, result, seconds)

    @contextmanager
    def _reached(self) -> Iterator[None]:
        """Tells the loss of the scheduler, however it shows, in the tool's own words."""
        from concurrent.futures import CancelledError
        from concurrent.futures import TimeoutError as FutureTimeoutError

        from distributed.client import FutureCancelledError
        from distributed.comm.core import CommClosedError

        lost = (CancelledError, FutureCancelledError, CommClosedError, FutureTimeoutError, OSError)
        try:
            yield
        except lost as error:
            raise SetupError(
                f"the Dask scheduler is lost ({type(error).__name__})",
                where=self._address,
                hint="what was finished is kept; start it again and run this again",
            ) from error


@contextmanager
def _started(workers: int) -> Iterator[Any]:
    """A cluster of processes on this machine, ended with the context."""
    import distributed
    from dask.config import set as configured

    with (
        configured({"distributed.scheduler.allowed-failures": MOST_DEATHS - 1}),
        distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host=_HERE,
            dashboard_address=f"{_HERE}:0",
            worker_dashboard_address=f"{_HERE}:0",
        ) as cluster,
    ):
        yield cluster


def _whole(count: str, address: str) -> int:
    if not count.isascii() or not count.isdigit() or not 1 <= int(count) <= 1024:
        raise ConfigError(
            f'"{address}" names no number of workers', hint="write local:4 for four of them"
        )
    return int(count)


def _refuse_other_peers(address: str) -> None:
    """Asks who listens at an address, as Dask's client would wait for an answer without end.

    Raises:
        EnvironmentFault: nothing answers in time, or something that is no scheduler.
    """
    try:
        found = asyncio.run(_kind_of_peer(address))
    except TimeoutError:
        raise _unanswered(address, "timed out") from None
    except MemoryError:  # what it sends is read as the size of a message
        raise _unanswered(address, "it sends no messages of Dask") from None
    except Exception as error:  # whatever another program sends is read as Dask's own messages
        raise _unanswered(address, str(error) or type(error).__name__) from None
    if found != "Scheduler":
        raise _unanswered(address, f"it is the address of a {found.lower()}")


async def _kind_of_peer(address: str) -> str:
    """What a Dask process says it is: `Scheduler`, `Worker` or `Nanny`.

    Dask's own `connect` waits without end for a greeting, and leaves the connection open.
    """
    async with asyncio.timeout(_ANSWERS):
        comm = await _connected(address)
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


async def _connected(address: str) -> Any:
    """A connection; a scheduler that is about to start is waited for."""
    from distributed.comm.addressing import parse_address
    from distributed.comm.core import FatalCommClosedError
    from distributed.comm.registry import get_backend
    from distributed.security import Security

    scheme, place = parse_address(address)
    connector: Any = get_backend(scheme).get_connector()
    keys = Security().get_connection_args("client")
    until = time.monotonic() + _ANSWERS - 1
    while True:
        try:
            return await connector.connect(place, deserialize=True, **keys)
        except FatalCommClosedError:
            raise
        except OSError as error:
            if time.monotonic() > until:
                raise (error.__cause__ or error) from None
            await asyncio.sleep(_PAUSE)


def _unanswered(address: str, reason: str) -> SetupError:
    return SetupError(
        f"no Dask scheduler answers: {reason}",
        where=address,
        hint="is it running, and is the address one that reaches it from here?",
    )
