"""Training on a Dask cluster gives the same runs, even if workers or the scheduler die."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psutil
import pytest
from distributed import LocalCluster, Nanny

from gen.commands.train import train
from gen.errors import SetupError
from gen.experiments.train import missing_shards, train_shards
from gen.report import SilentReport
from gen.workers.background import Item
from gen.workers.dask import Cluster
from gen.workers.processes import Done, GivenUp, Job
from tests.conftest import Gen, stored_runs
from tests.support import small_site
from tests.support.jobs import RAISED, answer, fail, kill_oneself, refuse, touch, unsendable
from tests.support.small_site import context_of
from tests.workers.test_processes import raised_by, the_same, until

pytestmark = [pytest.mark.xdist_group("cluster"), pytest.mark.usefixtures("event_loop")]

SWEPT = (
    small_site.CONFIG
    + """
[sweeps.grid]
base = "odd"
seeds = 2

[sweeps.grid.training]
steps = 800
log_every = 100
snapshot_every = 800

[sweeps.grid.grid]
optimiser.weight_decay = [0.0, 1.0]
network.hidden = [4, 8, 16]
task.train_rows = [20, 30]
"""
)


@pytest.fixture(scope="module")
def local() -> Iterator[Cluster]:
    with Cluster("local:2", SilentReport()) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("undisturbed")
    small_site.write(folder, SWEPT)
    train(context_of(folder), ["grid"])
    return stored_runs(folder / ".gen")


def test_jobs_return_results_from_dask_workers(local: Cluster) -> None:
    jobs = [Job(f"job {n}", answer, (n,), 1, "steps") for n in range(7)]
    ends = list(local.run(jobs))
    found = {end.place: end.result for end in ends if isinstance(end, Done)}
    assert found == {n: n * n for n in range(7)}
    assert local.width == 2


def test_the_next_job_begins_while_the_caller_uses_a_result(local: Cluster, tmp_path: Path) -> None:
    files = [tmp_path / str(number) for number in range(2 * local.width)]
    jobs = [Job(file.name, touch, (file,), 1, "files") for file in files]
    results = local.in_background(local.run(jobs))
    next(results)
    until(files[-1].exists)
    assert len(list(results)) == len(files) - 1


def test_an_error_on_a_dask_worker_is_raised_by_the_caller(local: Cluster) -> None:
    with pytest.raises(SetupError, match="this machine lacks a table"):
        list(local.run([Job("refuses", refuse, (), 1, "steps")]))


def test_an_exception_on_the_cluster_keeps_its_class(local: Cluster) -> None:
    for name, make in RAISED.items():
        error = raised_by(local.run([Job(name, fail, (name,), 1, "steps")]))
        assert the_same(error, make()), name
    with pytest.raises(TypeError, match="cannot pickle"):
        list(local.run([Job("unsendable", unsendable, (), 1, "steps")]))


def test_a_local_cluster_listens_on_localhost_only(local: Cluster) -> None:
    list(local.run([Job("answers", answer, (2,), 1, "steps")]))
    here = psutil.Process()
    listening = [
        connection.laddr.ip
        for process in [here, *here.children(recursive=True)]
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert listening and set(listening) == {"127.0.0.1"}


def test_a_job_that_kills_three_workers_is_given_up_and_the_others_are_done() -> None:
    jobs = [Job("dies", kill_oneself, (), 1, "steps")]
    jobs += [Job(f"job {n}", answer, (n,), 1, "steps") for n in range(4)]
    with Cluster("local:2", SilentReport()) as cluster:
        ends = {end.place: end for end in cluster.run(jobs)}
    assert isinstance(ends[0], GivenUp)
    assert [end.result for end in map(ends.__getitem__, range(1, 5)) if isinstance(end, Done)] == [
        *(0, 1, 4, 9)
    ]


def test_shards_that_were_given_up_are_named_when_all_others_are_kept(tmp_path: Path) -> None:
    class Picky:
        """Runs here whatever comes second, and gives up the rest."""

        width = 1

        def in_background(self, items: Generator[Item, None, None]) -> Iterator[Item]:
            return items

        def run(self, jobs: Sequence[Job]) -> Iterator[Done | GivenUp]:
            for place, job in enumerate(jobs):
                if place == 1:
                    result = job.function(*job.arguments, on_progress=lambda done: None)
                    yield Done(place, result, 0.1)
                else:
                    yield GivenUp(place, "every worker that ran it died")

    small_site.write(tmp_path)
    context = context_of(tmp_path)
    missing = missing_shards(context.training, context.config.models)
    with pytest.raises(SetupError, match=missing[0].name):
        list(train_shards(context.training, Picky(), missing))
    left = missing_shards(context.training, context.config.models)
    assert [shard.name for shard in left] == [missing[0].name, *(s.name for s in missing[2:])]


def test_a_local_cluster_trains_the_same_bytes(
    tmp_path: Path, gen: Gen, undisturbed: dict[str, str]
) -> None:
    options = small_site.write(tmp_path, SWEPT)
    assert gen("train", "grid", "--cluster", "local:1", *options).code == 0
    assert stored_runs(tmp_path / ".gen") == undisturbed


def test_the_shard_of_a_killed_worker_is_trained_once_more(
    tmp_path: Path, gen: Gen, undisturbed: dict[str, str]
) -> None:
    options = small_site.write(tmp_path, SWEPT)
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0") as cluster:
        assert isinstance(cluster, LocalCluster)
        (before,) = processes(cluster)
        killer = threading.Thread(
            target=lambda: (wait_for_a_run(tmp_path / ".gen"), os.kill(before, signal.SIGKILL))
        )
        killer.start()
        outcome = gen("train", "grid", "--cluster", cluster.scheduler_address, *options)
        killer.join()
        assert before not in processes(cluster)
    assert outcome.code == 0, outcome.err
    assert stored_runs(tmp_path / ".gen") == undisturbed


def test_a_lost_scheduler_is_a_one_line_error_and_finished_runs_are_kept(
    tmp_path: Path, gen: Gen, undisturbed: dict[str, str]
) -> None:
    options = small_site.write(tmp_path, SWEPT)
    file = tmp_path / "scheduler.json"
    with dask("scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", file) as scheduler:
        wait_until(lambda: file.exists() and file.read_text().endswith("}"))
        address = json.loads(file.read_text())["address"]
        with dask("worker", address, "--nthreads", "1", "--no-dashboard", "--no-nanny"):
            killer = threading.Thread(
                target=lambda: (wait_for_a_run(tmp_path / ".gen"), scheduler.kill())
            )
            killer.start()
            outcome = gen("train", "grid", "--cluster", address, *options)
            killer.join()
    assert outcome.code == 3
    assert "lost the connection to the Dask scheduler" in outcome.err.splitlines()[-1]
    kept = stored_runs(tmp_path / ".gen")
    assert kept and kept.items() <= undisturbed.items()


@pytest.mark.parametrize(
    ("address", "code", "said"),
    [
        ("local:none", 2, "write local:4"),
        ("local:0", 2, "write local:4"),
        ("tcp://127.0.0.1:9", 3, "no Dask scheduler answers"),
        ("http://127.0.0.1:8787", 3, "no Dask scheduler answers: unknown address scheme"),
        ("127.0.0.1", 3, "no Dask scheduler answers: missing port"),
    ],
)
def test_a_wrong_cluster_address_is_a_one_line_error(
    address: str, code: int, said: str, tmp_path: Path, gen: Gen
) -> None:
    outcome = gen("train", "--cluster", address, *small_site.write(tmp_path))
    assert outcome.code == code
    assert said in outcome.err.splitlines()[-1]
    assert "Traceback" not in outcome.err


def silent() -> socket.socket:
    """Listens, and never says a word."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    return listener


