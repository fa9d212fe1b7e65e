"""The system calls a box does without, as a BPF program for seccomp; made by hand, no library.

Denied calls fail with EPERM: what programs of a box never need (other processes, namespaces,
mounts, keys, sockets, kernel modules) and what a learner's NumPy does not miss.
"""

from __future__ import annotations

import platform
import struct

# name: x86-64, ARM 64 (linux/unistd.h)
DENIED = {
    "acct": (163, 89),
    "add_key": (248, 217),
    "bpf": (321, 280),
    "chroot": (161, 51),
    "fsopen": (430, 430),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "ioprio_set": (251, 30),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "kcmp": (312, 272),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "memfd_create": (319, 279),  # memory that belongs to no process cannot be counted
    "memfd_secret": (447, 447),
    "migrate_pages": (256, 238),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "move_pages": (279, 239),
    "mq_open": (240, 180),
    "msgget": (68, 186),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "perf_event_open": (298, 241),
    "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424),
    "pivot_root": (155, 41),
    "process_madvise": (440, 440),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "quotactl": (179, 60),
    "reboot": (169, 142),
    "request_key": (249, 218),
    "semget": (64, 190),
    "setns": (308, 268),
    "setpriority": (141, 140),
    "shmget": (29, 194),
    "socket": (41, 198),
    "swapon": (167, 224),
    "syslog": (103, 116),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
}
GROUPS = {"setpgid": (109, 154), "setsid": (112, 157)}  # nobody leaves the group that is killed
CLONE = {"clone": (56, 220), "clone3": (435, 435)}
MMAP = (9, 222)
KILL_CALL = (62, 129)
NAMING = {  # calls whose first argument is a process
    "pidfd_open": (434, 434),
    "prlimit64": (302, 261),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "sched_setaffinity": (203, 122),
    "sched_setattr": (314, 274),
    "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119),
    "tgkill": (234, 131),
    "tkill": (200, 130),
}
OWNING = {  # calls whose second argument says: signals of this file go to that process
    (72, 25): (8, 15),  # fcntl: F_SETOWN, F_SETOWN_EX
    (16, 29): (0x8901, 0x8902),  # ioctl: FIOSETOWN, SIOCSPGRP
}
MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
EPERM, ENOSYS = 1, 38
NAMESPACES = 0x7E020080  # CLONE_NEW*: user, pid, net, ipc, uts, cgroup, mount, time
LOAD, JUMP_EQUAL, JUMP_ABOVE, JUMP_BITS, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
SHARED, ANONYMOUS = 0x01, 0x20  # flags of mmap
NUMBER, MACHINE, FIRST_ARGUMENT, SECOND, FOURTH = (
    0,
    4,
    16,
    24,
    40,
)  # offsets in struct seccomp_data, little endian

Step = tuple[int, int, int, int]  # code, jump if true, jump if false, value


class NoFilter(OSError):
    """This processor's system calls are not known here."""


def program(*, keep_group: bool) -> bytes:
    """The filter as an array of struct sock_filter; `keep_group` forbids leaving the group."""
    column, audit = _machine()
    refused = sorted(v[column] for v in ({**DENIED, **GROUPS} if keep_group else DENIED).values())
    steps = [
        (LOAD, 0, 0, MACHINE),
        (JUMP_EQUAL, 1, 0, audit),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER),
        (JUMP_ABOVE, 0, 1, 0x40000000),  # x32: the same calls by other numbers
        (RETURN, 0, 0, ERRNO | EPERM),
        (JUMP_EQUAL, 0, 1, CLONE["clone3"][column]),  # its flags lie in memory: cannot be read
        (RETURN, 0, 0, ERRNO | ENOSYS),
        (JUMP_EQUAL, 0, 4, CLONE["clone"][column]),
        (LOAD, 0, 0, FIRST_ARGUMENT),
        (JUMP_BITS, 0, 1, NAMESPACES),
        (RETURN, 0, 0, ERRNO | EPERM),
        (RETURN, 0, 0, ALLOW),
        (JUMP_EQUAL, 0, 5, MMAP[column]),  # shared pages of no file stay when nobody maps them
        (LOAD, 0, 0, FOURTH),
        (JUMP_BITS, 0, 2, SHARED),
        (JUMP_BITS, 0, 1, ANONYMOUS),
        (RETURN, 0, 0, ERRNO | EPERM),
        (RETURN, 0, 0, ALLOW),
    ]
    for number in refused:
        steps += [(JUMP_EQUAL, 0, 1, number), (RETURN, 0, 0, ERRNO | EPERM)]
    return _packed([*steps, (RETURN, 0, 0, ALLOW)])


def guard(pid: int, group: int) -> bytes:
    """The filter that keeps a process from ending, stopping or slowing the one called `pid`.

    The two run as the same user, who may do all that to his own processes. `group`: that of `pid`.
    """
    column, _ = _machine()
    calls: dict[int, tuple[int, tuple[int, ...]]]
    calls = {number[column]: (FIRST_ARGUMENT, (pid,)) for number in NAMING.values()}
    calls[KILL_CALL[column]] = (FIRST_ARGUMENT, (pid, 0, -1, -group))
    calls |= {number[column]: (SECOND, wishes) for number, wishes in OWNING.items()}
    steps: list[Step] = [(LOAD, 0, 0, NUMBER)]
    for number, (argument, values) in calls.items():
        steps += [(JUMP_EQUAL, 0, 2 * len(values) + 2, number), (LOAD, 0, 0, argument)]
        for value in values:
            steps += [(JUMP_EQUAL, 0, 1, value % 2**32), (RETURN, 0, 0, ERRNO | EPERM)]
        steps.append((RETURN, 0, 0, ALLOW))
    return _packed([*steps, (RETURN, 0, 0, ALLOW)])


def _machine() -> tuple[int, int]:
    """The column of this processor in the tables, and its name in a filter."""
    if platform.machine() not in MACHINES:
        raise NoFilter(f"no filter of system calls is known for {platform.machine()}")
    return MACHINES[platform.machine()]


def _packed(steps: list[Step]) -> bytes:
    return b"".join(struct.pack("<HBBI", *step) for step in steps)
