"""The workers of one run: Dask's LocalCluster, or a running cluster of any kind by its address."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import dask
from distributed import Client, LocalCluster
from distributed.security import Security

from .boxes.trees import NAMED
from .course import CourseError
from .intake import LARGEST
from .jobs import SPARE, TOGETHER

PATIENCE = 20  # seconds for a cluster to answer
STARTS = 3  # attempts at starting processes: one that dies this early takes the others along
SETTINGS = {
    "distributed.admin.large-graph-warning-threshold": 2 * LARGEST,  # a submission may be large
    "distributed.worker.daemon": False,  # a worker starts boxes
    "distributed.worker.memory.terminate": False,  # boxes have their own bounds
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.target": False,
    "distributed.scheduler.http.routes": [],  # nothing is told over HTTP
    "distributed.worker.http.routes": [],
    "logging.distributed": "error",
    "distributed.worker.profile.enabled": False,  # nobody looks at what Dask measures of itself,
    "distributed.admin.system-monitor.gil.enabled": False,  # and it takes the cells' time
    "distributed.admin.tick.interval": "500ms",
}


@contextmanager
def workers(jobs: int, cluster: object = None) -> Iterator[Client]:
    """A client of the workers: threads of this process for two jobs, a process each for more.

    The processes talk by TLS with keys of this run: another user of the machine cannot join in.
    cluster: a scheduler's address, or one of Dask's cluster objects, to take instead.
    """
    with dask.config.set(SETTINGS):
        if cluster:
            try:
                client = Client(cluster, timeout=PATIENCE)
            except (OSError, ValueError) as error:
                raise CourseError(f"no Dask cluster answers at {cluster}: {error}") from None
            with client:
                yield client
            return
        with (
            tempfile.TemporaryDirectory(prefix=f"{NAMED}{os.getpid()}-") as scratch,
            dask.config.set({"temporary-directory": scratch}),
            _local(max(1, jobs), scratch) as local,
            Client(local) as client,
        ):
            yield client


def _local(jobs: int, scratch: str) -> LocalCluster:
    for _ in range(STARTS):
        try:
            return LocalCluster(
                n_workers=jobs,
                threads_per_worker=1 + SPARE,
                processes=jobs > TOGETHER,
                security=Security.temporary() if jobs > TOGETHER else None,
                memory_limit=0,
                dashboard_address="127.0.0.1:0",
                worker_dashboard_address="127.0.0.1:0",
                local_directory=scratch,
                silence_logs=50,
            )
        except RuntimeError as error:  # it has closed what it had started
            why = error.__cause__ or error
    raise CourseError(
        f"the workers end while they start, {STARTS} times: {why}; is there memory for {jobs}? "
        "Grade with fewer (--jobs 2 starts no processes)"
    )
