"""Try the system calls by which boxes have been left: mounts, namespaces, chroot, tracing."""

from ..harness import TELL

FAIR = 2
LAST = (
    TELL
    + """
import os
import subprocess

commands = (
    "unshare -Urm sh -c 'cat @HOME@/.ssh/id_canary'",
    "chroot /proc/1/root cat @HOME@/.ssh/id_canary",
    "cat /proc/1/root@HOME@/.ssh/id_canary",
    "cat /proc/%d/root@HOME@/.ssh/id_canary" % os.getppid(),
    "cat /proc/self/cwd/../../../../../../..@HOME@/.ssh/id_canary",
)
for command in commands:
    try:
        done = subprocess.run(["sh", "-c", command], capture_output=True, timeout=5)
        tell(done.stdout)
    except (OSError, subprocess.SubprocessError) as error:
        print(type(error).__name__)
"""
)
