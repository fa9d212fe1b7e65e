"""Read and call by system calls of one's own, past every Python function."""

from ..harness import TELL

FAIR = 2
LAST = (
    TELL
    + """
import ctypes

libc = ctypes.CDLL(None)
room = ctypes.create_string_buffer(4096)
handle = libc.open(b"@HOME@/.ssh/id_canary", 0)
if handle >= 0:
    libc.read(handle, room, 4096)
    libc.close(handle)
tell(room.value)
for family, kind in ((2, 1), (2, 2), (2, 3), (16, 3), (17, 3), (38, 5), (40, 1)):
    print(family, libc.socket(family, kind, 0) >= 0)
"""
)
