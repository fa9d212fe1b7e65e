"""Grade on a Slurm cluster: run this on the log-in node, in the course's folder.

    pip install "dask-jobqueue>=0.9,<1"
    python deploy/slurm.py 03 --submissions submissions/

Each job holds CORES workers; as many jobs are asked for as there is work, at most JOBS. What
follows the script's name is what follows `python -m autograde grade`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from dask_jobqueue import SLURMCluster

from autograde.cli import main

CORES, JOBS = 16, 8


def cluster() -> SLURMCluster:
    """The cluster; sites differ in queue= and account=, which belong here too."""
    return SLURMCluster(
        cores=CORES,
        processes=CORES,  # one submission each
        memory=f"{4 * CORES} GB",
        walltime="02:00:00",
        job_script_prologue=["export OMP_NUM_THREADS=1"],
        worker_extra_args=["--memory-limit", "0", "--no-dashboard"],  # boxes bound themselves
        security=True,  # TLS with keys of this run
        shared_temp_directory=str(Path.home()),  # where jobs find the keys
    )


if __name__ == "__main__":
    with cluster() as workers:
        workers.adapt(minimum_jobs=1, maximum_jobs=JOBS)
        sys.exit(main(["grade", *sys.argv[1:]], cluster=workers))
