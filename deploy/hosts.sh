#!/bin/sh
# A scheduler here and a worker on each host named, over ssh; stop it with Ctrl-C.
#
#   deploy/hosts.sh /home/me/convnet-course lab1 lab2 lab3
#   python -m autograde grade 03 --cluster tcp://THIS-HOST:8786
#
# The course lies in the same folder on every host, with its .venv made (make install).
set -eu
course=$1
shift
here=$(hostname -f)
"$course/.venv/bin/dask" scheduler --host "$here" --port 8786 &
trap 'kill 0' EXIT
for host in "$@"; do
    # shellcheck disable=SC2029  # the folder is meant to be this side's
    ssh "$host" "cd '$course' && OMP_NUM_THREADS=1 .venv/bin/dask worker \
        --nworkers auto --nthreads 1 --memory-limit 0 --no-dashboard tcp://$here:8786" &
done
wait