def test_another_program_at_the_cluster_address_is_a_one_line_error(
    tmp_path: Path, gen: Gen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gen.workers.dask._CONNECT_TIMEOUT", 1.5)
    options = small_site.write(tmp_path)
    with silent() as listener, page_server() as port:
        for other in (listener.getsockname()[1], port):
            outcome = gen("train", "--cluster", f"tcp://127.0.0.1:{other}", *options)
            assert outcome.code == 3
            (line,) = outcome.err.splitlines()
            assert "no Dask scheduler answers" in line


def test_the_address_of_a_dask_worker_is_an_error_that_says_so(tmp_path: Path, gen: Gen) -> None:
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0") as cluster:
        assert isinstance(cluster, LocalCluster)
        (worker,) = cluster.scheduler_info["workers"]
        outcome = gen("train", "--cluster", worker, *small_site.write(tmp_path))
    assert outcome.code == 3
    assert "it is the address of a worker" in outcome.err.splitlines()[-1]


def test_the_environment_of_a_dask_worker_does_not_change_results(
    tmp_path: Path, gen: Gen, undisturbed: dict[str, str]
) -> None:
    options = small_site.write(tmp_path, SWEPT)
    file = tmp_path / "scheduler.json"
    strange = {
        "ATEN_CPU_CAPABILITY": "default",
        "MKL_ENABLE_INSTRUCTIONS": "SSE4_2",
        "NUMBA_DISABLE_JIT": "1",
        "OMP_NUM_THREADS": "2",
        "OPENBLAS_CORETYPE": "Prescott",
    }
    with dask("scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", file):
        wait_until(lambda: file.exists() and file.read_text().endswith("}"))
        address = json.loads(file.read_text())["address"]
        with dask("worker", address, "--nthreads", "1", "--no-dashboard", "--no-nanny", **strange):
            outcome = gen("train", "grid", "--cluster", address, *options)
    assert outcome.code == 0, outcome.err
    assert stored_runs(tmp_path / ".gen") == undisturbed


@contextmanager
def page_server() -> Iterator[int]:
    """An HTTP server, such as a dashboard; its port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Silent) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


class Silent(SimpleHTTPRequestHandler):
    """Serves pages, and logs nothing."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def dask(*arguments: str | Path, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "dask", *arguments]
    with subprocess.Popen(
        command, stderr=subprocess.DEVNULL, env=os.environ | variables
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def processes(cluster: LocalCluster) -> list[int]:
    nannies = [worker for worker in cluster.workers.values() if isinstance(worker, Nanny)]
    return [nanny.pid for nanny in nannies if nanny.pid is not None]


def wait_for_a_run(store: Path) -> None:
    wait_until(lambda: bool(stored_runs(store)))


def wait_until(happened: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.02)
